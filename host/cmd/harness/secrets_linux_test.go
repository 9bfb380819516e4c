package main

import (
	"os"
	"strings"
	"testing"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

// The private key is in nobody's sight while a run is in its midst: not in a
// command line or an environment, not in a file, not in the log at its most
// talkative. What is on the screen is checked for each run of each test.
func TestThePrivateKeyIsNowhereToBeSeen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, value string
		env, stdin  bool
	}{
		{name: "by value"},
		{name: "by file", value: "file:key.pem"},
		{name: "by variable", value: "env:TEST_OKTA_KEY", env: true},
		{name: "by standard input", value: "-", stdin: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:3:hang-headers")
			if key := string(r.tenant.PrivateKeyPEM()); c.value != "" {
				r.write("key.pem", key)
				r.configure(map[string]any{"private_key": c.value})
			}
			command := r.sync("--log-level", "DEBUG", "--output", r.folder+"/users.jsonl")
			temporary := shortFolder(t)
			command.Env = []string{"TMPDIR=" + temporary, "XDG_RUNTIME_DIR="}
			if c.env {
				command.Env = append(command.Env, "TEST_OKTA_KEY="+string(r.tenant.PrivateKeyPEM()))
			}
			if c.stdin {
				command.Stdin = string(r.tenant.PrivateKeyPEM())
			}
			p := command.Start(t)
			r.awaitTenant(struck)
			own := []string{"cmdline", "environ"}
			if c.env { // whoever starts the harness so has put it there
				own = []string{"cmdline"}
			}
			wantNoneInProcess(t, p.Process.Pid, own, command.Secrets)
			wantNoneInProcess(t, connectorOf(p), []string{"cmdline", "environ"}, command.Secrets)
			wantNoSecretInFiles(t, temporary, command.Secrets)
			p.Signal(os.Interrupt)
			p.Wait().WantCode(wire.ExitInterrupt)
			wantNoSecretInFiles(t, temporary, command.Secrets)
			if strings.Contains(p.Stderr.Text(), "PRIVATE KEY") || !strings.Contains(p.Stderr.Text(), "DBG") {
				t.Errorf("the log shows the key, or nothing at all:\n%s", programtest.Short(p.Stderr.Text()))
			}
		})
	}
}

// shortFolder is an empty folder with a short name, for sockets: their paths
// have a limit.
func shortFolder(t *testing.T) string {
	t.Helper()
	folder, err := os.MkdirTemp("", "pb") //nolint:usetesting // the test's own folder has a long name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	return folder
}
