package host

import (
	"context"
	"debug/buildinfo"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// maxLookedAt bounds how many files of a folder [Names] looks at: a folder of
// connectors has a few, and one of all programs of a system thousands.
const maxLookedAt = 256

// Names are the names of connectors that [Find] would find, sorted: executables
// in the folder of connectors, connectors of this module beside the program's
// own executable, and, when the working folder is inside this module, those of
// its source.
func Names(ctx context.Context, folder string) []string {
	var names []string
	if folder != "" {
		names = append(names, executables(folder, func(string) bool { return true })...)
	}
	if own := ownFolder(); own != "" {
		names = append(names, executables(own, isOurs)...)
	}
	if root := moduleRoot(ctx); root != "" {
		sources, _ := filepath.Glob(filepath.Join(root, "plugin", "*", "main.go"))
		for _, source := range sources {
			names = append(names, filepath.Base(filepath.Dir(source)))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// executables are the names of a folder's executables that pass.
func executables(folder string, passes func(path string) bool) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var names []string
	for _, entry := range entries[:min(len(entries), maxLookedAt)] {
		path := filepath.Join(folder, entry.Name())
		info, err := os.Stat(path) // follows links, as Launch does
		if err != nil || !info.Mode().IsRegular() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		name, isProgram := strings.CutSuffix(entry.Name(), ".exe")
		if runtime.GOOS != "windows" {
			name, isProgram = entry.Name(), info.Mode()&0o111 != 0 && filepath.Ext(entry.Name()) == ""
		}
		if isProgram && passes(path) {
			names = append(names, name)
		}
	}
	return names
}

// isOurs reports whether a program was built from a connector of this module.
func isOurs(path string) bool {
	info, err := buildinfo.ReadFile(path)
	return err == nil && strings.HasPrefix(info.Path, modulePath+"/plugin/")
}
