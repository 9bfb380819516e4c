package subprocess

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Errors of [Open], besides those of the file system.
var (
	// ErrNotExecutable says that the path is no file that can be run.
	ErrNotExecutable = errors.New("not an executable file")
	// ErrWritableByOthers says that somebody else could replace the file.
	ErrWritableByOthers = errors.New("writable by others")
	// ErrChecksum says that the file is not the one that was pinned.
	ErrChecksum = errors.New("the checksum does not match")
)

// Executable is a connector's file, opened and checked.
type Executable struct {
	path   string
	file   *os.File
	byFile bool // run the opened file rather than the path, where possible
}

// Open opens the file at path and checks, on the opened file, that it can be
// run, that nobody else could have written it, and, unless pin is nil, that its
// SHA-256 is pin. The same is asked of the folder that holds it and of the
// folder of a symbolic link that leads to it: who may write there can replace
// the file. A sticky folder such as /tmp is allowed, for there only a file's
// owner can replace it.
//
// On Linux a pinned program is run from the opened file itself, so that nothing
// can be put in its place between check and start. Elsewhere, and for scripts,
// the folder's mode is what guards that gap.
func Open(path string, pin []byte) (*Executable, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if err := checkKind(absolute); err != nil {
		return nil, err
	}
	file, err := os.Open(absolute)
	if err != nil {
		return nil, err
	}
	if err := check(file, absolute, pin); err != nil {
		_ = file.Close()
		return nil, err
	}
	return &Executable{path: absolute, file: file, byFile: pin != nil && !isScript(file)}, nil
}

// Path is the absolute path as given, symbolic links not followed.
func (e *Executable) Path() string { return e.path }

// Close closes the file. It may be called twice.
func (e *Executable) Close() error { return e.file.Close() }

// checkKind comes before the opening, which would wait for ever at a named pipe.
func checkKind(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: mode %s", ErrNotExecutable, info.Mode())
	}
	return nil
}

func check(file *os.File, path string, pin []byte) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if !runnable(info) {
		return fmt.Errorf("%w: mode %s", ErrNotExecutable, info.Mode())
	}
	if err := checkWriters(info, path); err != nil {
		return err
	}
	if err := checkFolders(path); err != nil {
		return err
	}
	if pin == nil {
		return nil
	}
	return checkSum(file, pin)
}

func checkFolders(path string) error {
	target, err := filepath.EvalSymlinks(path)
	if err != nil {
		return err
	}
	for _, folder := range []string{filepath.Dir(path), filepath.Dir(target)} {
		info, err := os.Stat(folder)
		if err != nil {
			return err
		}
		if info.Mode()&fs.ModeSticky != 0 {
			continue
		}
		if err := checkWriters(info, folder); err != nil {
			return err
		}
	}
	return nil
}

func checkWriters(info fs.FileInfo, path string) error {
	if who := otherWriters(info); who != "" {
		return fmt.Errorf("%w: %s can be written by %s (mode %s)", ErrWritableByOthers, path, who, info.Mode())
	}
	return nil
}

func checkSum(file io.Reader, pin []byte) error {
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return err
	}
	if got := sum.Sum(nil); subtle.ConstantTimeCompare(got, pin) != 1 {
		return fmt.Errorf("%w: pinned is SHA-256 %x, and the file has %x", ErrChecksum, pin, got)
	}
	return nil
}

// isScript reports whether the file is one for an interpreter, which opens it
// by its path.
func isScript(file io.ReaderAt) bool {
	var magic [2]byte
	_, _ = file.ReadAt(magic[:], 0)
	return string(magic[:]) == "#!"
}
