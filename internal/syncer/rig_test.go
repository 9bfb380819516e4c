//go:build unix

package syncer_test

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"patchbay.example/host"
	"patchbay.example/internal/needtest"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
	"patchbay.example/plugin/okta/oktatest"
)

// endLimit ends a test that hangs; none takes a quarter of it.
const endLimit = 2 * time.Minute

func TestMain(m *testing.M) {
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder)
	}
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// built is where programs are built that tests run.
var built struct {
	once   sync.Once
	folder string
	err    error
}

// program is one of them, built when the first test needs it.
type program struct {
	from  string   // its package's folder in the module
	tags  string   // its build tags
	rooms []string // folders of which it is made, beside those of this test
	once  sync.Once
	err   error
}

// okta is the real Okta connector.
var okta = program{from: "plugin/okta", rooms: []string{"plugin", "proto", "internal/wire"}}

func connectorPath(t *testing.T) string {
	t.Helper()
	return okta.path(t)
}

// path builds the program.
func (p *program) path(t *testing.T) string {
	t.Helper()
	module, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// cmd/go must not take an earlier result for that of a program that has
	// changed: it notes which folders a test reads.
	for _, room := range p.rooms {
		if err := filepath.WalkDir(filepath.Join(module, room), func(_ string, _ os.DirEntry, err error) error { return err }); err != nil {
			t.Fatal(err)
		}
	}
	built.once.Do(func() { built.folder, built.err = os.MkdirTemp("", "syncer-test-") })
	if built.err != nil {
		t.Fatal(built.err)
	}
	path := filepath.Join(built.folder, filepath.Base(p.from)+p.tags)
	p.once.Do(func() {
		build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-tags", p.tags, "-o", path, "./"+p.from)
		build.Dir = module
		if output, err := build.CombinedOutput(); err != nil {
			p.err = fmt.Errorf("build %s: %w\n%s", p.from, err, output)
		}
	})
	if errors.Is(p.err, exec.ErrNotFound) {
		needtest.Missing(t, "subprocess", p.err)
	}
	if p.err != nil {
		t.Fatal(p.err)
	}
	return path
}

// rig is one connection of a real store, synced by the real connector from a
// fake tenant.
type rig struct {
	*testing.T
	*recorder // the store
	tenant    *oktatest.Tenant
	syncer    syncer.Syncer
	job       syncer.Job
	connector atomic.Pointer[host.Connector] // the latest
	launched  atomic.Int64
	ahead     atomic.Int64 // how far the clock is ahead
	log       transcript
}

// pageSize is people on a page, so that few people make many pages.
const pageSize = 10

// newRig makes a connection to a tenant of generated people.
func newRig(t *testing.T, users int, faults ...string) *rig {
	t.Helper()
	t.Parallel()
	path := connectorPath(t)
	r := &rig{T: t, recorder: &recorder{Store: openStore(t), calls: map[string]int{}}}
	r.tenant = r.newTenant(oktatest.Settings{Users: users}, faults...)
	r.syncer = syncer.Syncer{
		Store: r.recorder,
		Launch: func(ctx context.Context, _ store.Connection) (*host.Connector, error) {
			r.launched.Add(1)
			connector, err := host.Launch(ctx, host.Settings{
				Path: path, RuntimeDir: filepath.Join(built.folder, "run"), HostName: "syncer-test/1",
				Log: slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug})), LogLevel: slog.LevelDebug,
				Limits: host.Limits{Backoff: time.Millisecond},
			})
			if err == nil {
				r.connector.Store(connector)
			}
			return connector, err
		},
		Configure: func(context.Context, store.Connection) (host.Configuration, error) { return r.configuration(), nil },
		Now:       func() time.Time { return time.Now().Add(time.Duration(r.ahead.Load())) },
		Log:       slog.New(slog.NewTextHandler(&r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	r.job = syncer.Job{Trigger: "manual"}
	r.job.Connection = store.Connection{
		Name: "acme", Connector: "okta", Resource: "users", Config: []byte(`{}`), Interval: 6 * time.Hour,
		Created: time.Now(), Updated: time.Now(),
	}
	id, err := r.AddConnection(t.Context(), r.job.Connection)
	if err != nil {
		t.Fatal(err)
	}
	r.job.Connection.ID = id
	t.Cleanup(r.wantNoSecrets)
	return r
}

func (r *rig) newTenant(settings oktatest.Settings, faults ...string) *oktatest.Tenant {
	r.Helper()
	settings.PageLimit, settings.UsersPerMinute = pageSize, oktatest.NoRateLimit
	settings.Faults = parseFaults(r.T, faults)
	tenant, err := oktatest.Start(settings)
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(tenant.Close)
	return tenant
}

func parseFaults(t *testing.T, texts []string) []oktatest.Fault {
	t.Helper()
	faults := make([]oktatest.Fault, len(texts))
	for i, text := range texts {
		var err error
		if faults[i], err = oktatest.ParseFault(text); err != nil {
			t.Fatal(err)
		}
	}
	return faults
}

// order has the tenant do wrong from now on.
func (r *rig) order(faults ...string) {
	r.Helper()
	if err := r.tenant.Order(parseFaults(r.T, faults)...); err != nil {
		r.Fatal(err)
	}
}

// becomes puts another tenant in the place of the one so far.
func (r *rig) becomes(settings oktatest.Settings, faults ...string) {
	r.Helper()
	r.tenant = r.newTenant(settings, faults...)
}

func (r *rig) configuration() host.Configuration {
	text, err := json.Marshal(map[string]any{"domain": r.tenant.URL(), "client_id": r.tenant.ClientID(), "key_id": r.tenant.KeyID(), "include_deprovisioned": false})
	if err != nil {
		panic(err)
	}
	return host.Configuration{JSON: text, Secrets: map[string]string{"private_key": string(r.tenant.PrivateKeyPEM())}}
}

// reconfigure changes what the connection lists, as an administrator would by
// another domain.
func (r *rig) reconfigure(domain string) {
	r.job.Connection.Config = []byte(`{"domain":"` + domain + `.example.com"}`)
}

// pass lets time pass.
func (r *rig) pass(d time.Duration) { r.ahead.Add(int64(d)) }

// try runs the connection.
func (r *rig) try(ctx context.Context) (store.Run, error) {
	r.Helper()
	ctx, cancel := context.WithTimeout(ctx, endLimit)
	defer cancel()
	return r.syncer.Run(ctx, r.job)
}

// sync runs the connection and expects it to end so.
func (r *rig) sync(want store.RunStatus) store.Run {
	r.Helper()
	run, err := r.try(r.Context())
	complete := want == store.RunPromoted || want == store.RunHeld
	if run.Status != want || (err == nil) != complete {
		r.Fatalf("the run ended as %q with %v, want %q; %+v", run.Status, err, want, run)
	}
	return run
}

// interrupt runs the connection and ends the worker when so many pages are
// stored.
func (r *rig) interrupt(pages int) store.Run {
	r.Helper()
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	r.afterPage = func(stored int) error {
		if stored == pages {
			cancel()
		}
		return nil
	}
	run, err := r.try(ctx)
	r.afterPage = nil
	if !errors.Is(err, context.Canceled) || run.Status != store.RunRunning {
		r.Fatalf("a worker that was told to end left the run as %q: %v", run.Status, err)
	}
	return run
}

// wantDirectory checks that exactly these people stand.
func (r *rig) wantDirectory(want []string) {
	r.Helper()
	if got := r.directory(); !slices.Equal(got, slices.Sorted(slices.Values(want))) {
		r.Errorf("%d people stand, want %d", len(got), len(want))
	}
}

// directory are the ids of the people who stand.
func (r *rig) directory() []string {
	r.Helper()
	var ids []string
	for after := ""; ; {
		people, err := r.People(r.Context(), store.PeopleQuery{ConnectionID: r.job.Connection.ID, After: after})
		if err != nil {
			r.Fatal(err)
		}
		if len(people) == 0 {
			return ids
		}
		for _, person := range people {
			ids = append(ids, person.ID)
		}
		after = ids[len(ids)-1]
	}
}

// everybody are the tenant's people.
func (r *rig) everybody() []string { return slices.Collect(r.tenant.IDs()) }

// wantSource checks that the people stand exactly as the tenant has them.
func (r *rig) wantSource() {
	r.Helper()
	i := 0
	for id := range r.tenant.IDs() {
		person, err := r.Person(r.Context(), r.job.Connection.ID, id)
		if err != nil {
			r.Fatal(err)
		}
		if !bytes.Equal(person.Source, r.tenant.User(i)) {
			r.Errorf("%s stands as %s, want %s", id, person.Source, r.tenant.User(i))
		}
		i++
	}
}

// notes are the lines of a run's log.
func (r *rig) notes(run store.Run) []string {
	r.Helper()
	notes, err := r.Notes(r.Context(), run.ID, store.MaxNotes)
	if err != nil {
		r.Fatal(err)
	}
	lines := make([]string, len(notes))
	for i, note := range notes {
		lines[i] = note.Text
		if note.At.IsZero() {
			r.Errorf("the line %q has no time", note.Text)
		}
	}
	return lines
}

// wantNotes checks that the lines of a run's log begin so, in this order, others
// between them or not.
func (r *rig) wantNotes(run store.Run, want ...string) {
	r.Helper()
	lines := r.notes(run)
	left := want
	for _, line := range lines {
		if len(left) > 0 && strings.HasPrefix(line, left[0]) {
			left = left[1:]
		}
	}
	if len(left) > 0 {
		r.Errorf("the run's log has no line %q, or not in its place:\n%s", left[0], strings.Join(lines, "\n"))
	}
}

// changes are what a run did, as "joined 00u1".
func (r *rig) changes(run store.Run) []string {
	r.Helper()
	list, err := r.Changes(r.Context(), run.ID, "", 1000)
	if err != nil {
		r.Fatal(err)
	}
	texts := []string{}
	for _, change := range list {
		texts = append(texts, string(change.Kind)+" "+change.ID)
	}
	return texts
}

// await waits until the tenant's counts are so.
func (r *rig) await(done func(oktatest.Stats) bool) {
	ctx, cancel := context.WithTimeout(r.Context(), endLimit)
	defer cancel()
	if s, err := r.tenant.Await(ctx, done); err != nil {
		r.Errorf("%v; the tenant has seen %+v", err, s)
	}
}

// wantNoSecrets looks for the private key in what was logged.
func (r *rig) wantNoSecrets() {
	text := r.log.text()
	if !strings.Contains(text, "connection=acme") {
		r.Errorf("the log does not name the connection: %s", text)
	}
	block, _ := pem.Decode(r.tenant.PrivateKeyPEM())
	if block == nil {
		r.Fatal("the tenant's key is no PEM")
	}
	lines := strings.Split(strings.TrimSpace(string(r.tenant.PrivateKeyPEM())), "\n")
	for _, line := range lines[2 : len(lines)-1] { // the first line's beginning is the same for every key
		if strings.Contains(text, line) {
			r.Errorf("the private key is in the log")
		}
	}
	for _, mark := range []string{"client_assertion=", "Bearer ey", oktatest.RecoveryQuestion} {
		if strings.Contains(text, mark) {
			r.Errorf("the log holds %q", mark)
		}
	}
}

// recorder is a store that notes what is asked of it.
type recorder struct {
	store.Store

	mu           sync.Mutex
	cursors      []string       // of stored pages
	calls        map[string]int // of what was staged beside
	beforePage   func(stored int)
	afterPage    func(stored int) error
	afterRenew   func(renewals int)
	noteError    error  // in place of a line of a run's log
	promoteError error  // in place of a promotion
	version      string // of the connector, in place of its own; empty: its own
}

func (r *recorder) BeginRun(ctx context.Context, b store.Begin) (store.Run, error) {
	if r.version != "" {
		b.ConnectorVersion = r.version
	}
	return r.Store.BeginRun(ctx, b)
}

func (r *recorder) StagePage(ctx context.Context, f store.Fence, p store.StagedPage) error {
	if r.beforePage != nil {
		r.beforePage(r.storedPages())
	}
	if err := r.Store.StagePage(ctx, f, p); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cursors = append(r.cursors, p.Cursor)
	if r.afterPage != nil {
		return r.afterPage(len(r.cursors))
	}
	return nil
}

func (r *recorder) Note(ctx context.Context, run int64, n store.Note) error {
	if r.noteError != nil {
		return r.noteError
	}
	return r.Store.Note(ctx, run, n)
}

func (r *recorder) Renew(ctx context.Context, f store.Fence, until time.Time, waited time.Duration) error {
	err := r.Store.Renew(ctx, f, until, waited)
	if n := r.count("renew"); r.afterRenew != nil {
		r.afterRenew(n)
	}
	return err
}

func (r *recorder) Restart(ctx context.Context, f store.Fence) error {
	r.count("restart")
	return r.Store.Restart(ctx, f)
}

func (r *recorder) Promote(ctx context.Context, f store.Fence, now time.Time) (store.Run, error) {
	if r.promoteError != nil {
		return store.Run{}, r.promoteError
	}
	return r.Store.Promote(ctx, f, now)
}

func (r *recorder) storedPages() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.cursors)
}

func (r *recorder) count(call string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls[call]++
	return r.calls[call]
}

func (r *recorder) counted(call string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[call]
}

// wantStoredOnce checks that so many pages were stored, none of them twice.
func (r *rig) wantStoredOnce(pages int) {
	r.Helper()
	r.mu.Lock()
	defer r.mu.Unlock()
	different := slices.Compact(slices.Sorted(slices.Values(r.cursors)))
	if len(r.cursors) != pages || len(different) != pages {
		r.Errorf("%d pages were stored, %d different ones, want %d", len(r.cursors), len(different), pages)
	}
}

// transcript keeps what is logged.
type transcript struct {
	mu   sync.Mutex
	kept bytes.Buffer
}

func (t *transcript) Write(line []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept.Write(line)
}

func (t *transcript) text() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept.String()
}
