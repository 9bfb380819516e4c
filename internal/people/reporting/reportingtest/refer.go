package reportingtest

import (
	"fmt"

	"patchbay.example/internal/people/reporting"
)

// refer gives an account references.
func (m *maker) refer(i int) {
	if !m.chance(m.untidy) {
		m.stories[i] = "tidy"
		m.nameManager(i, m.boss(i))
		if m.chance(40) {
			m.nameManager(i, m.boss(i))
		}
		return
	}
	stories := []struct {
		name string
		tell func(i int)
	}{
		{"blank", m.blank},
		{"placeholder", m.placeholder},
		{"unknown", m.unknown},
		{"malformed", m.malformed},
		{"departed", m.left},
		{"ambiguous", m.ambiguous},
		{"ambiguous and named", func(i int) { m.ambiguous(i); m.nameManager(i, m.boss(i)) }},
		{"stale", func(i int) { m.nameManager(i, m.IntN(len(m.accounts))) }},
		{"stale and named", func(i int) { m.nameManager(i, m.IntN(len(m.accounts))); m.nameManager(i, m.boss(i)) }},
		{"junk and named", func(i int) { m.junk(i); m.nameManager(i, m.boss(i)); m.junk(i) }},
		{"junk", func(i int) { m.junk(i); m.junk(i) }},
		{"self", func(i int) { m.nameManager(i, i) }},
		{"circle", m.circle},
	}
	story := stories[m.IntN(len(stories))]
	m.stories[i] = story.name
	story.tell(i)
}

// boss is the manager by the org chart: somebody near the top, so that teams are
// of every size; the first is at the top.
func (m *maker) boss(i int) int {
	rank := m.rank[i]
	if rank == 0 {
		return i
	}
	return m.ranked[m.IntN(1+(rank-1)/8)]
}

func (m *maker) say(i int, attribute, value string, said meaning) {
	a := &m.accounts[i]
	a.References = append(a.References, reporting.Reference{Attribute: attribute, Value: value})
	m.meaning[i] = append(m.meaning[i], said)
}

func (m *maker) either() string { return []string{"managerId", "manager"}[m.IntN(2)] }

func (m *maker) blank(i int) {
	for range m.IntN(3) {
		m.say(i, m.either(), []string{"", " ", "\t \n", "\u00a0"}[m.IntN(4)], meaning{reason: reporting.Blank})
	}
}

func (m *maker) placeholder(i int) {
	words := []string{
		"n/a", "N/A", "N.A.", "#N/A", "none", "None", "<none>", "NULL", "(null)", "TBD", "tbd ", "-", "--", "–", ".", "...", "?",
		"0", "000", "00000000-0000-0000-0000-000000000000", "unknown", "No Manager", "no-manager", "not applicable",
		"To be determined", "Vacant", "[unassigned]",
	}
	m.say(i, m.either(), words[m.IntN(len(words))], meaning{reason: reporting.Placeholder})
}

func (m *maker) unknown(i int) {
	nobody := []string{
		"nobody.%d@example.org", "00uABSENT%d", "99%d1", "Nomen%d Nescio", "Nescio, Nomen%d", "absent%d",
		`CN=Nescio\, Nomen%d,OU=Staff,DC=example,DC=com`, "uid=absent%d,dc=example,dc=com", "former-%d@example.com", "a, b, c %d",
	}
	m.say(i, m.either(), fmt.Sprintf(nobody[m.IntN(len(nobody))], i/50*50), meaning{reason: reporting.NotInDirectory})
}

func (m *maker) malformed(i int) {
	n := m.people[m.boss(i)].name
	torn := []string{
		"CN=" + n.turned() + ",OU=Staff,DC=example,DC=com",
		"CN=" + n.forward() + `\`,
		`CN=` + n.family + `\, ` + n.given + ",OU=Staff,DC",
		`CN=` + n.given + `\zz,DC=example`,
		"=" + n.forward() + ",OU=Staff,DC=example",
		`CN="` + n.turned() + `",OU=Staff`,
		"CN=" + n.forward() + ",,DC=example",
		"CN=#0c0,OU=Staff",
		"CN=" + n.forward() + " <boss>,OU=Staff",
		`CN=` + n.given + `\C3,OU=Staff`,
	}
	m.say(i, []string{"managerDn", "manager"}[m.IntN(2)], torn[m.IntN(len(torn))], meaning{reason: reporting.MalformedDN})
}

// left refers to somebody who left.
func (m *maker) left(i int) {
	k := m.IntN(len(m.gone))
	p, a := m.gone[k], m.departed[k]
	outside := meaning{reason: reporting.OutsideSyncFilter}
	switch m.IntN(5) {
	case 0:
		m.say(i, "managerId", a.ID, outside)
	case 1:
		m.say(i, "managerEmail", m.shout(a.Emails[0]), outside)
	case 2:
		m.say(i, m.either(), m.spread(a.EmployeeNumber), outside)
	case 3:
		m.say(i, "managerDn", m.rewriteDN(p.dn), m.byDNOr(m.nameMeaning(p.name), outside))
	default:
		m.say(i, m.either(), m.writeName(p.name), m.nameMeaning(p.name))
	}
}

// byDNOr is what a distinguished name says: what its common name says, in a
// tenant without them.
func (m *maker) byDNOr(byName, byDN meaning) meaning {
	if m.byDN {
		return byDN
	}
	return byName
}

// nameMeaning is what a name says.
func (m *maker) nameMeaning(n name) meaning {
	switch {
	case m.names[n] > 1:
		return meaning{reason: reporting.Ambiguous, key: reporting.KeyName}
	case m.names[n] == 1:
		return meaning{reason: reporting.Resolved, key: reporting.KeyName, manager: m.owners[n]}
	case m.goneNames[n] == 1:
		return meaning{reason: reporting.OutsideSyncFilter}
	default:
		return meaning{reason: reporting.NotInDirectory}
	}
}

func (m *maker) ambiguous(i int) {
	switch {
	case m.chance(30) && len(m.shared) > 0:
		mailbox := m.shared[m.IntN(len(m.shared))]
		m.say(i, "managerEmail", m.shout(mailbox), meaning{reason: reporting.Ambiguous, key: reporting.KeyEmail})
	case m.chance(40) && len(m.doubled) > 0:
		number := m.doubled[m.IntN(len(m.doubled))]
		m.say(i, "managerId", m.spread(number), meaning{reason: reporting.Ambiguous, key: reporting.KeyEmployeeNumber})
	default:
		// Names are as frequent as they are: most draws of one are a namesake's.
		for range 20 {
			n := m.people[m.IntN(len(m.people))].name
			if m.names[n] > 1 {
				m.say(i, m.either(), m.writeName(n), m.nameMeaning(n))
				return
			}
		}
		m.unknown(i)
	}
}

// junk is a reference that names nobody alone.
func (m *maker) junk(i int) {
	[]func(int){m.blank, m.placeholder, m.unknown, m.malformed, m.ambiguous, m.left}[m.IntN(6)](i)
}

// circle makes a few people who have no references yet each other's managers.
func (m *maker) circle(i int) {
	members := []int{i}
	for next := i + 1; next < len(m.accounts) && len(members) < 2+m.IntN(4); next++ {
		if m.stories[next] == "" {
			members = append(members, next)
		}
	}
	m.Shuffle(len(members), func(a, b int) { members[a], members[b] = members[b], members[a] })
	for n, member := range members {
		m.stories[member] = "circle"
		m.nameManager(member, members[(n+1)%len(members)])
	}
}
