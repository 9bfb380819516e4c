//go:build unix

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/plugin/okta/oktatest"
)

// rig is a data folder, and a fake tenant in this process.
type rig struct {
	*testing.T
	data   string
	tenant *oktatest.Tenant
	key    string // file with the tenant's private key
	env    []string
}

func newRig(t *testing.T, settings oktatest.Settings) *rig {
	t.Helper()
	if settings.UsersPerMinute == 0 {
		settings.UsersPerMinute = oktatest.NoRateLimit
	}
	tenant, err := oktatest.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tenant.Close)
	r := &rig{T: t, data: filepath.Join(t.TempDir(), "data"), tenant: tenant}
	r.key = filepath.Join(t.TempDir(), "key.pem")
	r.write(r.key, tenant.PrivateKeyPEM())
	return r
}

func (r *rig) write(path string, text []byte) {
	r.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		r.Fatal(err)
	}
}

// command is patchbay on the rig's data folder.
func (r *rig) command(args ...string) programtest.Command {
	return programtest.Command{Args: append(args, "--data", r.data), Env: r.env, Secrets: secretsOf(r.T, r.tenant)}
}

// ok runs a command that succeeds, and returns its standard output.
func (r *rig) ok(args ...string) string {
	r.Helper()
	return r.command(args...).Run(r.T).WantCode(0).Stdout.Text()
}

// add adds the tenant as the connection workforce.
func (r *rig) add() {
	r.Helper()
	r.ok("connections", "add", "workforce", "--connector", "okta", "--set", "domain="+r.tenant.URL(),
		"--set", "client_id="+r.tenant.ClientID(), "--set", "key_id="+r.tenant.KeyID(), "--secret", "private_key=file:"+r.key)
}

// running is a service that runs.
type running struct {
	*programtest.Execution
	address string
	login   string
}

// serve starts the service on a free port, and waits until it is ready. It looks
// for what is due all the time, and takes over a run after a second.
func (r *rig) serve(args ...string) *running {
	r.Helper()
	return greeted(r.command(append([]string{"serve", "--listen", "127.0.0.1:0", "--tick", "100ms", "--lease", "1s"}, args...)...).Start(r.T), "Patchbay is ready: ")
}

var loginAddress = regexp.MustCompile(`(http://127\.0\.0\.1:\d+)/login\?token=\S+`)

// greeted waits for the address that a program prints after a text.
func greeted(p *programtest.Execution, text string) *running {
	p.Helper()
	for {
		said := p.Stdout.Await(p, text)
		if found := loginAddress.FindStringSubmatch(said); found != nil {
			return &running{Execution: p, address: found[1], login: found[0]}
		}
		p.Stdout.Await(p, "/login?token=")
	}
}

// end ends the service as a service manager does, and checks its exit code.
func (s *running) end(sent os.Signal, code int) {
	s.Helper()
	s.Signal(sent)
	s.Wait().WantCode(code)
}

// browser is a visitor with cookies.
func browser(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &http.Client{Jar: jar}
}

// get asks for a page, and returns the status and the text.
func get(t *testing.T, client *http.Client, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
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

// page says that so many pages of the list were asked for.
func page(n int) func(oktatest.Stats) bool {
	return func(s oktatest.Stats) bool { return s.UsersContinued >= n }
}

// exported are the ids of a connection's directory, in order.
func (r *rig) exported() []string {
	r.Helper()
	ids := []string{}
	for line := range strings.Lines(r.ok("users", "export", "--format", "jsonl")) {
		var person struct {
			ID string `json:"id"`
		}
		if err := json.Unmarshal([]byte(line), &person); err != nil || person.ID == "" {
			r.Fatalf("line %q: %v", programtest.Short(line), err)
		}
		ids = append(ids, person.ID)
	}
	return ids
}

// wantEverybody checks that the directory is the tenant's.
func (r *rig) wantEverybody() {
	r.Helper()
	want := slices.Sorted(r.tenant.IDs())
	if got := r.exported(); !slices.Equal(got, want) {
		r.Errorf("the directory has %d people, the tenant %d, or others", len(got), len(want))
	}
}

// secretsOf are the parts of the tenant's key, which nobody may show.
func secretsOf(t *testing.T, tenant *oktatest.Tenant) []string {
	t.Helper()
	block, _ := pem.Decode(tenant.PrivateKeyPEM())
	if block == nil {
		t.Fatal("the tenant's key is no PEM")
	}
	var secrets []string
	lines := bytes.Split(bytes.TrimSpace(tenant.PrivateKeyPEM()), []byte("\n"))
	for _, line := range lines[2 : len(lines)-2] { // the first line's beginning is the same for every key
		secrets = append(secrets, string(line))
	}
	return secrets
}
