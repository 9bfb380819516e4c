package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patchbay.example/internal/store"
)

var pastTests = []subtest{
	{"a person's history", pastHistory},
	{"the departed, as last seen", pastDeparted},
	{"the departed come in parts, by the bytes of their ids", pastPaged},
	{"past retention and forgotten", pastErased},
	{"promoted runs since", pastPromotions},
}

func pastHistory(t *testing.T, s store.Store) {
	c, other := newTenant(t, s, "acme"), newTenant(t, s, "other")
	other.sync(member{id: "1", name: "Zed"})
	other.sync(member{id: "1", name: "Zoe"})
	anna, ben := member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}
	c.sync(ben)
	joined := c.sync(anna, ben)
	c.sync(member{id: "1", name: "Anna", noise: "unseen"}, ben)
	held := c.hold(ben)
	changed := c.sync(member{id: "1", name: "Annabel"}, ben)
	left := c.sync(ben)
	open := c.begin()
	open.page("", anna, ben)
	past := []string{
		fmt.Sprintf("%d left 1: from Annabel", left.ID),
		fmt.Sprintf("%d changed 1: from Anna to Annabel", changed.ID),
		fmt.Sprintf("%d joined 1: to Anna", joined.ID),
	}
	c.wantHistory("1", past...)
	again := open.promote()
	c.wantHistory("1", slices.Insert(past, 0, fmt.Sprintf("%d joined 1: to Anna", again.ID))...)
	c.wantHistory("2") // from the first run on
	c.wantHistory("nobody")
	if c.stored(held.ID).Status != store.RunSuperseded {
		t.Error("the held run still counts")
	}
	part, err := s.History(t.Context(), c.id, "1", 2)
	if err != nil || len(part) != 2 || part[0].Run != again.ID || part[1].Run != left.ID {
		t.Errorf("the newest two are %+v (%v)", part, err)
	}
	whole := anna.version()
	if diff := cmp.Diff(&whole, part[0].After); diff != "" {
		t.Errorf("the version that was written (-want +got):\n%s", diff)
	}
	if err := s.RemoveConnection(t.Context(), c.id); err != nil {
		t.Fatal(err)
	}
	c.wantHistory("1")
}

func pastDeparted(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	anna, ben, cy := member{id: "1", name: "Anna", login: noon}, member{id: "2", name: "Ben"}, member{id: "3", name: "Cy"}
	c.wantDeparted()
	c.sync(anna, ben, cy)
	changed := c.sync(member{id: "1", name: "Annabel", login: noon, department: "Law"}, ben, cy)
	c.wantDeparted()
	c.sync(ben)
	c.wantDeparted("1=Annabel", "3=Cy")
	r := c.begin()
	r.page("", anna, ben) // what is staged is not there
	c.wantDeparted("1=Annabel", "3=Cy")
	r.finish(store.RunFailed)
	c.wantDeparted("1=Annabel", "3=Cy")
	got, err := s.Departed(t.Context(), c.id, "", 1)
	want := []store.Person{{ID: "1", Version: member{id: "1", name: "Annabel", department: "Law"}.version(), Since: changed.ID}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	c.sync(ben, cy)
	c.wantDeparted("1=Annabel")
	c.sync(ben)
	c.wantDeparted("1=Annabel", "3=Cy")
	if err := s.RemoveConnection(t.Context(), c.id); err != nil {
		t.Fatal(err)
	}
	for _, id := range []int64{c.id, c.id + 1000} {
		if _, err := s.Departed(t.Context(), id, "", 0); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("of a connection that is not there: %v", err)
		}
	}
}

func pastPaged(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	ids := []string{"a", "B", "a b", "ä", "10", "9", "a%", "日本", "\U0001F600", `"`, `\`, "'"}
	slices.Sort(ids)
	var want []string
	members := []member{{id: "stays", name: "Stays"}}
	for _, id := range ids {
		members = append(members, member{id: id, name: "Ann"})
		want = append(want, id+"=Ann")
	}
	c.sync(members...)
	c.sync(members[0])
	c.wantDeparted(want...)
	many := []member{members[0]}
	for i := range store.MaxPeople + 5 {
		many = append(many, member{id: fmt.Sprintf("%05d", i), name: "Many"})
	}
	c.sync(many...)
	c.sync(members[0])
	if got, err := s.Departed(t.Context(), c.id, "", 0); err != nil || len(got) != store.MaxPeople {
		t.Errorf("without a limit: %d people, %v", len(got), err)
	}
}

func pastErased(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	runs := history(c)
	c.wantDeparted("3=Cy")
	if err := s.Forget(t.Context(), c.id, "3"); err != nil {
		t.Fatal(err)
	}
	c.wantDeparted()
	c.wantHistory("3")
	c.sync(member{id: "1", name: "Annabel", login: noon})
	c.wantDeparted("2=Ben")
	if err := s.Sweep(t.Context(), runs[3].Finished, time.Time{}); err != nil {
		t.Fatal(err)
	}
	c.wantHistory("1") // the version before is gone, so that it can't be told from a joiner's
	c.wantDeparted("2=Ben")
	if err := s.Sweep(t.Context(), c.now.Add(time.Hour), c.now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	c.wantDeparted()
	c.wantHistory("2")
}

func pastPromotions(t *testing.T, s store.Store) {
	c, other := newTenant(t, s, "acme"), newTenant(t, s, "other")
	other.sync(member{id: "1", name: "Zed"})
	first := c.sync(member{id: "1", name: "Anna"})
	c.begin().finish(store.RunFailed)
	held := c.hold(member{id: "2", name: "Ben"})
	c.now = c.now.Add(time.Hour)
	approved, err := s.Approve(t.Context(), held.ID, c.now)
	if err != nil {
		t.Fatal(err)
	}
	last := c.sync(member{id: "2", name: "Ben"})
	c.hold(member{id: "3", name: "Cy"})
	want := func(since time.Time, limit int, want ...store.Run) {
		t.Helper()
		got, err := s.Promotions(t.Context(), c.id, since, limit)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("since %v, limit %d: %v (-want +got):\n%s", since, limit, err, diff)
		}
	}
	want(time.Time{}, 0, last, approved, first)
	want(approved.Finished, 0, last, approved)
	want(approved.Finished.Add(time.Millisecond), 0, last)
	want(time.Time{}, 1, last)
	want(c.now.Add(time.Hour), 0)
	if err := s.RemoveConnection(t.Context(), c.id); err != nil {
		t.Fatal(err)
	}
	want(time.Time{}, 0)
}
