package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"patchbay.example/internal/wire"
)

// TestTheProgramAnswersByHand builds the connector and starts it as a curious
// person would.
func TestTheProgramAnswersByHand(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "okta")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	build := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	for name, c := range map[string]struct {
		args           []string
		exit           int
		stdout, stderr string
	}{
		"version":  {[]string{"--version"}, wire.ExitDone, "okta " + version + "\n", ""},
		"describe": {[]string{"--describe"}, wire.ExitDone, `"name": "okta"`, ""},
		"nothing":  {nil, wire.ExitUsage, "", "harness check --connector"},
		"unknown":  {[]string{"sync"}, wire.ExitUsage, "", "--version and --describe"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			command := exec.CommandContext(t.Context(), program, c.args...)
			command.Env = append(os.Environ(), wire.Handshake.MagicCookieKey+"=")
			command.Stdout, command.Stderr = &stdout, &stderr
			exit := 0
			if err := command.Run(); err != nil {
				failed, ok := errors.AsType[*exec.ExitError](err)
				if !ok {
					t.Fatal(err)
				}
				exit = failed.ExitCode()
			}
			if exit != c.exit || !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("exit %d, stdout %q, stderr %q; want exit %d, stdout %q, stderr %q", exit, &stdout, &stderr, c.exit, c.stdout, c.stderr)
			}
			if name == "describe" && !json.Valid(stdout.Bytes()) {
				t.Errorf("the description is not JSON: %s", &stdout)
			}
		})
	}
}
