//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
)

func TestANewConnector(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "roster")
	command := programtest.Command{Args: []string{"new", folder, "--name", "roster", "--patchbay", programtest.ModuleFolder(t)}}
	p := command.Run(t).WantCode(wire.ExitDone)
	p.WantStdout("  written  main.go\n", "  written  go.mod\n", "\nNext:\n  cd "+folder+" && go test ./...\n", "ROSTER_TOKEN=example-token", " conform --connector ./bin/roster --config config.json\n")
	if text := p.Stderr.Text(); text != "" {
		t.Errorf("beside the report came %q", text)
	}
	again := command.Run(t).WantCode(wire.ExitDone).WantStdout("  kept     main.go\n")
	if strings.Contains(again.Stdout.Text(), "written") {
		t.Errorf("a second time something is written:\n%s", again.Stdout.Text())
	}
}

func TestANewConnectorThatIsRefused(t *testing.T) {
	t.Parallel()
	patchbay := programtest.ModuleFolder(t)
	for name, c := range map[string]struct {
		args []string
		want []string
	}{
		"without a folder":    {[]string{"--name", "roster"}, []string{"name the folder, one: harness new FOLDER --name NAME", "harness new --help"}},
		"with two folders":    {[]string{"roster", "registry", "--name", "roster"}, []string{"name the folder, one: harness new FOLDER --name NAME"}},
		"without a name":      {[]string{"roster"}, []string{`required flag(s) "name" not set`}},
		"with another name":   {[]string{"roster", "--name", "Roster", "--patchbay", patchbay}, []string{`"Roster" is not`, "To fix: Choose the service's short name"}},
		"of nothing":          {[]string{"roster", "--name", "roster"}, []string{"takes the SDK from its source", "To fix: Give the folder of Patchbay's source", "--patchbay FOLDER"}},
		"of something else":   {[]string{"roster", "--name", "roster", "--patchbay", "/"}, []string{"/ is not the folder of Patchbay's module", "To fix: "}},
		"that is there":       {[]string{"okta", "--name", "okta", "--patchbay", patchbay}, []string{`a connector "okta" already`, "To fix: Choose another name"}},
		"in the wrong place":  {[]string{filepath.Join(patchbay, "roster"), "--name", "roster"}, []string{"is plugin/NAME", "To fix: Give " + filepath.Join(patchbay, "plugin", "roster")}},
		"beside other things": {[]string{".", "--name", "roster", "--patchbay", patchbay}, []string{"holds letter.txt", "To fix: Name a folder"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, "letter.txt"), []byte("Dear reader"), 0o600); err != nil {
				t.Fatal(err)
			}
			p := programtest.Command{Args: append([]string{"new"}, c.args...), Folder: folder}.Run(t)
			p.WantCode(wire.ExitUsage).WantNoStdout().WantStderr(append(c.want, "harness: ")...)
			if entries, err := os.ReadDir(folder); err != nil || len(entries) != 1 {
				t.Errorf("the folder holds %v (%v), want the letter alone", entries, err)
			}
		})
	}
}
