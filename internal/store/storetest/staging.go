package storetest

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

var stagingTests = []subtest{
	{"page, cursor and lease are one", stagePage},
	{"what is staged stays invisible", stageInvisible},
	{"of a person who comes twice the later record stands", stageTwice},
	{"who returns to the standing state leaves nothing", stageReturns},
	{"an unchanged source is not computed", stageUnchanged},
	{"what nobody sees makes no version", stageVolatile},
	{"a restart forgets what was met", stageRestart},
	{"a restart takes back what was staged", stageRestartReturns},
	{"a quarantined person stays", stageQuarantine},
	{"a quarantined record with an id that nobody has", stageQuarantineImpossible},
	{"a quarantined person who recovers", stageQuarantineRecovers},
	{"a quarantined stranger is nobody", stageQuarantineStranger},
	{"a record after a quarantine stands", stageQuarantineThenRecord},
	{"readers read while a run stages", stageWhileReading},
}

func stagePage(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	for i := range 3 {
		until := c.now.Add(time.Duration(i+1) * time.Hour)
		p := store.StagedPage{Cursor: fmt.Sprintf("cursor %d", i), Bytes: 100, LeaseUntil: until}
		p.Records = append(p.Records, member{id: "same", name: "Same"}.record(), member{id: fmt.Sprint(i), name: "N"}.record())
		if err := s.StagePage(t.Context(), r.fence(), p); err != nil {
			t.Fatal(err)
		}
		got := c.stored(r.ID)
		if got.Cursor != p.Cursor || got.Complete || got.Pages != int64(i+1) || got.Records != int64(2*i+2) || got.Bytes != int64(100*(i+1)) || !got.LeaseUntil.Equal(until) {
			t.Errorf("after page %d: %+v", i+1, got)
		}
	}
	if _, err := s.Promote(t.Context(), r.fence(), c.now); err == nil || errors.Is(err, store.ErrFenced) {
		t.Errorf("promoting an incomplete run: %v, want an error of its own", err)
	}
	c.want()
	// A last page may be empty.
	r.page("")
	if got := c.stored(r.ID); got.Cursor != "" || !got.Complete || got.Pages != 4 {
		t.Errorf("after the last page: %+v", got)
	}
	r.promote()
	c.want("0=N", "1=N", "2=N", "same=Same")
}

func stageInvisible(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"})
	r := c.begin()
	r.page("next", member{id: "1", name: "Anna the Great"}, member{id: "3", name: "Cyrus"})
	check := func(when string) {
		t.Helper()
		c.want("1=Anna", "2=Ben")
		if _, err := s.Person(t.Context(), c.id, "3"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: a staged person: %v", when, err)
		}
		if got := c.person("1"); got.Name != "Anna" {
			t.Errorf("%s: a staged state: %+v", when, got)
		}
		for _, words := range []string{"great", "cyrus"} {
			if got, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: c.id, Search: words}); err != nil || len(got) != 0 {
				t.Errorf("%s: search finds what is staged: %+v, %v", when, got, err)
			}
		}
		c.wantChanges(r.ID)
	}
	check("staging")
	r.page("")
	check("complete")
	r.finish(store.RunHeld)
	check("held")
}

func stageTwice(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	r.page("next", member{id: "1", name: "First"}, member{id: "2", name: "Ben"}, member{id: "1", name: "Second"})
	r.page("", member{id: "2", name: "Benjamin"})
	if got := r.compare(); got.Seen != 2 || got.Added != 2 {
		t.Errorf("compared: %+v", got)
	}
	if got := r.promote(); got.Records != 4 || got.Added != 2 {
		t.Errorf("promoted: %+v", got)
	}
	c.want("1=Second", "2=Benjamin")
	last := c.sync(member{id: "1", name: "Third"}, member{id: "1", name: "Fourth"}, member{id: "2", name: "Benjamin"})
	c.want("1=Fourth", "2=Benjamin")
	c.wantChanges(last.ID, "changed 1: from Second to Fourth")
	if got, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: c.id, Search: "third"}); err != nil || len(got) != 0 {
		t.Errorf("search finds the earlier record: %+v, %v", got, err)
	}
}

func stageReturns(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	anna, ben := member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}
	first := c.sync(anna, ben)
	noisy := ben
	noisy.noise = "another source, the same to see"
	r := c.begin()
	r.page("next", member{id: "1", name: "Anna the Great"}, member{id: "2", name: "Ben the Great"}, anna)
	r.page("", noisy)
	if got := r.compare(); got.Changed != 0 || got.Unchanged != 2 {
		t.Errorf("compared: %+v", got)
	}
	r.promote()
	c.want("1=Anna", "2=Ben")
	c.wantChanges(r.ID)
	for _, p := range c.people() {
		if p.Since != first.ID {
			t.Errorf("%s has a version of run %d", p.ID, p.Since)
		}
	}
}

func stageUnchanged(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	anna := member{id: "1", name: "Anna"}
	first := c.sync(anna)
	for range 2 {
		r := c.begin()
		record := anna.record()
		record.Times = store.Times{LastLogin: noon, PasswordChanged: noon.Add(time.Millisecond), LastUpdated: noon.Add(time.Hour)}
		record.Version = func() store.Version { t.Error("an unchanged source was computed"); return anna.version() }
		if err := s.StagePage(t.Context(), r.fence(), store.StagedPage{Records: []store.StagedRecord{record}, LeaseUntil: c.now.Add(lease)}); err != nil {
			t.Fatal(err)
		}
		if got := r.promote(); got.Unchanged != 1 || got.Added+got.Changed+got.Removed != 0 {
			t.Errorf("promoted: %+v", got)
		}
		got := c.person("1")
		if got.Since != first.ID || !got.Times.LastLogin.Equal(noon) || !got.Times.PasswordChanged.Equal(noon.Add(time.Millisecond)) || !got.Times.LastUpdated.Equal(noon.Add(time.Hour)) {
			t.Errorf("after an unchanged source: %+v", got)
		}
	}
}

func stageVolatile(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	first := c.sync(member{id: "1", name: "Anna", login: noon})
	r := c.begin()
	r.page("", member{id: "1", name: "Anna", login: noon.Add(time.Hour), noise: "x"})
	if got := c.person("1"); !got.Times.LastLogin.Equal(noon) {
		t.Errorf("times of a run that is not promoted: %+v", got.Times)
	}
	r.promote()
	got := c.person("1")
	if got.Since != first.ID || !got.Times.LastLogin.Equal(noon.Add(time.Hour)) || !got.Times.PasswordChanged.IsZero() {
		t.Errorf("after another login: %+v", got)
	}
	c.wantChanges(r.ID)
	r = c.begin()
	r.page("", member{id: "1", name: "Anna Z"})
	r.promote()
	if got := c.person("1"); got.Since != r.ID || !got.Times.LastLogin.IsZero() {
		t.Errorf("after a change: %+v", got)
	}
}

// Waited is not of the staging: the run has waited, whatever became of it.
func stageRestart(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}, member{id: "3", name: "Cy"})
	r := c.begin()
	r.page("next", member{id: "1", name: "Anna the Great"}, member{id: "2", name: "Ben"}, member{id: "4", name: "Di"})
	r.quarantine("")
	if err := s.Renew(t.Context(), r.fence(), c.now.Add(lease), time.Second); err != nil {
		t.Fatal(err)
	}
	r.restart()
	got := c.stored(r.ID)
	if got.Pass != 2 || got.Pages != 0 || got.Cursor != "" || got.Complete || got.Records+got.Bytes+got.Quarantined+got.Unidentified != 0 || got.Waited != time.Second {
		t.Errorf("restarted: %+v", got)
	}
	r.page("", member{id: "1", name: "Anna the Second"}, member{id: "3", name: "Cy"})
	if got := r.compare(); got.Seen != 2 || got.Added != 0 || got.Changed != 1 || got.Unchanged != 1 || got.Removed != 1 {
		t.Errorf("compared: %+v", got)
	}
	r.promote()
	c.want("1=Anna the Second", "3=Cy")
	c.wantChanges(r.ID, "changed 1: from Anna to Anna the Second", "left 2: from Ben")
	// Who was met in the first pass only is unknown to the next run.
	next := c.sync(member{id: "1", name: "Anna the Second"}, member{id: "2", name: "Ben"}, member{id: "3", name: "Cy"}, member{id: "4", name: "Di"})
	c.want("1=Anna the Second", "2=Ben", "3=Cy", "4=Di")
	c.wantChanges(next.ID, "joined 2: to Ben", "joined 4: to Di")
}

func stageRestartReturns(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	anna := member{id: "1", name: "Anna"}
	c.sync(anna, member{id: "2", name: "Ben"})
	r := c.begin()
	r.page("", member{id: "1", name: "Anna the Great"}, member{id: "2", name: "Ben the Great"})
	r.restart()
	r.page("next", anna)
	r.quarantine("2")
	r.page("")
	r.promote()
	c.want("1=Anna", "2=Ben")
	if !c.person("2").Stale {
		t.Error("who was quarantined is not stale")
	}
	c.wantChanges(r.ID)
}

func stageQuarantine(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	anna, ben := member{id: "1", name: "Anna", login: noon}, member{id: "2", name: "Ben", login: noon}
	c.sync(anna, ben)
	r := c.begin()
	r.page("next", anna)
	r.quarantine("2")
	r.page("")
	if got := r.compare(); got.Seen != 2 || got.Unchanged != 2 || got.Removed != 0 {
		t.Errorf("compared: %+v", got)
	}
	if got := r.promote(); got.Quarantined != 1 || got.Unidentified != 0 || got.Unchanged != 2 {
		t.Errorf("promoted: %+v", got)
	}
	c.want("1=Anna", "2=Ben")
	if got := c.person("2"); !got.Stale || !got.Times.LastLogin.Equal(noon) {
		t.Errorf("the quarantined: %+v", got)
	}
	if c.person("1").Stale {
		t.Error("who was read is stale")
	}
	c.wantChanges(r.ID)
}

func stageQuarantineRecovers(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	ben := member{id: "2", name: "Ben"}
	first := c.sync(ben)
	quarantined := c.begin()
	quarantined.quarantine("2")
	quarantined.page("")
	quarantined.promote()
	c.sync(ben)
	if got := c.person("2"); got.Stale || got.Since != first.ID {
		t.Errorf("recovered as before: %+v", got)
	}
	quarantined = c.begin()
	quarantined.quarantine("2")
	quarantined.page("")
	quarantined.promote()
	last := c.sync(member{id: "2", name: "Benjamin"})
	if got := c.person("2"); got.Stale || got.Name != "Benjamin" {
		t.Errorf("recovered otherwise: %+v", got)
	}
	c.wantChanges(last.ID, "changed 2: from Ben to Benjamin")
	c.sync()
	c.want()
}

func stageQuarantineStranger(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	r := c.begin()
	r.page("next", member{id: "1", name: "Anna"})
	r.quarantine("2")
	r.page("")
	if got := r.compare(); got.Added != 1 || got.Seen != 2 {
		t.Errorf("compared: %+v", got)
	}
	r.promote()
	c.want("1=Anna")
	last := c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"})
	c.want("1=Anna", "2=Ben")
	c.wantChanges(last.ID, "joined 2: to Ben")
}

// An id that no record may have could be anybody's.
func stageQuarantineImpossible(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"})
	r := c.begin()
	impossible := []string{"", strings.Repeat("x", store.MaxIDBytes+1), "a\x00b", "\xff"}
	for _, id := range impossible {
		r.quarantine(id)
	}
	r.page("", member{id: "1", name: "Anna"})
	if got := r.promote(); got.Unidentified != int64(len(impossible)) || got.Quarantined != got.Unidentified || got.Removed != 0 {
		t.Errorf("the run counts %+v", got.Totals)
	}
	c.want("1=Anna", "2=Ben")
}

// A record that could be read stands beside a quarantined one of the same
// person: after it, the person is not stale; before it, it is the last good
// state, and stale.
func stageQuarantineThenRecord(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"})
	r := c.begin()
	r.quarantine("1")
	r.page("", member{id: "1", name: "Anna Z"}, member{id: "2", name: "Ben Z"})
	r.quarantine("2")
	r.promote()
	c.want("1=Anna Z", "2=Ben Z")
	if c.person("1").Stale || !c.person("2").Stale {
		t.Errorf("stale: %t and %t, want the second only", c.person("1").Stale, c.person("2").Stale)
	}
}

func stageWhileReading(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	generation := func(name string) []member {
		members := make([]member, 50)
		for i := range members {
			members[i] = member{id: fmt.Sprintf("%03d", i), name: name}
		}
		return members
	}
	c.sync(generation("Zero")...)
	done := make(chan struct{})
	var readers sync.WaitGroup
	for range 3 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				people, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: c.id})
				if err != nil || len(people) != 50 {
					t.Errorf("a reader saw %d people: %v", len(people), err)
					return
				}
				names := map[string]bool{}
				for _, p := range people {
					names[p.Name] = true
				}
				if len(names) != 1 {
					t.Errorf("a reader saw people of two generations: %v", names)
					return
				}
			}
		})
	}
	for i := range 5 {
		members := generation(strings.Repeat("N", i+1))
		r := c.begin()
		r.page("next", members[:30]...)
		r.page("", members[30:]...)
		r.promote()
	}
	close(done)
	readers.Wait()
}
