package storetest

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/store"
)

var promotingTests = []subtest{
	{"the first run records no changes", promoteFirst},
	{"the second records who joined, changed and left", promoteSecond},
	{"changes carry both states", promoteBeforeAfter},
	{"who left may return", promoteReturns},
	{"an unidentified record removes nobody", promoteUnidentified},
	{"an empty listing empties", promoteEmpty},
	{"the comparison is what promoting does", promoteCompared},
	{"changes come in parts", promoteChangesPaged},
	{"connections with the same ids do not mix", promoteTwoConnections},
}

func promoteFirst(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	r.page("", member{id: "1", name: "Anna"}, member{id: "2", name: "Ben", gone: true})
	if got, want := r.compare(), (store.Comparison{WithAccess: 1, Seen: 2, Added: 2}); got != want {
		t.Errorf("compared: %+v, want %+v", got, want)
	}
	got := r.promote()
	if got.Status != store.RunPromoted || !got.Finished.Equal(c.now) || got.Added != 2 || got.Base != 0 {
		t.Errorf("promoted: %+v", got)
	}
	if diff := cmp.Diff(c.stored(r.ID), got); diff != "" {
		t.Errorf("promoted, stored and returned:\n%s", diff)
	}
	c.want("1=Anna", "2=Ben")
	c.wantChanges(r.ID)
}

func promoteSecond(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	first := c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}, member{id: "3", name: "Cy"})
	r := c.begin()
	if r.Base != first.ID {
		t.Errorf("base %d, want %d", r.Base, first.ID)
	}
	r.page("", member{id: "1", name: "Anna"}, member{id: "2", name: "Benjamin"}, member{id: "4", name: "Di"})
	want := store.Comparison{StandsWithAccess: 3, WithAccess: 3, Stands: 3, Seen: 3, Added: 1, Changed: 1, Unchanged: 1, Removed: 1}
	if got := r.compare(); got != want {
		t.Errorf("compared: %+v, want %+v", got, want)
	}
	got := r.promote()
	if got.Added != 1 || got.Changed != 1 || got.Unchanged != 1 || got.Removed != 1 {
		t.Errorf("promoted: %+v", got)
	}
	c.want("1=Anna", "2=Benjamin", "4=Di")
	if _, err := s.Person(t.Context(), c.id, "3"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("who left: %v", err)
	}
	c.wantChanges(r.ID, "changed 2: from Ben to Benjamin", "left 3: from Cy", "joined 4: to Di")
	if c.connection().Generation != r.ID {
		t.Errorf("generation %d, want %d", c.connection().Generation, r.ID)
	}
	if _, err := s.Changes(t.Context(), r.ID+99, "", 0); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("changes of a run that is not there: %v", err)
	}
}

func promoteBeforeAfter(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	before, after := member{id: "1", name: "Anna", department: "Law"}, member{id: "1", name: "Anna", department: "Sales", gone: true}
	c.sync(before)
	r := c.sync(after)
	c.sync(member{id: "1", name: "Anna", department: "Art"})
	got, err := s.Changes(t.Context(), r.ID, "", 0)
	if err != nil {
		t.Fatal(err)
	}
	was, is := before.version(), after.version()
	want := []store.Change{{Run: r.ID, ID: "1", Kind: store.Changed, Before: &was, After: &is}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func promoteReturns(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	anna, ben := member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}
	c.sync(anna, ben)
	left := c.sync(anna)
	back := c.sync(anna, ben)
	again := c.sync(anna)
	last := c.sync(anna, ben)
	c.want("1=Anna", "2=Ben")
	c.wantChanges(left.ID, "left 2: from Ben")
	c.wantChanges(back.ID, "joined 2: to Ben")
	c.wantChanges(again.ID, "left 2: from Ben")
	c.wantChanges(last.ID, "joined 2: to Ben")
}

func promoteUnidentified(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	ben := member{id: "2", name: "Ben", login: noon}
	first := c.sync(member{id: "1", name: "Anna"}, ben, member{id: "3", name: "Cy"})
	r := c.begin()
	r.page("next", member{id: "1", name: "Anna Z"}, member{id: "4", name: "Di"})
	r.quarantine("")
	r.page("")
	want := store.Comparison{StandsWithAccess: 3, WithAccess: 4, Stands: 3, Seen: 2, Added: 1, Changed: 1}
	if got := r.compare(); got != want {
		t.Errorf("compared: %+v, want %+v", got, want)
	}
	got := r.promote()
	if got.Removed != 0 || got.Quarantined != 1 || got.Unidentified != 1 || got.Added != 1 || got.Changed != 1 || got.Unchanged != 0 {
		t.Errorf("promoted: %+v", got)
	}
	c.want("1=Anna Z", "2=Ben", "3=Cy", "4=Di")
	// Who was not met is as at the last meeting, and unchanged for the next run.
	if got := c.person("2"); !got.Times.LastLogin.Equal(noon) || got.Stale || got.Since != first.ID {
		t.Errorf("who was not met: %+v", got)
	}
	next := c.begin()
	record := ben.record()
	record.Version = func() store.Version { t.Error("an unchanged source was computed"); return ben.version() }
	if err := s.StagePage(t.Context(), next.fence(), store.StagedPage{Records: []store.StagedRecord{record}, LeaseUntil: c.now.Add(lease)}); err != nil {
		t.Fatal(err)
	}
	next.promote()
	c.want("2=Ben")
	c.wantChanges(next.ID, "left 1: from Anna Z", "left 3: from Cy", "left 4: from Di")
}

func promoteEmpty(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync()
	c.want()
	// The directory was empty, but it was one: whoever comes now has joined.
	second := c.sync(member{id: "1", name: "Anna"})
	c.want("1=Anna")
	c.wantChanges(second.ID, "joined 1: to Anna")
	third := c.sync()
	c.want()
	c.wantChanges(third.ID, "left 1: from Anna")
}

func promoteCompared(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	for round := range 4 {
		var members []member
		for i := range 40 {
			switch (i*7 + round*3) % 6 {
			case 0:
			case 1:
				members = append(members, member{id: fmt.Sprint(i), name: fmt.Sprintf("Round %d", round)})
			case 2:
				members = append(members, member{id: fmt.Sprint(i), name: "Same", gone: round%2 == 0})
			default:
				members = append(members, member{id: fmt.Sprint(i), name: "Same"})
			}
		}
		before := map[string]store.Person{}
		want := store.Comparison{Seen: int64(len(members))}
		for _, p := range c.people() {
			before[p.ID] = p
			want.Stands++
			if p.Access {
				want.StandsWithAccess++
			}
		}
		for _, m := range members {
			stood, ok := before[m.id]
			switch {
			case !ok:
				want.Added++
			case string(stood.Visible) == string(m.version().Visible):
				want.Unchanged++
			default:
				want.Changed++
			}
			if !m.gone {
				want.WithAccess++
			}
			delete(before, m.id)
		}
		want.Removed = int64(len(before))
		r := c.begin()
		r.page("next", members[:len(members)/2]...)
		r.page("", members[len(members)/2:]...)
		if got := r.compare(); got != want {
			t.Errorf("round %d: compared %+v, want %+v", round, got, want)
		}
		got := r.promote()
		if got.Added != want.Added || got.Changed != want.Changed || got.Unchanged != want.Unchanged || got.Removed != want.Removed {
			t.Errorf("round %d: promoted %+v, want %+v", round, got.Totals, want)
		}
		if at := c.connection(); at.WithAccess != want.WithAccess || at.People != want.Stands+want.Added-want.Removed {
			t.Errorf("round %d: %d people, %d with access", round, at.People, at.WithAccess)
		}
	}
}

func promoteChangesPaged(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "a", name: "A"}, member{id: "b", name: "B"}, member{id: "c", name: "C"})
	r := c.sync(member{id: "b", name: "B2"}, member{id: "c", name: "C2"}, member{id: "d", name: "D"})
	var got []string
	after := ""
	for range 4 {
		part, err := s.Changes(t.Context(), r.ID, after, 1)
		if err != nil || len(part) != 1 {
			t.Fatalf("after %q: %d changes, %v", after, len(part), err)
		}
		after = part[0].ID
		got = append(got, string(part[0].Kind)+" "+after)
	}
	if diff := cmp.Diff([]string{"left a", "changed b", "changed c", "joined d"}, got); diff != "" {
		t.Error(diff)
	}
	if rest, err := s.Changes(t.Context(), r.ID, "d", 1); err != nil || len(rest) != 0 {
		t.Errorf("after the last: %+v, %v", rest, err)
	}
}

func promoteTwoConnections(t *testing.T, s store.Store) {
	a, b := newTenant(t, s, "a"), newTenant(t, s, "b")
	a.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"})
	b.sync(member{id: "1", name: "Xaver"})
	ra, rb := a.begin(), b.begin()
	ra.page("", member{id: "1", name: "Anna"})
	rb.page("", member{id: "1", name: "Xaver Z"}, member{id: "2", name: "Yann"})
	rb.promote()
	a.want("1=Anna", "2=Ben")
	b.want("1=Xaver Z", "2=Yann")
	ra.promote()
	a.want("1=Anna")
	b.want("1=Xaver Z", "2=Yann")
	a.wantChanges(ra.ID, "left 2: from Ben")
	b.wantChanges(rb.ID, "changed 1: from Xaver to Xaver Z", "joined 2: to Yann")
	if got, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: b.id, Search: "anna"}); err != nil || len(got) != 0 {
		t.Errorf("search crosses connections: %+v, %v", got, err)
	}
	if err := s.Forget(t.Context(), a.id, "1"); err != nil {
		t.Fatal(err)
	}
	a.want()
	b.want("1=Xaver Z", "2=Yann")
}
