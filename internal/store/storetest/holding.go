package storetest

import (
	"errors"
	"testing"

	"patchbay.example/internal/store"
)

var holdingTests = []subtest{
	{"a held run waits", holdWaits},
	{"approve promotes", holdApprove},
	{"discard declines", holdDiscard},
	{"a newer held run supersedes", holdSupersededByHeld},
	{"a newer promotion supersedes", holdSupersededByPromoted},
	{"a failed run supersedes nothing", holdOutlivesFailed},
	{"approve abandons the running run", holdApproveAbandons},
	{"a newer complete run forbids approval", holdNewerComplete},
	{"an incomplete run is not held", holdIncomplete},
	{"vanishing are those who would lose access", holdVanishing},
}

var crew = []member{{id: "1", name: "Anna"}, {id: "2", name: "Ben"}, {id: "3", name: "Cy", gone: true}}

func holdWaits(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(crew...)
	held := c.hold(member{id: "1", name: "Anna Z"}, member{id: "4", name: "Di"})
	c.want("1=Anna", "2=Ben", "3=Cy")
	got := c.stored(held.ID)
	if got.Status != store.RunHeld || !sameJSON(got.Plan, []byte(`{"leavers":3}`)) || !got.Finished.Equal(c.now) || !got.Complete {
		t.Errorf("held: %+v, plan %s", got, got.Plan)
	}
	if got.Added != 1 || got.Changed != 1 || got.Unchanged != 0 || got.Removed != 2 {
		t.Errorf("totals of a held run: %+v", got.Totals)
	}
	if c.connection().State() != store.StateHeldForReview {
		t.Errorf("state %s", c.connection().State())
	}
	if _, err := s.Running(t.Context(), c.id); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a held run is running: %v", err)
	}
}

func holdApprove(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(crew...)
	held := c.hold(member{id: "1", name: "Anna Z"}, member{id: "4", name: "Di"})
	later := c.now.Add(lease)
	got, err := s.Approve(t.Context(), held.ID, later)
	if err != nil {
		t.Fatal(err)
	}
	if got.Status != store.RunPromoted || !got.Finished.Equal(later) || got.Removed != 2 {
		t.Errorf("approved: %+v", got)
	}
	c.want("1=Anna Z", "4=Di")
	c.wantChanges(held.ID, "changed 1: from Anna to Anna Z", "left 2: from Ben", "left 3: from Cy", "joined 4: to Di")
	if at := c.connection(); at.Generation != held.ID || !at.LastSuccess.Equal(later) {
		t.Errorf("the connection: %+v", at)
	}
	if _, err := s.Approve(t.Context(), held.ID, later); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("approved twice: %v", err)
	}
	if err := s.Discard(t.Context(), held.ID, later); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("discarded after approval: %v", err)
	}
	c.sync(member{id: "1", name: "Anna Z"})
	c.want("1=Anna Z")
}

func holdDiscard(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(crew...)
	held := c.hold(member{id: "1", name: "Anna Z"}, member{id: "4", name: "Di"})
	later := c.now.Add(lease)
	if err := s.Discard(t.Context(), held.ID, later); err != nil {
		t.Fatal(err)
	}
	if got := c.stored(held.ID); got.Status != store.RunDiscarded || !got.Finished.Equal(later) {
		t.Errorf("discarded: %+v", got)
	}
	if err := s.Discard(t.Context(), held.ID, later); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("discarded twice: %v", err)
	}
	if _, err := s.Approve(t.Context(), held.ID, later); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("approved after all: %v", err)
	}
	c.want("1=Anna", "2=Ben", "3=Cy")
	r := c.sync(crew...)
	c.want("1=Anna", "2=Ben", "3=Cy")
	c.wantChanges(r.ID)
}

func holdSupersededByHeld(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(crew...)
	first := c.hold(member{id: "1", name: "Held First"})
	second := c.hold(member{id: "2", name: "Held Second"})
	if got := c.stored(first.ID).Status; got != store.RunSuperseded {
		t.Errorf("the first is %s", got)
	}
	if _, err := s.Approve(t.Context(), first.ID, c.now); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("approving the first: %v", err)
	}
	if _, err := s.Approve(t.Context(), second.ID, c.now); err != nil {
		t.Fatal(err)
	}
	c.want("2=Held Second")
	c.wantChanges(second.ID, "left 1: from Anna", "changed 2: from Ben to Held Second", "left 3: from Cy")
}

func holdSupersededByPromoted(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(crew...)
	held := c.hold(member{id: "1", name: "Held"}, member{id: "5", name: "Held"})
	r := c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"})
	if got := c.stored(held.ID).Status; got != store.RunSuperseded {
		t.Errorf("the held run is %s", got)
	}
	if _, err := s.Approve(t.Context(), held.ID, c.now); !errors.Is(err, store.ErrNotHeld) && !errors.Is(err, store.ErrBaseMoved) {
		t.Errorf("approving it: %v", err)
	}
	if err := s.Discard(t.Context(), held.ID, c.now); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("discarding it: %v", err)
	}
	c.want("1=Anna", "2=Ben")
	c.wantChanges(r.ID, "left 3: from Cy")
	c.wantChanges(held.ID)
}

func holdOutlivesFailed(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(crew...)
	held := c.hold(member{id: "1", name: "Held"})
	failed := c.begin()
	failed.page("next", member{id: "9", name: "Lost"})
	failed.finish(store.RunFailed)
	if _, err := s.Approve(t.Context(), held.ID, c.now); err != nil {
		t.Fatal(err)
	}
	c.want("1=Held")
	last := c.sync(member{id: "1", name: "Held"})
	c.want("1=Held")
	c.wantChanges(last.ID)
}

func holdApproveAbandons(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(crew...)
	held := c.hold(member{id: "1", name: "Held"})
	running := c.begin()
	running.page("next", member{id: "1", name: "Running"}, member{id: "8", name: "Running"})
	if _, err := s.Approve(t.Context(), held.ID, c.now); err != nil {
		t.Fatal(err)
	}
	if got := c.stored(running.ID); got.Status != store.RunAbandoned || got.Finished.IsZero() || got.Reason != store.ReasonEarlierApproved || got.Message == "" || got.Fix == "" {
		t.Errorf("the running run: %+v", got)
	}
	wantFenced(t, running)
	c.want("1=Held")
	next := c.begin()
	if next.Base != held.ID {
		t.Errorf("the next run's base is %d, want %d", next.Base, held.ID)
	}
	next.page("", member{id: "1", name: "Held"}, member{id: "2", name: "Ben"})
	next.promote()
	c.want("1=Held", "2=Ben")
	c.wantChanges(next.ID, "joined 2: to Ben")
}

// A running run that has all pages is newer and complete: what it found decides.
func holdNewerComplete(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(crew...)
	held := c.hold(member{id: "1", name: "Held"})
	newer := c.begin()
	newer.page("", crew...)
	if _, err := s.Approve(t.Context(), held.ID, c.now); !errors.Is(err, store.ErrNotHeld) {
		t.Errorf("approved beside a newer complete run: %v", err)
	}
	newer.promote()
	c.want("1=Anna", "2=Ben", "3=Cy")
}

func holdIncomplete(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	r.page("next", member{id: "1", name: "Anna"})
	err := s.Finish(t.Context(), r.fence(), store.Finish{Status: store.RunHeld, Plan: []byte(`{}`), Now: c.now})
	if err == nil || errors.Is(err, store.ErrFenced) {
		t.Errorf("holding an incomplete run: %v, want an error of its own", err)
	}
	if got := c.stored(r.ID).Status; got != store.RunRunning {
		t.Errorf("it is %s", got)
	}
	for _, status := range []store.RunStatus{store.RunPromoted, store.RunDiscarded, store.RunRunning, ""} {
		if err := s.Finish(t.Context(), r.fence(), store.Finish{Status: status, Now: c.now}); err == nil {
			t.Errorf("finished as %q", status)
		}
	}
}

func holdVanishing(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(crew...)
	c.sync(append([]member{{id: "5", name: "Eve"}, {id: "6", name: "Fay"}}, crew...)...)
	r := c.begin()
	r.page("next", member{id: "1", name: "Anna"}, member{id: "7", name: "Gus"})
	r.quarantine("6")
	r.page("")
	check := func(limit int, want ...string) {
		t.Helper()
		got, err := s.Vanishing(t.Context(), r.ID, limit)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, p := range got {
			ids = append(ids, p.ID+"="+p.Name)
		}
		if len(ids) != len(want) {
			t.Fatalf("vanishing: %q, want %q", ids, want)
		}
		for i := range ids {
			if ids[i] != want[i] {
				t.Errorf("vanishing: %q, want %q", ids, want)
			}
		}
	}
	check(10, "2=Ben", "5=Eve")
	check(1, "2=Ben")
	r.finish(store.RunHeld)
	check(0, "2=Ben", "5=Eve")
	if _, err := s.Vanishing(t.Context(), r.ID+99, 1); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of a run that is not there: %v", err)
	}
}
