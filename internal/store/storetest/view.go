package storetest

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"patchbay.example/internal/store"
)

var viewTests = []subtest{
	{"the view follows the mark and its runs", viewFollows},
	{"the revision moves with what may be shown", viewRevision},
	{"settings are compared and set", viewSettings},
	{"settings that can't be stored", viewSettingsRefused},
	{"one of several who change the settings wins", viewSettingsRace},
	{"forget takes a person out of the settings", viewForgets},
	{"forget leaves what another connection's person is about", viewForgetsOne},
}

func view(t *testing.T, s store.Store) store.PeopleView {
	t.Helper()
	got, err := s.PeopleView(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// wantView compares all but the revision.
func wantView(t *testing.T, s store.Store, want store.PeopleView) {
	t.Helper()
	if diff := cmp.Diff(want, view(t, s), cmpopts.IgnoreFields(store.PeopleView{}, "Revision")); diff != "" {
		t.Errorf("the view (-want +got):\n%s", diff)
	}
}

// mark gives a connection the HRIS mark, or takes it.
func (c *tenant) mark(hris bool) {
	c.t.Helper()
	at := c.connection()
	at.HRIS = hris
	if err := c.s.UpdateConnection(c.t.Context(), at); err != nil {
		c.t.Fatal(err)
	}
}

func viewFollows(t *testing.T, s store.Store) {
	wantView(t, s, store.PeopleView{})
	c, other := newTenant(t, s, "acme"), newTenant(t, s, "other")
	other.sync(member{id: "1", name: "Zed"})
	wantView(t, s, store.PeopleView{})
	c.mark(true)
	wantView(t, s, store.PeopleView{Connection: c.id, Name: "acme"})
	run := c.sync(member{id: "1", name: "Anna"})
	wantView(t, s, store.PeopleView{Connection: c.id, Name: "acme", Generation: run.ID, Complete: run.Finished})
	c.hold()
	wantView(t, s, store.PeopleView{Connection: c.id, Name: "acme", Generation: run.ID, Complete: run.Finished})
	at := c.connection()
	at.Name = "renamed"
	if err := s.UpdateConnection(t.Context(), at); err != nil {
		t.Fatal(err)
	}
	wantView(t, s, store.PeopleView{Connection: c.id, Name: "renamed", Generation: run.ID, Complete: run.Finished})
	if err := s.RemoveConnection(t.Context(), c.id); err != nil {
		t.Fatal(err)
	}
	wantView(t, s, store.PeopleView{})
}

func viewRevision(t *testing.T, s store.Store) {
	c, other := newTenant(t, s, "acme"), newTenant(t, s, "other")
	before := view(t, s).Revision
	moves := func(what string, want bool, do func()) {
		t.Helper()
		do()
		after := view(t, s).Revision
		if (after != before) != want {
			t.Errorf("%s: revision %d, then %d", what, before, after)
		}
		before = after
	}
	forget := func(c *tenant, id string) {
		t.Helper()
		if err := s.Forget(t.Context(), c.id, id); err != nil {
			t.Fatal(err)
		}
	}
	anna, ben := member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}
	moves("marked", true, func() { c.mark(true) })
	moves("marked again", false, func() { c.mark(true) })
	moves("runs", false, func() { c.sync(anna, ben); other.sync(anna, ben) })
	moves("another connection changed", false, func() { other.mark(false) })
	moves("forgotten elsewhere", false, func() { forget(other, "1") })
	moves("forgotten", true, func() { forget(c, "1") })
	moves("another connection marked", true, func() { other.mark(true) })
	moves("forgotten where the mark was", false, func() { forget(c, "2") })
	moves("the mark taken", true, func() { other.mark(false) })
	moves("a connection added with the mark", true, func() {
		added := connectionNamed("added")
		added.HRIS = true
		if _, err := s.AddConnection(t.Context(), added); err != nil {
			t.Fatal(err)
		}
	})
	moves("a connection without it removed", false, func() {
		if err := s.RemoveConnection(t.Context(), c.id); err != nil {
			t.Fatal(err)
		}
	})
	moves("the connection with it removed", true, func() {
		if err := s.RemoveConnection(t.Context(), view(t, s).Connection); err != nil {
			t.Fatal(err)
		}
	})
	moves("settings", true, func() { setSettings(t, s, `{}`, 0) })
	moves("settings that moved", false, func() { _, _ = s.SetPeopleSettings(t.Context(), []byte(`{"hidden":[]}`), 0) })
}

func setSettings(t *testing.T, s store.Store, body string, from int64) int64 {
	t.Helper()
	revision, err := s.SetPeopleSettings(t.Context(), []byte(body), from)
	if err != nil {
		t.Fatal(err)
	}
	return revision
}

func wantSettings(t *testing.T, s store.Store, body string, revision int64) {
	t.Helper()
	got, at, err := s.PeopleSettings(t.Context())
	if err != nil || !sameJSON(got, []byte(body)) || at != revision {
		t.Errorf("settings %s, revision %d (%v); want %s, revision %d", got, at, err, body, revision)
	}
}

func viewSettings(t *testing.T, s store.Store) {
	if body, revision, err := s.PeopleSettings(t.Context()); body != nil || revision != 0 || err != nil {
		t.Errorf("before the first: %q, %d, %v", body, revision, err)
	}
	newTenant(t, s, "acme").mark(true) // is no change of the settings
	first := setSettings(t, s, `{"attributes":["title"],"n":12345678901234567890}`, 0)
	wantSettings(t, s, `{"attributes":["title"],"n":12345678901234567890}`, first)
	second := setSettings(t, s, `{}`, first)
	if first <= 0 || second <= first {
		t.Errorf("revisions %d, %d", first, second)
	}
	for _, stale := range []int64{0, first, second + 1, -1} {
		if _, err := s.SetPeopleSettings(t.Context(), []byte(`{"stale":true}`), stale); !errors.Is(err, store.ErrMoved) {
			t.Errorf("from revision %d: %v", stale, err)
		}
	}
	wantSettings(t, s, `{}`, second)
}

func viewSettingsRefused(t *testing.T, s store.Store) {
	large := append(append([]byte(`{"a":"`), bytes.Repeat([]byte("a"), store.MaxPeopleSettingsBytes)...), `"}`...)
	for _, body := range [][]byte{
		nil,
		{},
		[]byte(` `), []byte(`null`), []byte(`[]`), []byte(`"x"`), []byte(`{`), []byte(`{}{}`), []byte(`{"hidden":"00u1"}`), []byte(`{"heads":{}}`),
		[]byte(`{"set_aside":[]}`), large,
	} {
		if _, err := s.SetPeopleSettings(t.Context(), body, 0); !errors.Is(err, store.ErrPeopleSettings) {
			t.Errorf("%.20q: %v", body, err)
		}
	}
	fits := `{"a":"` + strings.Repeat("a", store.MaxPeopleSettingsBytes-len(`{"a":""}`)) + `"}`
	wantSettings(t, s, fits, setSettings(t, s, fits, 0))
}

func viewSettingsRace(t *testing.T, s store.Store) {
	const several = 8
	errs := make([]error, several)
	var all sync.WaitGroup
	for i := range several {
		all.Go(func() { _, errs[i] = s.SetPeopleSettings(t.Context(), []byte(`{}`), 0) })
	}
	all.Wait()
	won := 0
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case !errors.Is(err, store.ErrMoved):
			t.Error(err)
		}
	}
	if won != 1 {
		t.Errorf("%d of %d won", won, several)
	}
}

const (
	settingsOfTwo = `{"attributes":["title"],"hidden":["2","1"],"n":12345678901234567890,"set_aside":{"1":true,"2":false},` +
		`"heads":[{"field":"department","value":"Law","person":"1"},{"field":"department","value":"Sales","person":"2"}]}`
	settingsOfOne = `{"attributes":["title"],"hidden":["2"],"n":12345678901234567890,"set_aside":{"2":false},` +
		`"heads":[{"field":"department","value":"Sales","person":"2"}]}`
)

func viewForgets(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.mark(true)
	c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: "Ben"}, member{id: "3", name: "Cy"})
	revision := setSettings(t, s, settingsOfTwo, 0)
	if err := s.Forget(t.Context(), c.id, "3"); err != nil {
		t.Fatal(err)
	}
	wantSettings(t, s, settingsOfTwo, revision)
	if err := s.Forget(t.Context(), c.id, "1"); err != nil {
		t.Fatal(err)
	}
	body, after, err := s.PeopleSettings(t.Context())
	if err != nil || !sameJSON(body, []byte(settingsOfOne)) || !bytes.Contains(body, []byte("12345678901234567890")) {
		t.Errorf("settings %s (%v), want %s", body, err, settingsOfOne)
	}
	// Whoever has read them before must not bring the person back.
	if _, err := s.SetPeopleSettings(t.Context(), []byte(settingsOfTwo), revision); !errors.Is(err, store.ErrMoved) {
		t.Errorf("settings read before somebody was forgotten: %v", err)
	}
	// A mention is all that is left of somebody.
	setSettings(t, s, settingsOfTwo, after)
	if err := s.Forget(t.Context(), c.id, "1"); err != nil {
		t.Errorf("forgetting somebody whom only the settings mention: %v", err)
	}
	if err := s.Forget(t.Context(), c.id, "1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("forgetting somebody again: %v", err)
	}
}

func viewForgetsOne(t *testing.T, s store.Store) {
	c, other := newTenant(t, s, "acme"), newTenant(t, s, "other")
	c.mark(true)
	c.sync(member{id: "1", name: "Anna"})
	other.sync(member{id: "1", name: "Anna elsewhere"})
	revision := setSettings(t, s, settingsOfTwo, 0)
	if err := s.Forget(t.Context(), other.id, "1"); err != nil {
		t.Fatal(err)
	}
	wantSettings(t, s, settingsOfTwo, revision) // else somebody hidden would be shown
	if err := s.Forget(t.Context(), c.id, "1"); err != nil {
		t.Fatal(err)
	}
	if body, _, err := s.PeopleSettings(t.Context()); err != nil || !sameJSON(body, []byte(settingsOfOne)) {
		t.Errorf("settings %s (%v), want %s", body, err, settingsOfOne)
	}
}
