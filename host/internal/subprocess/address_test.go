package subprocess

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

func TestAnAddressMustBeTheConnectorsOwn(t *testing.T) {
	folder := t.TempDir()
	process := &Process{}
	process.Prepare(nil, folder)
	for address, want := range map[string]bool{
		filepath.Join(folder, "plugin1"):     true,
		folder:                               false,
		filepath.Join(folder, "..", "s"):     false,
		folder + "2/s":                       false,
		"plugin1":                            false,
		"/run/docker.sock":                   false,
		filepath.Join(folder, "a", "..b"):    true,
		folder + "/../" + "elsewhere/socket": false,
	} {
		_, got, err := process.PluginToHost("unix", address)
		if (err == nil) != want || want && got != address || !want && !errors.Is(err, ErrForeignAddress) {
			t.Errorf("unix %s: %q, %v, want %v", address, got, err, want)
		}
	}
	for address, want := range map[string]bool{"127.0.0.1:1": tcpAllowed, "[::1]:1": tcpAllowed, "192.0.2.1:1": false, "localhost:1": false, "": false} {
		if _, _, err := process.PluginToHost("tcp", address); (err == nil) != want {
			t.Errorf("tcp %s: %v, want %v", address, err, want)
		}
	}
}

// Whatever a connector names, what is accepted lies in its folder.
func FuzzInFolder(f *testing.F) {
	f.Add("/run/c-1/plugin-dir2/plugin3")
	f.Add("/run/c-1/plugin-dir2/../../x")
	f.Add("../x")
	f.Fuzz(func(t *testing.T, path string) {
		const folder = "/run/c-1/plugin-dir2"
		if inFolder(folder, path) && !strings.HasPrefix(filepath.Clean(path), folder+"/") {
			t.Errorf("%q is outside %s", path, folder)
		}
	})
}
