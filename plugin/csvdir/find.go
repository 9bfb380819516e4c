package main

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"patchbay.example/plugin"
)

// Limits of a folder.
const (
	// maxFolderEntries is how many files of a folder may be exports: one a day for
	// ten years are fewer.
	maxFolderEntries = 10_000
	// namesAtOnce is how many names of a folder are read at once: there may be many
	// more of other files.
	namesAtOnce = 1000
)

// extensions are those of files that are looked at in a folder.
var extensions = map[string]bool{".csv": true, ".tsv": true, ".tab": true, ".txt": true, ".jsonl": true, ".ndjson": true, ".json": true}

// find finds the file at a path: the path itself, or the newest file in a folder
// or of a pattern. Among files of the same time the last by name is the newest.
func find(path string) (export, error) {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		paths, err := inFolder(path)
		if err != nil {
			return export{}, err
		}
		return newest(path, paths)
	case err == nil:
		return checked(export{path, info})
	case errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(path, wildcards):
		paths, err := matching(path)
		if err != nil {
			return export{}, err
		}
		return newest(path, paths)
	default:
		return export{}, unreadable(path, err)
	}
}

// wildcards make a path a pattern.
const wildcards = "*?["

// inFolder lists the files of a folder that may be exports by their names.
func inFolder(path string) ([]string, error) {
	return entries(path, func(name string) bool { return extensions[strings.ToLower(filepath.Ext(name))] })
}

// matching lists the files of a pattern.
func matching(pattern string) ([]string, error) {
	if _, err := filepath.Match(pattern, ""); err != nil {
		return nil, plugin.Refuse(reasonFileMissing, "The path %s is not a pattern that can be read.", quotePath(pattern))
	}
	folder, file := filepath.Split(pattern)
	if strings.ContainsAny(folder, wildcards) {
		paths, _ := filepath.Glob(pattern) // valid
		return paths, nil
	}
	if folder == "" {
		folder = "."
	}
	// filepath.Glob would hide why a folder can't be read.
	return entries(folder, func(name string) bool {
		ok, _ := filepath.Match(file, name) // valid
		return ok
	})
}

// entries lists the paths in a folder whose names are wanted, in their order.
func entries(path string, wanted func(name string) bool) ([]string, error) {
	folder, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = folder.Close() }() // nothing was written
	var paths []string
	for {
		names, err := folder.Readdirnames(namesAtOnce)
		for _, name := range names {
			if wanted(name) {
				paths = append(paths, filepath.Join(path, name))
			}
		}
		switch {
		case len(paths) > maxFolderEntries:
			return nil, crowded(path)
		case errors.Is(err, io.EOF):
			slices.Sort(paths)
			return paths, nil
		case err != nil:
			return nil, unreadable(path, err)
		}
	}
}

func crowded(path string) error {
	return plugin.Refuse(reasonFolderCrowded, "There are more than %d files at %s.", maxFolderEntries, quotePath(path))
}

// newest finds the newest of some files. Hidden ones and those of programs that
// are still at work on them do not count. One that can't be looked at may be the
// newest: yesterday's must not be read for it.
func newest(configured string, paths []string) (export, error) {
	if len(paths) > maxFolderEntries {
		return export{}, crowded(configured)
	}
	var found export
	for _, path := range paths {
		if isTemporary(filepath.Base(path)) {
			continue
		}
		info, err := os.Stat(path)
		switch {
		case errors.Is(err, fs.ErrNotExist): // removed meanwhile, or a link to nowhere
			continue
		case err != nil:
			return export{}, unreadable(path, err)
		case !info.Mode().IsRegular():
			continue
		}
		if found.info == nil || !info.ModTime().Before(found.info.ModTime()) {
			found = export{path, info}
		}
	}
	if found.info == nil {
		return export{}, plugin.Refuse(reasonFolderEmpty, "There is no CSV or JSON-lines file at %s.", quotePath(configured))
	}
	return checked(found)
}

// isTemporary reports whether a file is hidden, or of a program that is at work:
// an upload, a download, a spreadsheet that is open.
func isTemporary(name string) bool {
	lower := strings.ToLower(name)
	if strings.HasPrefix(lower, ".") || strings.HasPrefix(lower, "~") || strings.HasSuffix(lower, "~") {
		return true
	}
	switch filepath.Ext(lower) {
	case ".tmp", ".temp", ".part", ".partial", ".filepart", ".crdownload", ".swp", ".lock", ".bak":
		return true
	default:
		return false
	}
}
