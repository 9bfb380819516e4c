package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/people"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

var update = flag.Bool("update", false, "write the transcripts of testdata/transcripts anew")

// What a person sees of each command is in a file: the command, its exit code,
// standard output and standard error.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	fails := func(s *scripted, method string, err error) *scripted { s.errs[method] = err; return s }
	reports := func(s *scripted, r service.Report) *scripted { s.report = r; return s }
	previews := func(s *scripted, p people.Preview) *scripted { s.preview = p; return s }
	unmarked := func() *scripted {
		s := standing()
		c := s.connections["workforce"]
		c.HRIS = false
		s.connections["workforce"] = c
		return s
	}
	set := func(s *scripted) *scripted {
		s.settings = people.Settings{
			Revision: 7, Attributes: []string{"title", "email"}, Hidden: []string{"u2", "u8"}, Units: []string{"profile.team"},
			Pin: &people.Pair{Attribute: "profile.managerId", Key: "email"}, Heads: []people.Head{{Field: "department", Value: "Law", Person: "u1"}}, SetAside: map[string]bool{"u9": false},
		}
		return s
	}
	checks := func(s *scripted, c ...service.Check) *scripted { s.checks = c; return s }
	const draft = " --connector okta --set domain=example.okta.com --set client_id=0oa1example --secret private_key=env:OKTA_KEY"
	for _, c := range []struct {
		name string
		ops  *scripted
		line string
		code int
	}{
		{"connections-list", standing(), "connections list", wire.ExitDone},
		{"connections-list-json", alone(), "connections list --format json", wire.ExitDone},
		{"connections-list-none", &scripted{}, "connections list", wire.ExitDone},
		{"connections-show", standing(), "connections show workforce", wire.ExitDone},
		{"connections-show-broken", standing(), "connections show sandbox", wire.ExitDone},
		{"connections-show-missing", standing(), "connections show workforse", wire.ExitUsage},
		{"connections-test", standing(), "connections test workforce", wire.ExitDone},
		{"connections-test-refused", reports(standing(), failing("CREDENTIALS_REJECTED", "KEY_UNKNOWN")), "connections test workforce", wire.ExitRefused},
		{"connections-test-unavailable-json", reports(standing(), failing("SERVICE_UNAVAILABLE", "NETWORK_UNREACHABLE")), "connections test workforce --format json", wire.ExitService},
		{"connections-pause", standing(), "connections pause workforce", wire.ExitDone},
		{"connections-resume", standing(), "connections resume workforce", wire.ExitDone},
		{"connections-remove-unasked", standing(), "connections remove workforce", wire.ExitUsage},
		{"connections-remove", standing(), "connections remove workforce --yes", wire.ExitDone},
		{"connections-add", &scripted{report: report()}, "connections add workforce" + draft, wire.ExitDone},
		{"connections-add-refused", &scripted{report: failing("PERMISSION_MISSING", "ROLE_MISSING"), errs: map[string]error{"Add": service.ErrTestFailed}}, "connections add workforce" + draft, wire.ExitRefused},
		{"connections-add-refused-json", &scripted{report: failing("PERMISSION_MISSING", "ROLE_MISSING"), errs: map[string]error{"Add": service.ErrTestFailed}}, "connections add workforce --format json" + draft, wire.ExitRefused},
		{"connections-add-taken", fails(standing(), "Add", fmt.Errorf("add connection workforce: %w", store.ErrNameTaken)), "connections add workforce" + draft, wire.ExitUsage},
		{"connections-add-bad-name", fails(standing(), "Add", &service.InputError{Field: "name", Problem: "must be 1 to 64 of a-z, 0-9, - and _, and begin with a letter"}), "connections add Workforce" + draft, wire.ExitUsage},
		{"connections-add-no-file", fails(standing(), "Add", &connection.InvalidError{Property: "private_key", Problem: "names the file /x, which can't be read: no such file or directory"}), "connections add workforce" + draft, wire.ExitUsage},
		{"connections-add-no-connector", fails(standing(), "Form", &host.Fault{Reason: host.ConnectorNotFound, Message: "there is no connector workday"}), "connections add workforce --connector workday", wire.ExitUsage},
		{"connections-add-misspelt-connector", fails(standing(), "Form", &host.Fault{Reason: host.ConnectorNotFound, Message: "there is no connector octa"}), "connections add workforce --connector octa", wire.ExitUsage},
		{"connections-add-unnamed", standing(), "connections add --connector okta", wire.ExitUsage},
		{"connections-add-without-connector", standing(), "connections add workforce", wire.ExitUsage},
		{"connections-add-unknown-property", standing(), "connections add workforce --connector okta --set domian=example.okta.com", wire.ExitUsage},
		{"connections-add-not-boolean", standing(), "connections add workforce --connector okta --set include_deprovisioned=maybe", wire.ExitUsage},
		{"connections-add-no-secret", standing(), "connections add workforce --connector okta --secret domain=example.okta.com", wire.ExitUsage},
		{"connections-set-interval", standing(), "connections set workforce --interval 2h", wire.ExitDone},
		{"connections-set-property", standing(), "connections set workforce --set page_size=100 --unset include_deprovisioned", wire.ExitDone},
		{"connections-set-nothing", standing(), "connections set workforce", wire.ExitUsage},

		{"connections-set-hris-unasked", unmarked(), "connections set sandbox --hris", wire.ExitUsage},
		{"connections-set-hris-yes", unmarked(), "connections set sandbox --hris --yes", wire.ExitDone},
		{"connections-set-hris-dry-run", unmarked(), "connections set sandbox --hris --dry-run", wire.ExitDone},
		{"connections-set-hris-dry-run-json", unmarked(), "connections set sandbox --hris --dry-run --format json", wire.ExitDone},
		{"connections-set-hris-taken", previews(standing(), people.Preview{Connection: "sandbox", Other: "workforce"}), "connections set sandbox --hris", wire.ExitUsage},
		{"connections-set-hris-again", standing(), "connections set workforce --hris", wire.ExitDone},
		{"connections-set-hris-off", standing(), "connections set workforce --hris=false", wire.ExitDone},
		{"connections-set-dry-run-alone", standing(), "connections set workforce --interval 2h --dry-run", wire.ExitUsage},

		{"people-settings", set(standing()), "people settings", wire.ExitDone},
		{"people-settings-off", set(unmarked()), "people settings", wire.ExitDone},
		{"people-settings-json", set(standing()), "people settings --format json", wire.ExitDone},
		{"people-allow", set(standing()), "people allow profile.badge title", wire.ExitDone},
		{"people-allow-unused", set(standing()), "people allow profile.bagde", wire.ExitDone},
		{"people-allow-nothing", standing(), "people allow", wire.ExitUsage},
		{"people-allow-unknown", fails(standing(), "SetPeopleSettings", &people.QueryError{Parameter: "attributes", Problem: "names nosuch, which nobody has"}), "people allow nosuch", wire.ExitUsage},
		{"people-disallow", set(standing()), "people disallow title", wire.ExitDone},
		{"people-hide", set(standing()), "people hide u1 u7", wire.ExitDone},
		{"people-hide-again", set(standing()), "people hide u2", wire.ExitDone},
		{"people-show", set(standing()), "people show u2", wire.ExitDone},
		{"people-show-moved", fails(set(standing()), "SetPeopleSettings", store.ErrMoved), "people show u2", wire.ExitUsage},

		{"sync", standing(), "sync workforce", wire.ExitDone},
		{"sync-paused", fails(standing(), "SyncNow", fmt.Errorf("connection workforce: %w", service.ErrPaused)), "sync workforce", wire.ExitUsage},
		{"sync-plan-running", fails(standing(), "SyncNow", fmt.Errorf("connection workforce: %w", store.ErrRunning)), "sync workforce --plan", wire.ExitUsage},
		{"sync-two-ways", standing(), "sync workforce --now --watch", wire.ExitUsage},

		{"runs-list", standing(), "runs list", wire.ExitDone},
		{"runs-list-more", standing(), "runs list --limit 2", wire.ExitDone},
		{"runs-list-none", &scripted{}, "runs list", wire.ExitDone},
		{"runs-list-of-missing", standing(), "runs list --connection nosuch", wire.ExitUsage},
		{"runs-show", standing(), "runs show 41", wire.ExitDone},
		{"runs-show-held", standing(), "runs show 42", wire.ExitDone},
		{"runs-show-held-json", standing(), "runs show 42 --format json", wire.ExitDone},
		{"runs-show-missing", standing(), "runs show 7", wire.ExitUsage},
		{"runs-show-no-number", standing(), "runs show seven", wire.ExitUsage},
		{"runs-changes", standing(), "runs changes 41", wire.ExitDone},
		{"runs-approve", standing(), "runs approve 42 --yes", wire.ExitDone},
		{"runs-approve-overtaken", fails(standing(), "Approve", fmt.Errorf("approve run 42: %w", store.ErrNotHeld)), "runs approve 42 --yes", wire.ExitUsage},
		{"runs-approve-done", standing(), "runs approve 41", wire.ExitUsage},
		{"runs-discard", standing(), "runs discard 42", wire.ExitDone},

		{"users-list", alone(), "users list", wire.ExitDone},
		{"users-list-of", standing(), "users list workforce --limit 1", wire.ExitDone},
		{"users-list-two", standing(), "users list workforce sandbox", wire.ExitUsage},
		{"users-list-whose", standing(), "users list", wire.ExitUsage},
		{"users-list-search", standing(), "users list --connection workforce --search one --format json", wire.ExitDone},
		{"users-list-nobody", alone(), "users list --search zz", wire.ExitDone},
		{"users-list-limit", alone(), "users list --limit 0", wire.ExitUsage},
		{"users-show", alone(), "users show u1", wire.ExitDone},
		{"users-show-nobody", alone(), "users show u9", wire.ExitUsage},
		{"users-export", alone(), "users export --format csv", wire.ExitDone},
		{"users-export-format", alone(), "users export --format json", wire.ExitUsage},
		{"users-forget", alone(), "users forget u1 --yes", wire.ExitDone},
		{"users-forget-left", alone(), "users forget u9 --yes", wire.ExitDone},

		{"connectors-list", standing(), "connectors list", wire.ExitDone},
		{"connectors-trust", standing(), "connectors trust okta", wire.ExitDone},
		{"connectors-form", standing(), "connectors form okta", wire.ExitDone},

		{"doctor", standing(), "doctor", wire.ExitDone},
		{"doctor-failed", checks(standing(), service.Check{Name: "store", Status: service.CheckFail, Reason: "SCHEMA_NEWER", Detail: "The file is a newer version's.", Fix: "Update Patchbay."}), "doctor", wire.ExitOurs},

		{"no-command", standing(), "conections list", wire.ExitUsage},
		{"no-subcommand", standing(), "connections lst", wire.ExitUsage},
		{"no-flag", standing(), "connections list --formatt json", wire.ExitUsage},
		{"no-duration", standing(), "connections set workforce --interval soon", wire.ExitUsage},
		{"no-short-flag", standing(), "connections list -x", wire.ExitUsage},
		{"no-format", standing(), "connections list --format xml", wire.ExitUsage},
		{"too-many", standing(), "connections show work force", wire.ExitUsage},
		{"our-fault", fails(standing(), "Connections", errors.New("list the connections: disk I/O error")), "connections list", wire.ExitOurs},
		{"service-refuses", fails(standing(), "TestChange", &host.RefusedError{Class: connectorv1.Class_CLASS_RATE_LIMITED, Reason: "RATE_LIMITED", Message: "Okta asks to wait.", Fix: "Wait."}), "connections test workforce", wire.ExitService},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			i := invoke(t, c.ops, nil, strings.Fields(c.line)...)
			if i.code != c.code {
				t.Errorf("exit code %d, want %d", i.code, c.code)
			}
			if strings.Contains(c.line, "--format json") && i.stdout.Len() > 0 && !json.Valid(i.stdout.Bytes()) {
				t.Errorf("this is not one JSON document: %s", i.stdout.String())
			}
			if strings.ContainsRune(i.stdout.String(), '\x1b') && !strings.Contains(c.line, "json") {
				t.Error("a text from the service steers the terminal")
			}
			wantTranscript(t, c.name, fmt.Sprintf("$ patchbay %s\nexit code %d\n--- standard output\n%s--- standard error\n%s", c.line, i.code, i.stdout.String(), i.stderr.String()))
		})
	}
}

func wantTranscript(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "transcripts", name+".txt")
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want = bytes.ReplaceAll(want, []byte("\r\n"), []byte("\n"))
	if got != string(want) {
		t.Errorf("%s differs; got\n%s\nwant\n%s", path, got, want)
	}
}

func TestEveryCommandHasHelpWithAnExample(t *testing.T) {
	t.Parallel()
	for _, c := range everyCommand((&app{}).command()) {
		if c.Name() == "completion" || c.Parent() != nil && c.Parent().Name() == "completion" || c.Name() == "help" {
			continue // cobra's own
		}
		if c.Short == "" || c.Example == "" {
			t.Errorf("%s has no help, or no example", c.CommandPath())
		}
	}
	i := invoke(t, standing(), nil, "connections", "add", "--help")
	for _, text := range []string{"Examples:", "--secret private_key=file:key.pem", "--shrink-percent", "--format"} {
		if !strings.Contains(i.stdout.String(), text) {
			t.Errorf("the help lacks %q", text)
		}
	}
}

func everyCommand(root *cobra.Command) []*cobra.Command {
	all := []*cobra.Command{root}
	for _, c := range root.Commands() {
		all = append(all, everyCommand(c)...)
	}
	return all
}

func TestCompletionOffersNamesOfConnections(t *testing.T) {
	t.Parallel()
	i := invoke(t, standing(), nil, "__complete", "sync", "")
	if !strings.Contains(i.stdout.String(), "sandbox\tokta, Credentials expired\nworkforce\tokta, Active\n") {
		t.Errorf("offered: %q", i.stdout.String())
	}
	if i := invoke(t, standing(), nil, "completion", "bash"); !strings.Contains(i.stdout.String(), "patchbay") || i.code != wire.ExitDone {
		t.Errorf("no script for bash: %d, %q", i.code, i.stderr.String())
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	if i := invoke(t, nil, nil, "version"); !strings.HasPrefix(i.stdout.String(), "patchbay "+version+" (go") {
		t.Errorf("got %q", i.stdout.String())
	}
	var b build
	if err := json.Unmarshal(invoke(t, nil, nil, "version", "--format", "json").stdout.Bytes(), &b); err != nil || b.Version != version || b.Go == "" {
		t.Errorf("got %+v, %v", b, err)
	}
}
