package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/store"
)

var schedulingTests = []subtest{
	{"a schedule is kept", scheduleKept},
	{"a slot is taken once", slotTakenOnce},
	{"what is due comes in order", dueInOrder},
	{"a run without a lease is an orphan", orphans},
	{"a released lease is free at once", releasing},
	{"a run's end is taken account of once", settledOnce},
	{"what was planned meanwhile stays", settledBesidePlan},
	{"checks are kept", checksKept},
	{"the last lines of a log are kept", notesBounded},
	{"a notification is kept until it is delivered", notifications},
	{"a notification is given up", givenUp},
	{"what was declared last holds", trust},
	{"all runs are listed in pages", runsInPages},
	{"a removal takes logs and notifications along", removedWithNotes},
	{"a sweep takes logs and notifications along", sweptWithNotes},
	{"an update leaves the schedule alone", updatedBesideSchedule},
}

func scheduleKept(t *testing.T, s store.Store) {
	c := connectionNamed("acme")
	c.Schedule = store.Schedule{Next: noon, Why: store.WhyFirst, Anchor: noon.Add(time.Minute), Failures: 2, Told: "sync_failed X"}
	id, err := s.AddConnection(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	tenant := &tenant{t: t, s: s, name: "acme", id: id, now: noon}
	if diff := cmp.Diff(c.Schedule, tenant.connection().Schedule); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	mustPlan(t, s, store.Plan{ConnectionID: id, Next: noon.Add(time.Hour), Why: store.WhyManual})
	want := c.Schedule
	want.Next, want.Why = noon.Add(time.Hour), store.WhyManual
	if diff := cmp.Diff(want, tenant.connection().Schedule); diff != "" {
		t.Errorf("planned: -want +got:\n%s", diff)
	}
	mustPlan(t, s, store.Plan{ConnectionID: id, Anchor: noon.Add(2 * time.Hour)})
	if got := tenant.connection().Schedule; !got.Next.IsZero() || !got.Anchor.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("with none planned: %+v", got)
	}
	if err := s.Plan(t.Context(), store.Plan{ConnectionID: id + 99, Next: noon}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a plan of nobody's: %v", err)
	}
}

func mustPlan(t *testing.T, s store.Store, p store.Plan) {
	t.Helper()
	if err := s.Plan(t.Context(), p); err != nil {
		t.Fatal(err)
	}
}

// beginning is a run that begins for a slot.
func (c *tenant) beginning(slot time.Time) store.Begin {
	return store.Begin{
		ConnectionID: c.id, Trigger: "schedule", ConfigHash: []byte("hash"), ConnectorVersion: "1", Now: c.now, LeaseUntil: c.now.Add(lease),
		Worker: "worker-1", Slot: slot, Next: slot.Add(6 * time.Hour), Why: store.WhySchedule,
	}
}

func slotTakenOnce(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	mustPlan(t, s, store.Plan{ConnectionID: c.id, Next: noon, Why: store.WhyFirst})
	const beginners = 8
	var mu sync.Mutex
	var begun []store.Run
	var wg sync.WaitGroup
	for range beginners {
		wg.Go(func() {
			run, err := s.BeginRun(t.Context(), c.beginning(noon))
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				begun = append(begun, run)
			case !errors.Is(err, store.ErrRunning) && !errors.Is(err, store.ErrSlotTaken):
				t.Errorf("a beginner that came too late: %v", err)
			}
		})
	}
	wg.Wait()
	if len(begun) != 1 {
		t.Fatalf("%d runs began for one slot", len(begun))
	}
	if run := begun[0]; run.Worker != "worker-1" || !run.Slot.Equal(noon) {
		t.Errorf("the run is %+v", run)
	}
	if got := c.connection().Schedule; !got.Next.Equal(noon.Add(6*time.Hour)) || got.Why != store.WhySchedule {
		t.Errorf("the next slot is %+v", got)
	}
	f := store.Fence{Run: begun[0].ID, Epoch: 1}
	if err := s.Finish(t.Context(), f, store.Finish{Status: store.RunFailed, Now: c.now}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.BeginRun(t.Context(), c.beginning(noon)); !errors.Is(err, store.ErrSlotTaken) {
		t.Errorf("the slot is taken again: %v", err)
	}
	if _, err := s.Running(t.Context(), c.id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a run that could not begin is there: %v", err)
	}
}

func dueInOrder(t *testing.T, s store.Store) {
	for i, name := range []string{"third", "first", "second", "later", "none", "running", "paused"} {
		c := newTenant(t, s, name)
		next := []time.Time{noon, noon.Add(-2 * time.Hour), noon.Add(-time.Hour), noon.Add(time.Millisecond), {}, noon, noon}[i]
		mustPlan(t, s, store.Plan{ConnectionID: c.id, Next: next, Why: store.WhySchedule})
		switch name {
		case "running":
			c.begin()
		case "paused": // a moment before its plan is taken away as well
			paused := c.connection()
			paused.Paused = true
			if err := s.UpdateConnection(t.Context(), paused); err != nil {
				t.Fatal(err)
			}
		}
	}
	wantNames(t, s, noon, 10, "first", "second", "third")
	wantNames(t, s, noon, 2, "first", "second")
	wantNames(t, s, noon.Add(time.Millisecond), 10, "first", "second", "third", "later")
}

func wantNames(t *testing.T, s store.Store, now time.Time, limit int, want ...string) {
	t.Helper()
	due, err := s.Due(t.Context(), now, limit)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range due {
		got = append(got, c.Name)
	}
	if !slices.Equal(got, want) {
		t.Errorf("due are %q, want %q", got, want)
	}
}

func orphans(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	for _, tt := range []struct {
		at   time.Time
		want int
	}{{c.now.Add(lease - time.Millisecond), 0}, {c.now.Add(lease), 1}, {c.now.Add(time.Hour), 1}} {
		got, err := s.Orphans(t.Context(), tt.at, 10)
		if err != nil || len(got) != tt.want || tt.want == 1 && got[0].ID != r.ID {
			t.Errorf("%v after the beginning there are %d orphans (%v), want %d", tt.at.Sub(c.now), len(got), err, tt.want)
		}
	}
}

func releasing(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	f := store.Fence{Run: r.ID, Epoch: 1}
	if err := s.Release(t.Context(), f, c.now); err != nil {
		t.Fatal(err)
	}
	taken, err := s.TakeOver(t.Context(), r.ID, "worker-2", c.now, c.now.Add(lease))
	if err != nil || taken.Epoch != 2 || taken.Worker != "worker-2" {
		t.Fatalf("taken over: %+v (%v)", taken, err)
	}
	if err := s.Release(t.Context(), f, c.now); !errors.Is(err, store.ErrFenced) {
		t.Errorf("the worker before releases it: %v", err)
	}
	if _, err := s.TakeOver(t.Context(), r.ID, "worker-3", c.now, c.now.Add(lease)); !errors.Is(err, store.ErrRunning) {
		t.Errorf("and another takes it: %v", err)
	}
}

// failed is a connection with a run that has failed.
func failed(t *testing.T, s store.Store) (*tenant, store.Run) {
	c := newTenant(t, s, "acme")
	mustPlan(t, s, store.Plan{ConnectionID: c.id, Next: noon, Why: store.WhySchedule})
	r := c.begin()
	r.finish(store.RunFailed)
	return c, c.stored(r.ID)
}

func unsettled(t *testing.T, s store.Store) int {
	t.Helper()
	all, err := s.Unsettled(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func settledOnce(t *testing.T, s store.Store) {
	c, run := failed(t, s)
	if got := unsettled(t, s); got != 1 {
		t.Fatalf("%d connections are to be taken account of", got)
	}
	end := store.Settlement{
		ConnectionID: c.id, Slot: noon,
		Schedule:     store.Schedule{Next: noon.Add(time.Minute), Why: store.WhyRetry, Anchor: noon, Failures: 1, Settled: run.ID, Told: "sync_failed X"},
		Notification: &store.Notification{ConnectionID: c.id, Run: run.ID, Cause: "sync_failed X", Body: []byte(`{}`), Created: noon},
	}
	var mu sync.Mutex
	settled := 0
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			err := s.Settle(t.Context(), end)
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				settled++
			} else if !errors.Is(err, store.ErrSettled) {
				t.Errorf("one that came too late: %v", err)
			}
		})
	}
	wg.Wait()
	pending, err := s.Pending(t.Context(), 10)
	if settled != 1 || err != nil || len(pending) != 1 || unsettled(t, s) != 0 {
		t.Errorf("taken account of %d times, %d notifications (%v)", settled, len(pending), err)
	}
	if diff := cmp.Diff(end.Schedule, c.connection().Schedule); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	// A run that goes on does not count, and the next that ends does.
	r := c.begin()
	if unsettled(t, s) != 0 {
		t.Error("a run that goes on is to be taken account of")
	}
	r.finish(store.RunFailed)
	if unsettled(t, s) != 1 {
		t.Error("the next run's end is overlooked")
	}
}

func settledBesidePlan(t *testing.T, s store.Store) {
	c, run := failed(t, s)
	mustPlan(t, s, store.Plan{ConnectionID: c.id, Next: noon.Add(time.Second), Why: store.WhyManual})
	err := s.Settle(t.Context(), store.Settlement{
		ConnectionID: c.id, Slot: noon,
		Schedule: store.Schedule{Next: noon.Add(time.Hour), Why: store.WhyRetry, Failures: 3, Settled: run.ID},
	})
	if err != nil {
		t.Fatal(err)
	}
	got := c.connection().Schedule
	if !got.Next.Equal(noon.Add(time.Second)) || got.Why != store.WhyManual || got.Failures != 3 || got.Settled != run.ID {
		t.Errorf("the schedule is %+v", got)
	}
}

func checksKept(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	if err := s.SaveChecks(t.Context(), c.id, []byte(`[{"name":"token"}]`), noon); err != nil {
		t.Fatal(err)
	}
	if got := c.connection(); string(got.Checks) != `[{"name":"token"}]` || !got.Checked.Equal(noon) {
		t.Errorf("kept are %s of %v", got.Checks, got.Checked)
	}
	if err := s.SaveChecks(t.Context(), c.id+99, nil, noon); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("checks of nobody's: %v", err)
	}
}

func notesBounded(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	const more = 7
	for i := range store.MaxNotes + more {
		if err := s.Note(t.Context(), r.ID, store.Note{At: noon.Add(time.Duration(i) * time.Second), Warning: i%2 == 1, Text: fmt.Sprintf("line %d", i)}); err != nil {
			t.Fatal(err)
		}
	}
	notes, err := s.Notes(t.Context(), r.ID, store.MaxPeople)
	if err != nil || len(notes) != store.MaxNotes || notes[0].Text != fmt.Sprintf("line %d", more) || !notes[0].Warning || !notes[0].At.Equal(noon.Add(more*time.Second)) {
		t.Fatalf("%d lines, the first %+v (%v)", len(notes), notes[0], err)
	}
	if notes, err = s.Notes(t.Context(), r.ID, 2); err != nil || len(notes) != 2 || notes[1].Text != fmt.Sprintf("line %d", store.MaxNotes+more-1) {
		t.Errorf("the last two are %+v (%v)", notes, err)
	}
	if err := s.Note(t.Context(), r.ID, store.Note{At: noon, Text: strings.Repeat("ä", store.MaxNoteBytes)}); err != nil {
		t.Fatal(err)
	}
	notes, err = s.Notes(t.Context(), r.ID, 1)
	if err != nil || len(notes[0].Text) > store.MaxNoteBytes || len(notes[0].Text) < store.MaxNoteBytes-utf8.UTFMax || !utf8.ValidString(notes[0].Text) {
		t.Errorf("a long line has %d bytes (%v)", len(notes[0].Text), err)
	}
	if err := s.Note(t.Context(), r.ID+99, store.Note{At: noon, Text: "nobody's"}); err != nil {
		t.Errorf("a line about no run: %v", err)
	}
}

func notifications(t *testing.T, s store.Store) {
	c, run := failed(t, s)
	want := store.Notification{ConnectionID: c.id, Run: run.ID, Cause: "sync_failed X", Body: []byte(`{"event":"x"}`), Created: noon}
	err := s.Settle(t.Context(), store.Settlement{ConnectionID: c.id, Schedule: store.Schedule{Settled: run.ID}, Notification: &want})
	if err != nil {
		t.Fatal(err)
	}
	pending, err := s.Pending(t.Context(), 10)
	if err != nil || len(pending) != 1 {
		t.Fatalf("%d are pending (%v)", len(pending), err)
	}
	want.ID = pending[0].ID
	if diff := cmp.Diff(want, pending[0]); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := s.Undelivered(t.Context(), want.ID, "refused", false, noon); err != nil {
		t.Fatal(err)
	}
	one, err := s.Notification(t.Context(), want.ID)
	if err != nil || one.Attempts != 1 || one.LastError != "refused" || !one.GivenUp.IsZero() {
		t.Errorf("after a failed attempt: %+v (%v)", one, err)
	}
	if err := s.Delivered(t.Context(), want.ID, noon.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if pending, err = s.Pending(t.Context(), 10); err != nil || len(pending) != 0 {
		t.Errorf("after the delivery %d are pending (%v)", len(pending), err)
	}
	if one, err = s.Notification(t.Context(), want.ID); err != nil || !one.Delivered.Equal(noon.Add(time.Minute)) {
		t.Errorf("after the delivery: %+v (%v)", one, err)
	}
	if _, err := s.Notification(t.Context(), want.ID+99); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("one that is not there: %v", err)
	}
	if err := s.Undelivered(t.Context(), want.ID+99, "", true, noon); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an attempt of one that is not there: %v", err)
	}
}

// A notification that is given up is kept, with what the last attempt said.
func givenUp(t *testing.T, s store.Store) {
	c, run := failed(t, s)
	c.told(run)
	pending, err := s.Pending(t.Context(), 10)
	if err != nil || len(pending) != 1 {
		t.Fatalf("%d are pending (%v)", len(pending), err)
	}
	id := pending[0].ID
	for attempt := range 3 {
		if err := s.Undelivered(t.Context(), id, fmt.Sprint("cause ", attempt), attempt == 2, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	one, err := s.Notification(t.Context(), id)
	if err != nil || one.Attempts != 3 || one.LastError != "cause 2" || !one.GivenUp.Equal(noon.Add(time.Hour)) || !one.Delivered.IsZero() {
		t.Errorf("given up is %+v (%v)", one, err)
	}
	if pending, err = s.Pending(t.Context(), 10); err != nil || len(pending) != 0 {
		t.Errorf("%d are still pending (%v)", len(pending), err)
	}
}

func trust(t *testing.T, s store.Store) {
	if _, err := s.Trust(t.Context(), "okta"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("before anything was declared: %v", err)
	}
	for _, sha := range []string{"aa", "bb"} {
		want := store.Trust{Connector: "okta", SHA256: sha, At: noon}
		if err := s.SetTrust(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Trust(t.Context(), "okta"); err != nil || got != want {
			t.Errorf("declared %+v (%v), want %+v", got, err, want)
		}
	}
}

func runsInPages(t *testing.T, s store.Store) {
	var want []int64
	for _, name := range []string{"acme", "bolt", "acme", "acme", "bolt"} {
		c := &tenant{t: t, s: s, name: name, now: noon}
		if known, err := s.Connection(t.Context(), name); err == nil {
			c.id = known.ID
		} else {
			c = newTenant(t, s, name)
		}
		r := c.begin()
		r.finish(store.RunFailed)
		want = slices.Insert(want, 0, r.ID)
	}
	var got []int64
	for before := int64(0); ; before = got[len(got)-1] {
		page, err := s.Runs(t.Context(), store.RunsQuery{Before: before, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			break
		}
		for _, run := range page {
			got = append(got, run.ID)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("the runs come as %v, want %v", got, want)
	}
}

// told notes something about a run that has ended, and notifies somebody.
func (c *tenant) told(run store.Run) {
	c.t.Helper()
	err := errors.Join(
		c.s.Note(c.t.Context(), run.ID, store.Note{At: noon, Text: "x"}),
		c.s.Settle(c.t.Context(), store.Settlement{
			ConnectionID: c.id, From: c.connection().Schedule.Settled, Schedule: store.Schedule{Settled: run.ID},
			Notification: &store.Notification{ConnectionID: c.id, Run: run.ID, Cause: "x", Body: []byte(`{}`), Created: noon},
		}),
	)
	if err != nil {
		c.t.Fatal(err)
	}
}

// wantTold says how much is left of what was told about a run.
func wantTold(t *testing.T, s store.Store, run int64, notes, notifications int) {
	t.Helper()
	left, err := s.Notes(t.Context(), run, 10)
	if err != nil || len(left) != notes {
		t.Errorf("of run %d %d lines are left, want %d (%v)", run, len(left), notes, err)
	}
	pending, err := s.Pending(t.Context(), 10)
	pending = slices.DeleteFunc(pending, func(n store.Notification) bool { return n.Run != run })
	if err != nil || len(pending) != notifications {
		t.Errorf("of run %d %d notifications are left, want %d (%v)", run, len(pending), notifications, err)
	}
}

func removedWithNotes(t *testing.T, s store.Store) {
	c, run := failed(t, s)
	c.told(run)
	wantTold(t, s, run.ID, 1, 1)
	if err := s.RemoveConnection(t.Context(), c.id); err != nil {
		t.Fatal(err)
	}
	wantTold(t, s, run.ID, 0, 0)
	wantNames(t, s, noon.Add(time.Hour), 10)
	if runs, err := s.Runs(t.Context(), store.RunsQuery{}); err != nil || len(runs) != 0 {
		t.Errorf("left are %d runs (%v)", len(runs), err)
	}
}

func sweptWithNotes(t *testing.T, s store.Store) {
	c, run := failed(t, s)
	c.told(run)
	kept := c.begin()
	kept.finish(store.RunFailed)
	c.told(c.stored(kept.ID))
	if err := s.Sweep(t.Context(), noon, c.now); err != nil { // the later one finished at c.now
		t.Fatal(err)
	}
	wantTold(t, s, run.ID, 0, 0)
	wantTold(t, s, kept.ID, 1, 1)
}

func updatedBesideSchedule(t *testing.T, s store.Store) {
	c, run := failed(t, s)
	c.told(run)
	mustPlan(t, s, store.Plan{ConnectionID: c.id, Next: noon.Add(time.Hour), Why: store.WhyManual, Anchor: noon})
	before := c.connection()
	changed := before
	changed.Interval, changed.Schedule, changed.Checks = time.Hour, store.Schedule{Next: noon, Settled: 99}, []byte(`[]`)
	if err := s.UpdateConnection(t.Context(), changed); err != nil {
		t.Fatal(err)
	}
	got := c.connection()
	if diff := cmp.Diff(before.Schedule, got.Schedule); diff != "" || got.Checks != nil || got.Interval != time.Hour {
		t.Errorf("after the update: %+v, its schedule (-want +got):\n%s", got, diff)
	}
}
