package scaffold

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Settings say what to write, and where.
type Settings struct {
	// Name is the connector's; see [CheckName].
	Name string
	// Folder is where it goes: one that is not there yet or empty, or that holds
	// a connector of this name already.
	Folder string
	// Patchbay is the folder of Patchbay's module. Empty: the module that the
	// working folder is in, or the one that this program's executable is in.
	Patchbay string
}

// Connector is what was written.
type Connector struct {
	Settings // with absolute folders

	// Inside tells a folder of Patchbay's own module from a module of its own.
	Inside bool
	// Variable is the environment variable that the example of a configuration
	// takes its secret from.
	Variable string
	// Written and Kept are files, relative to Folder, with slashes.
	Written, Kept []string
}

// InvalidError is what is wrong with the settings, and how to mend it.
type InvalidError struct {
	// Problem names the rule and the value, Fix what to do.
	Problem, Fix string
}

// Error is the problem.
func (e *InvalidError) Error() string { return e.Problem }

// Write writes a connector. Everything is made in a folder beside and then moved
// file by file, so that no file is there in half; what is there already stays as
// it is. An error of type [*InvalidError] says what to ask for instead, and then
// nothing was written.
func Write(ctx context.Context, settings Settings) (Connector, error) {
	if err := CheckName(settings.Name); err != nil {
		return Connector{}, err
	}
	c := Connector{Settings: settings, Variable: variable(settings.Name)}
	if err := c.locate(); err != nil {
		return Connector{}, err
	}
	files, err := c.render(ctx)
	if err != nil {
		return Connector{}, err
	}
	if err := c.sort(files); err != nil {
		return Connector{}, err
	}
	return c, c.write(files)
}

// sort decides which files are written and which are kept.
func (c *Connector) sort(files []file) error {
	if err := c.checkContents(files); err != nil {
		return err
	}
	for _, f := range files {
		info, err := os.Lstat(c.path(f))
		switch {
		case errors.Is(err, os.ErrNotExist):
			c.Written = append(c.Written, f.name)
		case err != nil:
			return fmt.Errorf("look at %s: %w", f.name, err)
		case info.IsDir():
			return &InvalidError{
				Problem: fmt.Sprintf("%s is a folder, and a connector has a file of that name", c.path(f)),
				Fix:     "Move the folder away, or name another folder for the connector.",
			}
		default:
			c.Kept = append(c.Kept, f.name)
		}
	}
	return nil
}

// checkContents refuses a folder that holds anything but a connector of this
// name. It is known by a file that is still as it was written: one of main.go
// and its like, which name the connector and are hardly ever changed.
func (c *Connector) checkContents(files []file) error {
	entries, err := os.ReadDir(c.Folder)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return &InvalidError{
			Problem: fmt.Sprintf("%s is not a folder that can be read", c.Folder),
			Fix:     "Name a folder that is not there yet, or an empty one.",
		}
	case len(entries) == 0:
		return nil
	}
	for _, f := range files {
		if text, err := os.ReadFile(c.path(f)); err == nil && f.named && string(text) == f.text {
			return nil
		}
	}
	return &InvalidError{
		Problem: fmt.Sprintf("%s holds %s, and no connector %q that harness new has written: a new connector goes into a folder of its own", c.Folder, entries[0].Name(), c.Name),
		Fix:     "Name a folder that is not there yet, or an empty one.",
	}
}

// path is where a file goes.
func (c *Connector) path(f file) string { return filepath.Join(c.Folder, filepath.FromSlash(f.name)) }

// write writes the files that are not there.
func (c *Connector) write(files []file) error {
	if len(c.Written) == 0 {
		return nil
	}
	around := filepath.Dir(c.Folder)
	if err := os.MkdirAll(around, 0o755); err != nil { // source code is for everybody to read
		return fmt.Errorf("make the folder: %w", err)
	}
	beside, err := os.MkdirTemp(around, "."+c.Name+"-*")
	if err != nil {
		return fmt.Errorf("make a folder beside %s: %w", c.Folder, err)
	}
	defer func() { _ = os.RemoveAll(beside) }()
	for i, f := range files {
		if err := os.WriteFile(staged(beside, i), []byte(f.text), 0o644); err != nil {
			return fmt.Errorf("write %s: %w", f.name, err)
		}
	}
	for i, f := range files {
		if err := c.move(staged(beside, i), c.path(f)); err != nil {
			return fmt.Errorf("%w: what was written stays, and the same command writes the rest", err)
		}
	}
	return nil
}

func staged(folder string, i int) string { return filepath.Join(folder, fmt.Sprint(i)) }

// move moves a file to its place, unless something is there, even since we
// looked: a second name for the file can't replace one, as renaming does.
func (c *Connector) move(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	err := os.Link(from, to)
	if err == nil || errors.Is(err, os.ErrExist) {
		return nil
	}
	if _, err := os.Lstat(to); err == nil { // a file system without second names
		return nil
	}
	return os.Rename(from, to)
}
