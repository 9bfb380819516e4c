package schedule

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/postgres/postgrestest"
	"patchbay.example/internal/store/sqlite"
	"patchbay.example/internal/syncer"
)

func TestMain(m *testing.M) {
	if url := os.Getenv(workerVariable); url != "" {
		os.Exit(workerMain(url))
	}
	code := m.Run()
	if code == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// endLimit ends a test that hangs.
const endLimit = 3 * time.Minute

// runner is a Runner that keeps the contract of [syncer.Syncer.Run] on a real
// store, without a connector: what a connector's process adds to a run is time,
// and these tests run hundreds.
type runner struct {
	store  store.Store
	now    func() time.Time
	lease  time.Duration
	worker string
	yield  <-chan struct{}
	pages  int64
	// page is called before a page is stored; its error interrupts the run. nil:
	// nothing happens.
	page func(ctx context.Context, run store.Run, page int64) error
	// ending is how a complete run ends; nil, or where it returns nil, the run
	// is promoted.
	ending func(run store.Run) *store.Finish
	// begun is told of each run that was begun or taken over; nil: nobody.
	begun func(run store.Run)
}

// errDied: the process ends here, without a word to anybody.
var errDied = errors.New("the worker died")

func (r *runner) Run(ctx context.Context, job syncer.Job) (store.Run, error) {
	run, err := r.claim(ctx, job)
	if err != nil {
		return store.Run{}, err
	}
	if r.begun != nil {
		r.begun(run)
	}
	fence := store.Fence{Run: run.ID, Epoch: run.Epoch}
	if err := r.stage(ctx, run, fence); errors.Is(err, errDied) {
		return store.Run{}, store.ErrFenced // the job is over, and the lease goes on
	} else if err != nil {
		return run, errors.Join(err, r.store.Release(context.WithoutCancel(ctx), fence, r.now()))
	}
	if end := r.end(run); end != nil {
		end.Now = r.now()
		if err := r.store.Finish(ctx, fence, *end); err != nil {
			return run, err
		}
		if run, err = r.store.Run(ctx, run.ID); err == nil && end.Status != store.RunHeld {
			err = errors.New(end.Reason)
		}
		return run, err
	}
	return r.store.Promote(ctx, fence, r.now())
}

func (r *runner) claim(ctx context.Context, job syncer.Job) (store.Run, error) {
	until := r.now().Add(r.lease)
	running, err := r.store.Running(ctx, job.Connection.ID)
	if err == nil {
		return r.store.TakeOver(ctx, running.ID, r.worker, r.now(), until)
	}
	if !errors.Is(err, store.ErrNotFound) {
		return store.Run{}, err
	}
	return r.store.BeginRun(ctx, store.Begin{
		ConnectionID: job.Connection.ID, Trigger: string(job.Trigger), Now: r.now(), LeaseUntil: until,
		Worker: r.worker, Slot: job.Slot, Next: job.Next, Why: job.NextWhy,
	})
}

func (r *runner) stage(ctx context.Context, run store.Run, fence store.Fence) error {
	for page := run.Pages; page < r.pages; page++ {
		select {
		case <-r.yield:
			return syncer.ErrYielded
		default:
		}
		if r.page != nil {
			if err := r.page(ctx, run, page); err != nil {
				return err
			}
		}
		cursor := ""
		if page+1 < r.pages {
			cursor = strconv.FormatInt(page+1, 10)
		}
		if err := r.store.StagePage(ctx, fence, store.StagedPage{Records: []store.StagedRecord{person(page)}, Cursor: cursor, LeaseUntil: r.now().Add(r.lease)}); err != nil {
			return err
		}
	}
	return nil
}

func (r *runner) end(run store.Run) *store.Finish {
	if r.ending == nil {
		return nil
	}
	return r.ending(run)
}

// person is the one of a page.
func person(page int64) store.StagedRecord {
	id := fmt.Sprintf("person-%d", page)
	sum := sha256.Sum256([]byte(id))
	return store.StagedRecord{ID: id, SourceHash: sum[:store.HashBytes], Version: func() store.Version {
		return store.Version{Visible: sum[:store.HashBytes], Name: id, Status: "ACTIVE", Access: true, View: []byte(id), Source: []byte("{}")}
	}}
}

// bench is an installation on a real store whose clock the test moves.
type bench struct {
	*testing.T
	store.Store
	queue  Queue
	jobs   *sql.DB // where River's jobs are; on SQLite only
	runner runner
	config Config

	scheduler *Scheduler
	yield     chan struct{}

	mu      sync.Mutex
	clock   time.Time
	changed chan struct{} // closed, and replaced, when something has happened
}

// eachStore runs a test on SQLite and on PostgreSQL.
func eachStore(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { test(t, newBench(t)) })
	t.Run("postgres", func(t *testing.T) {
		url := postgrestest.Start(t)
		s, err := postgres.Open(t.Context(), url, testLog(t))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeStore(t, s) })
		test(t, benchOn(t, s, Postgres(s.Pool())))
	})
}

func newBench(t *testing.T) *bench {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "patchbay.db"), testLog(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	b := benchOn(t, s, SQLite(s.WritePool()))
	b.jobs = s.WritePool()
	return b
}

func closeStore(t *testing.T, s store.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Errorf("close the store: %v", err)
	}
}

func benchOn(t *testing.T, s store.Store, queue Queue) *bench {
	t.Helper()
	b := &bench{T: t, queue: queue, clock: noon, changed: make(chan struct{})}
	b.Store = told{s, b}
	b.runner = runner{store: b.Store, now: b.now, lease: time.Minute, worker: "test", pages: 2}
	b.config = Config{Store: b.Store, Queue: queue, Runner: &b.runner, Now: b.now, Log: testLog(t), poll: 5 * time.Millisecond}
	return b
}

// testLog shows warnings in the test's log.
func testLog(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
}

// told is a store that tells the bench when a run was taken account of.
type told struct {
	store.Store
	bench *bench
}

func (s told) Settle(ctx context.Context, settlement store.Settlement) error {
	err := s.Store.Settle(ctx, settlement)
	if err == nil {
		s.bench.tell()
	}
	return err
}

func (s told) Delivered(ctx context.Context, id int64, now time.Time) error {
	defer s.bench.tell()
	return s.Store.Delivered(ctx, id, now)
}

func (s told) Undelivered(ctx context.Context, id int64, cause string, last bool, now time.Time) error {
	defer s.bench.tell()
	return s.Store.Undelivered(ctx, id, cause, last, now)
}

func (b *bench) now() time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.clock
}

// passTo moves the clock, never back.
func (b *bench) passTo(t time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.clock = later(b.clock, t)
}

// tell says that something has happened.
func (b *bench) tell() {
	b.mu.Lock()
	defer b.mu.Unlock()
	close(b.changed)
	b.changed = make(chan struct{})
}

// await waits until something that happened makes a condition true.
func (b *bench) await(what string, condition func() bool) {
	b.Helper()
	ctx, cancel := context.WithTimeout(b.Context(), endLimit)
	defer cancel()
	for {
		b.mu.Lock()
		changed := b.changed
		b.mu.Unlock()
		if condition() {
			return
		}
		select {
		case <-changed:
		case <-ctx.Done():
			b.Fatalf("%s: did not happen: %v", what, ctx.Err())
		}
	}
}

// start starts a process's scheduler.
func (b *bench) start() {
	b.Helper()
	b.yield = make(chan struct{})
	b.runner.yield = b.yield
	var err error
	if b.scheduler, err = New(b.Context(), b.config); err != nil {
		b.Fatal(err)
	}
	if err := b.scheduler.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(b.stop)
}

// stop stops it as its owner does.
func (b *bench) stop() {
	b.Helper()
	if b.scheduler == nil {
		return
	}
	close(b.yield)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(b.Context()), endLimit)
	defer cancel()
	if err := b.scheduler.Stop(ctx); err != nil {
		b.Errorf("stop: %v", err)
	}
	b.scheduler = nil
}

// add adds a connection whose regular slots are the first run's.
func (b *bench) add(name string) store.Connection {
	b.Helper()
	c := store.Connection{
		Name: name, Connector: "test", Resource: "users", Config: []byte("{}"), Interval: regularInterval, Deadline: time.Hour, Created: b.now(), Updated: b.now(),
		Schedule: store.Schedule{Next: b.now(), Why: store.WhyFirst, Anchor: b.now()},
	}
	if _, err := b.AddConnection(b.Context(), c); err != nil {
		b.Fatal(err)
	}
	return b.connection(name)
}

func (b *bench) connection(name string) store.Connection {
	b.Helper()
	c, err := b.Connection(b.Context(), name)
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// runs are all runs of a connection, oldest first.
func (b *bench) runs(connection int64) []store.Run {
	b.Helper()
	var all []store.Run
	before := int64(0)
	for {
		runs, err := b.Runs(b.Context(), store.RunsQuery{ConnectionID: connection, Before: before})
		if err != nil {
			b.Fatal(err)
		}
		if len(runs) == 0 {
			break
		}
		all = append(all, runs...)
		before = runs[len(runs)-1].ID
	}
	for i, j := 0, len(all)-1; i < j; i, j = i+1, j-1 {
		all[i], all[j] = all[j], all[i]
	}
	return all
}
