package people

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/people/quality"
)

// canaries are what nobody may see: values of attributes that are not allowed,
// and all that would tell who the hidden person is.
var canaries = []string{
	"canary-mobile", "canary-street", "canary-birth", "canary-number", "canary-second", "canary-login", "canary-password",
	"00uhidden", "Canaryhidden", "canary-hidden",
}

// guarded is a company with canaries in everything that is not shown.
func guarded(title string) []who {
	private := func(w who) who {
		w.mobile, w.street, w.number, w.second, w.login = "canary-mobile-"+w.id, "canary-street", "canary-number-"+w.id, "canary-second@example.com", "canary-login-"+w.id
		w.custom = map[string]any{"birthDate": "canary-birth", "tShirt": "canary-birth-shirt"}
		return w
	}
	return []who{
		private(who{id: "00u1", given: "Ada", family: "Example", title: "Chief Executive Officer", department: "Executive"}),
		private(who{id: "00u2", given: "Ben", family: "Example", title: title, department: "Sales", managerID: "00u1@example.com"}),
		private(who{id: "00u3", given: "Cy", family: "Example", title: "Seller", department: "Sales", managerID: "canary-hidden@example.com", manager: "Ben Example"}),
		private(who{id: "00u4", given: "Di", family: "Example", title: "Seller", department: "Sales", managerID: "00uhidden"}),
		private(who{id: "00u5", given: "Ed", family: "Example", title: "Seller", department: "Sales", manager: "Example, Canaryhidden"}),
		private(who{id: "00u6", given: "Flo", family: "Example", title: "Seller", department: "Sales", custom: nil, manager: "CN=Canaryhidden Example,OU=People"}),
		private(who{id: "00u7", given: "Gus", family: "Example", title: "Seller", managerID: "nobody@example.com"}),
		{id: "00uhidden", given: "Canaryhidden", family: "Example", email: "canary-hidden@example.com", title: "canary-hidden-title", department: "canary-hidden-unit", city: "canary-hidden-city", managerID: "00u1@example.com"},
	}
}

// everything is all that a directory says, as text.
func (r *company) everything(s *Snapshot) map[string]string {
	r.Helper()
	said := map[string]string{}
	note := func(what string, answer any, err error) {
		text, jsonErr := json.Marshal(answer)
		if jsonErr != nil {
			r.Fatal(jsonErr)
		}
		said[what] = string(text) + fmt.Sprint(err)
		if unknown, ok := errors.AsType[*UnknownError](err); ok {
			unknown.Asked = "" // what was asked for is the asker's
			text, _ := json.Marshal(unknown)
			said[what] = string(text)
		}
	}
	for _, text := range append([]string{"", "example", "sales", "seller", "e"}, canaries...) {
		found, err := s.Search(Query{Text: text, More: attrDepartment})
		note("search "+text, found, err)
	}
	for i := range s.people {
		id := s.people[i].id
		person, err := s.Person(id)
		note("person "+id, person, err)
		evidence, err := s.Evidence(id)
		note("evidence "+id, evidence, err)
		history, err := r.directory.History(r.Context(), s, id)
		note("history "+id, history, err)
		chart, err := s.Chart(ChartQuery{Person: id, Levels: MaxLevels})
		note("chart "+id, chart, err)
		branch, err := s.Branch(BranchQuery{Person: id, Grouped: true})
		note("branch "+id, branch, err)
		_, reports, err := s.Reports(id, true, 0, 0)
		note("reports "+id, reports, err)
		_, peers, err := s.Peers(id, 0, 0)
		note("peers "+id, peers, err)
		card, err := s.VCard(id)
		note("card "+id, string(card), err)
	}
	hidden, err := s.Person("00uhidden")
	note("the hidden person", hidden, err)
	gone, err := r.directory.History(r.Context(), s, "00uhidden")
	note("the hidden person's history", gone, err)
	for _, field := range s.fields {
		units, err := s.Units(UnitsQuery{Field: field})
		note("units "+field, units, err)
		for _, u := range units.Units {
			unit, err := s.Unit(u.Ref, 0, 0)
			note("unit "+u.Value, unit, err)
		}
	}
	note("quality", s.Quality(), nil)
	for _, info := range quality.Kinds() {
		findings, err := s.Findings(string(info.Kind), 0, 0)
		note("findings "+string(info.Kind), findings, err)
	}
	changes, err := r.directory.Changes(r.Context(), s, ChangesQuery{Since: noon.Add(-90 * 24 * time.Hour)})
	note("changes", changes, err)
	_, aside, err := s.SetAside(0, 0)
	note("set aside", aside, err)
	_, outside, err := s.Outside(0, 0)
	note("outside", outside, err)
	preview, err := r.directory.Preview(r.Context(), r.connection.Name)
	note("preview", preview, err)
	for _, format := range []string{FormatCSV, FormatJSONLines} {
		var b bytes.Buffer
		note("export "+format, "", s.Export(&b, format, Query{}))
		said["export "+format] += b.String()
	}
	var b bytes.Buffer
	note("exported findings", "", s.ExportFindings(&b, ""))
	said["exported findings"] += b.String()
	said["log"] = r.log.String()
	return said
}

func TestWhatIsNotAllowedIsNowhere(t *testing.T) {
	r := newCompany(t)
	r.sync(r.connection, noon.Add(-48*time.Hour), guarded("Seller")...)
	changed := guarded("Head of Sales")
	changed[6].mobile, changed[7].title = "canary-mobile-new", "canary-hidden-title-new"
	r.sync(r.connection, noon.Add(-24*time.Hour), changed...)
	r.set(func(s *Settings) { s.Hidden = []string{"00uhidden"} })
	s := r.snapshot()
	said := r.everything(s)
	for what, text := range said {
		for _, canary := range canaries {
			if strings.Contains(strings.ToLower(text), strings.ToLower(canary)) {
				t.Errorf("%s tells %s: %.2000s", what, canary, text)
			}
		}
	}
	if !strings.Contains(said["changes"], "Head of Sales") || !strings.Contains(said["findings not_in_directory"], "nobody@example.com") {
		t.Error("what may be shown is not shown")
	}
	for _, canary := range canaries {
		if found, err := s.Search(Query{Text: canary}); err != nil || found.Total > 0 && !strings.HasPrefix(canary, "canary-hidden") {
			t.Errorf("%q finds %d people: %v", canary, found.Total, err)
		}
	}
	// Of a manager who is hidden a page says what it says of none.
	p, err := s.Person("00u4")
	blank, _ := s.Person("00u1")
	if err != nil || p.Link.Text != blank.Link.Text || p.Manager != "" || len(p.Line) != 0 {
		t.Errorf("a hidden manager shows: %+v, %v", p.Link, err)
	}
}

func TestAChangeOfWhatIsShownIsEffectiveAtOnce(t *testing.T) {
	r := newCompany(t)
	r.sync(r.connection, noon, who{id: "00u1", given: "Ada", family: "Example"}, who{id: "00u2", given: "Ben", family: "Example", department: "Sales", number: "N7712"})
	finds := func(text string) int {
		s, err := r.directory.Snapshot(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		found, err := s.Search(Query{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		return found.Total
	}
	if n := finds("N7712"); n != 0 {
		t.Fatalf("an employee number that is not allowed finds %d", n)
	}
	r.set(func(s *Settings) { s.Attributes = append(DefaultAttributes(), attrEmployeeNumber) })
	if n := finds("N7712"); n != 1 {
		t.Errorf("allowed, the number finds %d people", n)
	}
	r.set(func(s *Settings) { s.Attributes = []string{attrTitle} })
	if n := finds("N7712") + finds("sales"); n != 0 {
		t.Errorf("no more allowed, %d people are found", n)
	}
	r.set(func(s *Settings) { s.Hidden = []string{"00u2"} })
	if n := finds("Ben"); n != 0 {
		t.Error("the hidden person is found")
	}
	r.set(func(s *Settings) { s.Hidden = nil })
	if n := finds("Ben"); n != 1 {
		t.Error("the person is shown no more")
	}
	if err := r.store.Forget(t.Context(), r.connection.ID, "00u2"); err != nil {
		t.Fatal(err)
	}
	if n := finds("Ben"); n != 0 {
		t.Error("the forgotten person is found")
	}
}
