package storetest

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patchbay.example/internal/store"
)

var connectionTests = []subtest{
	{"what is added is found", connectionRoundTrip},
	{"names are unique", connectionNames},
	{"update leaves the generation", connectionUpdate},
	{"one connection is the HRIS", connectionHRIS},
	{"remove removes all", connectionRemove},
	{"an id is not used again", connectionIDs},
	{"the newest run shows", connectionLastRun},
}

// sameJSON compares JSON by its value: an engine may store it parsed.
func sameJSON(a, b []byte) bool {
	var left, right any
	if json.Unmarshal(a, &left) != nil || json.Unmarshal(b, &right) != nil {
		return string(a) == string(b)
	}
	return cmp.Equal(left, right)
}

func connectionRoundTrip(t *testing.T, s store.Store) {
	want := connectionNamed("acme")
	want.Config = []byte(`{"domain":"example.com","deep":{"n":[1,2]}}`)
	want.Secrets = map[string][]byte{"key": {0, 0xff, 'x'}, "token": []byte("file:/run/token")}
	want.HRIS, want.Paused = true, true
	want.Created = noon.Add(5 * time.Millisecond)
	id, err := s.AddConnection(t.Context(), want)
	if err != nil || id <= 0 {
		t.Fatalf("AddConnection: %d, %v", id, err)
	}
	want.ID = id
	got, err := s.Connection(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	if !sameJSON(got.Config, want.Config) {
		t.Errorf("config %s, want %s", got.Config, want.Config)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(store.Connection{}, "Config"), cmpopts.EquateApproxTime(0)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if _, err := s.Connection(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a connection that is not there: %v", err)
	}
	bare := store.Connection{Name: "bare", Connector: "x", Resource: "users", Created: noon, Updated: noon}
	if _, err := s.AddConnection(t.Context(), bare); err != nil {
		t.Errorf("a connection without configuration and secrets: %v", err)
	}
}

func connectionNames(t *testing.T, s store.Store) {
	newTenant(t, s, "b")
	a := newTenant(t, s, "a")
	if _, err := s.AddConnection(t.Context(), connectionNamed("b")); !errors.Is(err, store.ErrNameTaken) {
		t.Errorf("a second connection of one name: %v", err)
	}
	taken := a.connection()
	taken.Name = "b"
	if err := s.UpdateConnection(t.Context(), taken); !errors.Is(err, store.ErrNameTaken) {
		t.Errorf("renamed to a name that is taken: %v", err)
	}
	all, err := s.Connections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, c := range all {
		names = append(names, c.Name)
	}
	if !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("connections %q", names)
	}
}

func connectionUpdate(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	promoted := c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben", gone: true})
	before := c.connection()
	if before.Generation != promoted.ID || before.People != 2 || before.WithAccess != 1 || !before.LastSuccess.Equal(c.now) {
		t.Fatalf("after a promotion: %+v", before)
	}
	change := before
	change.Name, change.Paused, change.ShrinkPercent, change.Config = "renamed", true, 50, []byte(`{"x":1}`)
	change.Secrets = map[string][]byte{"other": []byte("env:OTHER")}
	change.Generation, change.People, change.LastSuccess = 0, 0, time.Time{}
	if err := s.UpdateConnection(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	c.name = "renamed"
	want := change
	want.Generation, want.People, want.LastSuccess = before.Generation, before.People, before.LastSuccess
	if diff := cmp.Diff(want, c.connection(), cmpopts.IgnoreFields(store.Connection{}, "Config"), cmpopts.EquateApproxTime(0), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.want("1=Anna", "2=Ben")
	change.ID += 1000
	change.Name = "elsewhere"
	if err := s.UpdateConnection(t.Context(), change); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("an update of a connection that is not there: %v", err)
	}
}

// The mark moves to the connection that was given it last.
func connectionHRIS(t *testing.T, s store.Store) {
	for _, name := range []string{"a", "b", "c"} {
		c := connectionNamed(name)
		c.HRIS = name != "c"
		if _, err := s.AddConnection(t.Context(), c); err != nil {
			t.Fatal(err)
		}
	}
	marked := func() string {
		all, err := s.Connections(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range all {
			if c.HRIS {
				names = append(names, c.Name)
			}
		}
		return strings.Join(names, " ")
	}
	if got := marked(); got != "b" {
		t.Errorf("a, then b added as HRIS; marked: %q", got)
	}
	c, err := s.Connection(t.Context(), "c")
	if err != nil {
		t.Fatal(err)
	}
	c.HRIS = true
	if err := s.UpdateConnection(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if got := marked(); got != "c" {
		t.Errorf("c updated to be the HRIS; marked: %q", got)
	}
}

func connectionRemove(t *testing.T, s store.Store) {
	c, other := newTenant(t, s, "acme"), newTenant(t, s, "other")
	other.sync(member{id: "1", name: "Zed"})
	done := c.sync(member{id: "1", name: "Anna"})
	open := c.begin()
	open.page("next", member{id: "2", name: "Ben"})
	if err := s.RemoveConnection(t.Context(), c.id); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Connection(t.Context(), "acme"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("its connection: %v", err)
	}
	if _, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: c.id}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("its people: %v", err)
	}
	if _, err := s.Person(t.Context(), c.id, "1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a person: %v", err)
	}
	if _, err := s.Run(t.Context(), done.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a run: %v", err)
	}
	if err := open.tryPage("later", member{id: "3", name: "Cy"}); !errors.Is(err, store.ErrFenced) {
		t.Errorf("a page of its running run: %v", err)
	}
	other.want("1=Zed")
	c = newTenant(t, s, "acme")
	c.want()
	c.sync(member{id: "1", name: "New"})
	c.want("1=New")
}

func connectionIDs(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	if err := s.RemoveConnection(t.Context(), c.id); err != nil {
		t.Fatal(err)
	}
	if again := newTenant(t, s, "acme"); again.id <= c.id {
		t.Errorf("id %d after %d was removed", again.id, c.id)
	}
}

func connectionLastRun(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	if got := c.connection(); got.LastRun != nil || got.State() != store.StateNew {
		t.Errorf("before the first run: %+v", got)
	}
	promoted := c.sync(member{id: "1", name: "Anna"})
	if got := c.connection(); got.LastRun == nil || got.LastRun.ID != promoted.ID || got.State() != store.StateActive {
		t.Errorf("after a promotion: %+v", got)
	}
	r := c.begin()
	if got := c.connection(); got.LastRun.ID != r.ID || got.State() != store.StateSyncing {
		t.Errorf("while a run is running: %+v", got)
	}
	r.finish(store.RunFailed)
	all, err := s.Connections(t.Context())
	if err != nil || len(all) != 1 || all[0].LastRun == nil {
		t.Fatalf("Connections: %+v, %v", all, err)
	}
	last := *all[0].LastRun
	if last.ID != r.ID || last.Status != store.RunFailed || last.Class != "CLASS" || last.Reason != "reason" || last.Message != "what happened" || last.Fix != "what to do" || !last.Finished.Equal(c.now) {
		t.Errorf("after a failure: %+v", last)
	}
	if all[0].Generation != promoted.ID || all[0].State() != store.StateSyncFailed {
		t.Errorf("a failure moved the generation: %+v", all[0])
	}
}
