package scaffold

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// module is what is read of a go.mod.
type module struct {
	path, goVersion string
	requires        []string // "PATH VERSION"
}

// readModule reads the go.mod in a folder.
func readModule(folder string) (module, error) {
	text, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return module{}, fmt.Errorf("read Patchbay's go.mod: %w", err)
	}
	var m module
	block := "" // the directive whose parentheses are open
	for line := range strings.Lines(string(text)) {
		line, _, _ = strings.Cut(line, "//")
		words := strings.Fields(line)
		switch {
		case len(words) == 0:
			continue
		case words[0] == ")":
			block = ""
			continue
		case len(words) == 2 && words[1] == "(":
			block = words[0]
			continue
		case block != "":
			words = append([]string{block}, words...)
		}
		switch {
		case words[0] == "module" && len(words) == 2:
			m.path = strings.Trim(words[1], `"`)
		case words[0] == "go" && len(words) == 2:
			m.goVersion = words[1]
		case words[0] == "require" && len(words) == 3:
			m.requires = append(m.requires, words[1]+" "+words[2])
		}
	}
	return m, nil
}

// goMod is the go.mod of a connector that is a module of its own. It requires, as
// indirect, what Patchbay's public packages are made of, in the versions that
// Patchbay has chosen: so nothing has to be asked of anybody.
func (c *Connector) goMod(ctx context.Context) (string, error) {
	patchbay, err := readModule(c.Patchbay)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "module example.com/%s\n\ngo %s\n\nrequire %s v0.0.0\n\nrequire (\n", c.Name, patchbay.goVersion, modulePath)
	for _, require := range requirements(ctx, c.Patchbay, patchbay) {
		fmt.Fprintf(&b, "\t%s // indirect\n", require)
	}
	fmt.Fprintf(&b, ")\n\nreplace %s => %s\n", modulePath, quoted(c.Patchbay))
	return b.String(), nil
}

// systems are those whose modules are named: a connector is built for each.
var systems = []string{"linux", "darwin", "windows"}

// requirements are the modules that the public packages need on any system. Where
// go can't tell, all that Patchbay requires is named: too much does no harm.
func requirements(ctx context.Context, folder string, patchbay module) []string {
	var needed []string
	for _, system := range systems {
		list := exec.CommandContext(ctx, "go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Version}}{{end}}{{end}}",
			"./plugin", "./plugin/plugintest")
		list.Dir = folder
		list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0", "GOWORK=off", "GOFLAGS=-mod=readonly", "GOPROXY=off")
		output, err := list.Output()
		if err != nil {
			return patchbay.requires
		}
		needed = append(needed, strings.FieldsFunc(string(output), func(r rune) bool { return r == '\n' || r == '\r' })...)
	}
	slices.Sort(needed)
	return slices.Compact(needed)
}

// quoted is a path as go.mod takes it.
func quoted(path string) string {
	if strings.ContainsFunc(path, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\"'`(),[]{}", r) }) {
		return strconv.Quote(path)
	}
	return path
}
