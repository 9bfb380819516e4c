package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// programs are the patterns that the README builds; those of the packages that
// are programs count.
var programs = []string{"./host/cmd/...", "./plugin/..."}

// A module may be linked on one system only (mousetrap, on Windows).
var systems = []string{"linux", "darwin", "windows"}

// linkedModule is a module of which a program holds at least one package.
type linkedModule struct {
	path, version string
	// dir is the module's folder in the module cache.
	dir string
	// packageDirs are the folders of the linked packages.
	packageDirs []string
}

// standardLibrary names the packages that come with Go. It has no version here:
// it is that of the Go that built the program.
const standardLibrary = "Go standard library"

// listedPackage is the part of `go list -json` that is read.
type listedPackage struct {
	Name       string
	ImportPath string
	Dir        string
	Standard   bool
	Root       string
	Module     *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// linkedModules returns the modules linked into the programs of the module at
// root and the standard library, sorted by path.
func linkedModules(ctx context.Context, root string) ([]linkedModule, error) {
	byPath := map[string]linkedModule{}
	for _, system := range systems {
		packages, err := linkedPackages(ctx, root, system)
		if err != nil {
			return nil, err
		}
		for _, p := range packages {
			addPackage(byPath, p)
		}
	}
	if len(byPath) == 0 {
		return nil, fmt.Errorf("no program under %s in %s", strings.Join(programs, " and "), root)
	}
	modules := slices.Collect(maps.Values(byPath))
	slices.SortFunc(modules, func(a, b linkedModule) int { return strings.Compare(a.path, b.path) })
	return modules, nil
}

// linkedPackages lists the packages of all programs on one system.
func linkedPackages(ctx context.Context, root, system string) ([]listedPackage, error) {
	found, err := goList(ctx, root, system, append([]string{"-json=Name,ImportPath"}, programs...))
	if err != nil {
		return nil, err
	}
	arguments := []string{"-deps", "-json=Name,ImportPath,Dir,Standard,Root,Module"}
	mains := 0
	for _, p := range found {
		if p.Name == "main" {
			arguments = append(arguments, p.ImportPath)
			mains++
		}
	}
	if mains == 0 {
		return nil, nil
	}
	return goList(ctx, root, system, arguments)
}

func goList(ctx context.Context, root, system string, arguments []string) ([]listedPackage, error) {
	list := exec.CommandContext(ctx, "go", append([]string{"list"}, arguments...)...)
	list.Dir = root
	// Without cgo the answer does not depend on the machine's C compiler.
	list.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0", "GOWORK=off")
	var complaint bytes.Buffer
	list.Stderr = &complaint
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("list the packages of the programs (GOOS=%s): %w\n%s", system, err, &complaint)
	}
	var packages []listedPackage
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listedPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, fmt.Errorf("read what go list printed (GOOS=%s): %w", system, err)
		}
		packages = append(packages, p)
	}
}

// addPackage notes the module of a package; our own module is no third party.
func addPackage(byPath map[string]linkedModule, p listedPackage) {
	var m linkedModule
	switch {
	case p.Standard:
		// Packages that Go vendors (golang.org/x/…) come with it, under its licence.
		m = linkedModule{path: standardLibrary, dir: p.Root}
		p.Dir = p.Root
	case p.Module == nil || p.Module.Main:
		return
	default:
		m = linkedModule{path: p.Module.Path, version: p.Module.Version, dir: p.Module.Dir}
	}
	if known, ok := byPath[m.path]; ok {
		m = known
	}
	if dir := filepath.Clean(p.Dir); !slices.Contains(m.packageDirs, dir) {
		m.packageDirs = append(m.packageDirs, dir)
	}
	byPath[m.path] = m
}
