package arch

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "patchbay.example"

// Files differ by system (host/internal/subprocess has one for each), so the
// graph is the union over the systems that the code is written for.
var systems = []string{"linux", "darwin", "windows"}

// listedPackage is one package of the module and what it imports of the module;
// paths are relative to the module ("." is its root).
type listedPackage struct {
	path        string
	imports     []string
	testImports []string
}

// importGraph lists every package of the module on every system.
func importGraph(t *testing.T) []listedPackage {
	t.Helper()
	merged := map[string]listedPackage{}
	for _, system := range systems {
		for _, p := range goList(t, system, "ImportPath,Imports,TestImports,XTestImports", "./...") {
			path := relative(p.ImportPath)
			known := merged[path]
			merged[path] = listedPackage{
				path:        path,
				imports:     union(known.imports, ours(p.Imports)),
				testImports: union(known.testImports, ours(slices.Concat(p.TestImports, p.XTestImports))),
			}
		}
	}
	packages := make([]listedPackage, 0, len(merged))
	for _, p := range merged {
		packages = append(packages, p)
	}
	slices.SortFunc(packages, func(a, b listedPackage) int { return strings.Compare(a.path, b.path) })
	return packages
}

// goPackage is the part of `go list -json` that these tests read.
type goPackage struct {
	ImportPath   string
	Name         string
	Imports      []string
	TestImports  []string
	XTestImports []string
}

func goList(t *testing.T, system, fields string, arguments ...string) []goPackage {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", append([]string{"list", "-json=" + fields}, arguments...)...)
	list.Dir = moduleRoot(t)
	list.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		t.Fatalf("%s (GOOS=%s): %v\n%s", list, system, err, &complaint)
	}
	var packages []goPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("%s (GOOS=%s): %v", list, system, err)
		}
		packages = append(packages, p)
	}
}

// moduleRoot is the folder of go.mod; a test's working folder is its package's.
func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatalf("the module's root: %v", err)
	}
	return root
}

func ours(importPaths []string) []string {
	var paths []string
	for _, p := range importPaths {
		if p == module || strings.HasPrefix(p, module+"/") {
			paths = append(paths, relative(p))
		}
	}
	return paths
}

func relative(importPath string) string {
	if importPath == module {
		return "."
	}
	return strings.TrimPrefix(importPath, module+"/")
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}
