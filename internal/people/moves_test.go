package people

import (
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"patchbay.example/internal/people/quality"
)

// movers are people before and after a run.
func movers() (before, after []who) {
	one := func(id, title, department, managerID string) who {
		return who{id: id, given: "Sample", family: id, title: title, department: department, managerID: managerID, custom: map[string]any{"badge": 1}}
	}
	before = []who{
		one("00uhead", "Chief", "Board", ""), one("00uold", "Lead", "Depots", "00uhead"), one("00unew", "Lead", "Rail", "00uhead"),
		one("00utitle", "Agent", "Depots", "00uold"), one("00uteam", "Agent", "Depots", "00uold"), one("00ureports", "Agent", "Depots", "00uold"),
		one("00usecret", "Agent", "Depots", "00uold"), one("00ugone", "Agent", "Depots", "00uold"), one("00ulocked", "Agent", "Depots", "00uold"),
		one("00uspelling", "Agent", "Depots", "00uold"),
	}
	stays := func(w who, change func(*who)) { change(&w); after = append(after, w) }
	for _, w := range before {
		switch w.id {
		case "00utitle":
			stays(w, func(w *who) { w.title = "Senior agent" })
		case "00uteam":
			stays(w, func(w *who) { w.department = "Rail" })
		case "00ureports":
			stays(w, func(w *who) { w.managerID = "00unew" })
		case "00usecret":
			stays(w, func(w *who) { w.mobile, w.custom = "5550100", map[string]any{"badge": 2} })
		case "00ulocked":
			stays(w, func(w *who) { w.deprovisioned = true })
		case "00uspelling": // the same manager, written in another way
			stays(w, func(w *who) { w.managerID = "00uold@example.com" })
		case "00ugone":
		default:
			stays(w, func(*who) {})
		}
	}
	never := one("00unever", "Agent", "Depots", "00uold")
	never.deprovisioned = true
	return before, append(after, one("00ujoins", "Agent", "Rail", "00unever"), never)
}

func moved(t *testing.T) *company {
	t.Helper()
	r := newCompany(t)
	before, after := movers()
	r.sync(r.connection, noon.Add(-48*time.Hour), before...)
	r.sync(r.connection, noon.Add(-time.Hour), after...)
	return r
}

func TestChangesAreWhatMayBeShown(t *testing.T) {
	r := moved(t)
	answer, err := r.directory.Changes(r.Context(), r.snapshot(), ChangesQuery{})
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	for _, row := range answer.Rows {
		said[row.Person.ID] = string(row.Kind)
		for _, f := range row.Fields {
			said[row.Person.ID] += " " + f.Attribute + ":" + f.Before + ">" + f.After
		}
	}
	want := map[string]string{
		"00ujoins": "joined", "00ugone": "left", "00ulocked": "left status:ACTIVE>DEPROVISIONED", "00utitle": "moved title:Agent>Senior agent",
		"00uteam": "moved department:Depots>Rail", "00ureports": "moved manager:Sample 00uold>Sample 00unew",
	}
	if !maps.Equal(said, want) {
		t.Errorf("changes: %v\nwant     %v", said, want)
	}
	if answer.Joined != 1 || answer.Moved != 3 || answer.Left != 2 || answer.Total != 6 {
		t.Errorf("joined %d, moved %d, left %d, total %d; want 1, 3, 2, 6", answer.Joined, answer.Moved, answer.Left, answer.Total)
	}
}

func TestChangesAreNarrowed(t *testing.T) {
	r := moved(t)
	s := r.snapshot()
	for kind, want := range map[ChangeKind]int{Joined: 1, Moved: 3, Left: 2} {
		answer, err := r.directory.Changes(r.Context(), s, ChangesQuery{Kind: kind})
		if err != nil || answer.Total != want || slices.ContainsFunc(answer.Rows, func(c Change) bool { return c.Kind != kind }) {
			t.Errorf("%s: %d rows (%v), want %d of that kind", kind, answer.Total, err, want)
		}
	}
	if answer, err := r.directory.Changes(r.Context(), s, ChangesQuery{Since: noon}); err != nil || answer.Total != 0 {
		t.Errorf("since noon: %d (%v), want none", answer.Total, err)
	}
	var refused *QueryError
	for _, q := range []ChangesQuery{{Kind: "fired"}, {Offset: -1}, {Limit: MaxPage + 1}} {
		if _, err := r.directory.Changes(r.Context(), s, q); !errors.As(err, &refused) {
			t.Errorf("%+v: %v, want a QueryError", q, err)
		}
	}
	r.set(func(s *Settings) { s.Hidden = []string{"00utitle", "00ugone"} })
	if answer, err := r.directory.Changes(r.Context(), r.snapshot(), ChangesQuery{}); err != nil || answer.Moved != 2 || answer.Left != 1 {
		t.Errorf("with two hidden: %d moved and %d left (%v), want 2 and 1", answer.Moved, answer.Left, err)
	}
}

func TestHistoryOfAPerson(t *testing.T) {
	r := moved(t)
	s := r.snapshot()
	for id, want := range map[string]ChangeKind{"00utitle": Moved, "00ujoins": Joined, "00ugone": Left, "00uhead": "", "00usecret": ""} {
		rows, err := r.directory.History(r.Context(), s, id)
		switch {
		case err != nil:
			t.Errorf("%s: %v", id, err)
		case want == "" && len(rows) != 0:
			t.Errorf("%s: %v, want nothing", id, rows)
		case want != "" && (len(rows) != 1 || rows[0].Kind != want):
			t.Errorf("%s: %+v, want one that %s", id, rows, want)
		}
	}
}

func TestFindingsSayWhatTheLastRunBrought(t *testing.T) {
	r := newCompany(t)
	before, after := movers()
	before[3].title, after[len(after)-2].title = "", "" // one finding goes, one comes
	after[1].managerID = "00unobody"
	r.sync(r.connection, noon.Add(-48*time.Hour), before...)
	was := findings(t, r.snapshot())
	r.sync(r.connection, noon.Add(-time.Hour), after...)
	s := r.snapshot()
	is := findings(t, s)
	for _, kind := range s.Quality().Kinds {
		came, went := 0, 0
		for person, fresh := range is[kind.Kind] {
			_, old := was[kind.Kind][person]
			if fresh == old {
				t.Errorf("%s of %s: new %t, and before it was there: %t", kind.Kind, person, fresh, old)
			}
			if !old {
				came++
			}
		}
		for person := range was[kind.Kind] {
			if _, still := is[kind.Kind][person]; !still {
				went++
			}
		}
		if kind.New == nil || kind.Gone == nil || *kind.New != came || *kind.Gone != went {
			t.Errorf("%s: new %v, gone %v; want %d and %d", kind.Kind, kind.New, kind.Gone, came, went)
		}
	}
	if len(is[string(quality.NotInDirectory)]) != 1 {
		t.Errorf("findings: %v, want one of a manager who is nobody", is)
	}
}

// findings are whom a snapshot has findings of, by kind, and which are new.
func findings(t *testing.T, s *Snapshot) map[string]map[string]bool {
	t.Helper()
	all := map[string]map[string]bool{}
	for _, kind := range kindNames() {
		page, err := s.Findings(kind, 0, MaxPage)
		if err != nil {
			t.Fatal(err)
		}
		all[kind] = map[string]bool{}
		for _, f := range page.Rows {
			name := ""
			if f.Person != nil {
				name = f.Person.ID
			} else {
				name = f.Unit.Field + "=" + f.Unit.Value
			}
			all[kind][name] = f.New
		}
	}
	return all
}
