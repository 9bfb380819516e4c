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

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
)

var demoFolder = regexp.MustCompile(`Data in (\S+), (removed|kept)`)

// One command in any folder shows everything, and leaves nothing.
func TestDemo(t *testing.T) {
	t.Parallel()
	p := programtest.Command{Args: []string{"demo", "--users", "120"}, Env: []string{"DATABASE_URL=postgres://nobody@127.0.0.1:1/real"}}.Start(t)
	s := greeted(p, "Open ")
	visitor := browser(t)
	if status, text := get(t, visitor, s.login); status != http.StatusOK || !strings.Contains(text, "workforce") {
		t.Fatalf("the printed address answers %d: %s", status, programtest.Short(text))
	}
	said := p.Stdout.Await(p, "Synced: 120 people")
	for _, want := range []string{"A fake Okta tenant with 120 people", "✓ token", "✓ role", "Connection workforce is added"} {
		if !strings.Contains(said, want) {
			t.Errorf("it did not say %q:\n%s", want, said)
		}
	}
	if status, text := get(t, visitor, s.address+"/api/v1/connections/workforce/people?limit=1"); status != http.StatusOK || !strings.Contains(text, `"user_name"`) {
		t.Errorf("people: %d %s", status, programtest.Short(text))
	}
	if status, text := get(t, visitor, s.address+"/connections/workforce"); status != http.StatusOK || !strings.Contains(text, "120") {
		t.Errorf("the connection's page: %d %s", status, programtest.Short(text))
	}
	p.Stdout.Await(p, "The People view: "+s.address+"/people")
	if status, text := get(t, visitor, s.address+"/people"); status != http.StatusOK || !strings.Contains(text, "/people/") {
		t.Errorf("the People view: %d %s", status, programtest.Short(text))
	}
	if status, text := get(t, visitor, s.address+"/api/v1/directory/units?field="+demoTeam+"&limit=1"); status != http.StatusOK || !strings.Contains(text, `"field":"`+demoTeam+`"`) {
		t.Errorf("the teams: %d %s", status, programtest.Short(text))
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
		p := programtest.Command{Args: []string{"demo", "--users", "30", "--data", data}}.Start(t)
		s := greeted(p, "Open ")
		said := p.Stdout.Await(p, "Synced: 30 people")
		if found := demoFolder.FindStringSubmatch(said); found == nil || found[1] != data || found[2] != "kept" {
			t.Errorf("it said %v", found)
		}
		s.end(syscall.SIGINT, wire.ExitInterrupt)
	}
	people := programtest.Command{Args: []string{"users", "list", "--data", data}}
	people.Run(t).WantCode(0)
}

// In the source folder, as in a fresh clone, the connector is built.
func TestDemoBuildsTheConnectorFromSource(t *testing.T) {
	t.Parallel()
	temporary := t.TempDir()
	p := programtest.Command{Path: aloneProgram(t), Folder: programtest.ModuleFolder(t), Args: []string{"demo", "--users", "30"}, Env: []string{"TMPDIR=" + temporary}}.Start(t)
	s := greeted(p, "Open ")
	p.Stdout.Await(p, "Synced: 30 people")
	p.WantStderr("go build ./plugin/okta")
	s.end(syscall.SIGTERM, wire.ExitTerminated)
	if left, err := os.ReadDir(temporary); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
}

// aloneProgram is a patchbay with no connector beside it.
func aloneProgram(t *testing.T) string {
	t.Helper()
	alone := filepath.Join(t.TempDir(), "patchbay")
	text, err := os.ReadFile(filepath.Join(programtest.ProgramFolder(t), "patchbay"))
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
	c := programtest.Command{Path: aloneProgram(t), Args: []string{"demo"}, Env: []string{"TMPDIR=" + temporary}}
	c.Run(t).WantCode(wire.ExitUsage).WantNoStdout().WantStderr("go build -o bin/ ./plugin/okta")
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
		programtest.Command{Args: args}.Run(t).WantCode(wire.ExitUsage).WantNoStdout().WantStderr(want)
	}
}
