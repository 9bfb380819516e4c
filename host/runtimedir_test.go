//go:build unix

package host

import (
	"os"
	"testing"
)

// runtimeDir is a short folder for sockets: the test's own has a long name.
func runtimeDir(t testing.TB) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "pb")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}
