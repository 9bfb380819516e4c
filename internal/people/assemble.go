package people

import (
	"cmp"
	"slices"

	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/people/search"
	"patchbay.example/internal/people/unit"
)

// assemble makes a snapshot of a roll, without its index.
func assemble(r *roll, settings Settings) *Snapshot {
	s := &Snapshot{settings: settings, columns: r.columns, catalogue: r.census.catalogue(r.columns), column: map[string]int{}}
	for i, c := range r.columns {
		s.column[c.name] = i
		if c.unit {
			s.fields = append(s.fields, c.name)
		}
	}
	accounts := make([]reporting.Account, len(r.entries))
	for i := range r.entries {
		accounts[i] = r.entries[i].account
		r.entries[i].account = reporting.Account{} // the resolution keeps it
	}
	s.conceal(accounts, r.departed)
	s.links = reporting.Resolve(accounts, r.departed, reporting.Options{Pin: settings.Pin.pair()})
	s.admit(r)
	s.grow()
	s.sort()
	return s
}

// pair is the pin as the resolver takes it.
func (p *Pair) pair() *reporting.Pair {
	if p == nil {
		return nil
	}
	return &reporting.Pair{Attribute: p.Attribute, Key: reporting.Key(p.Key)}
}

// admit decides who is shown: whoever has access, and whoever leads somebody who
// is shown; not those who are hidden, nor accounts that belong to nobody.
func (s *Snapshot) admit(r *roll) {
	hidden := s.settings.hidden()
	leads := make([]bool, len(r.entries))
	for i := range r.entries {
		if m := s.links.Link(int32(i)).Manager; m >= 0 && r.entries[i].access && m != int32(i) {
			leads[m] = true
		}
	}
	s.accounts = make([]seat, len(r.entries))
	admitted := make([]bool, len(r.entries))
	for i := range r.entries {
		e := &r.entries[i]
		e.evidence.HasReports = leads[i]
		s.accounts[i].aside = asideWhy(e, s.settings.SetAside)
		admitted[i] = !hidden[e.id] && s.accounts[i].aside == "" && e.access
	}
	// Whoever has no access is shown where the line of somebody who is shown goes
	// through them.
	for i := range r.entries {
		if !admitted[i] {
			continue
		}
		for m := s.links.Link(int32(i)).Manager; m >= 0 && !admitted[m] && !hidden[r.entries[m].id] && s.accounts[m].aside == ""; m = s.links.Link(m).Manager {
			admitted[m] = true
		}
	}
	s.ids = make(map[string]int32, len(r.entries))
	for i := range r.entries {
		s.accounts[i].person = -1
		if why := s.accounts[i].aside; why != "" && !hidden[r.entries[i].id] && r.entries[i].access {
			_, decided := s.settings.SetAside[r.entries[i].id]
			s.aside = append(s.aside, aside{Aside{Card: s.bare(&r.entries[i]), Why: why, Decided: decided}})
		}
		if admitted[i] {
			s.accounts[i].person = int32(len(s.people))
			s.ids[r.entries[i].id] = int32(len(s.people))
			s.people = append(s.people, person{entry: &r.entries[i], account: int32(i)})
			if r.entries[i].active {
				s.active++
			}
		}
	}
}

// grow makes the forest of those who are shown.
func (s *Snapshot) grow() {
	parents := make([]int32, len(s.people))
	contractors := make([]bool, len(s.people))
	active := make([]bool, len(s.people))
	for i := range s.people {
		p := &s.people[i]
		link := s.links.Link(p.account)
		parents[i], p.reason = -1, link.Reason
		active[i], contractors[i] = p.active, p.active && p.contractor
		if link.Manager < 0 {
			continue
		}
		if parents[i] = s.accounts[link.Manager].person; parents[i] < 0 {
			p.reason = reporting.Blank // nobody learns that there is one
		}
	}
	s.forest = reporting.Grow(parents, nil)
	s.circles = map[int32][]int32{}
	for _, circle := range s.forest.Cycles() {
		for _, i := range circle {
			s.circles[i] = circle
		}
	}
	s.withhold()
	s.total = s.forest.Totals(active)
	s.contract = s.forest.Totals(contractors)
	s.direct = s.forest.Directs(active)
}

// withhold takes back what only somebody hidden is the reason of: that a manager
// is one of several, that two attributes disagree, that there is a circle.
func (s *Snapshot) withhold() {
	if len(s.hidden) == 0 {
		return
	}
	var people, accounts []int32
	for i := range s.people {
		switch p := &s.people[i]; {
		case p.reason == reporting.Cycle && s.circles[int32(i)] == nil && s.manager(int32(i)) >= 0:
			p.reason = reporting.Resolved
		case p.reason == reporting.Ambiguous || p.reason == reporting.Conflict:
			people, accounts = append(people, int32(i)), append(accounts, p.account)
		}
	}
	for n, explained := range s.links.ExplainAll(accounts) {
		var known []int32
		for _, said := range explained.References {
			known = append(known, s.shownOf(said.Candidates, known)...)
		}
		switch p := &s.people[people[n]]; {
		case len(known) > 1:
		case p.reason == reporting.Conflict && s.manager(people[n]) >= 0:
			p.reason = reporting.Resolved
		default:
			p.reason = reporting.Blank
		}
	}
}

// sort orders everybody by name, and what hangs on that: reports, roots,
// namesakes.
func (s *Snapshot) sort() {
	keys := make([]string, len(s.people))
	s.byName = make([]int32, len(s.people))
	for i := range s.people {
		keys[i], s.byName[i] = order(s.people[i].name), int32(i)
	}
	slices.SortFunc(s.byName, func(a, b int32) int { return cmp.Or(cmp.Compare(keys[a], keys[b]), cmp.Compare(a, b)) })
	s.zones = map[string]string{}
	for i := range s.people {
		name := s.value(int32(i), attrTimeZone)
		if _, ok := s.zones[name]; !ok {
			s.zones[name] = zone(name)
		}
	}
	s.below = make([][]int32, len(s.people))
	for n, i := range s.byName {
		if m := s.manager(i); m >= 0 && s.inChart(i) {
			s.below[m] = append(s.below[m], i)
		} else if m < 0 && s.total[i] > 0 {
			s.roots = append(s.roots, i)
		} else if m < 0 && s.people[i].active {
			s.alone = append(s.alone, i)
		}
		if first := n > 0 && keys[s.byName[n-1]] == keys[i]; first {
			last := len(s.namesakes) - 1
			if last < 0 || keys[s.namesakes[last][0]] != keys[i] {
				s.namesakes = append(s.namesakes, []int32{s.byName[n-1]})
				last++
			}
			s.namesakes[last] = append(s.namesakes[last], i)
		}
	}
	slices.SortStableFunc(s.roots, func(a, b int32) int { return cmp.Compare(s.total[b], s.total[a]) })
	s.namesakeOf = map[int32]int{}
	for group, of := range s.namesakes {
		for _, i := range of {
			s.namesakeOf[i] = group
		}
	}
	for i, text := range s.tell() {
		s.people[i].telling = text
	}
}

// inChart reports whether the chart has a place for somebody: who is active, and
// who leads somebody active.
func (s *Snapshot) inChart(i int32) bool { return s.people[i].active || s.total[i] > 0 }

// find makes the index.
func (s *Snapshot) find() {
	for _, name := range []string{attrDepartment, attrDivision, attrOrganization, attrCostCenter, attrCity, attrCountry, attrUserType} {
		if c, ok := s.column[name]; ok {
			s.facets = append(s.facets, s.columns[c])
		}
	}
	for _, c := range s.columns {
		if c.standard < 0 && c.unit {
			s.facets = append(s.facets, c)
		}
	}
	s.facets = append(s.facets, column{name: attrManager, label: labelOf(attrManager)})
	documents := make([]search.Document, len(s.people))
	for i := range s.people {
		documents[i] = s.document(int32(i))
	}
	s.index = search.Build(documents, len(s.facets))
}

func (s *Snapshot) document(i int32) search.Document {
	p := &s.people[i]
	d := search.Document{Name: p.name, Title: s.value(i, attrTitle), Department: s.value(i, attrDepartment)}
	if full := p.given + " " + p.family; full != p.name && full != " " {
		d.Names = append(d.Names, full)
	}
	for c, column := range s.columns {
		value := p.values[c]
		if value == "" {
			continue
		}
		switch {
		case column.name == attrNickName:
			d.Names = append(d.Names, value)
		case column.kind == "email":
			d.Emails = append(d.Emails, value)
		case column.name == attrEmployeeNumber:
			d.Numbers = append(d.Numbers, value)
		case column.standard < 0 || column.name == "user_name":
			d.Other = append(d.Other, value)
		}
	}
	d.Facets = make([][]string, len(s.facets))
	for f, facet := range s.facets {
		value := s.value(i, facet.name)
		if facet.name == attrManager {
			if m := s.manager(i); m >= 0 {
				value = s.people[m].id
			}
		}
		if value != "" {
			d.Facets[f] = []string{value}
		}
	}
	return d
}

// divide finds the units and who leads them.
func (s *Snapshot) divide() {
	members := make([]unit.Member, len(s.people))
	parents := make([]int32, len(s.people))
	for i := range s.people {
		p := &s.people[i]
		members[i] = unit.Member{Active: p.active, Contractor: p.contractor, Title: s.value(int32(i), attrTitle), Values: make([]string, len(s.fields))}
		for f, name := range s.fields {
			members[i].Values[f] = s.value(int32(i), name)
		}
		parents[i] = s.manager(int32(i))
	}
	heads := map[unit.Ref]int32{}
	for _, h := range s.settings.Heads {
		if i, ok := s.ids[h.Person]; ok {
			heads[h.Ref()] = i
		}
	}
	s.units = unit.Build(members, parents, s.fields, heads)
}
