package host

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

const (
	// maxSocketPath is the longest path of a Unix socket that every system
	// takes: sun_path holds 104 bytes on macOS (108 on Linux), one of them a
	// closing zero.
	maxSocketPath = 103

	// socketPathTail is what go-plugin appends to our folder: its own folder
	// and the socket, each a fixed word and a random number of ten digits.
	socketPathTail = len("/plugin-dir4294967295/plugin4294967295")

	// folderPrefix begins the name of a connector's folder, which os.MkdirTemp
	// ends with a random number of up to ten digits.
	folderPrefix  = "c-"
	longestFolder = folderPrefix + "4294967295"

	lockName = "lock"
)

// socketFolder is one connector's folder for sockets. A lock in it is held for
// as long as the host lives, so that the next host can tell what was left
// behind.
type socketFolder struct {
	path string
	lock *os.File
}

// newSocketFolder makes a folder in base, and removes those there that a killed
// host has left. Its faults are RUNTIME_DIR_UNUSABLE and SOCKET_PATH_TOO_LONG.
func newSocketFolder(base string) (*socketFolder, error) {
	if base == "" {
		base = defaultRuntimeDir()
	}
	folder, err := makeSocketFolder(base)
	if err == nil {
		return folder, nil
	}
	if fault := (*Fault)(nil); errors.As(err, &fault) {
		return nil, err
	}
	return nil, &Fault{Reason: RuntimeDirUnusable, Message: fmt.Sprintf("the runtime folder %s can't be used: %v", base, err), Cause: err}
}

// remove deletes the folder. Sockets of killed processes are still in it.
func (f *socketFolder) remove() error {
	err := os.RemoveAll(f.path)
	return errors.Join(err, f.lock.Close())
}

// defaultRuntimeDir is this user's folder in the first of three places that is
// there and leaves room for a socket's path: macOS has a long name for its
// folder of temporary files, and XDG_RUNTIME_DIR may name one that a login would
// have made.
func defaultRuntimeDir() string {
	name := "pb-" + strconv.Itoa(max(0, os.Getuid()))
	for _, base := range []string{os.Getenv("XDG_RUNTIME_DIR"), os.TempDir()} {
		folder := filepath.Join(base, name)
		if info, err := os.Stat(base); err == nil && info.IsDir() && checkSocketPath(folder) == nil {
			return folder
		}
	}
	return filepath.Join("/tmp", name)
}

func makeSocketFolder(base string) (*socketFolder, error) {
	base, err := filepath.Abs(base)
	if err != nil {
		return nil, err
	}
	if err := checkSocketPath(base); err != nil {
		return nil, err
	}
	if err := makePrivateFolder(base); err != nil {
		return nil, err
	}
	// Held while a folder is made and locked, so that nobody sweeps it between.
	guard, err := lockFile(filepath.Join(base, lockName), true)
	if err != nil {
		return nil, err
	}
	defer guard.Close()
	sweep(base)
	path, err := os.MkdirTemp(base, folderPrefix)
	if err != nil {
		return nil, err
	}
	lock, err := lockFile(filepath.Join(path, lockName), false)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	return &socketFolder{path: path, lock: lock}, nil
}

// checkSocketPath is early, so that nothing is made where it is of no use.
func checkSocketPath(base string) error { return checkPathLength(base + "/" + longestFolder) }

func checkPathLength(folder string) error {
	longest := len(folder) + socketPathTail
	if longest <= maxSocketPath || runtime.GOOS == "windows" {
		return nil
	}
	return faultf(SocketPathTooLong, "sockets in %s would have a path of %d bytes, and systems take %d: the runtime folder's path is %d bytes too long",
		folder, longest, maxSocketPath, longest-maxSocketPath)
}

// makePrivateFolder makes the folder with mode 0700, or finds one that nobody
// else can use.
func makePrivateFolder(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("it is no folder but %s", info.Mode())
	}
	return checkPrivate(info)
}

// sweep removes the folders whose lock nobody holds. What can't be removed
// stays: it is in nobody's way.
func sweep(base string) {
	entries, err := os.ReadDir(base)
	if err != nil {
		return
	}
	for _, entry := range entries {
		path := filepath.Join(base, entry.Name())
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), folderPrefix) {
			continue
		}
		lock, err := lockFile(filepath.Join(path, lockName), false)
		if err != nil {
			continue
		}
		_ = os.RemoveAll(path)
		_ = lock.Close()
	}
}
