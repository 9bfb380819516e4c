package storetest

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

var removingTests = []subtest{
	{"forget erases a person", forgetPerson},
	{"forget erases what is staged", forgetStaged},
	{"forget while a page is computed", forgetMeanwhile},
	{"forget erases a plan's mention", forgetPlan},
	{"nobody is forgotten by no id", forgetNobody},
	{"sweep keeps what is current and what is retained", sweepKeeps},
	{"sweep removes what is past retention", sweepRemoves},
	{"sweep removes what dead runs staged", sweepDead},
	{"sweep leaves running and held runs alone", sweepSpares},
	{"sweep ends with its context", sweepCancelled},
}

func forgetPerson(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}, member{id: "3", name: "Cy"})
	changed := c.sync(member{id: "1", name: "Annabel"}, member{id: "2", name: "Benjamin"}, member{id: "3", name: "Cy"})
	left := c.sync(member{id: "1", name: "Annabel"}, member{id: "2", name: "Benjamin"})
	for _, id := range []string{"1", "3"} {
		if err := s.Forget(t.Context(), c.id, id); err != nil {
			t.Fatal(err)
		}
	}
	c.want("2=Benjamin")
	if _, err := s.Person(t.Context(), c.id, "1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the forgotten: %v", err)
	}
	wantSearch(c, "annabel", []string{})
	c.wantChanges(changed.ID, "changed 2: from Ben to Benjamin")
	c.wantChanges(left.ID)
	for _, id := range []string{"1", "3", "nobody"} {
		if err := s.Forget(t.Context(), c.id, id); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("forgetting %s again: %v", id, err)
		}
	}
	// Whom the service still lists joins anew.
	next := c.sync(member{id: "1", name: "Annabel"}, member{id: "2", name: "Benjamin"})
	c.want("1=Annabel", "2=Benjamin")
	c.wantChanges(next.ID, "joined 1: to Annabel")
}

func forgetStaged(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	anna, ben := member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}
	c.sync(anna, ben)
	r := c.begin()
	r.page("next", member{id: "1", name: "Annabel"}, ben)
	if err := s.Forget(t.Context(), c.id, "1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context(), c.id, "2"); err != nil {
		t.Fatal(err)
	}
	// Met after having been forgotten: the source is new, whatever it was.
	r.page("", ben)
	r.promote()
	c.want("2=Ben")
	c.sync(anna, ben)
	c.want("1=Anna", "2=Ben")
}

// Somebody who is forgotten between the comparing and the writing of a page is
// not taken for unchanged for ever.
func forgetMeanwhile(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	anna, ben := member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}
	c.sync(anna, ben)
	r := c.begin()
	record := member{id: "1", name: "Anna Z"}.record()
	compute, forgotten := record.Version, false
	record.Version = func() store.Version {
		if !forgotten {
			forgotten = true
			if err := s.Forget(t.Context(), c.id, "2"); err != nil {
				t.Error(err)
			}
		}
		return compute()
	}
	page := store.StagedPage{Records: []store.StagedRecord{record, ben.record()}, LeaseUntil: c.now.Add(lease)}
	if err := s.StagePage(t.Context(), r.fence(), page); err != nil {
		t.Fatal(err)
	}
	r.promote()
	c.sync(anna, ben)
	c.want("1=Anna", "2=Ben")
}

// A mention is an element of the plan that is the id, or an object with a
// member that is.
func forgetPlan(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"}, member{id: "id-2", name: "Ben"}, member{id: "id-3", name: "Cy"})
	r := c.begin()
	r.page("", member{id: "1", name: "Anna"})
	plan := `{"count":2,"groups":[{"department":"Law","people":[{"id":"id-2","name":"Ben"},{"id":"id-3","name":"Cy"}]}],"ids":["id-2","id-3"]}`
	if err := s.Finish(t.Context(), r.fence(), store.Finish{Status: store.RunHeld, Plan: []byte(plan), Now: c.now}); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(t.Context(), c.id, "id-2"); err != nil {
		t.Fatal(err)
	}
	want := `{"count":2,"groups":[{"department":"Law","people":[{"id":"id-3","name":"Cy"}]}],"ids":["id-3"]}`
	if got := c.stored(r.ID).Plan; !sameJSON(got, []byte(want)) {
		t.Errorf("plan %s, want %s", got, want)
	}
}

// history is four promoted runs: someone joins, changes, leaves.
func history(c *tenant) []store.Run {
	return []store.Run{
		c.sync(member{id: "1", name: "Anna", login: noon}, member{id: "2", name: "Ben"}),
		c.sync(member{id: "1", name: "Anna", login: noon}, member{id: "2", name: "Ben"}, member{id: "3", name: "Cy"}),
		c.sync(member{id: "1", name: "Annabel", login: noon}, member{id: "2", name: "Ben"}, member{id: "3", name: "Cy"}),
		c.sync(member{id: "1", name: "Annabel", login: noon}, member{id: "2", name: "Ben"}),
	}
}

func wantHistory(c *tenant, runs []store.Run) {
	c.t.Helper()
	c.want("1=Annabel", "2=Ben")
	c.wantChanges(runs[1].ID, "joined 3: to Cy")
	c.wantChanges(runs[2].ID, "changed 1: from Anna to Annabel")
	c.wantChanges(runs[3].ID, "left 3: from Cy")
	if got := c.person("1"); !got.Times.LastLogin.Equal(noon) {
		c.t.Errorf("times: %+v", got.Times)
	}
}

func sweepKeeps(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	runs := history(c)
	for range 2 {
		if err := s.Sweep(t.Context(), runs[0].Finished, runs[0].Finished); err != nil {
			t.Fatal(err)
		}
		wantHistory(c, runs)
	}
	// The sightings of the current run are what the next compares with.
	r := c.begin()
	record := member{id: "2", name: "Ben"}.record()
	record.Version = func() store.Version { t.Error("an unchanged source was computed"); return store.Version{} }
	if err := s.StagePage(t.Context(), r.fence(), store.StagedPage{Records: []store.StagedRecord{record}, LeaseUntil: c.now.Add(lease)}); err != nil {
		t.Fatal(err)
	}
	r.promote()
	c.want("2=Ben")
}

func sweepRemoves(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	runs := history(c)
	original := map[int64][]string{}
	for _, r := range runs {
		original[r.ID] = c.changes(r.ID)
	}
	later := c.now.Add(time.Hour)
	if err := s.Sweep(t.Context(), runs[3].Finished, time.Time{}); err != nil {
		t.Fatal(err)
	}
	c.want("1=Annabel", "2=Ben")
	c.wantChanges(runs[3].ID, "left 3: from Cy")
	// What is left of an older run's changes may be less, but not untrue.
	for _, r := range runs[:3] {
		for _, line := range c.changes(r.ID) {
			if !slices.Contains(original[r.ID], line) {
				t.Errorf("swept run %d says %q, and said %q", r.ID, line, original[r.ID])
			}
		}
	}
	if slices.Contains(c.changes(runs[2].ID), "changed 1: from Anna to Annabel") {
		t.Error("a replaced version outlived its retention")
	}
	if err := s.Sweep(t.Context(), later, later); err != nil {
		t.Fatal(err)
	}
	for _, r := range runs[:3] {
		if _, err := s.Run(t.Context(), r.ID); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("run %d outlived its retention: %v", r.ID, err)
		}
	}
	c.stored(runs[3].ID)
	c.want("1=Annabel", "2=Ben")
	for _, line := range c.changes(runs[3].ID) {
		if strings.HasPrefix(line, "left") {
			t.Errorf("a tombstone outlived its retention: %q", line)
		}
	}
	if got := c.person("1"); !got.Times.LastLogin.Equal(noon) || got.Since != runs[2].ID {
		t.Errorf("a person of a swept run: %+v", got)
	}
	wantSearch(c, "annabel", []string{"1"})
	last := c.sync(member{id: "2", name: "Ben"})
	c.wantChanges(last.ID, "left 1: from Annabel")
}

func sweepDead(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"})
	for _, status := range []store.RunStatus{store.RunFailed, store.RunAbandoned, store.RunHeld, store.RunHeld} {
		r := c.begin()
		r.page("", member{id: "1", name: "Dead"}, member{id: "2", name: "Dead"})
		r.finish(status)
	}
	last, err := s.Runs(t.Context(), store.RunsQuery{ConnectionID: c.id, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Discard(t.Context(), last[0].ID, c.now); err != nil {
		t.Fatal(err)
	}
	if err := s.Sweep(t.Context(), noon, noon); err != nil {
		t.Fatal(err)
	}
	// Only staged runs ever met person 2: nothing of them is left to forget.
	if err := s.Forget(t.Context(), c.id, "2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("what dead runs staged is still there: %v", err)
	}
	c.want("1=Anna")
	if got := c.stored(last[0].ID).Status; got != store.RunDiscarded {
		t.Errorf("a dead run inside retention: %s", got)
	}
	if err := s.Sweep(t.Context(), noon, c.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	runs, err := s.Runs(t.Context(), store.RunsQuery{ConnectionID: c.id, Limit: 10})
	if err != nil || len(runs) != 1 || runs[0].ID != c.connection().Generation {
		t.Errorf("runs after retention: %+v, %v", runs, err)
	}
}

func sweepSpares(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"})
	held := c.hold(member{id: "1", name: "Held"}, member{id: "2", name: "Held"})
	other := newTenant(t, s, "other")
	other.sync(member{id: "1", name: "Xaver"})
	running := other.begin()
	running.page("next", member{id: "1", name: "Running"})
	far := c.now.Add(1000 * time.Hour)
	if err := s.Sweep(t.Context(), far, far); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Approve(t.Context(), held.ID, c.now); err != nil {
		t.Fatal(err)
	}
	c.want("1=Held", "2=Held")
	running.page("", member{id: "2", name: "Running"})
	running.promote()
	other.want("1=Running", "2=Running")
}

func sweepCancelled(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	history(c)
	ctx, cancel := contextCancelled(t)
	defer cancel()
	if err := s.Sweep(ctx, c.now.Add(time.Hour), c.now.Add(time.Hour)); !errors.Is(err, ctx.Err()) {
		t.Errorf("a sweep whose context is over: %v", err)
	}
	c.want("1=Annabel", "2=Ben")
}

// No id is in every text, and is nobody's.
func forgetNobody(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"})
	if err := s.Forget(t.Context(), c.id, ""); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("forgetting nobody: %v, want ErrNotFound", err)
	}
	c.want("1=Anna")
}
