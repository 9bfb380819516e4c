package unit

import (
	"cmp"
	"slices"
)

// Member is a person as units see one.
type Member struct {
	// Active says that the person has access and is not suspended. Others are in
	// no unit and lead none.
	Active bool
	// Contractor says that the person is employed by somebody else. Contractors
	// are members, and counted apart.
	Contractor bool
	// Title is the job title as it is in the record; empty for none, or where it
	// may not be used.
	Title string
	// Values are the person's units by field, in the order of Build's fields;
	// empty for none. A short slice lacks the last ones.
	Values []string
}

// Unit is a unit and who leads it.
type Unit struct {
	Ref
	// People are the active members, each somewhere before those who report to
	// them; Contractors counts the contractors among them.
	People      []int32
	Contractors int
	// Head is who leads the unit.
	Head Head
	// Spellings are units of the same field that are probably this one, spelt
	// differently; the largest first.
	Spellings []Ref

	key string // what titles call it
}

// Members is how many active people are in the unit, contractors among them.
func (u *Unit) Members() int { return len(u.People) }

// Units are the units of a directory. They never change, and the methods may be
// called concurrently. What they return is shared: read only.
type Units struct {
	fields []string
	lists  map[string][]*Unit
	byRef  map[Ref]*Unit
	spelt  [][]*Unit
	ledBy  map[int32][]*Unit
}

// Build finds the units of members, by fields. parent holds each person's
// manager, -1 for none, as package reporting found them; what is no forest is
// made one. heads are whom an administrator has named; such a head who is not
// active or not a person is passed over.
//
// It takes time in proportion to the people and fields, and on no input more
// than that times a logarithm: see the bounds below.
func Build(members []Member, parent []int32, fields []string, heads map[Ref]int32) *Units {
	u := &Units{lists: map[string][]*Unit{}, byRef: map[Ref]*Unit{}, ledBy: map[int32][]*Unit{}}
	t := newTour(parent, len(members))
	named := map[Ref]int32{}
	for ref, person := range heads {
		named[Ref{ref.Field, clean(ref.Value)}] = person
	}
	var all []*Unit
	for f, field := range fields {
		if slices.Contains(u.fields, field) {
			continue
		}
		u.fields = append(u.fields, field)
		list := collect(members, t, f, field)
		spelt := nearSpellings(list)
		u.lists[field], u.spelt = list, append(u.spelt, spelt...)
		all = append(all, list...)
	}
	l := newLeadership(members, t, all)
	for _, unit := range all {
		u.byRef[unit.Ref] = unit
		person, ok := named[unit.Ref]
		if !ok {
			person = -1
		}
		unit.Head = l.head(unit, person)
		if unit.Head.Class == Disagreement {
			continue
		}
		for _, p := range unit.Head.People {
			u.ledBy[p] = append(u.ledBy[p], unit)
		}
	}
	return u
}

// collect finds the units of one field, the largest first.
func collect(members []Member, t *tour, f int, field string) []*Unit {
	var list []*Unit
	byValue, byRaw := map[string]*Unit{}, map[string]*Unit{}
	for _, i := range t.order {
		m := &members[i]
		if !m.Active || f >= len(m.Values) || m.Values[f] == "" {
			continue
		}
		raw := m.Values[f]
		unit, ok := byRaw[raw]
		if !ok {
			if value := clean(raw); value != "" {
				unit = byValue[value]
				if unit == nil {
					unit = &Unit{Ref: Ref{field, value}}
					byValue[value] = unit
					list = append(list, unit)
				}
			}
			byRaw[raw] = unit
		}
		if unit == nil {
			continue
		}
		unit.People = append(unit.People, i)
		if m.Contractor {
			unit.Contractors++
		}
	}
	slices.SortFunc(list, largest)
	return list
}

func largest(a, b *Unit) int {
	return cmp.Or(cmp.Compare(len(b.People), len(a.People)), cmp.Compare(a.Value, b.Value))
}

// Fields are the fields, as Build was given them.
func (u *Units) Fields() []string { return u.fields }

// List is the units of a field, the largest first; nil for an unknown field.
func (u *Units) List(field string) []*Unit { return u.lists[field] }

// Find is one unit; nil if no active person is in it. The value may have blanks
// around it, and be in any Unicode form.
func (u *Units) Find(ref Ref) *Unit { return u.byRef[Ref{ref.Field, clean(ref.Value)}] }

// LedBy is the units that a person leads, alone or with others, in the order of
// the fields and the largest first. Those about whose head the evidence
// disagrees are not among them.
func (u *Units) LedBy(person int32) []*Unit { return u.ledBy[person] }

// Spelt is groups of units that are probably one, spelt differently: each the
// largest first, in the order of the fields.
func (u *Units) Spelt() [][]*Unit { return u.spelt }
