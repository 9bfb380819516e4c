package people

import (
	"slices"
)

// Person is one. [*UnknownError].
func (s *Snapshot) Person(id string) (Person, error) {
	i, err := s.look(id)
	if err != nil {
		return Person{}, err
	}
	p := Person{Card: s.card(i), Values: s.values(i), Link: s.link(i), Stale: s.people[i].stale}
	line := s.line(i)
	line = line[:len(line)-1]
	p.Line, p.LineTotal = s.cards(ends(line)), len(line)
	p.Reports, p.ReportsTotal = s.cards(first(s.below[i])), len(s.below[i])
	peers := s.peers(i)
	p.Peers, p.PeersTotal = s.cards(first(peers)), len(peers)
	if group, ok := s.namesakeOf[i]; ok {
		others := slices.DeleteFunc(slices.Clone(s.namesakes[group]), func(other int32) bool { return other == i })
		p.Namesakes, p.NamesakesTotal = s.cards(first(others)), len(others)
	}
	for _, u := range s.units.LedBy(i) {
		p.Leads = append(p.Leads, s.unitSummary(u))
	}
	if s.total[i] > s.direct[i] {
		all := s.subtree(i)
		p.ByDepartment, p.ByCity = s.spread(all, attrDepartment), s.spread(all, attrCity)
	}
	return p, nil
}

// spreadValues is how many values a spread lists.
const spreadValues = 10

// spread counts people by an attribute; nil where it is not shown.
func (s *Snapshot) spread(people []int32, attribute string) []Count {
	if _, ok := s.column[attribute]; !ok {
		return nil
	}
	return s.counts(people, attribute, spreadValues)
}

// ends are a line without its middle, where it is long.
func ends(line []int32) []int32 {
	if len(line) <= MaxPage {
		return line
	}
	return slices.Concat(line[:MaxPage/2], line[len(line)-MaxPage/2:])
}

// Card is a person in short. [*UnknownError].
func (s *Snapshot) Card(id string) (Card, error) {
	i, err := s.look(id)
	if err != nil {
		return Card{}, err
	}
	return s.card(i), nil
}

// first is the first page of a list.
func first(people []int32) []int32 { return people[:min(len(people), PagePeople)] }

// values are a person's, as they are shown.
func (s *Snapshot) values(i int32) []Value {
	values := []Value{}
	for c, column := range s.columns {
		if text := s.people[i].entry.values[c]; text != "" {
			values = append(values, Value{Attribute: column.name, Label: column.label, Text: text, Kind: column.kind})
		}
	}
	return values
}

// peers are who else reports to a person's manager, by name.
func (s *Snapshot) peers(i int32) []int32 {
	m := s.manager(i)
	if m < 0 {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(s.below[m]), func(other int32) bool { return other == i })
}

// subtree is everybody active below a person.
func (s *Snapshot) subtree(i int32) []int32 {
	var all []int32
	for stack := slices.Clone(s.below[i]); len(stack) > 0; {
		last := stack[len(stack)-1]
		stack = append(stack[:len(stack)-1], s.below[last]...)
		if s.people[last].active {
			all = append(all, last)
		}
	}
	return all
}

// Reports are who reports to somebody, by name: directly, or, with all, at any
// level. [*UnknownError], [*QueryError].
func (s *Snapshot) Reports(id string, all bool, offset, limit int) (total int, page []Card, err error) {
	i, err := s.look(id)
	if err != nil {
		return 0, nil, err
	}
	reports := s.below[i]
	if all {
		below := make([]bool, len(s.people))
		for _, report := range s.subtree(i) {
			below[report] = true
		}
		reports = slices.DeleteFunc(slices.Clone(s.byName), func(i int32) bool { return !below[i] })
	}
	page, err = s.part(reports, offset, limit)
	return len(reports), page, err
}

// Peers are who else reports to somebody's manager, by name. [*UnknownError],
// [*QueryError].
func (s *Snapshot) Peers(id string, offset, limit int) (total int, page []Card, err error) {
	i, err := s.look(id)
	if err != nil {
		return 0, nil, err
	}
	peers := s.peers(i)
	page, err = s.part(peers, offset, limit)
	return len(peers), page, err
}
