//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/program/demo"
	"patchbay.example/internal/program/programtest"
	"patchbay.example/plugin/okta/oktatest"
)

// rig is a fake tenant in this process, and a configuration file with which
// the real programs reach it.
type rig struct {
	*testing.T
	tenant *oktatest.Tenant
	folder string
	config string // path of the file
}

// newRig starts a tenant, by default without a rate limit.
func newRig(t *testing.T, settings oktatest.Settings, faults ...string) *rig {
	t.Helper()
	for _, text := range faults {
		fault, err := oktatest.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		settings.Faults = append(settings.Faults, fault)
	}
	if settings.UsersPerMinute == 0 {
		settings.UsersPerMinute = oktatest.NoRateLimit
	}
	tenant, err := oktatest.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tenant.Close)
	r := &rig{T: t, tenant: tenant, folder: t.TempDir()}
	r.config = r.write("okta.json", string(demo.Configuration(tenant)))
	return r
}

// write writes a file into the rig's folder.
func (r *rig) write(name, text string) string {
	r.Helper()
	path := filepath.Join(r.folder, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.Fatal(err)
	}
	return path
}

// settings are the configuration with some of its values replaced; nil takes a
// value out.
func (r *rig) settings(changes map[string]any) map[string]any {
	all := map[string]any{
		"domain": r.tenant.URL(), "client_id": r.tenant.ClientID(),
		"private_key": string(r.tenant.PrivateKeyPEM()), "key_id": r.tenant.KeyID(),
	}
	for name, value := range changes {
		if all[name] = value; value == nil {
			delete(all, name)
		}
	}
	return all
}

// configure writes another configuration file, and uses it from then on.
func (r *rig) configure(changes map[string]any) {
	r.Helper()
	text, err := json.Marshal(r.settings(changes))
	if err != nil {
		r.Fatal(err)
	}
	r.config = r.write("changed.json", string(text))
}

// command is a command of the harness with the rig's configuration.
func (r *rig) command(args ...string) programtest.Command {
	return programtest.Command{Args: append(args, "--config", r.config), Secrets: secretsOf(r.T, r.tenant)}
}

// sync is harness sync, users as JSON lines.
func (r *rig) sync(args ...string) programtest.Command {
	return r.command(append([]string{"sync", "--resource", "users", "--format", "jsonl"}, args...)...)
}

// awaitTenant waits until the tenant's counts are so.
func (r *rig) awaitTenant(done func(oktatest.Stats) bool) {
	r.Helper()
	ctx, cancel := context.WithTimeout(r.Context(), programtest.EndLimit)
	defer cancel()
	if s, err := r.tenant.Await(ctx, done); err != nil {
		r.Fatalf("%v; the tenant has seen %+v", err, s)
	}
}

func struck(s oktatest.Stats) bool { return s.Struck > 0 }

// wantIDs checks that JSON lines hold these people and nobody else, in order.
func (r *rig) wantIDs(lines string, want []string) {
	r.Helper()
	got := idsOf(r.T, lines)
	if slices.Equal(got, want) {
		return
	}
	at := 0
	for at < min(len(got), len(want)) && got[at] == want[at] {
		at++
	}
	r.Errorf("%d people came, want %d; they differ from the one at %d on", len(got), len(want), at)
}

// all are the ids of the tenant's plain list.
func (r *rig) all() []string { return slices.Collect(r.tenant.IDs()) }

// idsOf are the ids of JSON lines.
func idsOf(t *testing.T, lines string) []string {
	t.Helper()
	ids := []string{}
	for _, line := range linesOf(t, lines) {
		ids = append(ids, line.ID)
	}
	return ids
}

// syncLine is a line of sync --format jsonl, as issue and documentation have
// it.
type syncLine struct {
	Resource string          `json:"resource"`
	ID       string          `json:"id"`
	User     json.RawMessage `json:"user"`
	Source   json.RawMessage `json:"source"`
}

func linesOf(t *testing.T, text string) []syncLine {
	t.Helper()
	var lines []syncLine
	for line := range strings.Lines(text) {
		if !strings.HasSuffix(line, "\n") {
			t.Fatalf("the last line is cut off: %q", programtest.Short(line))
		}
		var l syncLine
		decodeStrictly(t, line, &l)
		lines = append(lines, l)
	}
	return lines
}

// decodeStrictly decodes JSON that holds nothing that v does not know.
func decodeStrictly(t *testing.T, text string, v any) {
	t.Helper()
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(v); err != nil {
		t.Fatalf("%v in %q", err, programtest.Short(text))
	}
}

// summaryIn reads a summary file. Every property must be there.
func summaryIn(t *testing.T, path string) summary {
	t.Helper()
	text := readFile(t, path)
	var properties map[string]json.RawMessage
	decodeStrictly(t, text, &properties)
	for _, name := range []string{"pages", "records", "bytes", "repeated", "seconds", "rate_limit_wait_seconds", "quarantined", "cursor", "outcome", "reason"} {
		if _, ok := properties[name]; !ok {
			t.Errorf("the summary lacks %q: %s", name, text)
		}
	}
	var s summary
	decodeStrictly(t, text, &s)
	return s
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// secretsOf are the parts of a tenant's private key that would give it away:
// the lines of its PEM, and the private numbers of its JWK.
func secretsOf(t *testing.T, tenant *oktatest.Tenant) []string {
	t.Helper()
	var secrets []string
	block, _ := pem.Decode(tenant.PrivateKeyPEM())
	if block == nil {
		t.Fatal("the tenant's key is no PEM")
	}
	lines := bytes.Split(bytes.TrimSpace(tenant.PrivateKeyPEM()), []byte("\n"))
	for _, line := range lines[2 : len(lines)-2] { // the first line's beginning is the same for every key
		secrets = append(secrets, string(line))
	}
	var jwk map[string]any
	if err := json.Unmarshal(tenant.PrivateKeyJWK(), &jwk); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"d", "p", "q", "dp", "dq", "qi"} {
		if number, ok := jwk[name].(string); ok {
			secrets = append(secrets, number)
		}
	}
	if len(secrets) == 0 {
		t.Fatal("there is nothing to look for")
	}
	return secrets
}
