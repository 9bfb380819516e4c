package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/service"
	"patchbay.example/internal/wire"
)

// canary is a secret that must never be shown.
const canary = "-----BEGIN PRIVATE KEY-----\nMIICdgIBADANBgkqhkiG9w0BAQEFAASCAmAwggJcAgEAAoGBAcanary\n-----END PRIVATE KEY-----\n"

// wantSilent checks that nothing of the canary was shown.
func (i *invocation) wantSilent(t *testing.T) {
	t.Helper()
	for where, text := range map[string]string{"standard output": i.stdout.String(), "standard error": i.stderr.String()} {
		if strings.Contains(text, "MIICdg") || strings.Contains(text, "canary") || strings.Contains(text, "BEGIN") {
			t.Errorf("%s shows the secret: %s", where, text)
		}
	}
}

// Others on a machine can read its command lines: a secret that stands on one is
// refused, and not repeated either.
func TestSecretsOnTheCommandLineAreRefusedAndNotRepeated(t *testing.T) {
	t.Parallel()
	base64 := strings.Split(canary, "\n")[1]
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"as a secret":            {[]string{"--secret", "private_key=" + canary}, "others on this machine can read a command line"},
		"as a property":          {[]string{"--set", "private_key=" + base64}, "others on this machine can read a command line"},
		"without its property":   {[]string{"--secret", base64}, "with an equals sign"},
		"padded, so with equals": {[]string{"--secret", base64 + "=="}, "no property of okta"},
		"set without property":   {[]string{"--set", base64 + "="}, "no property of okta"},
		"as a word of its own":   {[]string{"--secret", "private_key=-", canary}, "not repeated here"},
		"unquoted":               {append([]string{"--secret", "private_key=-"}, strings.Fields(canary)...), ""},
		"of a wrong property":    {[]string{"--set", "privat_key=" + base64}, "did you mean private_key?"},
		"unset":                  {[]string{"--unset", canary}, "no property of okta"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, command := range [][]string{{"connections", "add", "workforce", "--connector", "okta"}, {"connections", "set", "workforce"}} {
				if command[1] == "add" && name == "unset" {
					continue
				}
				ops := standing()
				i := invoke(t, ops, nil, append(command, c.args...)...)
				i.wantSilent(t)
				if i.code != wire.ExitUsage || !strings.Contains(i.stderr.String(), c.says) {
					t.Errorf("exit code %d, says %q, want %q", i.code, i.stderr.String(), c.says)
				}
				if len(ops.drafts)+len(ops.changes) > 0 {
					t.Error("it was tried nevertheless")
				}
			}
		})
	}
}

// The service resolves references itself, from wherever it runs; standard input
// is the command's.
func TestReferencesStayReferences(t *testing.T) {
	t.Parallel()
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for reference, want := range map[string]string{
		"env:OKTA_KEY":      "env:OKTA_KEY",
		"file:key.pem":      "file:" + filepath.Join(here, "key.pem"),
		"file:/etc/key.pem": "file:/etc/key.pem",
		"-":                 canary,
	} {
		ops := &scripted{report: report()}
		i := invoke(t, ops, &invocation{stdin: canary}, "connections", "add", "workforce", "--connector", "okta", "--set", "domain=example.okta.com", "--set", "page_size=100",
			"--set", "include_deprovisioned=true", "--secret", "private_key="+reference, "--hris", "--interval", "2h", "--shrink-percent", "30", "--deadline", "3h", "--resource", "users")
		i.wantSilent(t)
		if i.code != wire.ExitDone || len(ops.drafts) != 1 {
			t.Fatalf("%s: exit code %d, %s", reference, i.code, i.stderr.String())
		}
		d := ops.drafts[0]
		var config map[string]any
		if err := json.Unmarshal(d.Config, &config); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]any{"domain": "example.okta.com", "page_size": 100.0, "include_deprovisioned": true, "private_key": want}, config); diff != "" {
			t.Errorf("%s: the configuration differs (-want +got): %s", reference, diff)
		}
		d.Config = nil
		wantDraft := service.Draft{Name: "workforce", Connector: "okta", Settings: service.Settings{
			Resource: "users", HRIS: true, Interval: service.Duration(2 * time.Hour), ShrinkPercent: 30, Deadline: service.Duration(3 * time.Hour),
		}}
		if diff := cmp.Diff(wantDraft, d); diff != "" {
			t.Errorf("the draft differs (-want +got): %s", diff)
		}
	}
}

// A list is given as people write one, and as JSON where a text holds a comma.
func TestAListIsSetByItsTexts(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"Engineering":               `{"groups":["Engineering"]}`,
		"Engineering, Sales,":       `{"groups":["Engineering","Sales"]}`,
		`["Engineering, Berlin"]`:   `{"groups":["Engineering, Berlin"]}`,
		"":                          `{"groups":[]}`,
		`["Engineering"`:            "",
		`["Engineering",{"a":"b"}]`: "",
	} {
		ops := standing()
		i := invoke(t, ops, nil, "connections", "set", "workforce", "--set", "groups="+given)
		if want == "" {
			if i.code != wire.ExitUsage || !strings.Contains(i.stderr.String(), "groups is a list such as one,two") {
				t.Errorf("%s: exit code %d, %s", given, i.code, i.stderr.String())
			}
			continue
		}
		if i.code != wire.ExitDone || len(ops.changes) != 1 || string(ops.changes[0].Config) != want {
			t.Errorf("%s: exit code %d, %s, %+v, want %s", given, i.code, i.stderr.String(), ops.changes, want)
		}
	}
}

func TestAFileDescribesAConnection(t *testing.T) {
	t.Parallel()
	yaml := "connector: okta\nhris: true\ninterval: 2h\nconfig:\n  domain: example.okta.com\n  page_size: 100\n  private_key_file: key.pem\n"
	asJSON := `{"connector":"okta","hris":true,"interval":"2h0m0s","config":{"domain":"example.okta.com","page_size":100,"private_key":"file:key.pem"}}`
	for name, text := range map[string]string{"c.yaml": yaml, "c.json": asJSON} {
		folder := t.TempDir()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ops := &scripted{report: report()}
		i := invoke(t, ops, nil, "connections", "add", "workforce", "--file", path, "--interval", "4h", "--set", "client_id=0oa1example")
		if i.code != wire.ExitDone || len(ops.drafts) != 1 {
			t.Fatalf("%s: exit code %d, %s", name, i.code, i.stderr.String())
		}
		var config map[string]any
		if err := json.Unmarshal(ops.drafts[0].Config, &config); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{"domain": "example.okta.com", "page_size": 100.0, "private_key": "file:" + filepath.Join(folder, "key.pem"), "client_id": "0oa1example"}
		if diff := cmp.Diff(want, config); diff != "" {
			t.Errorf("%s: the configuration differs (-want +got): %s", name, diff)
		}
		if d := ops.drafts[0]; d.Interval != service.Duration(4*time.Hour) || !d.HRIS || d.Connector != "okta" {
			t.Errorf("%s: the draft is %+v", name, d)
		}
	}
}

// A file may hold a secret, so no error quotes it.
func TestWrongFilesAreRefusedWithoutQuotingThem(t *testing.T) {
	t.Parallel()
	secret := strings.ReplaceAll(canary, "\n", `\n`)
	for text, says := range map[string]string{
		"conector: okta\nconfig: {private_key: \"" + secret + "\"}":        `has the key "conector", which means nothing: did you mean connector?`,
		"connector: okta\ndomain: example.okta.com":                        `has the key "domain", which means nothing`,
		"connector: okta\nconfig:\n  private_key: \"" + secret + "\n x: [": "is neither YAML nor JSON",
		`{"connector":"okta","config":{"private_key":"` + secret + `"`:     "is neither YAML nor JSON",
		"connector: okta\ninterval: \"" + secret + "\"":                    "has a value of interval that is none",
		"- okta\n":                   "is to hold keys with values",
		"":                           "is to hold keys with values",
		"connector: okta\nconfig: x": "has under config something else than properties",
		"connector: okta\nconfig: {privat_key: \"" + secret + "\"}":               `okta has no property "privat_key": did you mean private_key?`,
		"connector: okta\nname: other\nconfig: {private_key: \"" + secret + "\"}": `names the connection "other"`,
		"connector: okta\n" + strings.ReplaceAll(secret, `\n`, "") + ": x":        "has a key that means nothing",
	} {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ops := &scripted{report: report()}
		i := invoke(t, ops, nil, "connections", "add", "workforce", "--file", path)
		i.wantSilent(t)
		if i.code != wire.ExitUsage || !strings.Contains(i.stderr.String(), says) || len(ops.drafts) > 0 {
			t.Errorf("exit code %d, says %q, want %q", i.code, i.stderr.String(), says)
		}
	}
	if i := invoke(t, standing(), nil, "connections", "add", "workforce", "--file", "nosuch.yaml"); i.code != wire.ExitUsage || !strings.Contains(i.stderr.String(), "file nosuch.yaml can't be read") {
		t.Errorf("exit code %d, says %q", i.code, i.stderr.String())
	}
}

func FuzzReadDraft(f *testing.F) {
	f.Add([]byte("connector: okta\nconfig: {domain: example.okta.com}"))
	f.Add([]byte(`{"connector":"okta","hris":true,"interval":"2h"}`))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("? {x: y}\n: z"))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "c.yaml")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := readDraft(path)
		if err == nil && len(d.Config) > 0 && !json.Valid(d.Config) {
			t.Errorf("the configuration is no JSON: %q", d.Config)
		}
	})
}

func TestSetChangesWhatIsGivenOnly(t *testing.T) {
	t.Parallel()
	ops := standing()
	i := invoke(t, ops, nil, "connections", "set", "workforce", "--hris=false", "--unset", "page_size", "--deadline", "0")
	if i.code != wire.ExitDone || len(ops.changes) != 1 {
		t.Fatalf("exit code %d, %s", i.code, i.stderr.String())
	}
	want := service.Change{Config: json.RawMessage(`{"page_size":null}`), HRIS: new(false), Deadline: new(service.Duration(0))}
	if diff := cmp.Diff(want, ops.changes[0]); diff != "" {
		t.Errorf("the change differs (-want +got): %s", diff)
	}
}

func TestDurationsOfFlagsHaveDaysAsTheConfigurationHas(t *testing.T) {
	t.Parallel()
	var d durationFlag
	for text, want := range map[string]time.Duration{"2d": 48 * time.Hour, "90m": 90 * time.Minute, "0": 0} {
		if err := d.Set(text); err != nil || time.Duration(d) != want {
			t.Errorf("%s is %v, %v, want %v", text, time.Duration(d), err, want)
		}
	}
	for _, text := range []string{"6", "soon", "", "2days"} {
		if d.Set(text) == nil {
			t.Errorf("%q was taken", text)
		}
	}
}

func TestDurationsOfAFileHaveDaysToo(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "c.yaml")
	for text, want := range map[string]time.Duration{"2d": 48 * time.Hour, "90m": 90 * time.Minute} {
		if err := os.WriteFile(path, []byte("connector: okta\ninterval: "+text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if d, err := readDraft(path); err != nil || time.Duration(d.Interval) != want {
			t.Errorf("%s is %v, %v, want %v", text, d.Interval, err, want)
		}
	}
}
