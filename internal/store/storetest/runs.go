package storetest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patchbay.example/internal/store"
)

var runTests = []subtest{
	{"a run begins", runBegins},
	{"one is running at a time", runOneRunning},
	{"only an expired lease is taken over", runTakeOver},
	{"a worker that was given up writes nothing", runFenced},
	{"a page computed by a worker that was given up", runFencedMeanwhile},
	{"an ended run takes no writes", runEnded},
	{"renewing keeps the lease and adds the waits", runRenew},
	{"the newest come first", runNewestFirst},
	{"a failed run leaves nothing behind", runFailed},
}

func runBegins(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	want := store.Run{
		ID: r.ID, ConnectionID: c.id, Status: store.RunRunning, Trigger: "manual", Epoch: 1,
		ConfigHash: []byte("config"), ConnectorVersion: "1.2.3", Started: c.now, LeaseUntil: c.now.Add(lease), Pass: 1,
	}
	for name, got := range map[string]store.Run{"BeginRun": r.Run, "Run": c.stored(r.ID)} {
		if diff := cmp.Diff(want, got, cmpopts.EquateApproxTime(0), cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if got, err := s.Running(t.Context(), c.id); err != nil || got.ID != r.ID {
		t.Errorf("Running: %+v, %v", got, err)
	}
	if _, err := s.BeginRun(t.Context(), store.Begin{ConnectionID: c.id + 99, Now: noon, LeaseUntil: noon}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a run of a connection that is not there: %v", err)
	}
	if _, err := s.Run(t.Context(), r.ID+99); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a run that is not there: %v", err)
	}
}

func runOneRunning(t *testing.T, s store.Store) {
	c, other := newTenant(t, s, "acme"), newTenant(t, s, "other")
	if _, err := s.Running(t.Context(), c.id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("before the first: %v", err)
	}
	// Of many who begin at once, one may.
	const callers = 4
	results := make(chan error, callers)
	for range callers {
		go func() {
			_, err := s.BeginRun(t.Context(), store.Begin{ConnectionID: c.id, Now: noon, LeaseUntil: noon})
			results <- err
		}()
	}
	begun := 0
	for range callers {
		if err := <-results; err == nil {
			begun++
		} else if !errors.Is(err, store.ErrRunning) {
			t.Errorf("a second run: %v", err)
		}
	}
	if begun != 1 {
		t.Errorf("%d runs are running", begun)
	}
	other.begin()
}

func runTakeOver(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	r.page("next", member{id: "1", name: "Anna"})
	if _, err := s.TakeOver(t.Context(), r.ID, "another", c.now.Add(lease-time.Millisecond), c.now.Add(2*lease)); !errors.Is(err, store.ErrRunning) {
		t.Errorf("while the lease lasts: %v", err)
	}
	later := c.now.Add(lease + time.Millisecond)
	got, err := s.TakeOver(t.Context(), r.ID, "another", later, later.Add(lease))
	if err != nil {
		t.Fatal(err)
	}
	if got.Epoch != 2 || got.Cursor != "next" || got.Pages != 1 || !got.LeaseUntil.Equal(later.Add(lease)) {
		t.Errorf("taken over: %+v", got)
	}
	if _, err := s.TakeOver(t.Context(), r.ID, "another", later, later.Add(lease)); !errors.Is(err, store.ErrRunning) {
		t.Errorf("by a second worker: %v", err)
	}
	r.Run = got
	r.page("", member{id: "2", name: "Ben"})
	r.promote()
	c.want("1=Anna", "2=Ben")
	if _, err := s.TakeOver(t.Context(), r.ID, "another", later.Add(time.Hour), later.Add(2*time.Hour)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a run that is over: %v", err)
	}
	if _, err := s.TakeOver(t.Context(), r.ID+99, "another", later, later); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a run that is not there: %v", err)
	}
}

// wantFenced tries every write of a run.
func wantFenced(t *testing.T, r *run) {
	t.Helper()
	ctx, f, s := t.Context(), r.fence(), r.s
	later := r.now.Add(time.Hour)
	_, compared := s.Compare(ctx, f)
	_, promoted := s.Promote(ctx, f, later)
	for name, err := range map[string]error{
		"Renew":      s.Renew(ctx, f, later, time.Second),
		"Release":    s.Release(ctx, f, r.now),
		"StagePage":  r.tryPage("fenced", member{id: "f", name: "Fenced"}),
		"Empty page": r.tryPage(""),
		"Quarantine": s.Quarantine(ctx, f, store.Quarantine{ID: "q", LeaseUntil: later}),
		"Restart":    s.Restart(ctx, f),
		"Compare":    compared,
		"Promote":    promoted,
		"Finish":     s.Finish(ctx, f, store.Finish{Status: store.RunFailed, Now: later}),
	} {
		if !errors.Is(err, store.ErrFenced) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func runFenced(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	old := c.begin()
	old.page("next", member{id: "1", name: "Anna"})
	later := c.now.Add(2 * lease)
	taken, err := s.TakeOver(t.Context(), old.ID, "another", later, later.Add(lease))
	if err != nil {
		t.Fatal(err)
	}
	wantFenced(t, old)
	if diff := cmp.Diff(taken, c.stored(old.ID), cmpopts.EquateApproxTime(0), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("what was refused left its mark (-before +after):\n%s", diff)
	}
	unknown := *old
	unknown.ID += 99
	wantFenced(t, &unknown)
	current := &run{tenant: c, Run: taken}
	current.page("")
	current.promote()
	c.want("1=Anna")
}

func runFencedMeanwhile(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	later := c.now.Add(2 * lease)
	record := member{id: "1", name: "Anna"}.record()
	compute := record.Version
	record.Version = func() store.Version {
		if _, err := s.TakeOver(t.Context(), r.ID, "another", later, later.Add(lease)); err != nil && !errors.Is(err, store.ErrRunning) {
			t.Error(err)
		}
		return compute()
	}
	page := store.StagedPage{Records: []store.StagedRecord{record}, LeaseUntil: later}
	if err := s.StagePage(t.Context(), r.fence(), page); !errors.Is(err, store.ErrFenced) {
		t.Errorf("a page that the worker began before it was given up: %v", err)
	}
	if got := c.stored(r.ID); got.Pages != 0 || got.Complete || got.Records != 0 {
		t.Errorf("it left its mark: %+v", got)
	}
}

func runEnded(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	r.page("", member{id: "1", name: "Anna"})
	r.promote()
	wantFenced(t, r)
	for _, status := range []store.RunStatus{store.RunFailed, store.RunAbandoned, store.RunHeld} {
		r := c.begin()
		r.page("", member{id: "2", name: "Ben"})
		r.finish(status)
		wantFenced(t, r)
		if got := c.stored(r.ID); got.Status != status || !got.Finished.Equal(c.now) {
			t.Errorf("finished as %s: %+v", status, got)
		}
	}
	c.want("1=Anna")
}

func runRenew(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	for range 2 {
		if err := s.Renew(t.Context(), r.fence(), c.now.Add(time.Hour), 1500*time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	if got := c.stored(r.ID); got.Waited != 3*time.Second || !got.LeaseUntil.Equal(c.now.Add(time.Hour)) {
		t.Errorf("renewed twice: %+v", got)
	}
}

func runNewestFirst(t *testing.T, s store.Store) {
	c, other := newTenant(t, s, "acme"), newTenant(t, s, "other")
	var want []int64
	for range 4 {
		want = append(want, c.sync(member{id: "1", name: "Anna"}).ID)
		other.sync()
	}
	slices.Reverse(want)
	got, err := s.Runs(t.Context(), store.RunsQuery{ConnectionID: c.id, Limit: 3})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, r := range got {
		ids = append(ids, r.ID)
	}
	if !slices.Equal(ids, want[:3]) || !slices.IsSortedFunc(ids, func(a, b int64) int { return int(b - a) }) {
		t.Errorf("runs %d, want %d", ids, want[:3])
	}
}

func runFailed(t *testing.T, s store.Store) {
	for _, status := range []store.RunStatus{store.RunFailed, store.RunAbandoned} {
		c := newTenant(t, s, string(status))
		c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"})
		r := c.begin()
		r.page("", member{id: "1", name: "Anna the Great"}, member{id: "3", name: "Cy"})
		r.finish(status)
		c.want("1=Anna", "2=Ben")
		// Later promotions pass over the failed run's number; what it staged
		// must not come to light, neither as people nor as changes.
		last := c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}, member{id: "4", name: "Di"})
		c.want("1=Anna", "2=Ben", "4=Di")
		c.wantChanges(last.ID, "joined 4: to Di")
		if got := c.changes(r.ID); len(got) != 0 {
			t.Errorf("a %s run shows changes: %q", status, got)
		}
		last = c.sync(member{id: "1", name: "Anna"}, member{id: "3", name: "Cy the Second"})
		c.want("1=Anna", "3=Cy the Second")
		c.wantChanges(last.ID, "left 2: from Ben", "joined 3: to Cy the Second", "left 4: from Di")
	}
}
