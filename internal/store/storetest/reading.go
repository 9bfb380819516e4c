package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/store"
)

var readingTests = []subtest{
	{"a person as stored", readPerson},
	{"people come in parts, by the bytes of their ids", readPaged},
	{"search finds the beginnings of words", readSearch},
	{"hostile searches", readHostileSearch},
	{"hostile texts", readHostileTexts},
	{"of an unknown connection", readUnknown},
}

func readPerson(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	anna := member{id: "1", name: "Anna", department: "Law", login: noon, gone: true}
	r := c.sync(anna)
	want := store.Person{ID: "1", Version: anna.version(), Times: store.Times{LastLogin: noon}, Since: r.ID}
	if diff := cmp.Diff(want, c.person("1")); diff != "" {
		t.Errorf("Person (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]store.Person{want}, c.people()); diff != "" {
		t.Errorf("People (-want +got):\n%s", diff)
	}
	if _, err := s.Person(t.Context(), c.id, "2"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a person who is not there: %v", err)
	}
}

func readPaged(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	ids := []string{"a", "B", "a b", "ä", "Z", "10", "9", "a%", "a_", "a'", "日本", "\U0001F600", "é", "e\u0301", "-", "*", `"`, `\`}
	var members []member
	for _, id := range ids {
		members = append(members, member{id: id, name: "Ann"})
	}
	c.sync(members...)
	slices.Sort(ids)
	for _, search := range []string{"", "ann"} {
		for _, limit := range []int{1, 4, 0} {
			var got []string
			after := ""
			for {
				part, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: c.id, Search: search, After: after, Limit: limit})
				if err != nil {
					t.Fatal(err)
				}
				if limit > 0 && len(part) > limit {
					t.Fatalf("%d people, limit %d", len(part), limit)
				}
				if len(part) == 0 {
					break
				}
				for _, p := range part {
					got = append(got, p.ID)
				}
				after = got[len(got)-1]
			}
			if diff := cmp.Diff(ids, got); diff != "" {
				t.Errorf("search %q, limit %d (-want +got):\n%s", search, limit, diff)
			}
		}
	}
	for _, id := range ids {
		if got := c.person(id); got.ID != id {
			t.Errorf("Person(%q): %q", id, got.ID)
		}
	}
	many := make([]member, store.MaxPeople+5)
	for i := range many {
		many[i] = member{id: fmt.Sprintf("%05d", i), name: "Many"}
	}
	c.sync(many...)
	for _, limit := range []int{0, store.MaxPeople, store.MaxPeople + 3} {
		got, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: c.id, Limit: limit})
		if err != nil || len(got) != store.MaxPeople {
			t.Errorf("limit %d: %d people, %v", limit, len(got), err)
		}
	}
}

// found is what a search must find, by the definition of the interface. A
// search without letters and digits has no words, so that everybody matches.
func found(people []store.Person, search string) []string {
	ids := []string{}
	for _, p := range people {
		words := strings.Fields(p.SearchText())
		matches := func(query string) bool {
			return slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, query) })
		}
		if !slices.ContainsFunc(store.SearchWords(search), func(query string) bool { return !matches(query) }) {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func wantSearch(c *tenant, search string, want []string) {
	c.t.Helper()
	got := []string{}
	people, err := c.s.People(c.t.Context(), store.PeopleQuery{ConnectionID: c.id, Search: search})
	if err != nil {
		c.t.Errorf("search for %q: %v", search, err)
		return
	}
	for _, p := range people {
		got = append(got, p.ID)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		c.t.Errorf("search for %q (-want +got):\n%s", search, diff)
	}
}

func readSearch(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(
		member{id: "1", name: "Anna-Maria O'Neil"}, member{id: "2", name: "Zoë Çelik"}, member{id: "3", name: "남궁 하준"},
		member{id: "4", name: "Łukasz Ann"}, member{id: "5", name: "or AND not"}, member{id: "6", name: "हिन्दी नाम"},
		member{id: "7", name: "𞤀𞤣𞤤𞤢𞤥 a1b2"}, member{id: "u8x", name: "Berta"},
	)
	for search, want := range map[string][]string{
		"ann": {"1", "4"}, "ANNA": {"1"}, "maria anna": {"1"}, "anna łukasz": {}, "neil": {"1"}, "eil": {},
		"zoe": {"2"}, "ZOË ce": {"2"}, "하": {"3"}, "or": {"5"}, "and": {"5"}, "NOT and": {"5"}, "near": {},
		"u8": {"u8x"}, "example berta": {"u8x"}, "𞤀𞤣": {"7"}, "a1b": {"7"}, "हि": {"6"}, "engineer": {},
		"anna anna anna": {"1"}, "anna\tmaria": {"1"},
	} {
		wantSearch(c, search, want)
	}
	people := c.people()
	for _, search := range []string{"a", "an", "ann", "z", "example", "1", "com exa", "ह", "हिन्द", "남"} {
		wantSearch(c, search, found(people, search))
	}
	// Search follows the version that stands.
	c.sync(member{id: "1", name: "Berta"}, member{id: "2", name: "Zoë Çelik"})
	wantSearch(c, "anna", []string{})
	wantSearch(c, "berta", []string{"1"})
	wantSearch(c, "", []string{"1", "2"})
}

func readHostileSearch(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	c.sync(member{id: "1", name: "Anna"}, member{id: "2", name: `100% "quoted"_under*star`}, member{id: "3", name: "a:b ^c"})
	people := c.people()
	for _, search := range []string{
		`"`, `""`, `"anna`, `anna"`, `'`, `';drop table version`, `*`, `anna*`, `*anna`, `-anna`, `- anna`, `anna -star`, `+`,
		"\x00", "anna\x00", "\x00anna", "an\x00na", "%", "100%", "_", "_under", `\`, `anna\`, "(", ")", "(anna", "anna)", "^anna", "a:b", "words:anna",
		"anna OR star", "anna AND star", "NOT anna", "NEAR(anna star)", "anna & star", "anna | star", "!anna", "<->", "anna:*", "\xff", "anna\xff", "\xff\xfe\xfd",
		"\u202e", "\ufffd", "\u0301", strings.Repeat("a", 5000), strings.Repeat("a ", 5000), strings.Repeat("(", 5000), strings.Repeat(`"`, 999),
	} {
		wantSearch(c, search, found(people, search))
	}
}

// cleaned is how a text is stored.
func cleaned(text string) string {
	return store.Text(text)
}

func readHostileTexts(t *testing.T, s store.Store) {
	c := newTenant(t, s, "acme")
	long := strings.Repeat("név ", 2500)
	texts := []string{"", "\x00", "a\x00b", "\xff", "a\xffb", "\xed\xa0\x80", "\u202eabc\u202c", "\ufeff", "\U0010FFFF", long, `'"\%_`, "line\nbreak\r\n\t"}
	r := c.begin()
	p := store.StagedPage{LeaseUntil: c.now.Add(lease), Cursor: "cursor \xff\x00"}
	want := map[string]store.Version{}
	for i, text := range texts {
		v := store.Version{
			Visible: hash(text), UserName: text, Name: text, Email: text, Title: text, Department: text, Status: text, Access: i%2 == 0,
			View: []byte("\x00\xff" + text), Source: []byte(text),
		}
		id := fmt.Sprintf("%02d", i)
		p.Records = append(p.Records, store.StagedRecord{ID: id, SourceHash: hash("source", text), Version: func() store.Version { return v }})
		stored := v
		for _, field := range []*string{&stored.UserName, &stored.Name, &stored.Email, &stored.Title, &stored.Department, &stored.Status} {
			*field = cleaned(text)
		}
		want[id] = stored
	}
	if err := s.StagePage(t.Context(), r.fence(), p); err != nil {
		t.Fatal(err)
	}
	if got := c.stored(r.ID).Cursor; !utf8.ValidString(got) {
		t.Errorf("cursor %q", got)
	}
	if err := s.StagePage(t.Context(), r.fence(), store.StagedPage{LeaseUntil: c.now.Add(lease)}); err != nil {
		t.Fatal(err)
	}
	r.promote()
	got := map[string]store.Version{}
	for _, p := range c.people() {
		if len(p.Source) == 0 {
			p.Source = []byte{} // nil or empty: an empty source is empty
		}
		got[p.ID] = p.Version
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	failing := c.begin()
	end := store.Finish{Status: store.RunFailed, Class: "\x00", Reason: "\xff", Message: "m\x00\xff", Fix: "\xff\x00", Now: c.now}
	if err := s.Finish(t.Context(), failing.fence(), end); err != nil {
		t.Fatal(err)
	}
	if got := c.stored(failing.ID); got.Message != cleaned(end.Message) || got.Fix != cleaned(end.Fix) {
		t.Errorf("a failure in hostile words: %+v", got)
	}
	longID := strings.Repeat("i", store.MaxIDBytes)
	c.sync(member{id: longID, name: "Long"})
	c.want(longID + "=Long")
}

func readUnknown(t *testing.T, s store.Store) {
	if _, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: 99}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("People: %v", err)
	}
	if _, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: 99, Search: "anna"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("People, searching: %v", err)
	}
	if _, err := s.Person(t.Context(), 99, "1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Person: %v", err)
	}
	if err := s.Forget(t.Context(), 99, "1"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("Forget: %v", err)
	}
}
