//go:build unix

package subprocess

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// foreignGroup is a group that is not the user's primary one. Only root can
// give a file away to any group, others to their own further ones.
func foreignGroup(t *testing.T) int {
	t.Helper()
	if os.Geteuid() == 0 {
		return os.Getgid() + 4242
	}
	groups, err := os.Getgroups()
	if err != nil {
		t.Fatal(err)
	}
	for _, group := range groups {
		if group != os.Getgid() {
			return group
		}
	}
	t.Skip("this user has one group only")
	return 0
}

func TestWhoMayWriteDecides(t *testing.T) {
	mine, foreign := os.Getgid(), foreignGroup(t)
	tests := []struct {
		name         string
		file, folder fs.FileMode
		fileGroup    int
		folderGroup  int
		want         error
	}{
		{"the owner alone", 0o755, 0o755, mine, mine, nil},
		{"my own group", 0o775, 0o775, mine, mine, nil},
		{"another group that only reads", 0o755, 0o755, foreign, foreign, nil},
		{"another group", 0o775, 0o755, foreign, mine, ErrWritableByOthers},
		{"everybody", 0o757, 0o755, mine, mine, ErrWritableByOthers},
		{"another group may write the folder", 0o755, 0o775, mine, foreign, ErrWritableByOthers},
		{"everybody may write the folder", 0o755, 0o757, mine, mine, ErrWritableByOthers},
		{"everybody may add to the folder", 0o755, 0o777 | fs.ModeSticky, mine, mine, nil},
		{"nobody may run it", 0o644, 0o755, mine, mine, ErrNotExecutable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			folder := filepath.Join(t.TempDir(), "connectors")
			path := filepath.Join(folder, "okta")
			link := filepath.Join(t.TempDir(), "okta")
			if err := errors.Join(
				os.Mkdir(folder, 0o700),
				os.WriteFile(path, []byte("x"), 0o600),
				os.Chown(path, -1, tt.fileGroup), os.Chown(folder, -1, tt.folderGroup),
				os.Chmod(path, tt.file), os.Chmod(folder, tt.folder),
				os.Symlink(path, link),
			); err != nil {
				t.Fatal(err)
			}
			for _, given := range []string{path, link} {
				executable, err := Open(given, nil)
				if !errors.Is(err, tt.want) {
					t.Errorf("%s: %v, want %v", given, err, tt.want)
				}
				if executable != nil {
					_ = executable.Close()
				}
			}
		})
	}
}

func TestAPinIsCompared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "okta")
	if err := os.WriteFile(path, []byte("program"), 0o700); err != nil {
		t.Fatal(err)
	}
	right := sha256.Sum256([]byte("program"))
	executable, err := Open(path, right[:])
	if err != nil {
		t.Fatalf("the right pin: %v", err)
	}
	_ = executable.Close()
	for _, wrong := range [][]byte{make([]byte, 32), right[:31], {}} {
		if _, err := Open(path, wrong); !errors.Is(err, ErrChecksum) {
			t.Errorf("pin %x: %v, want ErrChecksum", wrong, err)
		}
	}
}

// Opening a named pipe would wait for a writer for ever.
func TestWhatIsNoFileIsNotOpened(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o700); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]error{pipe: ErrNotExecutable, t.TempDir(): ErrNotExecutable, pipe + "x": fs.ErrNotExist} {
		if _, err := Open(path, nil); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
}
