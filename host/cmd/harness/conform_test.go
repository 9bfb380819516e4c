//go:build unix

package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"patchbay.example/internal/needtest"
	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
)

// exampleToken is what a new connector's example takes, and lets in.
const exampleToken = "example-token"

// newConnector is a connector as harness new writes it, built in its folder; its
// configuration is the file config.json there.
func newConnector(t *testing.T) (folder, executable string) {
	t.Helper()
	folder = filepath.Join(t.TempDir(), "roster")
	programtest.Command{Args: []string{"new", folder, "--name", "roster", "--patchbay", programtest.ModuleFolder(t)}}.Run(t).WantCode(wire.ExitDone)
	return folder, buildConnector(t, folder)
}

// buildConnector builds what is in a new connector's folder.
func buildConnector(t *testing.T, folder string) (executable string) {
	t.Helper()
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", "bin/", ".")
	build.Dir, build.Env = folder, append(os.Environ(), "GOFLAGS=-mod=readonly", "GOPROXY=off", "GOWORK=off")
	output, err := build.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		needtest.Missing(t, "subprocess", err)
	}
	if err != nil {
		t.Fatalf("build the new connector: %v\n%s", err, output)
	}
	return filepath.Join(folder, "bin", "roster")
}

// conform is harness conform of a new connector.
func conform(folder string, args ...string) programtest.Command {
	return programtest.Command{
		Args:   append([]string{"conform", "--connector", "bin/roster"}, args...),
		Folder: folder, Env: []string{"ROSTER_TOKEN=" + exampleToken}, Secrets: []string{exampleToken},
	}
}

func TestConform(t *testing.T) {
	t.Parallel()
	folder, _ := newConnector(t)
	t.Run("green", func(t *testing.T) {
		t.Parallel()
		p := conform(folder, "--config", "config.json").Run(t).WantCode(wire.ExitDone)
		p.WantStdout("Roster, version 0.1.0\n\nStart\n  ✓ ", "\nCursors\n  ✓ ", " cases passed")
		if strings.Contains(p.Stdout.Text(), "✗") || p.Stderr.Text() != "" {
			t.Errorf("a new connector does not keep the contract: %s%s", p.Stdout.Text(), p.Stderr.Text())
		}
	})
	t.Run("some cases as JSON", func(t *testing.T) {
		t.Parallel()
		p := conform(folder, "--config", "config.json", "--resource", "users", "--format", "json", "--case", "cursor-resume,handshake").Run(t).WantCode(wire.ExitDone)
		var report struct {
			Connector string
			OK        bool
			Results   []struct{ Case, Status string }
		}
		if err := json.Unmarshal([]byte(p.Stdout.Text()), &report); err != nil {
			t.Fatal(err)
		}
		if report.Connector != "roster" || !report.OK || len(report.Results) != 2 || report.Results[1].Case != "cursor-resume" || report.Results[1].Status != "pass" {
			t.Errorf("the report is %+v", report)
		}
	})
	t.Run("without a configuration", func(t *testing.T) {
		t.Parallel()
		p := conform(folder, "--case", "handshake,cursor-resume").Run(t).WantCode(wire.ExitDone)
		p.WantStdout("\nCursors\n  – ", "1 of 2 cases passed, 1 skipped")
	})
	for name, c := range map[string]struct {
		args, want []string
	}{
		"a case that is none":     {[]string{"--case", "curser-resume"}, []string{`--case "curser-resume" is none; there are `, "cursor-resume", "harness conform --help"}},
		"another format":          {[]string{"--format", "xml"}, []string{`--format is text or json or junit, not "xml"`}},
		"a negative number":       {[]string{"--records", "-1"}, []string{"--records is a number of records", "not -1"}},
		"no such configuration":   {[]string{"--config", "absent.json"}, []string{"absent.json can't be read", "To fix: "}},
		"a configuration of none": {[]string{"--config", "README.md"}, []string{"is not JSON", "To fix: "}},
		"no such connector":       {[]string{"--connector", "bin/absent"}, []string{"bin/absent", "(CONNECTOR_NOT_FOUND)", "To fix: "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			conform(folder, c.args...).Run(t).WantCode(wire.ExitUsage).WantNoStdout().WantStderr(append(c.want, "harness: ")...)
		})
	}
}

// A connector that does not ask for the second page looks like one with a small
// account. The report asks which it is, and a number tells.
func TestConformOfALostPage(t *testing.T) {
	t.Parallel()
	folder, _ := newConnector(t)
	file := filepath.Join(folder, "service.go")
	const whole = "\treturn answer, nil\n"
	text := readFile(t, file)
	if err := os.WriteFile(file, []byte(strings.Replace(text, whole, "\tanswer.Next = \"\"\n"+whole, 1)), 0o600); err != nil || !strings.Contains(text, whole) {
		t.Fatalf("service.go can't be spoilt: %v", err)
	}
	buildConnector(t, folder)
	p := conform(folder, "--config", "config.json").Run(t).WantCode(wire.ExitDone)
	if said := strings.Join(strings.Fields(p.Stdout.Text()), " "); !strings.Contains(said, "were skipped because the listing of users has one page of 50 records: is the next page followed? Conform on an account of three pages or more") {
		t.Errorf("it does not ask whether the next page is followed:\n%s", p.Stdout.Text())
	}
	conform(folder, "--config", "config.json", "--records", "500").Run(t).WantCode(wire.ExitConnector).
		WantStdout("✗ Completed comes last", "50 different records", "cases were not tried, resting on completed-last, which failed: ")
}

// What is no connector at all is examined, and fails.
func TestConformOfNoConnector(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "connector.sh")
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho hello\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	makeExecutable(t, path)
	if err := os.WriteFile(filepath.Join(folder, "config.json"), []byte(`{}`), 0o600); err != nil {
		t.Fatal(err)
	}
	command := programtest.Command{Folder: folder, Args: []string{"conform", "--connector", "./connector.sh", "--config", "config.json", "--case", "handshake"}}
	command.Run(t).WantCode(wire.ExitConnector).WantStdout("The connector at ./connector.sh\n", "  ✗ ", " (handshake)\n      requires  ", "      why       ", "      saw       ", "0 of 1 case passed, 1 failed").
		WantStderr("examined without the configuration")
	command.Args = append(command.Args, "--format", "junit")
	var suite junitSuite
	p := command.Run(t).WantCode(wire.ExitConnector)
	if err := xml.Unmarshal([]byte(p.Stdout.Text()), &suite); err != nil {
		t.Fatal(err)
	}
	if suite.Failures != 1 || len(suite.Cases) != 1 || suite.Cases[0].Failure == nil {
		t.Errorf("the suite is %+v", suite)
	}
}
