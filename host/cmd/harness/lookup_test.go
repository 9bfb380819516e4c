//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

func TestWhereAConnectorIsFound(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	okta := filepath.Join(programtest.ProgramFolder(t), "okta")
	alone := filepath.Join(t.TempDir(), "harness") // no connector beside it
	copyProgram(t, filepath.Join(programtest.ProgramFolder(t), "harness"), alone)

	t.Run("at the path given", func(t *testing.T) {
		c := r.command("check", "--connector", okta)
		c.Path = alone
		c.Run(t).WantCode(wire.ExitDone)
	})
	t.Run("at a path relative to the working folder", func(t *testing.T) {
		c := r.command("check", "--connector", "./okta")
		c.Path, c.Folder = alone, programtest.ProgramFolder(t)
		c.Run(t).WantCode(wire.ExitDone)
	})
	t.Run("beside the harness", func(t *testing.T) {
		r.command("check").Run(t).WantCode(wire.ExitDone)
	})
	t.Run("in the folder of connectors", func(t *testing.T) {
		c := r.command("check", "--connectors", programtest.ProgramFolder(t))
		c.Path = alone
		p := c.Run(t).WantCode(wire.ExitDone)
		if p.Stderr.Text() != "" {
			t.Errorf("it was found, and yet: %s", p.Stderr.Text())
		}
	})
	t.Run("not named, by a configuration of another", func(t *testing.T) {
		const notice = "this was the connector okta, for --connector names no other"
		other := r.write("other.json", `{"address":"https://roster.example.com","token":"x"}`)
		for _, command := range []string{"check", "resources", "sync --resource users"} {
			c := r.command(strings.Fields(command)...)
			c.Args[len(c.Args)-1] = other
			c.Run(t).WantCode(wire.ExitUsage).WantStderr(notice)
		}
		named := r.command("check", "--connector", "okta")
		named.Args[len(named.Args)-1] = other
		if text := named.Run(t).WantCode(wire.ExitUsage).Stderr.Text(); strings.Contains(text, notice) {
			t.Errorf("it was named, and yet: %s", text)
		}
	})
	t.Run("in the sources", func(t *testing.T) {
		c := r.command("check")
		c.Path, c.Folder = alone, filepath.Join(programtest.ModuleFolder(t), "docs")
		c.Run(t).WantCode(wire.ExitDone).WantStderr("building the connector: go build ./plugin/okta\n")
	})
	t.Run("nowhere", func(t *testing.T) {
		c := r.command("check", "--format", "json")
		c.Path = alone
		report := reportIn(t, c.Run(t).WantCode(wire.ExitUsage))
		if len(report.Checks) != 1 || *report.Checks[0].Name != "connector" || !strings.Contains(*report.Checks[0].Detail, "go build -o bin/ ./plugin/okta") {
			t.Errorf("want a check that says how to build the connector, got %v", namesOf(report))
		}
	})
	t.Run("not in the sources", func(t *testing.T) {
		for name, want := range map[string]string{"csv": "did you mean csvdir?", "printers": "which are csvdir, ldap, okta, scim"} {
			c := r.command("check", "--connector", name)
			c.Path, c.Folder = alone, filepath.Join(programtest.ModuleFolder(t), "docs")
			c.Run(t).WantCode(wire.ExitUsage).WantStdout(want)
		}
	})
	t.Run("not at the path given", func(t *testing.T) {
		c := r.command("sync", "--resource", "users", "--connector", "./absent/okta")
		c.Run(t).WantCode(wire.ExitUsage).WantNoStdout().WantStderr("/absent/okta", "(CONNECTOR_NOT_FOUND)", "To fix: ")
	})
}

func TestAConnectorOfAnotherChecksumIsNotRun(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	text, err := os.ReadFile(filepath.Join(programtest.ProgramFolder(t), "okta"))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(text)
	r.command("check", "--connector-sha256", hex.EncodeToString(sum[:])).Run(t).WantCode(wire.ExitDone)
	before := r.tenant.Stats()
	sum[0]++
	r.command("check", "--connector-sha256", hex.EncodeToString(sum[:])).Run(t).WantCode(wire.ExitUsage).WantStdout("✗ connector", "(CHECKSUM_MISMATCH)", hex.EncodeToString(sum[:]), "To fix: ")
	r.command("check", "--connector-sha256", "abc").Run(t).WantCode(wire.ExitUsage).WantStdout("64 hexadecimal digits")
	if after := r.tenant.Stats(); after.TokensIssued != before.TokensIssued {
		t.Error("the tenant was asked by a connector that must not run")
	}
}

func TestAConnectorThatOthersCanReplaceIsNotRun(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	path := filepath.Join(r.folder, "okta")
	copyProgram(t, filepath.Join(programtest.ProgramFolder(t), "okta"), path)
	if err := os.Chmod(path, 0o757); err != nil { //nolint:gosec // the test is about this mode
		t.Fatal(err)
	}
	r.command("check", "--connector", path).Run(t).WantCode(wire.ExitUsage).WantStdout("✗ connector", path, "(CONNECTOR_WRITABLE_BY_OTHERS)", "To fix: ", "chmod go-w")
	r.wantNoRequests()
	makeExecutable(t, path)
	r.command("check", "--connector", path).Run(t).WantCode(wire.ExitDone)
}

// copyProgram copies with cp: a file that this process had open for writing
// could not be run while another test forks.
func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	if output, err := exec.CommandContext(t.Context(), "cp", from, to).CombinedOutput(); err != nil {
		t.Fatalf("copy %s: %v: %s", from, err, output)
	}
}

func makeExecutable(t *testing.T, path string) {
	t.Helper()
	if err := os.Chmod(path, 0o700); err != nil { //nolint:gosec // a program must be executable
		t.Fatal(err)
	}
}
