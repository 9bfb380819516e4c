//go:build unix

package syncer_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/postgres/postgrestest"
	"patchbay.example/internal/store/sqlite"
	"patchbay.example/internal/syncer"
	"patchbay.example/plugin/okta/oktatest"
)

// A worker is a process of its own, this test's program once more, that runs
// one connection and dies at a point to order. A point is just before and just
// after each write of the run, and between the comparison of a page and its
// transaction. The store's calls are wrapped here, so that no program that
// anybody uses has such points.

// workerVariable names the file of a worker's order.
const workerVariable = "PATCHBAY_TEST_WORKER"

func init() {
	if order := os.Getenv(workerVariable); order != "" {
		os.Exit(beWorker(order))
	}
}

// workOrder is what a worker is to do.
type workOrder struct {
	Engine, URL string
	Connector   string
	RuntimeDir  string
	Domain, ClientID, KeyID,
	PrivateKey string // the fake tenant's
	// Ahead is how far the worker's clock is ahead: a dead worker's lease is
	// over.
	Ahead time.Duration
	// Point is where to kill, from 1; 0: nowhere. Victim is "host", the worker
	// itself, or "connector".
	Point  int
	Victim string
}

// beWorker does it, and prints how many points it has come by.
func beWorker(path string) int {
	var order workOrder
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, &order)
	}
	if err == nil {
		err = work(context.Background(), order)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func work(ctx context.Context, order workOrder) error {
	engine, err := openEngine(ctx, order.Engine, order.URL)
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }()
	connection, err := engine.Connection(ctx, "acme")
	if err != nil {
		return err
	}
	mortal := &mortalStore{Store: engine, at: order.Point}
	s := syncer.Syncer{
		Store: mortal,
		Launch: func(ctx context.Context, _ store.Connection) (*host.Connector, error) {
			connector, err := host.Launch(ctx, host.Settings{
				Path: order.Connector, RuntimeDir: order.RuntimeDir, HostName: "syncer-test/1",
				Limits: host.Limits{Backoff: time.Millisecond},
			})
			mortal.kill = func() {
				victim := os.Getpid()
				if order.Victim == "connector" {
					victim = connector.Pid()
				}
				if err := syscall.Kill(victim, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
					panic(err)
				}
			}
			return connector, err
		},
		Configure: func(context.Context, store.Connection) (host.Configuration, error) {
			text, err := json.Marshal(map[string]string{"domain": order.Domain, "client_id": order.ClientID, "key_id": order.KeyID})
			return host.Configuration{JSON: text, Secrets: map[string]string{"private_key": order.PrivateKey}}, err
		},
		Now: func() time.Time { return time.Now().Add(order.Ahead) },
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	_, err = s.Run(ctx, syncer.Job{Connection: connection, ConfigHash: []byte("configuration 1."), Trigger: "manual"})
	fmt.Println(mortal.points)
	return err
}

func openEngine(ctx context.Context, engine, url string) (store.Store, error) {
	if engine == "postgres" {
		return postgres.Open(ctx, url, slog.New(slog.DiscardHandler))
	}
	return sqlite.Open(ctx, url, slog.New(slog.DiscardHandler))
}

// mortalStore kills at a point. A run's writes come one after the other, but
// for the renewal of its lease, which is no point.
type mortalStore struct {
	store.Store
	points, at int
	kill       func()
}

func (m *mortalStore) point() {
	if m.points++; m.points == m.at {
		m.kill()
	}
}

func (m *mortalStore) BeginRun(ctx context.Context, b store.Begin) (store.Run, error) {
	m.point()
	defer m.point()
	return m.Store.BeginRun(ctx, b)
}

func (m *mortalStore) StagePage(ctx context.Context, f store.Fence, p store.StagedPage) error {
	m.point()
	defer m.point()
	if len(p.Records) > 0 {
		last := &p.Records[len(p.Records)-1]
		version := last.Version
		last.Version = func() store.Version {
			m.point()
			return version()
		}
	}
	return m.Store.StagePage(ctx, f, p)
}

func (m *mortalStore) Quarantine(ctx context.Context, f store.Fence, q store.Quarantine) error {
	m.point()
	defer m.point()
	return m.Store.Quarantine(ctx, f, q)
}

func (m *mortalStore) Restart(ctx context.Context, f store.Fence) error {
	m.point()
	defer m.point()
	return m.Store.Restart(ctx, f)
}

func (m *mortalStore) Promote(ctx context.Context, f store.Fence, now time.Time) (store.Run, error) {
	m.point()
	defer m.point()
	return m.Store.Promote(ctx, f, now)
}

// TestAKillAtAnyPointOfARunChangesNothing: whoever is killed wherever, the
// directory becomes that of an undisturbed run. Each tenth point, from the
// fifth on, is tried here, and all of them under -tags soak.
func TestAKillAtAnyPointOfARunChangesNothing(t *testing.T) {
	for _, engine := range []string{"sqlite", "postgres"} {
		for _, faults := range [][]string{nil, {"users:page=4:cursor-lost"}} {
			name := engine
			if faults != nil {
				name += ", the place lost once"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				undisturbed := newMortalRig(t, engine, faults)
				points := undisturbed.work(0, "")
				want := undisturbed.outcome()
				if points < 10 || len(want.People) == 0 || len(want.Changes) == 0 {
					t.Fatalf("an undisturbed run comes by %d points, and ends as %+v", points, want)
				}
				for _, victim := range []string{"host", "connector"} {
					for point := 1; point <= points; point++ {
						if !soak && point%10 != 5 {
							continue
						}
						t.Run(victim+" at point "+strconv.Itoa(point), func(t *testing.T) {
							r := newMortalRig(t, engine, faults)
							r.work(point, victim)
							for r.unfinished() {
								r.work(0, "")
							}
							if diff := cmp.Diff(want, r.outcome()); diff != "" {
								t.Errorf("the directory is another one (-undisturbed +disturbed):\n%s", diff)
							}
							asked := undisturbed.asked()
							if got := r.asked(); got > asked+mostAgain {
								t.Errorf("%d pages were asked for, and %d without disturbance: more than %d again", got, asked, mostAgain)
							}
						})
					}
				}
			})
		}
	}
}

// mostAgain is how many pages of this size a crash has asked for again at most:
// the one that is being stored, the one that is being sent, and the one that is
// read ahead.
const mostAgain = 3

// mortalRig is a connection that was synced once, and a tenant that has changed
// since.
type mortalRig struct {
	*testing.T
	engine   store.Store
	tenant   *oktatest.Tenant
	order    workOrder
	standing int64 // the generation before
}

func newMortalRig(t *testing.T, engine string, faults []string) *mortalRig {
	t.Helper()
	folder := t.TempDir()
	r := &mortalRig{T: t, order: workOrder{
		Engine: engine, URL: filepath.Join(folder, "patchbay.db"),
		Connector: connectorPath(t), RuntimeDir: filepath.Join(built.folder, "run"),
	}}
	if engine == "postgres" {
		r.order.URL = postgrestest.Start(t)
	}
	var err error
	if r.engine, err = openEngine(t.Context(), engine, r.order.URL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.engine.Close() })
	_, err = r.engine.AddConnection(t.Context(), store.Connection{
		Name: "acme", Connector: "okta", Resource: "users", Config: []byte(`{}`), Interval: 6 * time.Hour,
		Created: time.Now(), Updated: time.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.serve(company(40), nil)
	r.work(0, "")
	r.standing = r.connection().Generation
	r.serve(companyAfter(40), faults)
	return r
}

// company are people of whom nothing is known but what is needed, and a note
// that makes a page larger than what the process boundary holds: of pages that
// fit it, a connector is several ahead.
func company(n int) []json.RawMessage {
	people := make([]json.RawMessage, n)
	for i := range people {
		people[i] = somebody(i, "Engineer", "2026-01-02T03:04:05.000Z")
	}
	return people
}

// companyAfter is the company later: some have left, some have another title,
// some have signed in since, and some have joined.
func companyAfter(n int) []json.RawMessage {
	var people []json.RawMessage
	for i := range n + 3 {
		title, login := "Engineer", "2026-01-02T03:04:05.000Z"
		switch {
		case i%13 == 5:
			continue
		case i%7 == 3:
			title = "Lead"
		case i%2 == 0:
			login = "2026-02-03T04:05:06.000Z"
		}
		people = append(people, somebody(i, title, login))
	}
	return people
}

var notes = strings.Repeat("All work. ", 11<<10)

func somebody(i int, title, login string) json.RawMessage {
	return fmt.Appendf(nil, `{"id":"00u%04d","status":"ACTIVE","lastLogin":%q,"profile":{"login":"u%d@example.com","displayName":"Person %d","title":%q,"notes":%q}}`, i, login, i, i, title, notes)
}

func (r *mortalRig) serve(people []json.RawMessage, faults []string) {
	r.Helper()
	if r.tenant != nil {
		r.tenant.Close()
	}
	var err error
	r.tenant, err = oktatest.Start(oktatest.Settings{
		CustomUsers: people, PageLimit: pageSize, UsersPerMinute: oktatest.NoRateLimit, Faults: parseFaults(r.T, faults),
	})
	if err != nil {
		r.Fatal(err)
	}
	r.Cleanup(r.tenant.Close)
	r.order.Domain, r.order.ClientID, r.order.KeyID = r.tenant.URL(), r.tenant.ClientID(), r.tenant.KeyID()
	r.order.PrivateKey = string(r.tenant.PrivateKeyPEM())
}

// work has a worker run the connection, and returns the points it came by; 0
// when somebody was killed who could not be replaced.
func (r *mortalRig) work(point int, victim string) int {
	r.Helper()
	r.order.Point, r.order.Victim = point, victim
	r.order.Ahead += 2 * syncer.DefaultLease
	text, err := json.Marshal(r.order)
	if err != nil {
		r.Fatal(err)
	}
	path := filepath.Join(r.TempDir(), "order.json")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		r.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(r.Context(), endLimit)
	defer cancel()
	worker := exec.CommandContext(ctx, os.Args[0]) //nolint:gosec // this program
	worker.Env = append(os.Environ(), workerVariable+"="+path)
	var said strings.Builder
	worker.Stderr = &said
	out, err := worker.StdoutPipe()
	if err != nil {
		r.Fatal(err)
	}
	if err := worker.Start(); err != nil {
		r.Fatal(err)
	}
	printed, _ := io.ReadAll(out)
	err = worker.Wait()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && victim == "host" && exit.Sys().(syscall.WaitStatus).Signal() == syscall.SIGKILL && ctx.Err() == nil {
		return 0
	}
	if err != nil && victim == "connector" && strings.Contains(said.String(), "CONNECTOR_CRASHED") {
		return 0 // it died before it was connected: that run has failed, and the next one is another
	}
	if err != nil || victim == "host" {
		r.Fatalf("the worker that was to be killed as %q at point %d ended with %v:\n%s", victim, point, err, said.String())
	}
	points, err := strconv.Atoi(strings.TrimSpace(string(printed)))
	if err != nil {
		r.Fatal(err)
	}
	return points
}

func (r *mortalRig) connection() store.Connection {
	r.Helper()
	c, err := r.engine.Connection(r.Context(), "acme")
	if err != nil {
		r.Fatal(err)
	}
	return c
}

// unfinished reports whether the second run is still to be promoted.
func (r *mortalRig) unfinished() bool { return r.connection().Generation == r.standing }

// asked is how many pages of people the tenant was asked for, but the first:
// each worker asks for that when it connects.
func (r *mortalRig) asked() int { return r.tenant.Stats().UsersContinued }

// outcome is what a run has made, without what differs between two of the same.
type outcome struct {
	People  []string
	Changes []string
	Totals  store.Totals
	Status  store.RunStatus
	Pages   int64
}

func (r *mortalRig) outcome() outcome {
	r.Helper()
	c := r.connection()
	run, err := r.engine.Run(r.Context(), c.Generation)
	if err != nil {
		r.Fatal(err)
	}
	run.Waited = 0
	o := outcome{Totals: run.Totals, Status: run.Status, Pages: run.Pages}
	people, err := r.engine.People(r.Context(), store.PeopleQuery{ConnectionID: c.ID})
	if err != nil {
		r.Fatal(err)
	}
	for _, p := range people {
		o.People = append(o.People, fmt.Sprintf("%s %s %x %s %v", p.ID, p.Name, sha256.Sum256(p.Source), p.Times.LastLogin.UTC().Format(time.RFC3339), p.Stale))
	}
	changes, err := r.engine.Changes(r.Context(), run.ID, "", store.MaxPeople)
	if err != nil {
		r.Fatal(err)
	}
	for _, change := range changes {
		o.Changes = append(o.Changes, string(change.Kind)+" "+change.ID)
	}
	slices.Sort(o.Changes)
	return o
}
