//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

func TestAKeyIsTakenInEachForm(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	key := string(r.tenant.PrivateKeyPEM())
	keyFile := r.write("key.pem", key)
	r.write("key.jwk", string(r.tenant.PrivateKeyJWK()))
	for _, c := range []struct {
		name    string
		changes map[string]any
		env     []string
		stdin   string
	}{
		{name: "value", changes: map[string]any{"private_key": key}},
		{name: "value on one line", changes: map[string]any{"private_key": strings.ReplaceAll(key, "\n", `\n`)}},
		{name: "JWK as an object", changes: map[string]any{"private_key": json.RawMessage(r.tenant.PrivateKeyJWK()), "key_id": nil}},
		{name: "JWK as text", changes: map[string]any{"private_key": string(r.tenant.PrivateKeyJWK())}},
		{name: "variable", changes: map[string]any{"private_key": "env:TEST_OKTA_KEY"}, env: []string{"TEST_OKTA_KEY=" + key}},
		{name: "file beside the configuration", changes: map[string]any{"private_key": "file:key.pem"}},
		{name: "file by its whole path", changes: map[string]any{"private_key": "file:" + keyFile}},
		{name: "private_key_file", changes: map[string]any{"private_key": nil, "private_key_file": "key.jwk"}},
		{name: "standard input", changes: map[string]any{"private_key": "-"}, stdin: key},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := r.in(t)
			text, err := json.Marshal(r.settings(c.changes))
			if err != nil {
				t.Fatal(err)
			}
			r.folder = strings.TrimSuffix(keyFile, "/key.pem") // beside the key
			r.config = r.write(strings.ReplaceAll(c.name, " ", "-")+".json", string(text))
			command := r.command("check")
			command.Env, command.Stdin = c.env, c.stdin
			command.Run(t).WantCode(wire.ExitDone).WantStdout("✓ key", "✓ role")
		})
	}
}

// Each mistake is refused before anything is sent, as the check "config", in
// words that help, and without showing the key that the file may hold.
func TestAConfigurationThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	key := string(r.tenant.PrivateKeyPEM())
	whole := func(changes map[string]any) string {
		text, err := json.Marshal(r.settings(changes))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"empty", "", []string{"is empty"}},
		{"no JSON", "{\n\"private_key\": \"" + strings.ReplaceAll(key, "\n", `\n`) + "\",\n}", []string{"is not JSON: look at line 3"}},
		{"the key alone", key, []string{"is not JSON"}},
		{"a list", "[" + whole(nil) + "]", []string{"is not a JSON object"}},
		{"a mistyped key", whole(map[string]any{"private_key": nil, "private_kye": key}), []string{"private_kye", "private_key"}},
		{"a mistyped domain", whole(map[string]any{"domain": nil, "domian": r.tenant.URL()}), []string{"domian", "domain"}},
		{"a number for the domain", whole(map[string]any{"domain": 7}), []string{"domain"}},
		{"a key in a list", whole(map[string]any{"private_key": []string{key}}), []string{`"private_key" in the configuration must be a string`}},
		{"two keys", whole(map[string]any{"private_key_file": "key.pem"}), []string{"private_key", "given twice"}},
		{"a variable that is not set", whole(map[string]any{"private_key": "env:TEST_NOT_SET"}), []string{"TEST_NOT_SET, which is not set"}},
		{"a variable with the key for a name", whole(map[string]any{"private_key": "env:" + key}), []string{"names no environment variable"}},
		{"a file that is not there", whole(map[string]any{"private_key": "file:absent.pem"}), []string{"absent.pem, which can't be read: no such file"}},
		{"an empty standard input", whole(map[string]any{"private_key": "-"}), []string{"standard input, which is empty"}},
		{"no client id", whole(map[string]any{"client_id": nil}), []string{"client_id"}},
		{"a yes for true", whole(map[string]any{"include_deprovisioned": "yes"}), []string{"include_deprovisioned"}},
		{"a share of 200 %", whole(map[string]any{"rate_limit_share": 200}), []string{"rate_limit_share", "100"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := r.in(t)
			r.config = r.write("wrong.json", c.text)
			p := r.command("check", "--format", "json").Run(t).WantCode(wire.ExitUsage)
			report := reportIn(t, p)
			if first := report.Checks[0]; *first.Name != "config" || *first.Status != "fail" || *first.Fix == "" {
				t.Errorf("the first check is %s: %s, fix %q; want config to fail and a fix", *first.Name, *first.Status, *first.Fix)
			}
			programtest.WantTexts(t, "the check", *report.Checks[0].Detail+*report.Checks[0].Fix, c.want...)
			r.command("check").Run(t).WantCode(wire.ExitUsage).WantStdout("✗ config", "To fix: ")
			r.sync().Run(t).WantCode(wire.ExitUsage).WantNoStdout().WantStderr("harness: ", "To fix: ")
		})
	}
	r.wantNoRequests()
}

func TestAConfigurationFileThatIsNotThere(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	r.config = "absent.json"
	report := reportIn(t, r.command("check", "--format", "json").Run(t).WantCode(wire.ExitUsage))
	if len(report.Checks) != 1 || *report.Checks[0].Name != "config" || *report.Checks[0].Reason != "CONFIG_INVALID" {
		t.Errorf("the checks are %v, want config alone", namesOf(report))
	}
	r.command("resources").Run(t).WantCode(wire.ExitUsage).WantNoStdout().WantStderr("file absent.json can't be read: no such file or directory", "To fix: ")
}

// A cursor is looked at before anything is asked of Okta.
func TestACursorThatIsNotOurs(t *testing.T) {
	t.Parallel()
	r, other := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}), newRig(t, oktatest.Settings{Users: 30, PageLimit: 10})
	cursor, foreign := r.cursorAfterPage1(), other.cursorAfterPage1()
	before := r.tenant.Stats()
	for _, c := range []struct{ name, resource, cursor, reason, names string }{
		{"of nobody", "users", "abc", "CURSOR_INVALID", "version"},
		{"with blanks", "users", "no cursor", "CURSOR_INVALID", "version"},
		{"of another version", "users", strings.Replace(cursor, "okta1.", "okta2.", 1), "CURSOR_INVALID", "version"},
		{"cut short", "users", cursor[:len(cursor)-3], "CURSOR_INVALID", "cut short"},
		{"of another domain", "users", foreign, "CURSOR_FOREIGN", strings.TrimPrefix(other.tenant.URL(), "http://")},
		{"of another resource", "groups", cursor, "CURSOR_FOREIGN", "users"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := r.command("sync", "--resource", c.resource, "--cursor", c.cursor).Run(t)
			p.WantCode(wire.ExitUsage).WantNoStdout().WantStderr("harness: ", c.names, "("+c.reason+")", "To fix: ", "begin without one")
			if strings.Contains(p.Stderr.Text(), "To go on from here") {
				t.Errorf("a command that can't work is printed: %s", p.Stderr.Text())
			}
		})
	}
	if after := r.tenant.Stats(); fmt.Sprint(after.Requests) != fmt.Sprint(before.Requests) {
		t.Errorf("the tenant was asked: %v, and before %v", after.Requests, before.Requests)
	}
}

// cursorAfterPage1 reads a page and returns the cursor.
func (r *rig) cursorAfterPage1() string {
	r.Helper()
	summaryFile := r.folder + "/summary-of-page-1.json"
	r.sync("--max-records", "10", "--summary-file", summaryFile).Run(r.T).WantCode(wire.ExitDone)
	cursor := summaryIn(r.T, summaryFile).Cursor
	if cursor == "" {
		r.Fatal("no cursor after page 1")
	}
	return cursor
}

func (r *rig) wantNoRequests() {
	r.Helper()
	if s := r.tenant.Stats(); len(s.Requests) != 0 {
		r.Errorf("the tenant was asked: %v", s.Requests)
	}
}
