package people

import (
	"cmp"
	"slices"
	"strings"

	"patchbay.example/internal/people/unit"
)

// Units are units of one kind, the largest first. [*QueryError].
func (s *Snapshot) Units(q UnitsQuery) (Units, error) {
	q.Field = cmp.Or(q.Field, attrDepartment)
	if len(s.fields) == 0 {
		return Units{Units: []UnitSummary{}, Fields: []Count{}, Classes: []Count{}}, nil
	}
	if !slices.Contains(s.fields, q.Field) {
		return Units{}, &QueryError{Parameter: "field", Problem: "is none of " + strings.Join(s.fields, ", ")}
	}
	classes := []unit.Class{unit.Certain, unit.Likely, unit.Disagreement, unit.Unknown}
	if q.Class != "" && !slices.Contains(classes, q.Class) {
		return Units{}, &QueryError{Parameter: "class", Problem: "is certain, likely, disagreement or unknown"}
	}
	page := Units{Units: []UnitSummary{}}
	for _, field := range s.fields {
		page.Fields = append(page.Fields, Count{Value: field, Label: labelOf(field), People: len(s.units.List(field)), Chosen: field == q.Field})
	}
	counted := map[unit.Class]int{}
	var found []*unit.Unit
	text := order(q.Text)
	for _, u := range s.units.List(q.Field) {
		if text != "" && !strings.Contains(order(u.Value), text) {
			continue
		}
		counted[u.Head.Class]++
		if q.Class == "" || u.Head.Class == q.Class {
			found = append(found, u)
		}
	}
	for _, class := range classes {
		page.Classes = append(page.Classes, Count{Value: string(class), People: counted[class], Chosen: class == q.Class})
	}
	from, to, err := span(len(found), q.Offset, q.Limit)
	if err != nil {
		return Units{}, err
	}
	page.Total = len(found)
	for _, u := range found[from:to] {
		page.Units = append(page.Units, s.unitSummary(u))
	}
	return page, nil
}

// Unit is one of them. [*UnknownError], [*QueryError].
func (s *Snapshot) Unit(ref unit.Ref, offset, limit int) (UnitPage, error) {
	u := s.units.Find(ref)
	if u == nil {
		unknown := &UnknownError{What: "unit", Asked: shown(ref.Value, maxValueBytes)}
		for _, near := range s.units.Suggest(ref) {
			unknown.Units = append(unknown.Units, s.unitSummary(near))
		}
		return UnitPage{}, unknown
	}
	members := make([]bool, len(s.people))
	for _, i := range u.People {
		members[i] = true
	}
	byName := slices.DeleteFunc(slices.Clone(s.byName), func(i int32) bool { return !members[i] })
	people, err := s.part(byName, offset, limit)
	if err != nil {
		return UnitPage{}, err
	}
	page := UnitPage{
		UnitSummary: s.unitSummary(u), Outside: u.Head.Outside, People: people,
		NoManager: s.cards(first(u.Head.NoManager)), NoManagerTotal: len(u.Head.NoManager), ByCity: s.spread(u.People, attrCity),
	}
	if u.Head.Class == unit.Disagreement {
		page.Structure, page.Title = s.cards(first(u.Head.Structural)), s.cards(first(u.Head.Titled))
	}
	for _, near := range u.Spellings {
		if other := s.units.Find(near); other != nil {
			page.Spellings = append(page.Spellings, s.unitSummary(other))
		}
	}
	return page, nil
}

// unitSummary is a unit in a list.
func (s *Snapshot) unitSummary(u *unit.Unit) UnitSummary {
	return UnitSummary{
		Ref: u.Ref, Label: labelOf(u.Field), Members: u.Members(), Contractors: u.Contractors,
		Class: u.Head.Class, Heads: s.cards(first(u.Head.People)), Text: u.Head.Explain(u.Value, s.name),
	}
}
