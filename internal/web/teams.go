package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"patchbay.example/internal/people"
	"patchbay.example/internal/people/unit"
)

// teamsData is what the list of units shows.
type teamsData struct {
	people.Units
	Query   people.UnitsQuery
	Label   string // of the field
	Fields  []tabLink
	Classes []tabLink
	Turns   turns
}

// tabLink is one of several views of the same.
type tabLink struct {
	Label, Path string
	People      int
	Current     bool
}

// defaultField is the kind of unit that is shown unless another is asked for.
const defaultField = "department"

func (s *Site) teamsPage(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	q, err := unitsQueryOf(r.URL.Query())
	if err != nil {
		return err
	}
	units, err := snap.Units(q)
	if err != nil {
		return err
	}
	data := teamsData{Units: units, Query: q, Turns: pageTurns(q.Offset, len(units.Units), units.Total, func(offset int) string {
		q := q
		q.Offset = offset
		return teamsAt(q)
	})}
	field := or(q.Field, defaultField)
	for _, f := range units.Fields {
		current := f.Value == field
		if current {
			data.Label = or(f.Label, f.Value)
		} else if f.People == 0 {
			continue // nobody has one
		}
		data.Fields = append(data.Fields, tabLink{or(f.Label, f.Value), teamsAt(people.UnitsQuery{Field: f.Value}), f.People, current})
	}
	all := 0
	for _, c := range units.Classes {
		all += c.People
		data.Classes = append(data.Classes, tabLink{classWord(unit.Class(c.Value)), teamsAt(people.UnitsQuery{Field: q.Field, Text: q.Text, Class: unit.Class(c.Value)}), c.People, q.Class == unit.Class(c.Value)})
	}
	data.Classes = slices.Insert(data.Classes, 0, tabLink{"All", teamsAt(people.UnitsQuery{Field: q.Field, Text: q.Text}), all, q.Class == ""})
	return s.showPeople(w, r, snap, page{name: "teams", title: "Teams", tab: "teams", data: data})
}

func unitsQueryOf(values url.Values) (people.UnitsQuery, error) {
	var q people.UnitsQuery
	var err error
	if q.Field, err = textOf(values, "field"); err != nil {
		return q, err
	}
	if q.Text, err = textOf(values, "name"); err != nil {
		return q, err
	}
	class, err := textOf(values, "class")
	if err != nil {
		return q, err
	}
	q.Class = unit.Class(class)
	q.Offset, err = offsetOf(values)
	return q, err
}

// teamsAt is the address of a list of units.
func teamsAt(q people.UnitsQuery) string {
	values := url.Values{}
	for name, value := range map[string]string{"field": q.Field, "name": q.Text, "class": string(q.Class)} {
		if value != "" {
			values.Set(name, value)
		}
	}
	if q.Offset > 0 {
		values.Set("offset", strconv.Itoa(q.Offset))
	}
	return withQuery("/people/teams", values)
}

// teamData is what a unit's page shows.
type teamData struct {
	people.UnitPage
	Turns turns
	// Find is the search for the members.
	Find string
	// Named says that an administrator has named the head; Revision is of the
	// settings, for the form that does.
	Named    bool
	Revision int64
}

func (s *Site) teamPage(w http.ResponseWriter, r *http.Request) error {
	snap, err := s.snapshot(r)
	if err != nil {
		return err
	}
	values := r.URL.Query()
	offset, err := offsetOf(values)
	if err != nil {
		return err
	}
	ref := unit.Ref{Field: strings.ToValidUTF8(values.Get("field"), "\uFFFD"), Value: strings.ToValidUTF8(values.Get("value"), "\uFFFD")}
	u, err := snap.Unit(ref, offset, people.PagePeople)
	if err != nil {
		return err
	}
	settings := snap.Settings()
	data := teamData{
		UnitPage: u, Revision: settings.Revision,
		Find:  findAt(people.Query{Chosen: map[string][]string{u.Field: {u.Value}}}),
		Named: slices.ContainsFunc(settings.Heads, func(h people.Head) bool { return h.Ref() == u.Ref }),
		Turns: pageTurns(offset, len(u.People), u.Members, func(offset int) string {
			return withMore(unitAt(u.Ref), url.Values{"offset": {strconv.Itoa(offset)}})
		}),
	}
	return s.showPeople(w, r, snap, page{name: "team", title: unitName(u.Ref), tab: "teams", data: data})
}
