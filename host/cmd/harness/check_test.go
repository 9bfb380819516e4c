//go:build unix

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

// checkJSON is check --format json, as issue and documentation have it.
type checkJSON struct {
	OK     *bool `json:"ok"`
	Checks []struct {
		Name   *string `json:"name"`
		Status *string `json:"status"`
		Reason *string `json:"reason"`
		Detail *string `json:"detail"`
		Fix    *string `json:"fix"`
	} `json:"checks"`
}

var checkNames = []string{"config", "address", "clock", "key", "token", "scopes", "users", "user_types", "role"}

func TestCheckShowsEachStep(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	p := r.command("check", "--format", "json").Run(t).WantCode(wire.ExitDone)
	report := reportIn(t, p)
	if names := namesOf(report); !slices.Equal(names, checkNames) {
		t.Errorf("the checks are %v, want %v", names, checkNames)
	}
	for _, c := range report.Checks {
		if *c.Status != "ok" || *c.Detail == "" || *c.Reason != "" || *c.Fix != "" {
			t.Errorf("%s: %s, %q, reason %q, fix %q: want ok with a detail alone", *c.Name, *c.Status, *c.Detail, *c.Reason, *c.Fix)
		}
	}
	if p.Stderr.Text() != "" {
		t.Errorf("standard error holds %q", p.Stderr.Text())
	}
	for _, name := range checkNames {
		r.command("check").Run(t).WantCode(wire.ExitDone).WantStdout("✓ " + name)
	}
}

func TestAWarningIsNoFailure(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3, Grants: []string{oktatest.ScopeUsersRead}})
	report := reportIn(t, r.command("check", "--format", "json").Run(t).WantCode(wire.ExitDone))
	if !slices.Contains(statusesOf(report), "warn") {
		t.Errorf("nothing warns of the missing scopes: %v", statusesOf(report))
	}
	r.command("check").Run(t).WantCode(wire.ExitDone).WantStdout("! scopes", "(SCOPE_MISSING)", "To fix: ")
}

// Each refusal is shown in both forms, with its reason and with what to do.
func TestCheckSaysWhyOktaRefuses(t *testing.T) {
	t.Parallel()
	otherKey := privateKeyPEM(t)
	for _, c := range []struct {
		name          string
		settings      oktatest.Settings
		faults        []string
		change        map[string]any
		code          int
		check, reason string // empty: any
		fix           string // part of it
	}{
		{name: "DPoP proof lost", faults: []string{"token:*:invalid_dpop_proof"}, code: wire.ExitRefused, check: "token", reason: "DPOP_REQUIRED", fix: "untick “Require Demonstrating Proof of Possession"},
		{name: "DPoP nonce", faults: []string{"token:*:use_dpop_nonce"}, code: wire.ExitRefused, check: "token", reason: "DPOP_NONCE_REQUIRED", fix: "untick “Require Demonstrating Proof of Possession"},
		{name: "no consent", settings: oktatest.Settings{Grants: []string{}}, code: wire.ExitRefused, check: "token", reason: "CONSENT_MISSING", fix: "Okta API Scopes"},
		{name: "no scope for users", settings: oktatest.Settings{Grants: []string{oktatest.ScopeGroupsRead}}, code: wire.ExitRefused, check: "scopes", reason: "SCOPE_MISSING", fix: "Okta API Scopes"},
		{name: "wrong key", change: map[string]any{"private_key": otherKey, "key_id": nil}, code: wire.ExitRefused, check: "token", reason: "SIGNATURE_INVALID", fix: "Paste the private key"},
		{name: "unknown key id", change: map[string]any{"key_id": "nosuchkey"}, code: wire.ExitRefused, check: "token", reason: "KEY_ID_UNKNOWN", fix: "key id"},
		{name: "wrong client", change: map[string]any{"client_id": "0oa00000000000000000"}, code: wire.ExitRefused, check: "token", reason: "", fix: "client id"},
		{name: "network zone", faults: []string{"token:*:access_denied"}, code: wire.ExitRefused, check: "token", reason: "NETWORK_ZONE_BLOCKED", fix: "Okta Admin Console › Security › Networks"},
		{name: "role, 403", settings: oktatest.Settings{Role: oktatest.RoleMissing403}, code: wire.ExitRefused, check: "role", reason: "ROLE_MISSING", fix: "Read-only Administrator"},
		{name: "role, nobody", settings: oktatest.Settings{Role: oktatest.RoleMissingEmpty}, code: wire.ExitRefused, check: "role", reason: "ROLE_SEES_NOBODY", fix: "Read-only Administrator"},
		{name: "captive portal", faults: []string{"other:*:portal", "token:*:portal", "users:*:portal"}, code: wire.ExitService, reason: "CAPTIVE_PORTAL", fix: "browser"},
		{name: "nobody answers", change: map[string]any{"domain": "http://127.0.0.1:1"}, code: wire.ExitService, check: "address", reason: "CONNECTION_REFUSED", fix: "port"},
		{name: "admin console's domain", change: map[string]any{"domain": "example-admin.okta.com"}, code: wire.ExitUsage, check: "config", reason: "DOMAIN_ADMIN_CONSOLE", fix: "“-admin”"},
		{name: "not a key", change: map[string]any{"private_key": "garbage"}, code: wire.ExitUsage, check: "key", reason: "KEY_UNREADABLE", fix: "Paste the private key"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.settings.Users = 3
			r := newRig(t, c.settings, c.faults...)
			r.configure(c.change)
			command := r.command("check", "--format", "json")
			command.Secrets = append(command.Secrets, strings.Split(otherKey, "\n")[2])
			p := command.Run(t).WantCode(c.code)
			report := reportIn(t, p)
			at := slices.Index(statusesOf(report), "fail")
			if at < 0 {
				t.Fatalf("no check fails: %s", p.Stdout.Text())
			}
			failed := report.Checks[at]
			if c.check != "" && *failed.Name != c.check || c.reason != "" && *failed.Reason != c.reason || *failed.Reason == "" {
				t.Errorf("%s fails for %q, want %s for %s", *failed.Name, *failed.Reason, c.check, c.reason)
			}
			if !strings.Contains(*failed.Fix, c.fix) {
				t.Errorf("the fix is %q, want it to hold %q", *failed.Fix, c.fix)
			}
			r.command("check").Run(t).WantCode(c.code).WantStdout("✗ "+*failed.Name, "("+*failed.Reason+")", "To fix: ", c.fix)
			// The other commands say it, too, where errors go.
			r.command("resources").Run(t).WantCode(c.code).WantNoStdout().WantStderr("("+*failed.Reason+")", c.fix)
		})
	}
}

func TestWhatAFailureMakesPointlessIsSkipped(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3, Grants: []string{}})
	p := r.command("check", "--format", "json").Run(t)
	statuses := map[string]string{}
	for _, c := range reportIn(t, p).Checks {
		statuses[*c.Name] = *c.Status
	}
	for name, want := range map[string]string{"config": "ok", "key": "ok", "token": "fail", "scopes": "skipped", "users": "skipped", "user_types": "skipped", "role": "skipped"} {
		if statuses[name] != want {
			t.Errorf("%s is %q, want %s", name, statuses[name], want)
		}
	}
	r.command("check").Run(t).WantStdout("– role", "Skipped.")
}

// reportIn reads the report on standard output. Its ok must be false exactly
// when a check failed.
func reportIn(t *testing.T, p *programtest.Execution) checkJSON {
	t.Helper()
	var report checkJSON
	decodeStrictly(t, p.Stdout.Text(), &report)
	if report.OK == nil || report.Checks == nil {
		t.Fatalf("ok or checks are missing: %s", p.Stdout.Text())
	}
	for _, c := range report.Checks {
		if c.Name == nil || c.Status == nil || c.Reason == nil || c.Detail == nil || c.Fix == nil {
			t.Fatalf("a check lacks a property: %s", p.Stdout.Text())
		}
		if !slices.Contains([]string{"ok", "warn", "fail", "skipped"}, *c.Status) {
			t.Errorf("%s has status %q", *c.Name, *c.Status)
		}
	}
	if failed := slices.Contains(statusesOf(report), "fail"); *report.OK == failed {
		t.Errorf("ok is %v, and the statuses are %v", *report.OK, statusesOf(report))
	}
	return report
}

func namesOf(report checkJSON) (names []string) {
	for _, c := range report.Checks {
		names = append(names, *c.Name)
	}
	return names
}

func statusesOf(report checkJSON) (statuses []string) {
	for _, c := range report.Checks {
		statuses = append(statuses, *c.Status)
	}
	return statuses
}

// privateKeyPEM is a key that no tenant knows.
func privateKeyPEM(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return encodeKey(t, key)
}

// ellipticKey is a key pair that takes no time to make.
func ellipticKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func encodeKey(t *testing.T, key any) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
