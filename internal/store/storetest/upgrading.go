package storetest

import (
	"fmt"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

// The directory that every fixture of an earlier schema holds: a connection that
// joiners, a mover and a leaver have passed through, with a held run, and one
// whose run was under way.
const (
	filledName  = "acme"
	openedName  = "bolt"
	openedAfter = "next"
)

// Fill stores in an empty store what an engine's fixture of its schema holds.
func Fill(t *testing.T, s store.Store) {
	t.Helper()
	c := newTenant(t, s, filledName)
	c.due()
	c.sync(member{id: "1", name: "Anna", department: "Research"}, member{id: "2", name: "Ben"}, member{id: "3", name: "Cy", gone: true})
	c.sync(member{id: "1", name: "Anna", department: "Sales", login: noon}, member{id: "3", name: "Cy", gone: true}, member{id: "4", name: "Dörte"})
	c.hold(member{id: "4", name: "Dörte"})
	opened := newTenant(t, s, openedName)
	opened.due()
	opened.begin().page(openedAfter, member{id: "1", name: "Anna"})
}

// due plans a run for noon.
func (c *tenant) due() {
	c.t.Helper()
	if err := c.s.Plan(c.t.Context(), store.Plan{ConnectionID: c.id, Next: noon, Why: store.WhyCatchUp}); err != nil {
		c.t.Fatal(err)
	}
}

// WantFilled says that a store, opened from a fixture that [Fill] made in an
// earlier schema, has everything and goes on with it: both connections are due,
// the run under way is resumed, and the held one is approved.
func WantFilled(t *testing.T, s store.Store) {
	t.Helper()
	c := &tenant{t: t, s: s, name: filledName, now: noon.Add(time.Hour)}
	c.id = c.connection().ID
	c.want("1=Anna", "3=Cy", "4=Dörte")
	if anna := c.person("1"); anna.Department != "Sales" || !anna.Times.LastLogin.Equal(noon) || string(anna.View) != "view of Anna" {
		t.Errorf("person 1 is %+v", anna)
	}
	found, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: c.id, Search: "dorte"})
	if err != nil || len(found) != 1 {
		t.Errorf("the search finds %+v (%v)", found, err)
	}
	c.wantChanges(c.connection().Generation, "changed 1: from Anna to Anna", "left 2: from Ben", "joined 4: to Dörte")
	c.wantDeparted("2=Ben")
	c.wantHistory("1", fmt.Sprintf("%d changed 1: from Anna to Anna", c.connection().Generation))
	wantView(t, s, store.PeopleView{})
	runs, err := s.Runs(t.Context(), store.RunsQuery{ConnectionID: c.id})
	if err != nil || len(runs) != 3 || runs[0].Status != store.RunHeld || runs[1].Added != 1 || !runs[0].Slot.IsZero() || runs[0].Worker != "" {
		t.Fatalf("the runs are %+v (%v)", runs, err)
	}
	wantNames(t, s, noon, 10, filledName) // the other has a run
	resume(t, s)
	if _, err := s.Approve(t.Context(), runs[0].ID, c.now); err != nil {
		t.Fatal(err)
	}
	c.want("4=Dörte")
	last := c.sync(member{id: "4", name: "Dörte"}, member{id: "5", name: "Eve"})
	c.wantChanges(last.ID, "joined 5: to Eve")
}

// resume takes over the run that was under way, and ends it.
func resume(t *testing.T, s store.Store) {
	t.Helper()
	c := &tenant{t: t, s: s, name: openedName, now: noon.Add(time.Hour)}
	at := c.connection()
	c.id = at.ID
	left, err := s.Orphans(t.Context(), c.now, 10)
	if err != nil || len(left) != 1 || left[0].Cursor != openedAfter || at.LastRun == nil || left[0].ID != at.LastRun.ID {
		t.Fatalf("under way was %+v (%v)", left, err)
	}
	taken, err := s.TakeOver(t.Context(), left[0].ID, "worker", c.now, c.now.Add(lease))
	if err != nil {
		t.Fatal(err)
	}
	r := &run{tenant: c, Run: taken}
	r.page("", member{id: "2", name: "Ben"})
	r.promote()
	c.want("1=Anna", "2=Ben")
}

// Unread makes, in SQL, of the held run of [Fill] a running one, which could not
// read the record of somebody who had left: as a store of schema 3 wrote it.
// noBytes is the engine's literal of an empty hash.
func Unread(noBytes string) []string {
	return []string{
		`UPDATE run SET status = 'running', complete = false, quarantined = 1, lease_until = 0 WHERE status = 'held'`,
		`INSERT INTO sighting (run_id, person_id, pass, source_hash, last_login, password_changed, last_updated, stale)
			SELECT id, '2', 1, ` + noBytes + `, 0, 0, 0, true FROM run WHERE status = 'running' AND quarantined = 1`,
	}
}

// WantReadAgain says that a store that was upgraded in the midst of the run of
// [Unread] goes on with it: whoever had left is back, and stays.
func WantReadAgain(t *testing.T, s store.Store) {
	t.Helper()
	c := &tenant{t: t, s: s, name: filledName, now: noon.Add(time.Hour)}
	c.id = c.connection().ID
	left, err := s.Running(t.Context(), c.id)
	if err != nil {
		t.Fatal(err)
	}
	taken, err := s.TakeOver(t.Context(), left.ID, "worker", c.now, c.now.Add(lease))
	if err != nil {
		t.Fatal(err)
	}
	everybody := []member{{id: "1", name: "Anna", department: "Sales", login: noon}, {id: "2", name: "Ben"}, {id: "3", name: "Cy", gone: true}, {id: "4", name: "Dörte"}}
	r := &run{tenant: c, Run: taken}
	r.page("", everybody...)
	if got := r.compare(); got.Seen != int64(len(everybody)) {
		t.Errorf("the run has met %d people, want %d", got.Seen, len(everybody))
	}
	r.promote()
	c.want("1=Anna", "2=Ben", "3=Cy", "4=Dörte")
	c.wantChanges(c.sync(everybody...).ID)
	c.want("1=Anna", "2=Ben", "3=Cy", "4=Dörte")
}
