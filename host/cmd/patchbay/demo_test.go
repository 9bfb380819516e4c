//go:build unix

package main

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"patchbay.example/internal/wire"
)

var demoFolder = regexp.MustCompile(`Data in (\S+), (removed|kept)`)

// One command in any folder shows everything, and leaves nothing.
func TestDemo(t *testing.T) {
	t.Parallel()
	p := command{args: []string{"demo", "--users", "120"}, env: []string{"DATABASE_URL=postgres://nobody@127.0.0.1:1/real"}}.start(t)
	s := greeted(p, "Open ")
	visitor := browser(t)
	if status, text := get(t, visitor, s.login); status != http.StatusOK || !strings.Contains(text, "workforce") {
		t.Fatalf("the printed address answers %d: %s", status, short(text))
	}
	said := p.stdout.await(p, "Synced: 120 people")
	for _, want := range []string{"A fake Okta tenant with 120 people", "✓ token", "✓ role", "Connection workforce is added"} {
		if !strings.Contains(said, want) {
			t.Errorf("it did not say %q:\n%s", want, said)
		}
	}
	if status, text := get(t, visitor, s.address+"/api/v1/connections/workforce/people?limit=1"); status != http.StatusOK || !strings.Contains(text, `"user_name"`) {
		t.Errorf("people: %d %s", status, short(text))
	}
	if status, text := get(t, visitor, s.address+"/connections/workforce"); status != http.StatusOK || !strings.Contains(text, "120") {
		t.Errorf("the connection's page: %d %s", status, short(text))
	}
	found := demoFolder.FindStringSubmatch(said)
	if found == nil || found[2] != "removed" {
		t.Fatalf("it did not say where its data is:\n%s", said)
	}
	if _, err := os.Stat(filepath.Join(found[1], databaseFile)); err != nil {
		t.Errorf("its data is not in %s: %v", found[1], err)
	}
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	if _, err := os.Stat(found[1]); !os.IsNotExist(err) {
		t.Errorf("%s is left: %v", found[1], err)
	}
}

func TestDemoKeepsItsDataWhereItIsTold(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "demo")
	for range 2 { // the second time with another tenant behind the same connection
		p := command{args: []string{"demo", "--users", "30", "--data", data}}.start(t)
		s := greeted(p, "Open ")
		said := p.stdout.await(p, "Synced: 30 people")
		if found := demoFolder.FindStringSubmatch(said); found == nil || found[1] != data || found[2] != "kept" {
			t.Errorf("it said %v", found)
		}
		s.end(syscall.SIGINT, wire.ExitInterrupt)
	}
	people := command{args: []string{"users", "list", "--data", data}}
	people.run(t).wantCode(0)
}

// In the source folder, as in a fresh clone, the connector is built.
func TestDemoBuildsTheConnectorFromSource(t *testing.T) {
	t.Parallel()
	temporary := t.TempDir()
	p := command{path: aloneProgram(t), folder: moduleFolder(t), args: []string{"demo", "--users", "30"}, env: []string{"TMPDIR=" + temporary}}.start(t)
	s := greeted(p, "Open ")
	p.stdout.await(p, "Synced: 30 people")
	p.wantStderr("go build ./plugin/okta")
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// aloneProgram is a patchbay with no connector beside it.
func aloneProgram(t *testing.T) string {
	t.Helper()
	alone := filepath.Join(t.TempDir(), "patchbay")
	text, err := os.ReadFile(filepath.Join(programFolder(t), "patchbay"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(alone, text, 0o700); err != nil { //nolint:gosec // a program
		t.Fatal(err)
	}
	return alone
}

func TestDemoWithoutTheConnectorSaysHowToBuildIt(t *testing.T) {
	t.Parallel()
	temporary := t.TempDir()
	c := command{path: aloneProgram(t), args: []string{"demo"}, env: []string{"TMPDIR=" + temporary}}
	c.run(t).wantCode(wire.ExitUsage).wantNoStdout().wantStderr("go build -o bin/ ./plugin/okta")
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

func TestDemoLeavesOtherInstallationsAlone(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"takes no --database": {"demo", "--database", "postgres://u@127.0.0.1:1/x"},
		"--users is from 1":   {"demo", "--users", "0"},
		"other machines may":  {"demo", "--listen", "0.0.0.0:0"},
	} {
		command{args: args}.run(t).wantCode(wire.ExitUsage).wantNoStdout().wantStderr(want)
	}
}
