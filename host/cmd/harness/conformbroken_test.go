//go:build unix

package main

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"patchbay.example/internal/needtest"
	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
)

// What is wrong with a connector before it can even be configured is found by the
// suite, and not by the harness in its stead.
func TestConformOfConnectorsThatBreakOneRule(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken")
	build := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=false", "-o", broken, "./plugin/plugintest/testdata/broken")
	build.Dir = programtest.ModuleFolder(t)
	output, err := build.CombinedOutput()
	if errors.Is(err, exec.ErrNotFound) {
		needtest.Missing(t, "subprocess", err)
	}
	if err != nil {
		t.Fatalf("build the broken connector: %v\n%s", err, output)
	}
	if err := os.WriteFile(filepath.Join(folder, "config.json"), []byte(`{"account":"example.com","pages":5,"per_page":10,"token":"env:BROKEN_TOKEN"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, rule := range map[string]string{
		"sound": "", "broken-describe-late": "describe-unconfigured", "broken-schema-text": "config-schema", "broken-name-for-people": "describe-identity",
		"broken-resume-skips": "cursor-resume",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := os.Symlink(broken, filepath.Join(folder, name)); err != nil {
				t.Fatal(err)
			}
			p := programtest.Command{
				Folder: folder, Args: []string{"conform", "--connector", "./" + name, "--config", "config.json", "--format", "json"},
				Env: []string{"BROKEN_TOKEN=" + `synthetic "token"/of+the?sound&connector=0123456789`},
			}.Run(t)
			var report struct {
				Results []struct{ Case, Status, Saw string }
			}
			if err := json.Unmarshal([]byte(p.Stdout.Text()), &report); err != nil {
				t.Fatalf("%v\n%s%s", err, p.Stdout.Text(), p.Stderr.Text())
			}
			failed := ""
			for _, r := range report.Results {
				if r.Status == "fail" {
					failed += r.Case
				}
			}
			if failed != rule {
				t.Errorf("the cases that failed are %q, want %q\n%s", failed, rule, p.Stderr.Text())
			}
			if rule == "" {
				p.WantCode(wire.ExitDone)
			} else {
				p.WantCode(wire.ExitConnector)
			}
		})
	}
}
