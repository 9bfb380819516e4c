package people

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sqlite"
)

// counting counts how often the people are read from the first on, and does
// something before the first time.
type counting struct {
	*sqlite.Store
	reads atomic.Int32
	first func()
}

func (c *counting) People(ctx context.Context, q store.PeopleQuery) ([]store.Person, error) {
	people, err := c.Store.People(ctx, q)
	if q.After == "" && c.reads.Add(1) == 1 && c.first != nil {
		c.first()
	}
	return people, err
}

func TestManyCallersHaveOneSnapshotMade(t *testing.T) {
	r := newCompany(t)
	r.sync(r.connection, noon, tree(50, 5)...)
	counted := &counting{Store: r.store}
	r.directory.Store = counted
	var wg sync.WaitGroup
	got := make([]*Snapshot, 20)
	for i := range got {
		wg.Go(func() { got[i], _ = r.directory.Snapshot(t.Context()) })
	}
	wg.Wait()
	for _, s := range got {
		if s == nil || s != got[0] {
			t.Fatal("callers at the same time got different snapshots, or none")
		}
	}
	if n := counted.reads.Load(); n != 1 {
		t.Errorf("the people were read %d times, want once", n)
	}
}

func TestSettingsOfWhileARunIsPromotedHold(t *testing.T) {
	r := newCompany(t)
	r.sync(r.connection, noon.Add(-time.Hour), tree(20, 5)...)
	r.directory.Store = &counting{Store: r.store, first: func() {
		r.set(func(s *Settings) { s.Hidden = []string{"u000007"} })
		r.sync(r.connection, noon, tree(21, 5)...)
	}}
	if err := r.directory.Warm(t.Context()); err != nil && !errors.Is(err, errSuperseded) {
		t.Fatal(err)
	}
	var unknown *UnknownError
	if _, err := r.snapshot().Person("u000007"); !errors.As(err, &unknown) {
		t.Errorf("who was hidden while the people were read: %v, want an UnknownError", err)
	}
}

func TestWhoIsForgottenIsGoneAtOnce(t *testing.T) {
	r := newCompany(t)
	r.sync(r.connection, noon, tree(20, 5)...)
	if _, err := r.snapshot().Person("u000007"); err != nil {
		t.Fatal(err)
	}
	if err := r.store.Forget(t.Context(), r.connection.ID, "u000007"); err != nil {
		t.Fatal(err)
	}
	s, err := r.directory.Snapshot(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var unknown *UnknownError
	if _, err := s.Person("u000007"); !errors.As(err, &unknown) {
		t.Errorf("who was forgotten: %v, want an UnknownError", err)
	}
}

func TestTheMarkMovesAtOnce(t *testing.T) {
	r := newCompany(t)
	r.sync(r.connection, noon, tree(20, 5)...)
	other := r.add("other", false)
	r.sync(other, noon, tree(3, 5)...)
	if n := r.snapshot().Size(); n != 20 {
		t.Fatalf("%d people, want 20", n)
	}
	other.HRIS = true
	if err := r.store.UpdateConnection(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	s, err := r.directory.Snapshot(t.Context())
	if err != nil || s.Connection() != "other" || s.Size() != 3 {
		t.Errorf("after the mark moved: %v, want the three people of the other connection", err)
	}
}
