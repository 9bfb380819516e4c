package reportingtest

import (
	"fmt"
	"math/rand/v2"

	"patchbay.example/internal/people/reporting"
)

// Tenant is a directory of which the truth is known.
type Tenant struct {
	// Accounts are in the order of their ids.
	Accounts []reporting.Account
	// Departed were in the directory and are not now.
	Departed []reporting.Account
	// Truth is by account.
	Truth []Truth
}

// Truth is what must be found for an account.
type Truth struct {
	// Manager is a number of an account, -1 for none.
	Manager int32
	Reason  reporting.Reason
	// Story says how the account was made, for messages of tests.
	Story string
}

// Shape is how a tenant is made; the zero value is nobody.
type Shape struct {
	// Seed makes everything else: equal shapes make equal tenants.
	Seed uint64
	// People are how many accounts there are.
	People int
	// Untidy is how many of a hundred people have something wrong or odd about
	// their manager; the others have one or two values that name somebody.
	Untidy int
}

// New makes a tenant.
func New(shape Shape) *Tenant {
	m := newMaker(shape)
	for i := range shape.People {
		m.hire(i)
	}
	m.share()
	m.leave(shape.People/20 + 3)
	for i := range shape.People {
		if m.stories[i] == "" {
			m.refer(i)
		}
	}
	return &Tenant{Accounts: m.accounts, Departed: m.departed, Truth: m.truth()}
}

// maker makes a tenant.
type maker struct {
	*rand.Rand
	untidy int
	// The tenant's customs.
	byDN, byPrincipal, loginIsEmail, familyFirst bool
	numbering                                    string
	givens, families                             *rand.Zipf

	accounts, departed []reporting.Account
	people, gone       []person
	// rank is a random order: a manager in the org chart has a smaller one.
	rank    []int
	ranked  []int
	stories []string
	meaning [][]meaning

	// How many current and former people have a name, and a number, whole and
	// without zeros.
	names, goneNames map[name]int
	owners           map[name]int
	numbers, loose   map[string]int
	// shared are mailboxes, doubled the numbers, that two people have.
	shared, doubled []string
}

// person is what the maker knows of an account beside what is in it.
type person struct {
	name, nick name
	dn         [][]string // relative names of kinds and values in turn
	digits     string     // the employee number without zeros before it
}

type name struct{ given, family string }

// meaning is what a reference says.
type meaning struct {
	// reason is Resolved for exactly one person, Ambiguous for several, or why it
	// is nobody.
	reason  reporting.Reason
	manager int
	key     reporting.Key
}

func newMaker(shape Shape) *maker {
	r := rand.New(rand.NewPCG(shape.Seed, 0x7ea))
	n := shape.People
	m := &maker{
		Rand: r, untidy: shape.Untidy,
		byDN: r.IntN(2) == 0, byPrincipal: r.IntN(4) > 0, loginIsEmail: r.IntN(2) == 0, familyFirst: r.IntN(2) == 0,
		numbering: []string{"%d", "%07d", "E%06d"}[r.IntN(3)],
		givens:    rand.NewZipf(r, 1.2, 12, uint64(len(givenNames)-1)),
		families:  rand.NewZipf(r, 1.05, 40, uint64(len(familyNames)*len(familyEndings)-1)),
		stories:   make([]string, n), meaning: make([][]meaning, n),
		names: map[name]int{}, owners: map[name]int{}, goneNames: map[name]int{}, numbers: map[string]int{}, loose: map[string]int{},
	}
	m.ranked = r.Perm(n)
	m.rank = make([]int, n)
	for rank, i := range m.ranked {
		m.rank[i] = rank
	}
	return m
}

// chance is true so many times of a hundred.
func (m *maker) chance(hundredths int) bool { return m.IntN(100) < hundredths }

// hire makes an account without references.
func (m *maker) hire(i int) {
	p, a := m.newPerson(fmt.Sprintf("00u%08d", i*3), i)
	m.people, m.accounts = append(m.people, p), append(m.accounts, a)
	for _, n := range []name{p.name, p.nick} {
		if n != (name{}) {
			m.names[n]++
			m.owners[n] = i
		}
	}
	m.count(a.EmployeeNumber, p.digits, 1)
}

func (m *maker) count(number, digits string, by int) {
	m.numbers[number] += by
	m.loose[digits] += by
}

// newPerson makes somebody whose keys nobody else has, but for the name. Serial
// numbers people, former ones too.
func (m *maker) newPerson(id string, serial int) (person, reporting.Account) {
	p := person{name: name{givenNames[m.givens.Uint64()], m.family()}}
	if m.chance(20) {
		p.nick = name{nickNames[m.IntN(len(nickNames))], p.name.family}
	}
	number := fmt.Sprintf(m.numbering, 10_000+serial*10)
	p.digits = withoutZeros(number)
	a := reporting.Account{
		ID: id, Active: m.chance(93), EmployeeNumber: number,
		UserName:   fmt.Sprintf("Login.%d@example.com", serial),
		Department: departments[m.IntN(len(departments))],
	}
	a.Emails = []string{a.UserName}
	if !m.loginIsEmail {
		a.Emails = []string{fmt.Sprintf("mail-%d@mail.example.com", serial), fmt.Sprintf("second+%d@mail.example.com", serial)}
	}
	if m.byPrincipal {
		a.PrincipalNames = []string{fmt.Sprintf("sam%d@corp.example.com", serial), fmt.Sprintf("SAM%d", serial)}
	}
	a.Names = []string{p.name.forward()}
	if m.familyFirst {
		a.Names = []string{p.name.turned(), p.name.forward()}
	}
	if p.nick != (name{}) {
		a.Names = append(a.Names, p.nick.forward())
	}
	p.dn = [][]string{{"CN", a.Names[0]}, {"OU", fmt.Sprintf("Unit #%d + Co", serial)}, {"OU", a.Department}, {"DC", "corp"}, {"DC", "example"}, {"DC", "com"}}
	if m.chance(20) {
		p.dn[0] = append(p.dn[0], "UID", fmt.Sprint(serial))
	}
	if m.byDN {
		a.DN = writeDN(p.dn)
	}
	return p, a
}

func (m *maker) family() string {
	n := m.families.Uint64()
	return familyNames[n%uint64(len(familyNames))] + familyEndings[n/uint64(len(familyNames))]
}

// share gives some mailboxes to two people, and some numbers.
func (m *maker) share() {
	n := len(m.accounts)
	if n < 2 {
		return
	}
	for k := range n/100 + 1 {
		a, b := m.two()
		mailbox := fmt.Sprintf("team-%d@example.com", k)
		m.accounts[a].Emails = append(m.accounts[a].Emails, mailbox)
		m.accounts[b].Emails = append(m.accounts[b].Emails, mailbox)
		m.shared = append(m.shared, mailbox)
	}
	for range n/100 + 1 {
		a, b := m.two()
		if m.loose[m.people[a].digits] > 1 || m.loose[m.people[b].digits] > 1 {
			continue
		}
		number := m.accounts[a].EmployeeNumber
		if m.chance(50) && m.numbering != "E%06d" {
			// Two numbers that differ by their zeros only.
			number = "0" + number
		} else {
			m.doubled = append(m.doubled, number)
		}
		m.count(m.accounts[b].EmployeeNumber, m.people[b].digits, -1)
		m.accounts[b].EmployeeNumber, m.people[b].digits = number, m.people[a].digits
		m.count(number, m.people[b].digits, 1)
	}
}

// two are two different people.
func (m *maker) two() (int, int) {
	a := m.IntN(len(m.accounts))
	return a, (a + 1 + m.IntN(len(m.accounts)-1)) % len(m.accounts)
}

// leave makes people who left, and some who left and are back.
func (m *maker) leave(n int) {
	for k := range n {
		serial := 2*len(m.accounts) + k
		p, a := m.newPerson(fmt.Sprintf("00uGONE%04d", k), serial)
		m.gone, m.departed = append(m.gone, p), append(m.departed, a)
		m.goneNames[p.name]++
		if p.nick != (name{}) {
			m.goneNames[p.nick]++
		}
	}
	for k := 0; k < len(m.accounts); k += 50 {
		back := reporting.Account{ID: m.accounts[k].ID, Emails: []string{fmt.Sprintf("former-%d@example.com", k)}}
		m.departed = append(m.departed, back)
	}
}

// truth is what the references say together.
func (m *maker) truth() []Truth {
	truth := make([]Truth, len(m.accounts))
	for i := range truth {
		truth[i] = m.weigh(i)
		truth[i].Story = m.stories[i]
	}
	for i := range truth {
		if t := &truth[i]; t.Reason == reporting.Resolved && !m.accounts[t.Manager].Active {
			t.Reason = reporting.InactiveManager
		}
	}
	for i, is := range circled(truth) {
		if is {
			truth[i].Reason = reporting.Cycle
		}
	}
	return truth
}

// circled says who is in a circle: whoever is left when those to whom nobody
// left reports are taken away, one after the other.
func circled(truth []Truth) []bool {
	left := make([]bool, len(truth))
	reports := make([]int, len(truth))
	for i, t := range truth {
		left[i] = true
		if t.Manager >= 0 {
			reports[t.Manager]++
		}
	}
	for i := range truth {
		for at := int32(i); at >= 0 && left[at] && reports[at] == 0; {
			left[at] = false
			at = truth[at].Manager
			if at >= 0 {
				reports[at]--
			}
		}
	}
	for i, t := range truth {
		left[i] = left[i] && t.Manager >= 0
	}
	return left
}

// weigh is what an account's references say together.
func (m *maker) weigh(i int) Truth {
	order := []reporting.Reason{
		reporting.Resolved, reporting.Ambiguous, reporting.OutsideSyncFilter, reporting.MalformedDN,
		reporting.NotInDirectory, reporting.Placeholder, reporting.Blank,
	}
	for _, reason := range order {
		best, named := -1, map[int]bool{}
		for n, said := range m.meaning[i] {
			if said.reason != reason {
				continue
			}
			named[said.manager] = true
			if best < 0 || strength(said.key) < strength(m.meaning[i][best].key) {
				best = n
			}
		}
		switch {
		case best < 0:
			continue
		case reason != reporting.Resolved:
			return Truth{Manager: -1, Reason: reason}
		case m.meaning[i][best].manager == i:
			return Truth{Manager: -1, Reason: reporting.Self}
		case len(named) > 1:
			return Truth{Manager: int32(m.meaning[i][best].manager), Reason: reporting.Conflict}
		default:
			return Truth{Manager: int32(m.meaning[i][best].manager), Reason: reporting.Resolved}
		}
	}
	return Truth{Manager: -1, Reason: reporting.Blank}
}

// strength ranks keys as the specification lists them.
func strength(key reporting.Key) int {
	for n, k := range []reporting.Key{
		reporting.KeyID, reporting.KeyUserName, reporting.KeyEmail, reporting.KeyEmployeeNumber,
		reporting.KeyPrincipalName, reporting.KeyDN, reporting.KeyName,
	} {
		if k == key {
			return n
		}
	}
	return -1
}
