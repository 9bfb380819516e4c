package scaffold

import (
	"fmt"
	"os"
	"path/filepath"
)

// modulePath is Patchbay's module.
const modulePath = "patchbay.example"

// locate makes the folders absolute, finds Patchbay's module, and decides whether
// the connector is a part of it.
func (c *Connector) locate() error {
	var err error
	if c.Folder == "" {
		return &InvalidError{"a connector goes into a folder, and none is given", "Name a folder that is not there yet."}
	}
	if c.Folder, err = resolved(c.Folder); err != nil {
		return err
	}
	around := moduleAround(c.Folder)
	if isPatchbay(around) {
		c.Inside, c.Patchbay = true, around
	} else if c.Patchbay, err = findPatchbay(c.Patchbay); err != nil {
		return err
	}
	own := filepath.Join(c.Patchbay, "plugin", c.Name)
	if c.Inside && c.Folder != own {
		return &InvalidError{
			Problem: fmt.Sprintf("inside Patchbay's own module a connector's folder is plugin/NAME, and %s is not", c.Folder),
			Fix:     fmt.Sprintf("Give %s, or a folder outside of %s.", own, c.Patchbay),
		}
	}
	if _, err := os.Stat(own); err == nil && !c.Inside {
		return &InvalidError{
			Problem: fmt.Sprintf("Patchbay has a connector %q already, and a service tells connectors apart by their names", c.Name),
			Fix:     "Choose another name.",
		}
	}
	return nil
}

// findPatchbay finds the folder of Patchbay's module: the one given, or the
// module around the working folder or around this program's executable.
func findPatchbay(given string) (string, error) {
	const fix = "Give the folder of Patchbay's source, where its go.mod is: --patchbay FOLDER."
	if given != "" {
		folder, err := resolved(given)
		if err != nil || !isPatchbay(folder) {
			return "", &InvalidError{fmt.Sprintf("%s is not the folder of Patchbay's module: no go.mod in it says “module %s”", given, modulePath), fix}
		}
		return folder, nil
	}
	var starts []string
	if folder, err := os.Getwd(); err == nil {
		starts = append(starts, folder)
	}
	if executable, err := os.Executable(); err == nil {
		starts = append(starts, filepath.Dir(executable))
	}
	for _, start := range starts {
		folder, err := resolved(start)
		if err != nil {
			continue
		}
		if around := moduleAround(folder); isPatchbay(around) {
			return around, nil
		}
	}
	return "", &InvalidError{"a connector outside of Patchbay's module takes the SDK from its source, and neither the working folder nor this program is inside of that", fix}
}

// moduleAround is the folder of the module that a folder is in, or empty. The
// folder need not be there.
func moduleAround(folder string) string {
	for {
		if info, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil && info.Mode().IsRegular() {
			return folder
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return ""
		}
		folder = parent
	}
}

func isPatchbay(folder string) bool {
	if folder == "" {
		return false
	}
	m, err := readModule(folder)
	return err == nil && m.path == modulePath
}

// resolved is a path without symbolic links, absolute. What is not there yet is taken
// as it is named.
func resolved(path string) (string, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("make %s absolute: %w", path, err)
	}
	rest := ""
	for at := path; ; at = filepath.Dir(at) {
		if target, err := filepath.EvalSymlinks(at); err == nil {
			return filepath.Join(target, rest), nil
		}
		if at == filepath.Dir(at) {
			return path, nil
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}
