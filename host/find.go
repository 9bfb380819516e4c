package host

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"patchbay.example/internal/spelling"
)

// modulePath is the module that connectors are built from when none is found
// built.
const modulePath = "patchbay.example"

// Lookup says where to look for a connector's executable.
type Lookup struct {
	// Name is the connector's, for example "okta", or the path of its
	// executable.
	Name string
	// Folder is a folder of connectors; empty: none.
	Folder string
	// Building, when not nil, is told of a build before it begins.
	Building func(command string)
}

// Found is a connector's executable.
type Found struct {
	Path    string
	cleanup string // the folder to remove, if it was built
}

// Close removes what was built for the occasion.
func (f Found) Close() error {
	if f.cleanup == "" {
		return nil
	}
	return os.RemoveAll(f.cleanup)
}

// Find looks for a connector: at the path given, beside the program's own
// executable, in the folder of connectors, and, when the working folder is
// inside this module, by building it into a temporary folder. When there is
// none it returns a [Fault] with [ConnectorNotFound] that says how to build
// one.
func Find(ctx context.Context, lookup Lookup) (Found, error) {
	if strings.ContainsAny(lookup.Name, `/\`) || filepath.Ext(lookup.Name) != "" {
		return Found{Path: lookup.Name}, nil // Launch says what is wrong with it, if anything
	}
	file := lookup.Name
	if runtime.GOOS == "windows" {
		file += ".exe"
	}
	for _, folder := range []string{ownFolder(), lookup.Folder} {
		if path := filepath.Join(folder, file); folder != "" && isFile(path) {
			return Found{Path: path}, nil
		}
	}
	if isFile(file) { // a bare name of a file in the working folder is a path, too
		return Found{Path: file}, nil
	}
	root := moduleRoot(ctx)
	if root == "" {
		return Found{}, faultf(ConnectorNotFound, "there is no connector %q beside this program or in the folder of connectors; one of Patchbay's own is built in its source folder: go build -o bin/ ./plugin/%s", lookup.Name, lookup.Name)
	}
	if !isFile(filepath.Join(root, "plugin", lookup.Name, "main.go")) {
		return Found{}, faultf(ConnectorNotFound, "there is no connector %q beside this program, in the folder of connectors or among Patchbay's own%s", lookup.Name, ownConnectors(root, lookup.Name))
	}
	return build(ctx, root, lookup, file)
}

// ownConnectors ends a sentence about a connector that this module does not have:
// with the one that was meant, or with those there are.
func ownConnectors(root, name string) string {
	mains, err := filepath.Glob(filepath.Join(root, "plugin", "*", "main.go"))
	if err != nil || len(mains) == 0 {
		return ""
	}
	for i, path := range mains {
		mains[i] = filepath.Base(filepath.Dir(path))
	}
	if nearest, ok := spelling.Nearest(name, mains); ok {
		return fmt.Sprintf("; did you mean %s?", nearest)
	}
	return ", which are " + strings.Join(mains, ", ")
}

// build builds a connector of this module into a temporary folder.
func build(ctx context.Context, root string, lookup Lookup, file string) (Found, error) {
	folder, err := os.MkdirTemp("", "patchbay-connector-")
	if err != nil {
		return Found{}, fmt.Errorf("make a folder to build the connector in: %w", err)
	}
	found := Found{Path: filepath.Join(folder, file), cleanup: folder}
	if lookup.Building != nil {
		lookup.Building("go build ./plugin/" + lookup.Name)
	}
	command := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", found.Path, "./plugin/"+lookup.Name) //nolint:gosec // the name is a folder of this module
	command.Dir = root
	output, err := command.CombinedOutput()
	if err != nil {
		return Found{}, errors.Join(
			&Fault{Reason: ConnectorNotFound, Message: fmt.Sprintf("connector %q could not be built: %s", lookup.Name, firstLines(output)), Cause: err},
			found.Close(),
		)
	}
	return found, nil
}

// maxBuildOutput is how much of a failed build's output an error repeats.
const maxBuildOutput = 2 << 10

func firstLines(output []byte) string {
	return string(bytes.TrimSpace(output[:min(len(output), maxBuildOutput)]))
}

// ownFolder is the folder of the program's own executable.
func ownFolder() string {
	executable, err := os.Executable()
	if err != nil {
		return ""
	}
	return filepath.Dir(executable)
}

// moduleRoot is the folder of this module when the working folder is inside
// it, else empty.
func moduleRoot(ctx context.Context) string {
	output, err := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Path}}\n{{.Dir}}").Output()
	if err != nil {
		return ""
	}
	path, folder, _ := strings.Cut(strings.TrimSpace(string(output)), "\n")
	if path != modulePath {
		return ""
	}
	return folder
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}
