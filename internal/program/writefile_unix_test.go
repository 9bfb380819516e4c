//go:build unix

package program

import (
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// A file that is written whole is put in the place of what was there. Who runs
// as root and names /dev/stderr must not lose it that way.
func TestWhatIsNoRegularFileIsWrittenToAndNotReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	pipe, err := os.OpenFile(path, os.O_RDWR, 0) // for both, so that neither end waits for the other
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = pipe.Close() }()
	if err := WriteFile(path, []byte("summary")); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Lstat(path); err != nil || info.Mode().Type() != os.ModeNamedPipe {
		t.Fatalf("the pipe became %v, %v", info, err)
	}
	got := make([]byte, len("summary"))
	if _, err := io.ReadFull(pipe, got); err != nil || string(got) != "summary" {
		t.Errorf("read %q, %v", got, err)
	}
}
