package people

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

func TestWithoutAnHRISNothingIsShown(t *testing.T) {
	r := newCompany(t)
	if _, err := r.directory.Snapshot(t.Context()); !errors.Is(err, ErrNotSynced) {
		t.Errorf("before the first run: %v", err)
	}
	r.sync(r.connection, noon, who{id: "1", given: "Ada", family: "Example"})
	if s := r.snapshot(); s.Size() != 1 || s.Connection() != "workforce" || !s.Complete().Equal(noon) {
		t.Errorf("%d people of %s as of %v", s.Size(), s.Connection(), s.Complete())
	}
	other := r.add("other", false)
	r.sync(other, noon, who{id: "2", given: "Ben", family: "Elsewhere"})
	if s := r.snapshot(); s.Size() != 1 {
		t.Error("people of a connection that is not the HRIS are shown")
	}
	r.connection.HRIS = false
	if err := r.store.UpdateConnection(t.Context(), r.connection); err != nil {
		t.Fatal(err)
	}
	if _, err := r.directory.Snapshot(t.Context()); !errors.Is(err, ErrNotActivated) {
		t.Errorf("switched off: %v", err)
	}
	other.HRIS = true
	if err := r.store.UpdateConnection(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	if s := r.snapshot(); s.people[0].name != "Ben Elsewhere" {
		t.Errorf("the other HRIS shows %s", s.people[0].name)
	}
}

func TestAfterARunTheOneBeforeIsShownUntilTheNextIsReady(t *testing.T) {
	r := newCompany(t)
	r.sync(r.connection, noon, who{id: "1", given: "Ada", family: "Example"})
	before := r.snapshot()
	r.sync(r.connection, noon.Add(time.Hour), who{id: "1", given: "Ada", family: "Example"}, who{id: "2", given: "Ben", family: "Example"})
	at, err := r.directory.Snapshot(t.Context())
	if err != nil || at.Generation() < before.Generation() {
		t.Fatalf("run %d after %d: %v", at.Generation(), before.Generation(), err)
	}
	after := r.snapshot()
	if after.Size() != 2 || after.Generation() == before.Generation() || after.ETag() == before.ETag() {
		t.Errorf("%d people of run %d, %s", after.Size(), after.Generation(), after.ETag())
	}
	if before.Size() != 1 {
		t.Error("a snapshot changed")
	}
}

// failing is a store whose people can't be read while it is broken.
type failing struct {
	Store
	mu     sync.Mutex
	broken bool
	reads  int
}

func (f *failing) People(ctx context.Context, q store.PeopleQuery) ([]store.Person, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reads++
	if f.broken {
		return nil, errors.New("the disk is gone")
	}
	return f.Store.People(ctx, q)
}

func TestAFailureIsToldAndTriedAgain(t *testing.T) {
	r := newCompany(t)
	r.sync(r.connection, noon, who{id: "1", given: "Ada", family: "Example"})
	f := &failing{Store: r.store, broken: true}
	clock := noon
	d := &Directory{Store: f, Now: func() time.Time { return clock }}
	defer d.Close()
	if _, err := d.Snapshot(t.Context()); err == nil {
		t.Error("a directory that can't be read is shown")
	}
	reads := f.reads
	if _, err := d.Snapshot(t.Context()); err == nil || f.reads != reads {
		t.Errorf("at once after the failure people are read %d times more: %v", f.reads-reads, err)
	}
	f.mu.Lock()
	f.broken, f.reads = false, 0
	f.mu.Unlock()
	clock = clock.Add(retryAfter)
	var waiting sync.WaitGroup
	for range 20 {
		waiting.Go(func() {
			if s, err := d.Snapshot(t.Context()); err != nil || s.Size() != 1 {
				t.Errorf("after the failure: %v", err)
			}
		})
	}
	waiting.Wait()
	if f.reads != 1 {
		t.Errorf("people were read %d times for 20 who asked at once", f.reads)
	}
}

func TestSettingsAreCheckedAndNoChangeUndoesAnother(t *testing.T) {
	r := newCompany(t)
	stale, err := r.directory.Settings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	r.set(func(s *Settings) { s.Hidden = []string{"1"} })
	stale.Hidden = []string{"2"}
	if _, err := r.directory.SetSettings(t.Context(), stale); !errors.Is(err, store.ErrMoved) {
		t.Errorf("a change that undoes another: %v", err)
	}
	for name, s := range map[string]Settings{
		"a secret": {Attributes: []string{"profile.userPassword"}}, "an empty id": {Hidden: []string{""}}, "too much": {Attributes: make([]string, MaxAttributes+1)},
		"an unknown key": {Pin: &Pair{Attribute: "managerId", Key: "shoe size"}}, "a head of nothing": {Heads: []Head{{Person: "1"}}}, "no text": {Units: []string{"\xff"}},
	} {
		var query *QueryError
		if _, err := r.directory.SetSettings(t.Context(), s); !errors.As(err, &query) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
