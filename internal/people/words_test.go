package people

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/store"
)

func TestInitials(t *testing.T) {
	for name, want := range map[string]string{
		"Ada Example": "AE", "ada maria example": "AE", "Élodie": "É", "example, ada": "EA", "陳慧琳": "陳", "عمر الحسيني": "ع", "Олександр Коваленко": "ОК",
		"": "?", "42": "?", "ß": "ß", "सुनीता देशमुख": "सु", "Ada 陳": "A", "ȧ̈ B": "Ȧ̈B",
	} {
		if got := initials(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestAttributesAreKnownByTheirNames(t *testing.T) {
	for name, want := range map[string]bool{
		"managerDn": true, "manager_email": true, "Manager-UPN": true, "lineManager": true, "reportsTo": true, "supervisorId": true,
		"accountManager": false, "isManager": false, "managerLevel": false, "projectManagerEmail": false, "teamName": false,
	} {
		if isManagerAttribute("profile."+name) != want {
			t.Errorf("%s names a manager: %t", name, !want)
		}
	}
	for name, want := range map[string]bool{
		"birthDate": true, "dateOfBirth": true, "dob": true, "privatePhone": true, "homeAddress": true, "salaryBand": true, "mobile_phone": true,
		"teamName": false, "badgeNumber": false, "title": false, "workload": false,
	} {
		if isPrivate(name) != want {
			t.Errorf("%s is private: %t", name, !want)
		}
	}
	for name, want := range map[string]string{"badgeNumber": "Badge number", "badge_number": "Badge number", "x": "X", "": ""} {
		if got := words(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestFacetsAreWhatCountingGives(t *testing.T) {
	var all []who
	for i := range 300 {
		all = append(all, who{
			id: fmt.Sprintf("u%03d", i), given: []string{"Ada", "Ben", "Chi", "Dee"}[i%4], family: "Example", kind: []string{"Employee", "Contractor"}[i/7%2],
			department: []string{"", "Sales", "Art", "Ops"}[i/3%4], city: []string{"Oslo", "Lima", ""}[i/5%3], managerID: fmt.Sprintf("u%03d", i/10),
		})
	}
	s := of(Settings{}, all...)
	for _, q := range []Query{
		{},
		{Text: "ada"},
		{Chosen: map[string][]string{attrDepartment: {"Sales", ""}}},
		{Text: "ben", Chosen: map[string][]string{attrDepartment: {"Art"}, attrCity: {"Oslo", "Lima"}}},
		{Chosen: map[string][]string{attrUserType: {"Contractor"}, attrManager: {"u003"}}},
	} {
		found, err := s.Search(q)
		if err != nil {
			t.Fatal(err)
		}
		for _, facet := range found.Facets {
			for _, value := range facet.Values {
				n := 0
				for i, w := range all {
					if q.Text != "" && !strings.EqualFold(w.given, q.Text) {
						continue
					}
					matches := true
					for field, chosen := range q.Chosen {
						if field != facet.Field && !slices.Contains(chosen, facetValue(s, int32(i), field)) {
							matches = false
						}
					}
					if matches && facetValue(s, int32(i), facet.Field) == value.Value {
						n++
					}
				}
				if n != value.People {
					t.Errorf("%+v: %s %q has %d people, counted %d", q, facet.Field, value.Value, value.People, n)
				}
			}
		}
	}
}

func facetValue(s *Snapshot, i int32, field string) string {
	if field != attrManager {
		return s.value(i, field)
	}
	if m := s.manager(i); m >= 0 {
		return s.people[m].id
	}
	return ""
}

func TestChangesAreWhatMayBeSeen(t *testing.T) {
	r := newCompany(t)
	ada := who{id: "1", given: "Ada", family: "Example", title: "Head", department: "Sales"}
	ben := who{id: "2", given: "Ben", family: "Example", title: "Seller", department: "Sales", managerID: "1"}
	chi := who{id: "3", given: "Chi", family: "Example", title: "Seller", department: "Sales", managerID: "1"}
	dee := who{id: "4", given: "Dee", family: "Example", title: "Seller", managerID: "zz@example.com"}
	r.sync(r.connection, noon.Add(-72*time.Hour), ada, ben, chi, dee)
	ben.title, ben.managerID, chi.mobile = "Lead seller", "3", "+1 555 0100"
	dee.managerID = "1@example.com"
	eve := who{id: "5", given: "Eve", family: "Example", managerID: "2"}
	r.sync(r.connection, noon.Add(-48*time.Hour), ada, ben, chi, dee, eve)
	s := r.snapshot()
	q := s.Quality()
	for _, kind := range q.Kinds {
		if kind.Kind == "not_in_directory" && (kind.Count != 0 || kind.Gone == nil || *kind.Gone != 1) {
			t.Errorf("the finding that the run took away: %+v", kind)
		}
	}
	chi.deprovisioned = true
	r.sync(r.connection, noon.Add(-24*time.Hour), ada, ben, chi, dee)
	s = r.snapshot()
	changes, err := r.directory.Changes(t.Context(), s, ChangesQuery{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range changes.Rows {
		line := string(c.Kind) + " " + c.Person.Name
		for _, f := range c.Fields {
			line += fmt.Sprintf(", %s %s→%s", f.Label, f.Before, f.After)
		}
		got = append(got, line)
	}
	want := []string{
		"left Chi Example, Status ACTIVE→DEPROVISIONED", "left Eve Example",
		"moved Ben Example, Manager Ada Example→Chi Example, Title Seller→Lead seller", "moved Dee Example, Manager →Ada Example", "joined Eve Example",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if changes.Joined != 1 || changes.Moved != 2 || changes.Left != 2 {
		t.Errorf("%d joined, %d moved, %d left", changes.Joined, changes.Moved, changes.Left)
	}
	recent, err := r.directory.Changes(t.Context(), s, ChangesQuery{Since: noon.Add(-25 * time.Hour), Kind: Left})
	if err != nil || recent.Total != 2 {
		t.Errorf("%d left since yesterday: %v", recent.Total, err)
	}
	history, err := r.directory.History(t.Context(), s, "5")
	if err != nil || len(history) != 2 || history[0].Kind != Left || !history[0].Gone {
		t.Errorf("the history of somebody who left: %+v, %v", history, err)
	}
}

// hostile are texts that break what trusts them.
var hostile = []string{
	"<script>alert(1)</script>", "\u202egnp.exe", strings.Repeat("long ", 2000), "=1+1", "+cmd", "-1", "@sum", "a\x00b", "\xff\xfe", "🤖🧑‍💻", "\r\nEND:VCARD\r\nX:", "a;b,c\\d",
}

func TestWhatOthersWroteIsInert(t *testing.T) {
	var all []who
	for i, text := range hostile {
		text = strings.ToValidUTF8(text, "\ufffd") // a view is UTF-8, by the wire's own rule
		all = append(all, who{id: fmt.Sprintf("u%02d", i), display: text, given: text, family: text, title: text, department: text, city: text, managerID: text, manager: text, kind: text, nick: text})
	}
	s := of(Settings{}, all...)
	var b strings.Builder
	if err := s.Export(&b, FormatCSV, Query{}); err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
	if err != nil || len(rows) != len(all)+1 {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet reckons with %q", cell)
			}
			if len(cell) > maxValueBytes+len("'") || !utf8.ValidString(cell) || strings.ContainsAny(cell, "\x00\u202e") {
				t.Errorf("a cell of %d bytes: %.40q", len(cell), cell)
			}
		}
	}
	for _, w := range all {
		card, err := s.VCard(w.id)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(card), "\r\n"), "\r\n")
		for _, line := range lines {
			if len(line) > cardLineBytes {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
		if n := strings.Count("\r\n"+string(card), "\r\nEND:VCARD"); n != 1 || lines[len(lines)-1] != "END:VCARD" {
			t.Errorf("%s: %d ends: %q", w.id, n, card)
		}
	}
}

func FuzzReadProfile(f *testing.F) {
	view, _ := proto.Marshal(who{id: "1", given: "Ada", family: "Example", managerID: "2", mobile: "1"}.user())
	f.Add(view, []byte(`{"profile":{"managerDn":"CN=Ben","shirt":["M",4,null,true,{"a":1}],"deep":{"a":{"b":{"c":{"d":1}}}}}}`))
	f.Add([]byte("\xff"), []byte(`[`))
	f.Add([]byte{}, []byte(`{"a":"`+strings.Repeat("x", 5000)+`"}`))
	f.Fuzz(func(t *testing.T, view, source []byte) {
		r := newReader(Settings{Attributes: append(DefaultAttributes(), "profile.shirt")})
		counted := newCensus()
		e := r.entry(&store.Person{ID: "1", Version: store.Version{Name: "Ada", View: view, Source: source, Access: true}}, &counted)
		if e.name == "" || len(e.name) > maxNameBytes || !utf8.ValidString(e.name) {
			t.Errorf("a name of %d bytes: %q", len(e.name), e.name)
		}
		for _, value := range e.values {
			if !utf8.ValidString(value) || strings.ContainsRune(value, 0) {
				t.Errorf("a value that is no text: %q", value)
			}
		}
	})
}

func FuzzQuery(f *testing.F) {
	s := of(Settings{}, tree(60, 4)...)
	f.Add("given", attrDepartment, "Team 1", "name", 0, 10)
	f.Add("\x00\xff", "nothing", "", "", -1, 1<<30)
	f.Add(strings.Repeat("a ", 500), attrManager, "u000001", "-name", MaxOffset, MaxPage)
	f.Fuzz(func(t *testing.T, text, field, value, sort string, offset, limit int) {
		found, err := s.Search(Query{Text: text, Chosen: map[string][]string{field: {value}}, Sort: sort, Offset: offset, Limit: limit})
		if err == nil && (len(found.Hits) > MaxPage || found.Total > s.Size()) {
			t.Errorf("%d hits of %d", len(found.Hits), found.Total)
		}
		if _, err := s.Chart(ChartQuery{Person: text, Levels: limit}); err == nil && text != "" && !strings.HasPrefix(text, "u0") {
			t.Errorf("%q is somebody", text)
		}
		_, _, _ = s.Reports("u000000", true, offset, limit)
	})
}
