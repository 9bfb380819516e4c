package postgres_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"testing"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/postgres/postgrestest"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

// directory is a store with one connection.
type directory struct {
	*testing.T
	*postgres.Store
	id int64
}

func newDirectory(t *testing.T) directory {
	t.Helper()
	s := open(t, postgrestest.Start(t))
	id, err := s.AddConnection(t.Context(), store.Connection{Name: "acme", Connector: "okta", Resource: "users"})
	if err != nil {
		t.Fatal(err)
	}
	return directory{t, s, id}
}

func (d directory) begin() store.Fence {
	d.Helper()
	run, err := d.BeginRun(d.Context(), store.Begin{ConnectionID: d.id, Now: noon, LeaseUntil: noon})
	if err != nil {
		d.Fatal(err)
	}
	return store.Fence{Run: run.ID, Epoch: run.Epoch}
}

// sync promotes a listing of these persons.
func (d directory) sync(records ...store.StagedRecord) {
	d.Helper()
	f := d.begin()
	if err := d.StagePage(d.Context(), f, store.StagedPage{Records: records, LeaseUntil: noon}); err != nil {
		d.Fatal(err)
	}
	if _, err := d.Promote(d.Context(), f, noon); err != nil {
		d.Fatal(err)
	}
}

func (d directory) names() []string {
	d.Helper()
	people, err := d.People(d.Context(), store.PeopleQuery{ConnectionID: d.id})
	if err != nil {
		d.Fatal(err)
	}
	names := make([]string, len(people))
	for i, p := range people {
		names[i] = p.Name
	}
	return names
}

func person(id, name string) store.StagedRecord {
	return store.StagedRecord{ID: id, SourceHash: digest(name), Version: func() store.Version { return version(name) }}
}

func version(name string) store.Version {
	return store.Version{Visible: digest(name), Name: name, Status: "ACTIVE", Access: true, View: []byte(name), Source: []byte(name)}
}

func digest(text string) []byte {
	sum := sha256.Sum256([]byte(text))
	return sum[:store.HashBytes]
}

// Somebody is forgotten while a page, on which they are unchanged, is computed:
// the page must not rest on the version that is gone.
func TestForgetWhilePageIsComputed(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	d.sync(person("1", "Anna"), person("2", "Ben"))
	f := d.begin()
	forgotten, calls := false, 0
	changed := person("2", "Benjamin")
	changed.Version = func() store.Version {
		calls++
		if !forgotten {
			forgotten = true
			if err := d.Forget(d.Context(), d.id, "1"); err != nil {
				t.Error(err)
			}
		}
		return version("Benjamin")
	}
	page := store.StagedPage{Records: []store.StagedRecord{person("1", "Anna"), changed}, LeaseUntil: noon}
	if err := d.StagePage(t.Context(), f, page); err != nil {
		t.Fatal(err)
	}
	run, err := d.Promote(t.Context(), f, noon)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(d.names()); got != "[Anna Benjamin]" {
		t.Errorf("people %s", got)
	}
	if run.Pages != 1 || run.Records != 2 || calls != 1 {
		t.Errorf("%d pages, %d records, the version computed %d times", run.Pages, run.Records, calls)
	}
}

// A worker loses its run while it computes a page: nothing of it is stored.
func TestTakenOverWhilePageIsComputed(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	f := d.begin()
	record := person("1", "Anna")
	record.Version = func() store.Version {
		if _, err := d.TakeOver(d.Context(), f.Run, "another", noon.Add(time.Minute), noon.Add(time.Hour)); err != nil {
			t.Error(err)
		}
		return version("Anna")
	}
	err := d.StagePage(t.Context(), f, store.StagedPage{Records: []store.StagedRecord{record}, Cursor: "next", LeaseUntil: noon})
	if !errors.Is(err, store.ErrFenced) {
		t.Errorf("a page of a worker that was given up: %v", err)
	}
	f.Epoch++
	if run, err := d.Store.Run(t.Context(), f.Run); err != nil || run.Pages != 0 || run.Cursor != "" {
		t.Errorf("%+v, %v", run, err)
	}
	if got, err := d.Compare(t.Context(), f); err != nil || got.Seen != 0 || got.Added != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// Somebody is forgotten while what a dead run met is swept: nothing of it comes
// back, for nobody would find it any more.
func TestForgetWhileSheetsAreSwept(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t)
	d := directory{T: t, Store: open(t, address)}
	var err error
	if d.id, err = d.AddConnection(t.Context(), store.Connection{Name: "acme", Connector: "okta", Resource: "users"}); err != nil {
		t.Fatal(err)
	}
	d.sync(person("1", "Anna"), person("2", "Ben"))
	dead := d.begin()
	if err := d.StagePage(t.Context(), dead, store.StagedPage{Records: []store.StagedRecord{person("1", "Anna"), person("2", "Ben")}, LeaseUntil: noon}); err != nil {
		t.Fatal(err)
	}
	if err := d.Finish(t.Context(), dead, store.Finish{Status: store.RunFailed, Now: noon}); err != nil {
		t.Fatal(err)
	}

	// The sheet of the run that stands is held, so that forgetting waits between
	// the one and the other.
	holder, watcher := connect(t, address), connect(t, address)
	tx, err := holder.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `SELECT FROM sheet WHERE run_id <> $1 FOR UPDATE`, dead.Run); err != nil {
		t.Fatal(err)
	}
	forgotten := make(chan error, 1)
	go func() { forgotten <- d.Forget(t.Context(), d.id, "1") }()
	for waits := false; !waits; {
		if err := watcher.QueryRow(t.Context(), `SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')`).Scan(&waits); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Sweep(t.Context(), noon, noon.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-forgotten; err != nil {
		t.Fatal(err)
	}
	var sheets, runs int
	err = watcher.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM sheet WHERE run_id = $1), (SELECT count(*) FROM run WHERE id = $1)`, dead.Run).Scan(&sheets, &runs)
	if err != nil || sheets > 0 || runs > 0 {
		t.Errorf("of the run that was swept, %d sheets and %d rows are there; %v", sheets, runs, err)
	}
}

// Workers of which each believes to own the run, an administrator, a sweeper
// and readers, at once: nobody waits for another in a circle, and readers see
// whole generations only.
func TestEverybodyAtOnce(t *testing.T) {
	t.Parallel()
	d := newDirectory(t)
	const (
		rounds = 15
		people = 20
	)
	listing := func(round int) []store.StagedRecord {
		var records []store.StagedRecord
		for i := range people {
			records = append(records, person(fmt.Sprintf("%02d", i), fmt.Sprintf("round %d", round)))
		}
		return records
	}
	d.sync(listing(0)...)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var others []<-chan struct{}
	for _, work := range []func() error{
		func() error { return d.Sweep(ctx, noon.Add(time.Hour), noon.Add(time.Hour)) },
		func() error { return d.Sweep(ctx, noon.Add(time.Hour), noon) },
		func() error { return ignore(d.Forget(ctx, d.id, "nobody"), store.ErrNotFound) },
		func() error { return ignore(d.Forget(ctx, d.id, "07"), store.ErrNotFound) },
		func() error { return wholeGeneration(ctx, d) },
		func() error { _, err := d.Connections(ctx); return err },
	} {
		others = append(others, repeat(ctx, t, work))
	}
	for round := range rounds {
		f := d.begin()
		stale := store.Fence{Run: f.Run, Epoch: f.Epoch - 1}
		records := listing(round + 1)
		for part := range 2 {
			page := store.StagedPage{Records: records[part*people/2 : (part+1)*people/2], Cursor: []string{"next", ""}[part], LeaseUntil: noon}
			if err := d.StagePage(ctx, stale, page); !errors.Is(err, store.ErrFenced) {
				t.Errorf("a stale page: %v", err)
			}
			if err := d.StagePage(ctx, f, page); err != nil {
				t.Errorf("stage: %v", err)
			}
		}
		if err := finishSomehow(ctx, d, f, round); err != nil {
			t.Errorf("round %d: %v", round, err)
		}
	}
	cancel()
	for _, other := range others {
		<-other
	}
}

// finishSomehow promotes, approves, discards or fails a complete run.
func finishSomehow(ctx context.Context, d directory, f store.Fence, round int) error {
	switch round % 4 {
	case 0:
		_, err := d.Promote(ctx, f, noon)
		return err
	case 1:
		return d.Finish(ctx, f, store.Finish{Status: store.RunFailed, Now: noon})
	}
	if err := d.Finish(ctx, f, store.Finish{Status: store.RunHeld, Plan: []byte(`{"people":["07"]}`), Now: noon}); err != nil {
		return err
	}
	if round%4 == 2 {
		return d.Discard(ctx, f.Run, noon)
	}
	_, err := d.Approve(ctx, f.Run, noon)
	return err
}

// wholeGeneration reports people of two runs in one answer.
func wholeGeneration(ctx context.Context, d directory) error {
	people, err := d.People(ctx, store.PeopleQuery{ConnectionID: d.id, Search: "round"})
	if err != nil {
		return err
	}
	for _, p := range people {
		if p.Name != people[0].Name {
			return fmt.Errorf("%s and %s in one answer", people[0].Name, p.Name)
		}
	}
	return nil
}

func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}

// repeat repeats work until ctx ends; the channel closes once it has.
func repeat(ctx context.Context, t *testing.T, work func() error) <-chan struct{} {
	done := make(chan struct{})
	go func() {
		defer close(done)
		for ctx.Err() == nil {
			if err := work(); err != nil && ctx.Err() == nil {
				t.Error(err)
				return
			}
		}
	}()
	return done
}
