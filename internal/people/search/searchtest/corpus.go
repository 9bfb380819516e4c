// Package searchtest makes directories of synthetic people for tests and
// benchmarks of search: names in the scripts and with the skew of a large
// international company, titles, addresses, numbers, and eight facet fields.
// Names are put together from syllables; nobody has them on purpose.
package searchtest

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"patchbay.example/internal/people/search"
)

// The facet fields of [Corpus], in order.
const (
	Department = iota
	Division
	City
	Country
	UserType
	CostCentre
	Manager // of whom there is one for ten people
	Skills  // of which a person has several, or none
	Facets  // how many fields there are
)

// Corpus makes people, the same for the same seed.
func Corpus(people int, seed uint64) []search.Document {
	r := rand.New(rand.NewPCG(seed, 5)) //nolint:gosec // reproducible on purpose
	c := corpus{rand: r, spread: max(people/10, 1)}
	for i := range scripts {
		c.scripts = append(c.scripts, c.pool(&scripts[i]))
	}
	c.titles, c.departments = c.words(400), c.words(120)
	documents := make([]search.Document, people)
	for i := range documents {
		documents[i] = c.person(i)
	}
	return documents
}

type corpus struct {
	rand                *rand.Rand
	scripts             []pool
	titles, departments []string
	spread              int // of managers
}

// pool is the names of one script, the frequent ones first.
type pool struct {
	*script
	givens, families []string
	given, family    *rand.Zipf
}

func (c *corpus) pool(s *script) pool {
	p := pool{script: s}
	p.givens = c.names(s.given, s.givens)
	p.families = c.names(s.family, s.families)
	p.given = rand.NewZipf(c.rand, 1.3, 20, uint64(len(p.givens)-1))
	p.family = rand.NewZipf(c.rand, 1.15, 30, uint64(len(p.families)-1))
	return p
}

// names makes so many different names, or fewer where syllables run out.
func (c *corpus) names(p parts, most int) []string {
	seen := map[string]bool{}
	var names []string
	for tries := 0; len(names) < most && tries < 20*most; tries++ {
		var name strings.Builder
		for range p.least + c.rand.IntN(p.most-p.least+1) {
			name.WriteString(pick(c.rand, p.middles))
		}
		name.WriteString(pick(c.rand, p.ends))
		if text := title(name.String()); !seen[text] {
			seen[text] = true
			names = append(names, text)
		}
	}
	return names
}

func title(name string) string {
	for i, letter := range name {
		if i == 0 {
			return strings.ToTitle(string(letter)) + name[len(string(letter)):]
		}
	}
	return name
}

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

// words makes titles and departments of two or three words.
func (c *corpus) words(n int) []string {
	words := make([]string, n)
	for i := range words {
		words[i] = pick(c.rand, areas) + " " + pick(c.rand, roles)
		if c.rand.IntN(3) == 0 {
			words[i] = pick(c.rand, levels) + " " + words[i]
		}
	}
	return words
}

func (c *corpus) person(i int) search.Document {
	r := c.rand
	p := &c.scripts[0]
	for share, at := r.IntN(1000), 0; at < len(c.scripts); at++ {
		if p = &c.scripts[at]; share < p.share {
			break
		}
		share -= p.share
	}
	given, family := p.givens[p.given.Uint64()], p.families[p.family.Uint64()]
	if p.feminine[0] != "" && r.IntN(2) == 0 && strings.HasSuffix(family, p.feminine[0]) {
		family = strings.TrimSuffix(family, p.feminine[0]) + p.feminine[1]
	}
	if p.spaced && r.IntN(30) == 0 {
		family += "-" + p.families[p.family.Uint64()]
	}
	d := search.Document{Names: []string{given, family}, Title: zipfian(r, c.titles), Department: zipfian(r, c.departments)}
	switch {
	case p.familyFirst && p.spaced:
		d.Name = family + " " + given
	case p.familyFirst:
		d.Name = family + given
	case r.IntN(10) == 0:
		d.Name = family + ", " + given
	case r.IntN(10) == 0:
		d.Name = given + " " + p.givens[p.given.Uint64()] + " " + family
	default:
		d.Name = given + " " + family
	}
	if r.IntN(12) == 0 {
		d.Names = append(d.Names, string([]rune(given)[:min(3, len([]rune(given)))]))
	}
	d.Emails = []string{fmt.Sprintf("%s%d@example.com", address(given, family, i), i%97)}
	d.Numbers = []string{fmt.Sprintf("%06d", 100000+i)}
	d.Other = []string{fmt.Sprintf("Building %c floor %d", 'A'+rune(r.IntN(12)), 1+r.IntN(9))}
	d.Facets = c.facets(d.Department)
	return d
}

// address is the part of an address before its number: ASCII, as most companies
// make them.
func address(given, family string, i int) string {
	ascii := func(name string) string {
		return strings.Map(func(letter rune) rune {
			if letter < 'a' || letter > 'z' {
				return -1
			}
			return letter
		}, strings.ToLower(name))
	}
	first, last := ascii(given), ascii(family)
	if first == "" || last == "" {
		return fmt.Sprintf("staff%d.", i/97)
	}
	return first + "." + last
}

func (c *corpus) facets(department string) [][]string {
	r := c.rand
	facets := make([][]string, Facets)
	facets[Department] = []string{department}
	facets[Division] = []string{fmt.Sprintf("Division %d", r.IntN(12))}
	facets[City] = []string{fmt.Sprintf("City %d", min(r.IntN(200), r.IntN(200)))}
	facets[Country] = []string{fmt.Sprintf("Country %d", min(r.IntN(60), r.IntN(60), r.IntN(60)))}
	facets[UserType] = []string{[]string{"Employee", "Employee", "Employee", "Employee", "Contractor", "Intern"}[r.IntN(6)]}
	facets[CostCentre] = []string{fmt.Sprintf("CC%04d", min(r.IntN(2000), r.IntN(2000)))}
	if r.IntN(50) > 0 {
		facets[Manager] = []string{fmt.Sprintf("Manager %d", r.IntN(c.spread))}
	}
	for range r.IntN(4) {
		facets[Skills] = append(facets[Skills], fmt.Sprintf("Skill %d", r.IntN(40)))
	}
	return facets
}

// zipfian picks the earlier ones far more often.
func zipfian(r *rand.Rand, from []string) string {
	at := r.Float64()
	return from[int(at*at*at*float64(len(from)))]
}
