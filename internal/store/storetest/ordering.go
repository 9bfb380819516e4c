package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"patchbay.example/internal/store"
)

var orderingTests = []subtest{
	{"a company is the same in any order", orderAny},
	{"a run goes on in another order", orderRestarted},
}

const (
	// manyPeople are more than an engine could remember of a run at once.
	manyPeople = 5000
	manyPage   = 200
)

// many is a company whose ids are in no order.
func many() []member {
	members := make([]member, manyPeople)
	for i := range members {
		members[i] = member{id: fmt.Sprintf("%04d", (i*2311)%10007), name: "N", login: noon}
	}
	return members
}

// pages stages members in pages. Of those who are in stands, with the same
// source, nothing may be computed.
func (r *run) pages(members []member, stands map[string]member) {
	r.t.Helper()
	for page := range slices.Chunk(members, manyPage) {
		p := store.StagedPage{Cursor: "next", LeaseUntil: r.now.Add(lease)}
		for _, m := range page {
			record := m.record()
			if stood, ok := stands[m.id]; ok && stood == m {
				record.Version = func() store.Version { r.t.Errorf("the unchanged %s was computed", m.id); return m.version() }
			}
			p.Records = append(p.Records, record)
		}
		if err := r.s.StagePage(r.t.Context(), r.fence(), p); err != nil {
			r.t.Fatal(err)
		}
	}
}

// listed ends a run of these members upon those who stood, and says whether it
// brought what it should.
func (r *run) listed(members []member, stands map[string]member) map[string]member {
	r.t.Helper()
	r.page("")
	var want store.Comparison
	next := map[string]member{}
	for _, m := range members {
		next[m.id] = m
		switch stood, ok := stands[m.id]; {
		case !ok:
			want.Added++
		case stood.name != m.name:
			want.Changed++
		default:
			want.Unchanged++
		}
	}
	want.Stands, want.Seen = int64(len(stands)), int64(len(next))
	want.Removed = want.Stands - want.Changed - want.Unchanged
	want.StandsWithAccess, want.WithAccess = want.Stands, want.Seen
	if got := r.compare(); got != want {
		r.t.Errorf("compared %+v, want %+v", got, want)
	}
	r.promote()
	after := ""
	for range manyPeople/store.MaxPeople + 2 {
		people, err := r.s.People(r.t.Context(), store.PeopleQuery{ConnectionID: r.id, After: after})
		if err != nil {
			r.t.Fatal(err)
		}
		for _, p := range people {
			m, ok := next[p.ID]
			if !ok || p.Name != m.name || !p.Times.LastLogin.Equal(m.login) {
				r.t.Fatalf("%s is %q, of %s; want %+v", p.ID, p.Name, p.Times.LastLogin, m)
			}
			after = p.ID
		}
	}
	return next
}

func orderAny(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	members := many()
	random := rand.New(rand.NewPCG(1, 1))
	var stands map[string]member
	for round, reorder := range []func(){
		func() {},
		func() {},
		func() { members = append(members[1000:], members[:1000]...) },
		func() { slices.Reverse(members) },
		func() {
			random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		},
		func() {},
	} {
		reorder()
		for i := range members {
			switch i % 100 {
			case 3:
				members[i].name = fmt.Sprint("N", round)
			case 7:
				members[i].id = fmt.Sprintf("new %d %d", round, i) // one has left, and one has come
			case 9, 11:
				members[i].login = members[i].login.AddDate(0, 0, 1)
			}
		}
		r := c.begin()
		r.pages(members, stands)
		stands = r.listed(members, stands)
	}
}

// Between two pages of a run there may be a restart, a quarantined record,
// somebody who is forgotten.
func orderRestarted(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	members := many()
	r := c.begin()
	r.pages(members, nil)
	stands := r.listed(members, nil)
	r = c.begin()
	r.pages(members[:3000], stands)
	r.restart()
	slices.Reverse(members)
	r.pages(members[:2000], nil)
	r.quarantine(members[100].id)
	r.quarantine("nobody")
	if err := s.Forget(t.Context(), c.id, members[50].id); err != nil {
		t.Fatal(err)
	}
	delete(stands, members[50].id)
	r.pages(members[2000:], stands)
	r.page("", members[50])
	if got := r.compare(); got.Seen != manyPeople+1 || got.Added != 1 || got.Removed != 0 || got.Unchanged != manyPeople-1 {
		t.Errorf("compared %+v", got)
	}
	r.promote()
	if !c.person(members[100].id).Stale || c.person(members[101].id).Stale {
		t.Error("another one is stale than who was quarantined")
	}
	r = c.begin()
	r.pages(members, nil)
	if got := r.compare(); got.Seen != manyPeople || got.Added+got.Changed+got.Removed != 0 || got.Unchanged != manyPeople {
		t.Errorf("compared anew %+v", got)
	}
}
