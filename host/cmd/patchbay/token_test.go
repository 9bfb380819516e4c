//go:build unix

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

// Prometheus is configured once: its token outlasts the service.
func TestMachinesKeepTheirToken(t *testing.T) {
	r := newRig(t, oktatest.Settings{Users: 3})
	path := filepath.Join(r.data, "api-token")
	s := r.serve()
	token, err := os.ReadFile(path) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file of the token: %v, %v", info, err)
	}
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	s = r.serve()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.address+"/metrics", nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := response.Body.Close(); err != nil || response.StatusCode != http.StatusOK {
		t.Errorf("the metrics answer %d (%v)", response.StatusCode, err)
	}
	s.end(syscall.SIGTERM, wire.ExitTerminated)

	r.write(path, []byte("short\n"))
	r.command("serve", "--listen", "127.0.0.1:0").Run(t).WantCode(wire.ExitOurs).WantStderr("api-token holds no token")
}

// A worker with another key would fail every run that it takes.
func TestAServiceWithAnotherSealingKeyDoesNotStart(t *testing.T) {
	r := newRig(t, oktatest.Settings{Users: 3})
	add := r.command("connections", "add", "workforce", "--connector", "okta", "--set", "domain="+r.tenant.URL(),
		"--set", "client_id="+r.tenant.ClientID(), "--set", "key_id="+r.tenant.KeyID(), "--secret", "private_key=-")
	add.Stdin = string(r.tenant.PrivateKeyPEM())
	add.Run(t).WantCode(wire.ExitDone)
	other := filepath.Join(t.TempDir(), "other.json")
	r.command("serve", "--listen", "127.0.0.1:0", "--sealing-key", other).Run(t).
		WantCode(wire.ExitUsage).WantStderr("the sealing key is not this installation's", "To fix: Copy the key")
	r.serve().end(syscall.SIGTERM, wire.ExitTerminated)
}
