//go:build unix

package main

import (
	"encoding/json"
	"strings"
	"testing"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

func TestWrongCommandLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line string
		want []string
	}{
		{"nosuch", []string{`unknown command "nosuch"`, "harness --help"}},
		{"--nosuch", []string{"unknown flag: --nosuch", "harness --help"}},
		{"check", []string{`required flag(s) "config" not set`, "harness check --help"}},
		{"resources --format json", []string{`required flag(s) "config" not set`}},
		{"sync --config t.json", []string{`required flag(s) "resource" not set`, "harness sync --help"}},
		{"check t.json --config t.json", []string{`"t.json"`, "harness check --help"}},
		{"check --config t.json --format xml", []string{`--format is text or json, not "xml"`}},
		{"resources --config t.json --format jsonl", []string{`--format is text or json, not "jsonl"`}},
		{"sync --config t.json --resource users --format json", []string{`--format is text or jsonl, not "json"`}},
		{"sync --config t.json --resource users --max-records -1", []string{"--max-records"}},
		{"sync --config t.json --resource users --wait-budget soon", []string{"--wait-budget"}},
		{"sync --config t.json --resource users --wait-budget -5s", []string{"--wait-budget is a duration such as 30m"}},
		{"check --config t.json --log-level LOUD", []string{"--log-level"}},
		{"tenant --users 0", []string{"--users is a number from 1 to 100,000,000, not 0", "harness tenant --help"}},
		{"tenant --rate-limit -1", []string{"--rate-limit is a number of requests a minute"}},
		{"tenant --page-limit -1", []string{"page limit", "must not be negative"}},
		{"tenant --role admin", []string{`--role is granted, forbidden or empty, not "admin"`}},
		{"tenant --addr 0.0.0.0:0", []string{`"0.0.0.0:0" would let other machines in`, "127.0.0.1"}},
		{"tenant --addr example.com:80", []string{"would let other machines in"}},
		{"tenant --addr 8080", []string{`"8080" must be host:port`}},
		{"tenant --fault broken", []string{`fault "broken": want ENDPOINT:WHEN:KIND, as in users:3:429`}},
		{"tenant --fault people:1:429", []string{`no endpoint "people"; the endpoints are token, users`}},
		{"tenant --fault users:1:explode", []string{`no kind "explode"; the kinds for users are`}},
		{"tenant --fault users:soon:429", []string{"a page such as page=7"}},
		{"tenant --fault users:1:delay=soon", []string{"delay must be a duration such as 500ms or 5s"}},
	} {
		t.Run(c.line, func(t *testing.T) {
			t.Parallel()
			p := command{args: strings.Fields(c.line)}.run(t)
			p.wantCode(wire.ExitUsage).wantNoStdout().wantStderr(append(c.want, "harness: ")...)
		})
	}
}

func TestHelpIsForStandardOutput(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, want string }{
		{"--help", "resources   Connect"},
		{"help sync", "--summary-file"},
		{"check --help", "--connector-sha256"},
		{"tenant --help", "--config-out"},
	} {
		command{args: strings.Fields(c.line)}.run(t).wantCode(wire.ExitDone).wantStdout("Usage:", c.want)
	}
}

func TestResourcesAreListed(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	r.command("resources").run(t).wantCode(wire.ExitDone).wantStdout("users        Users, full, every 6h; needs okta.users.read\n")
	p := r.command("resources", "--format", "json").run(t).wantCode(wire.ExitDone)
	var list struct {
		Resources []struct {
			Name                     string
			Title                    string
			Kind                     string
			KeyField                 string `json:"key_field"`
			Modes                    []string
			SuggestedIntervalSeconds float64  `json:"suggested_interval_seconds"`
			RequiredScopes           []string `json:"required_scopes"`
			MissingScopes            []string `json:"missing_scopes"`
			Schema                   map[string]any
		}
	}
	decodeStrictly(t, p.stdout.text(), &list)
	if len(list.Resources) == 0 {
		t.Fatalf("nothing is listed: %s", p.stdout.text())
	}
	users := list.Resources[0]
	if users.Name != "users" || users.Kind != "users" || users.KeyField != "id" || users.SuggestedIntervalSeconds != 6*60*60 || users.Schema["type"] != "object" {
		t.Errorf("users are listed as %+v", users)
	}
	if !json.Valid([]byte(p.stdout.text())) || p.stderr.text() != "" {
		t.Errorf("beside the JSON came %q", p.stderr.text())
	}
}

func TestAResourceThatIsNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	p := r.command("sync", "--resource", "nosuch").run(t)
	p.wantCode(wire.ExitUsage).wantNoStdout().wantStderr(`There is no resource "nosuch"; there is users`, "To fix: ")
	if strings.Contains(p.stderr.text(), "To go on from here") {
		t.Errorf("a command that can't work is printed: %s", p.stderr.text())
	}
}

// The exit codes that the other tests have not shown, each from a real cause.
func TestExitCodesOfServiceAndConnector(t *testing.T) {
	t.Parallel()
	t.Run("wait budget spent", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10, UsersPerMinute: 600}, "users:page=2:429=10m")
		r.sync("--wait-budget", "1s").run(t).wantCode(wire.ExitService).wantStderr("failed (", "To go on from here: ", "--wait-budget 1s", "To fix: ")
	})
	t.Run("next page on another host", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=2x*:next-elsewhere")
		p := r.sync().run(t).wantCode(wire.ExitService).wantStderr("To fix: ")
		r.wantIDs(p.stdout.text(), r.all()[:len(idsOf(t, p.stdout.text()))])
		if s := r.tenant.Stats(); s.Elsewhere != 0 {
			t.Errorf("another host was asked %d times", s.Elsewhere)
		}
	})
	for name, script := range map[string]string{
		"no connector at all":        "echo hello\n",
		"connector that ends itself": "exit 7\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, oktatest.Settings{Users: 3})
			path := r.write("connector.sh", "#!/bin/sh\n"+script)
			makeExecutable(t, path)
			report := reportIn(t, r.command("check", "--format", "json", "--connector", path).run(t).wantCode(wire.ExitConnector))
			if last := report.Checks[len(report.Checks)-1]; *last.Name != "connector" || *last.Reason == "" || *last.Fix == "" {
				t.Errorf("the check is %s, reason %q, fix %q", *last.Name, *last.Reason, *last.Fix)
			}
			r.sync("--connector", path).run(t).wantCode(wire.ExitConnector).wantNoStdout().wantStderr("harness: ", "To fix: ")
			r.wantNoRequests()
		})
	}
}
