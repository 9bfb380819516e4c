//go:build unix

package main

import (
	"encoding/json"
	"strings"
	"testing"

	"patchbay.example/internal/program/programtest"
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
			p := programtest.Command{Args: strings.Fields(c.line)}.Run(t)
			p.WantCode(wire.ExitUsage).WantNoStdout().WantStderr(append(c.want, "harness: ")...)
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
		programtest.Command{Args: strings.Fields(c.line)}.Run(t).WantCode(wire.ExitDone).WantStdout("Usage:", c.want)
	}
}

func TestResourcesAreListed(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	r.command("resources").Run(t).WantCode(wire.ExitDone).WantStdout("users        Users, full, every 6h; needs okta.users.read\n")
	p := r.command("resources", "--format", "json").Run(t).WantCode(wire.ExitDone)
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
	decodeStrictly(t, p.Stdout.Text(), &list)
	if len(list.Resources) == 0 {
		t.Fatalf("nothing is listed: %s", p.Stdout.Text())
	}
	users := list.Resources[0]
	if users.Name != "users" || users.Kind != "users" || users.KeyField != "id" || users.SuggestedIntervalSeconds != 6*60*60 || users.Schema["type"] != "object" {
		t.Errorf("users are listed as %+v", users)
	}
	if !json.Valid([]byte(p.Stdout.Text())) || p.Stderr.Text() != "" {
		t.Errorf("beside the JSON came %q", p.Stderr.Text())
	}
}

func TestAResourceThatIsNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	p := r.command("sync", "--resource", "nosuch").Run(t)
	p.WantCode(wire.ExitUsage).WantNoStdout().WantStderr(`There is no resource "nosuch"; there is users`, "To fix: ")
	if strings.Contains(p.Stderr.Text(), "To go on from here") {
		t.Errorf("a command that can't work is printed: %s", p.Stderr.Text())
	}
}

// The exit codes that the other tests have not shown, each from a real cause.
func TestExitCodesOfServiceAndConnector(t *testing.T) {
	t.Parallel()
	t.Run("wait budget spent", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10, UsersPerMinute: 600}, "users:page=2:429=10m")
		r.sync("--wait-budget", "1s").Run(t).WantCode(wire.ExitService).WantStderr("failed (", "To go on from here: ", "--wait-budget 1s", "To fix: ")
	})
	t.Run("next page on another host", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=2x*:next-elsewhere")
		p := r.sync().Run(t).WantCode(wire.ExitService).WantStderr("To fix: ")
		r.wantIDs(p.Stdout.Text(), r.all()[:len(idsOf(t, p.Stdout.Text()))])
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
			report := reportIn(t, r.command("check", "--format", "json", "--connector", path).Run(t).WantCode(wire.ExitConnector))
			if last := report.Checks[len(report.Checks)-1]; *last.Name != "connector" || *last.Reason == "" || *last.Fix == "" {
				t.Errorf("the check is %s, reason %q, fix %q", *last.Name, *last.Reason, *last.Fix)
			}
			r.sync("--connector", path).Run(t).WantCode(wire.ExitConnector).WantNoStdout().WantStderr("harness: ", "To fix: ")
			r.wantNoRequests()
		})
	}
}
