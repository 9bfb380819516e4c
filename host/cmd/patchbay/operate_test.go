//go:build unix

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

// The real programs, with a service and without one: what an operator does from
// the first connection to the last is the same.
func TestOperatingAnInstallation(t *testing.T) {
	servedOrNot(t, (*rig).operate)
}

// servedOrNot has a test operate an installation of its own with a service and
// one without.
func servedOrNot(t *testing.T, operate func(*rig)) {
	t.Helper()
	t.Parallel()
	for name, served := range map[string]bool{"with a service": true, "without one": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 60, PageLimit: 20})
			if served {
				s := r.serve()
				defer s.end(syscall.SIGTERM, wire.ExitTerminated)
			}
			operate(r)
		})
	}
}

func (r *rig) operate() {
	r.Helper()
	r.command("connectors", "form", "okta").Run(r.T).WantCode(wire.ExitDone).WantStdout("private_key  Private key (secret, required)")
	add := []string{"connections", "add", "workforce", "--connector", "okta", "--set", "domain=" + r.tenant.URL(), "--set", "key_id=" + r.tenant.KeyID(), "--secret", "private_key=-"}
	key := string(r.tenant.PrivateKeyPEM())
	wrong := r.command(append(add, "--set", "client_id=0oaunknown")...)
	wrong.Stdin = key
	wrong.Run(r.T).WantCode(wire.ExitRefused).WantStdout("✗ token", "To fix: ").WantStderr("nothing was stored")
	right := r.command(append(add, "--set", "client_id="+r.tenant.ClientID())...)
	right.Stdin = key
	right.Run(r.T).WantCode(wire.ExitDone).WantStdout("✓ users", "Added workforce: ")

	r.command("sync", "workforce", "--now").Run(r.T).WantCode(wire.ExitDone).WantStdout("Run ")
	r.wantEverybody()
	r.command("sync", "workforce", "--watch").Run(r.T).WantCode(wire.ExitDone).WantStdout("60 unchanged").WantStderr("The listing is complete: 3 pages, 60 people")
	planned := r.command("sync", "workforce", "--plan").Run(r.T).WantCode(wire.ExitDone).WantStdout("Nothing was changed.", "patchbay runs approve ")
	run := regexp.MustCompile(`approve (\d+)`).FindStringSubmatch(planned.Stdout.Text())[1]
	r.command("connections", "list").Run(r.T).WantCode(wire.ExitDone).WantStdout("Held for review")
	r.command("runs", "approve", run).Run(r.T).WantCode(wire.ExitUsage).WantStderr("--yes")
	r.command("runs", "approve", run, "--yes").Run(r.T).WantCode(wire.ExitDone).WantStdout("Run " + run + " was approved")
	r.command("runs", "discard", run).Run(r.T).WantCode(wire.ExitUsage).WantStderr("To fix: ")

	r.refused()

	var shown service.Connection
	decode(r.T, r.ok("connections", "show", "workforce", "--format", "json"), &shown)
	if shown.People != 60 || shown.Secrets["private_key"] != "sealed" {
		r.Errorf("the connection is %+v", shown)
	}
	r.people()
	r.command("doctor").Run(r.T).WantCode(wire.ExitDone).WantStdout("✓ store")
	r.command("connections", "pause", "workforce").Run(r.T).WantCode(wire.ExitDone).WantStdout("Paused")
	r.command("sync", "workforce").Run(r.T).WantCode(wire.ExitUsage).WantStderr("paused", "patchbay connections resume")
	r.command("connections", "remove", "workforce", "--yes").Run(r.T).WantCode(wire.ExitDone)
	r.command("connections", "show", "workforce").Run(r.T).WantCode(wire.ExitUsage).WantStderr(`there is no connection "workforce"`)
}

// refused lets a run be refused, as the role was taken away.
func (r *rig) refused() {
	r.Helper()
	fault, err := oktatest.ParseFault("users:*:role-missing")
	if err != nil {
		r.Fatal(err)
	}
	if err := r.tenant.Order(fault); err != nil {
		r.Fatal(err)
	}
	r.command("sync", "workforce", "--now").Run(r.T).WantCode(wire.ExitRefused).WantStderr("failed: ", "To fix: ")
	var runs struct{ Runs []service.Run }
	decode(r.T, r.ok("runs", "list", "--limit", "1", "--format", "json"), &runs)
	if len(runs.Runs) != 1 || runs.Runs[0].Status != store.RunFailed || runs.Runs[0].Class != "PERMISSION_MISSING" {
		r.Errorf("the newest run is %+v", runs.Runs)
	}
}

// people finds, exports and forgets people.
func (r *rig) people() {
	r.Helper()
	var found struct{ People []service.Person }
	decode(r.T, r.ok("users", "list", "--limit", "1", "--format", "json"), &found)
	someone := found.People[0]
	r.command("users", "show", someone.ID).Run(r.T).WantCode(wire.ExitDone).WantStdout(someone.Name, `"profile": {`)
	path := filepath.Join(r.TempDir(), "people.csv")
	r.ok("users", "export", "--format", "csv", "--output", path)
	text, err := os.ReadFile(path)
	if err != nil || strings.Count(string(text), "\n") != 61 || !strings.Contains(string(text), someone.ID) {
		r.Errorf("the export has %d lines, %v", strings.Count(string(text), "\n"), err)
	}
	r.ok("users", "forget", someone.ID, "--yes")
	r.command("users", "show", someone.ID).Run(r.T).WantCode(wire.ExitUsage).WantStderr("knows nobody")
	if strings.Contains(r.ok("users", "export"), someone.ID) {
		r.Error("who was forgotten is exported")
	}
}

func decode(t *testing.T, text string, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), v); err != nil {
		t.Fatalf("%v in %q", err, text)
	}
}
