//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

// served is a harness tenant that serves, and its configuration file.
func served(t *testing.T, args ...string) (p *programtest.Execution, config string) {
	t.Helper()
	folder := t.TempDir()
	config = filepath.Join(folder, "okta.json")
	p = programtest.Command{Folder: folder, Args: append([]string{"tenant", "--config-out", config}, args...)}.Start(t)
	p.Stderr.Await(p, "Interrupt to end it.")
	return p, config
}

// with is a command of the harness with a tenant's configuration.
func with(config string, args ...string) programtest.Command {
	return programtest.Command{Args: append(args, "--config", config)}
}

func TestATenantOfItsOwn(t *testing.T) {
	t.Parallel()
	statsFile := filepath.Join(t.TempDir(), "stats.json")
	tenant, config := served(t, "--users", "120", "--page-limit", "50", "--rate-limit", "0", "--stats-out", statsFile)
	tenant.WantNoStdout().WantStderr("Fake Okta tenant at http://127.0.0.1:", ": 120 people, and 6 deactivated ones.")

	info, err := os.Stat(config)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the configuration has mode %o, want 600", info.Mode().Perm())
	}
	var settings struct {
		Domain     string `json:"domain"`
		ClientID   string `json:"client_id"`
		PrivateKey string `json:"private_key"`
		KeyID      string `json:"key_id"`
	}
	decodeStrictly(t, readFile(t, config), &settings)
	if !strings.HasPrefix(settings.Domain, "http://127.0.0.1:") || !strings.HasPrefix(settings.ClientID, "0oa") || settings.KeyID == "" {
		t.Errorf("the configuration is %s for %s, key %s", settings.Domain, settings.ClientID, settings.KeyID)
	}
	lines := strings.Split(settings.PrivateKey, "\n")
	tenant.Command.Secrets = lines[2 : len(lines)-3]

	p := with(config, "sync", "--resource", "users", "--format", "jsonl").Run(t).WantCode(wire.ExitDone)
	if n := len(idsOf(t, p.Stdout.Text())); n != 120 {
		t.Errorf("%d people came, want 120", n)
	}
	tenant.Signal(os.Interrupt)
	tenant.Wait().WantCode(wire.ExitDone).WantNoStdout().WantStderr("4 requests for users, 1 tokens given.")
	var stats oktatest.Stats
	decodeStrictly(t, readFile(t, statsFile), &stats)
	if stats.LastPage != 3 || stats.TokensIssued != 1 || len(stats.Violations) != 0 {
		t.Errorf("the counts are %+v, want 3 pages, 1 token and no violation", stats)
	}
}

func TestTheFlagsOfATenant(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		flags string
		code  int
		says  string
	}{
		{"--dpop", wire.ExitDone, "✓ role"},
		{"--role forbidden", wire.ExitRefused, "(ROLE_MISSING)"},
		{"--role empty", wire.ExitRefused, "(ROLE_SEES_NOBODY)"},
		{"--role granted --grant okta.users.read", wire.ExitDone, "✓ role"},
		{"--grant okta.groups.read", wire.ExitRefused, "(SCOPE_MISSING)"},
		{"--fault token:*:access_denied", wire.ExitRefused, "(NETWORK_ZONE_BLOCKED)"},
		{"--fault other:1:delay=1ms --fault usertypes:1:role-missing", wire.ExitDone, "! user_types"},
		{"--latency 1ms --seed 7 --addr [::1]:0", wire.ExitDone, "Client 0oa"},
		{"--addr localhost:0 --prerender --rate-limit 1200", wire.ExitDone, "✓ role"},
	} {
		t.Run(c.flags, func(t *testing.T) {
			t.Parallel()
			if strings.Contains(c.flags, "[::1]") && !hasIPv6(t) {
				t.Skip("this machine has no IPv6")
			}
			tenant, config := served(t, append([]string{"--users", "10"}, strings.Fields(c.flags)...)...)
			with(config, "check").Run(t).WantCode(c.code).WantStdout(c.says)
			tenant.Signal(syscall.SIGTERM)
			tenant.Wait().WantCode(wire.ExitDone)
		})
	}
}

func TestTheSameSeedIsTheSameCompany(t *testing.T) {
	t.Parallel()
	people := func(seed string) string {
		_, config := served(t, "--users", "10", "--seed", seed)
		return with(config, "sync", "--resource", "users").Run(t).WantCode(wire.ExitDone).Stdout.Text()
	}
	first := people("7")
	if again := people("7"); again != first {
		t.Errorf("seed 7 gives\n%s\nand then\n%s", first, again)
	}
	if other := people("8"); other == first {
		t.Error("seeds 7 and 8 give the same people")
	}
}

func TestATenantWithACertificate(t *testing.T) {
	t.Parallel()
	certificate := filepath.Join(t.TempDir(), "tenant.pem")
	_, config := served(t, "--users", "30", "--page-limit", "10", "--tls", "--cert-out", certificate)
	programtest.WantTexts(t, "the configuration", readFile(t, config), `"https://127.0.0.1:`)
	trusting := with(config, "sync", "--resource", "users", "--format", "jsonl")
	trusting.Env = []string{"SSL_CERT_FILE=" + certificate}
	if n := len(idsOf(t, trusting.Run(t).WantCode(wire.ExitDone).Stdout.Text())); n != 30 {
		t.Errorf("%d people came, want 30", n)
	}
	with(config, "check").Run(t).WantCode(wire.ExitService).WantStdout("✗ address", "(TLS_UNKNOWN_AUTHORITY)", "SSL_CERT_FILE")
}

func TestATenantThatCannotStart(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 1})
	taken := strings.TrimPrefix(r.tenant.URL(), "http://")
	programtest.Command{Args: []string{"tenant", "--addr", taken}}.Run(t).WantCode(wire.ExitOurs).WantStderr("listen on "+taken, "address already in use")
	absent := filepath.Join(r.folder, "absent", "okta.json")
	programtest.Command{Args: []string{"tenant", "--config-out", absent}}.Run(t).WantCode(wire.ExitOurs).WantStderr(absent+": no such file or directory", "To fix: ")
}

func TestTheKindsOfFaultAreListed(t *testing.T) {
	t.Parallel()
	p := programtest.Command{Args: []string{"tenant", "--list-faults"}}.Run(t).WantCode(wire.ExitDone)
	p.WantStdout("ENDPOINT:WHEN:KIND", "  delay[=ARGUMENT] ", "ARGUMENT is a duration such as 500ms or 5s (1s if left out)\n", "  hang-headers ")
	for _, kind := range oktatest.FaultKinds() {
		p.WantStdout("\n  " + kind.Name)
	}
}

func hasIPv6(t *testing.T) bool {
	t.Helper()
	tenant, err := oktatest.Start(oktatest.Settings{Users: 1, Addr: "[::1]:0"})
	if err != nil {
		return false
	}
	tenant.Close()
	return true
}

// The main thing that a newcomer sees.
func TestTheDemonstrationShowsPeopleComingPageByPage(t *testing.T) {
	t.Parallel()
	p := programtest.Command{}.Start(t)
	if sofar := p.Stdout.Await(p, "page  1 "); strings.Contains(sofar, "page 20") {
		t.Error("the pages came all at once")
	}
	p.Wait().WantCode(wire.ExitDone)
	p.WantStdout("A fake Okta tenant", "1,000 people, 50 a page, 150ms a page", "Connect: Okta ", "✓ role", "ListResources", "users        Users",
		"page 20  1,000 of 1,000", "1,000 records on 20 pages", "completed.", "docs/okta-setup.md")
	if n := strings.Count(p.Stdout.Text(), "\n  page "); n != 20 {
		t.Errorf("%d pages were shown, want 20", n)
	}
	if p.Stderr.Text() != "" {
		t.Errorf("standard error holds %q", p.Stderr.Text())
	}
}

func TestTheDemonstrationCanBeInterrupted(t *testing.T) {
	t.Parallel()
	temporary, err := os.MkdirTemp("", "pb") //nolint:usetesting // a folder for sockets needs a short name
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(temporary) })
	p := programtest.Command{Env: []string{"TMPDIR=" + temporary, "XDG_RUNTIME_DIR="}}.Start(t)
	p.Stdout.Await(p, "page  2 ")
	p.Signal(os.Interrupt)
	p.Wait().WantCode(wire.ExitInterrupt).WantStderr("harness: stopped by interrupt")
	left, err := filepath.Glob(filepath.Join(temporary, "patchbay-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("it left %v (%v), which held a private key", left, err)
	}
}
