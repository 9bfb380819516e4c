package main

import (
	"errors"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"patchbay.example/internal/program"
	"patchbay.example/internal/wire"
)

// configured is what a file, an environment and flags make of the settings. The
// file stands in the data folder, and is not there where it is empty.
func configured(t *testing.T, file string, env map[string]string, args ...string) (settings, error) {
	t.Helper()
	data := t.TempDir()
	if file != "" {
		if err := os.WriteFile(filepath.Join(data, configFile), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	e := environment{home: func() (string, error) { return "", errors.New("no home") }}
	for name, value := range maps.All(env) {
		e.all = append(e.all, name+"="+value)
	}
	var f settingsFlags
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.add(flags)
	f.addServe(flags)
	if err := flags.Parse(append([]string{"--data", data}, args...)); err != nil {
		return settings{}, err
	}
	return f.load(e)
}

func TestLaterSourcesGoAheadOfEarlierOnes(t *testing.T) {
	t.Parallel()
	file := "listen: 127.0.0.1:1001\nworkers: 2\nkeep:\n  runs: 30d\nlog:\n  level: debug\n  format: json\n"
	env := map[string]string{"PATCHBAY_WORKERS": "3", "PATCHBAY_KEEP_RUNS": "40d", "HOME": "/"}
	s, err := configured(t, file, env, "--keep-runs", "50d")
	if err != nil {
		t.Fatal(err)
	}
	if s.listen != "127.0.0.1:1001" || s.workers != 3 || s.keepRuns != 50*24*time.Hour || s.logLevel != slog.LevelDebug || s.logFormat != "json" {
		t.Errorf("%+v", s)
	}
	if s.keepTombstones != defaultKeep || s.tick != defaultTick || s.lease != defaultLease || s.postgres() {
		t.Errorf("what nobody has set is not the default: %+v", s)
	}
}

func TestPathsOfAFileAreRelativeToIt(t *testing.T) {
	t.Parallel()
	s, err := configured(t, "connectors: plugs\nsealing_key: /keys/one.json\n", nil)
	if err != nil {
		t.Fatal(err)
	}
	if s.connectors != filepath.Join(s.data, "plugs") || s.sealingKey != "/keys/one.json" {
		t.Errorf("connectors %s, sealing key %s, data %s", s.connectors, s.sealingKey, s.data)
	}
	if s, err = configured(t, "", nil); err != nil || s.sealingKey != filepath.Join(s.data, sealingKeyFile) {
		t.Errorf("sealing key %q of %q, %v", s.sealingKey, s.data, err)
	}
}

func TestSecretsComeFromWhereTheReferenceLeads(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	secret := filepath.Join(folder, "webhook-secret")
	if err := os.WriteFile(secret, []byte("whsec-canary\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := configured(t, "webhook:\n  url: https://hooks.example.com/1\n  secret: file:"+secret+"\n", map[string]string{"DATABASE_URL": "postgres://u:p@db.example.com/x"})
	if err != nil {
		t.Fatal(err)
	}
	if s.webhook != "https://hooks.example.com/1" || s.webhookSecret != "whsec-canary" || s.database != "postgres://u:p@db.example.com/x" {
		t.Errorf("%+v", s)
	}
}

// Receivers check signatures with the key that Standard Webhooks' secret stands
// for: https://www.standardwebhooks.com, "whsec_" and base64.
func TestAWebhooksSecretIsTheKeyThatItStandsFor(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{"whsec_Y2FuYXJ5LWtleQ==": "canary-key", "some words": "some words"} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := configured(t, "", nil, "--webhook-secret", "file:"+path); err != nil || string(s.webhookKey) != want {
			t.Errorf("the key of %q is %q, %v, want %q", secret, s.webhookKey, err, want)
		}
		if err := os.WriteFile(path, []byte("whsec_canary!"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := configured(t, "", nil, "--webhook-secret", "file:"+path); err == nil || !strings.Contains(err.Error(), "no base64") || strings.Contains(err.Error(), "canary!") {
			t.Errorf("what is no base64: %v", err)
		}
	}
}

func TestADataFolderOfAnotherUserIsNamed(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root reads everything")
	}
	data := t.TempDir()
	if err := os.Chmod(data, 0); err != nil { //nolint:gosec // none at all
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(data, 0o700) }) //nolint:gosec // as it was
	_, err := configured(t, "", nil, "--data", data)
	var own *program.Error
	if !errors.As(err, &own) || own.Code != wire.ExitOurs || !strings.Contains(err.Error(), data+" can't be read") {
		t.Errorf("%v", err)
	}
}

func TestWhatMeansNothingIsRefusedWithWhatWasMeant(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		file string
		env  map[string]string
		args []string
		want []string
	}{
		"a key":              {file: "data: d\nlissten: 127.0.0.1:1\n", want: []string{"patchbay.yaml, line 2", `"lissten"`, "listen"}},
		"a key below":        {file: "log:\n  levle: debug\n", want: []string{"line 2", "log.level"}},
		"a group's value":    {file: "\n\nwebhook: https://hooks.example.com\n", want: []string{"line 3", "webhook takes keys of its own"}},
		"a list":             {file: "workers:\n  - 1\n", want: []string{"line 1", "workers takes one plain value"}},
		"a null":             {file: "workers:\n", want: []string{"line 1", "workers takes one plain value"}},
		"a second document":  {file: "workers: 1\n---\nworkers: 2\n", want: []string{"second document"}},
		"a text":             {file: "hello\n", want: []string{"line 1", "keys with values"}},
		"no YAML":            {file: "workers: 1\n\tlisten: x\n", want: []string{"line", "no YAML"}},
		"a repeated key":     {file: "workers: 1\nworkers: 2\n", want: []string{"workers", "line 2"}},
		"a merge":            {file: "a: &a\n  workers: 1\n", want: []string{"line 1"}},
		"a value":            {file: "workers: many\n", want: []string{"line 1", "workers", `"many"`, "1 to 64"}},
		"too short a time":   {file: "lease: 1ms\n", want: []string{"lease", "1s"}},
		"an open secret":     {file: "webhook:\n  secret: whsec\n", want: []string{"line 2", "env:NAME or file:PATH"}},
		"a variable":         {env: map[string]string{"PATCHBAY_LISTN": "x"}, want: []string{"PATCHBAY_LISTN", "did you mean PATCHBAY_LISTEN?"}},
		"a variable's value": {env: map[string]string{"PATCHBAY_REQUIRE_PIN": "yes"}, want: []string{"PATCHBAY_REQUIRE_PIN", "true or false"}},
		"a missing file":     {args: []string{"--config", "/nowhere/patchbay.yaml"}, want: []string{"/nowhere/patchbay.yaml"}},
		"a lost reference":   {env: map[string]string{"PATCHBAY_WEBHOOK_SECRET": "env:PATCHBAY_TEST_NOT_SET"}, want: []string{"webhook.secret", "PATCHBAY_TEST_NOT_SET"}},
		"a port above all":   {args: []string{"--listen", "127.0.0.1:99999"}, want: []string{"--listen", "99999", "0 to 65535"}},
		"no web address":     {args: []string{"--webhook-url", "ftp://canary.example.com/x"}, want: []string{"webhook.url", "posted to"}},
		"a foreign address":  {file: "listen: 0.0.0.0:7788\n", want: []string{"line 1", "other machines may reach"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := configured(t, c.file, c.env, c.args...)
			var own *program.Error
			if !errors.As(err, &own) || own.Code != wire.ExitUsage {
				t.Fatalf("the error is %v, want one with exit code %d", err, wire.ExitUsage)
			}
			for _, want := range c.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q lacks %q", err, want)
				}
			}
		})
	}
}

func TestVariablesOfTestsAndOfOthersAreLeftAlone(t *testing.T) {
	t.Parallel()
	if _, err := configured(t, "", map[string]string{"PATCHBAY_REQUIRE": "x", "PATCHBAY_PICTURES": "z", "PATCHBAY_TEST_POSTGRES_URL": "y", "PATH": "/bin", "PATCHBAY_LISTEN": ""}); err != nil {
		t.Error(err)
	}
}

// Whoever lists the processes of a machine sees their arguments.
func TestNoPasswordIsTakenFromTheCommandLine(t *testing.T) {
	t.Parallel()
	const canary = "pw-canary"
	for _, url := range []string{"postgres://u:" + canary + "@db.example.com/x", "host=db.example.com password=" + canary} {
		_, err := configured(t, "", nil, "--database", url)
		if own, ok := errors.AsType[*program.Error](err); !ok || strings.Contains(err.Error(), canary) || !strings.Contains(own.Fix, "DATABASE_URL") {
			t.Errorf("%v", err)
		}
	}
	if s, err := configured(t, "", nil, "--database", "postgres://u@db.example.com/x"); err != nil || !s.postgres() {
		t.Errorf("%v, %v", s.postgres(), err)
	}
}

func TestTheDataFolderIsWhereTheSystemKeepsSuchThings(t *testing.T) {
	t.Parallel()
	home := func() (string, error) { return "/home/somebody", nil }
	for want, env := range map[string][]string{
		"/var/lib/patchbay":                     {"STATE_DIRECTORY=/var/lib/patchbay:/var/lib/other", "XDG_DATA_HOME=/x"},
		"/x/patchbay":                           {"XDG_DATA_HOME=/x"},
		"/home/somebody/.local/share/patchbay":  {"XDG_DATA_HOME=relative"},
		"/home/somebody/.local/share/patchbay/": nil,
	} {
		got, err := environment{all: env, home: home}.dataFolder()
		if err != nil || got != filepath.Clean(want) {
			t.Errorf("%v: %s, %v, want %s", env, got, err, want)
		}
	}
}

func TestListensOnThisMachineOnly(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"127.0.0.1:0", "127.8.8.8:80", "[::1]:7788", "localhost:7788"} {
		if err := checkListen(address); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	for _, address := range []string{"0.0.0.0:80", ":80", "[::]:80", "10.0.0.1:80", "example.com:80", "localhost.example.com:80", "127.0.0.1", "127.0.0.1:99999", "127.0.0.1:http", "7788", ""} {
		if checkListen(address) == nil {
			t.Errorf("%q was taken", address)
		}
	}
}

// The page is the reference: it names every key as it is written in each
// place.
func TestEveryKeyIsDocumented(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../../docs/service.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys() {
		row := "| `" + k.name + "` | `" + k.env() + "` | `--" + k.flag() + "` |"
		if !strings.Contains(string(page), row) {
			t.Errorf("docs/service.md lacks %s", row)
		}
	}
}

func FuzzConfigFile(f *testing.F) {
	for _, seed := range []string{
		"", "# nothing\n", "listen: 127.0.0.1:7788\nworkers: 4\n", "log: {level: debug, format: json}\n", "log.level: info\n", "keep:\n  runs: 90d\n  tombstones: 1h\n",
		"a: &a {b: *a}\n", "<<: *x\n", "? [1]\n: 2\n", "- 1\n", "data: |\n  a\n  b\n", "data: !!binary aGk=\n", "\x00", "workers: 0x10\n", "---\n---\n", "{\n", "data: \"\\u0000\"\n", "listen: ~\n",
	} {
		f.Add([]byte(seed))
	}
	known := map[string]bool{}
	for _, name := range names() {
		known[name] = true
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if len(text) > maxConfigBytes {
			return
		}
		entries, err := parseConfig(text)
		if err != nil {
			return
		}
		seen := map[string]bool{}
		for _, e := range entries {
			if !known[e.name] || seen[e.name] || e.line < 1 {
				t.Errorf("%q gave %+v", text, e)
			}
			seen[e.name] = true
		}
		s := defaultSettings()
		if err := s.applyFile("/etc/patchbay/patchbay.yaml", text); err == nil {
			if s.workers < 1 || s.workers > maxWorkers || checkListen(s.listen) != nil || s.lease < minLease || s.keepRuns < minKeep {
				t.Errorf("%q gave %+v", text, s)
			}
		}
	})
}
