//go:build unix

package host

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestTheDefaultRuntimeFolderLeavesRoomForASocket(t *testing.T) {
	short := runtimeDir(t)
	long := filepath.Join(short, strings.Repeat("n", 60))
	if err := os.Mkdir(long, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, xdg, temporary, want string }{
		{"the login's", short, long, short},
		{"the login's is not there", short + "/nowhere", short, short},
		{"no login", "", short, short},
		{"both too long", long, long, "/tmp"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", tt.xdg)
			t.Setenv("TMPDIR", tt.temporary)
			if got := filepath.Dir(defaultRuntimeDir()); got != tt.want {
				t.Errorf("in %s, want %s", got, tt.want)
			}
		})
	}
}

// runtimeDir is a short folder for sockets: the test's own has a long name.
func runtimeDir(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("/tmp", "pb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}
