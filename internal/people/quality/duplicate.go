package quality

import (
	"slices"
	"strings"
	"unicode"

	"patchbay.example/internal/people/unit"
)

// minPhone is how many digits a telephone number has at least; fewer are an
// extension, which is the same in many places.
const minPhone = 7

// duplicates are groups of people who are probably one: of the same name, in any
// order of its words, who share an e-mail address, an employee number or a
// telephone number that nobody of another name has. Namesakes alone are not: in
// a large company there are always some. Nor is a number evidence that a whole
// office shares.
func duplicates(people []Person) [][]int32 {
	byName := map[string][]int32{}
	for i := range people {
		if name := nameKey(people[i].Name); name != "" {
			byName[name] = append(byName[name], int32(i))
		}
	}
	// Who has a trait only matters for traits of people with namesakes.
	holders := map[string]int{} // by trait: how many people have it
	for name, same := range byName {
		if len(same) < 2 {
			delete(byName, name)
			continue
		}
		for _, i := range same {
			for _, t := range traits(&people[i]) {
				holders[t] = 0
			}
		}
	}
	if len(holders) == 0 {
		return nil
	}
	for i := range people {
		for _, t := range traits(&people[i]) {
			if n, ok := holders[t]; ok {
				holders[t] = n + 1
			}
		}
	}
	var groups [][]int32
	for _, same := range byName {
		groups = append(groups, sharing(people, same, holders)...)
	}
	slices.SortFunc(groups, func(a, b []int32) int { return int(a[0]) - int(b[0]) })
	return groups
}

// sharing divides people of one name into those who share a trait that only
// they have.
func sharing(people []Person, same []int32, holders map[string]int) [][]int32 {
	with := map[string][]int{}
	root := make([]int, len(same))
	for n, i := range same {
		root[n] = n
		for _, t := range traits(&people[i]) {
			with[t] = append(with[t], n)
		}
	}
	find := func(n int) int {
		for root[n] != n {
			root[n] = root[root[n]]
			n = root[n]
		}
		return n
	}
	for t, those := range with {
		if len(those) < holders[t] {
			continue // somebody of another name has it too
		}
		for _, n := range those[1:] {
			a, b := find(those[0]), find(n)
			root[max(a, b)] = min(a, b)
		}
	}
	byRoot := map[int][]int32{}
	for n, i := range same {
		byRoot[find(n)] = append(byRoot[find(n)], i)
	}
	var groups [][]int32
	for n := range same {
		if g := byRoot[n]; len(g) > 1 {
			groups = append(groups, g)
		}
	}
	return groups
}

// traits are what of a person nobody else should have, each once.
func traits(p *Person) []string {
	var t []string
	if e := strings.ToLower(strings.TrimSpace(p.Email)); e != "" {
		t = append(t, "e"+e)
	}
	if n := strings.TrimLeft(strings.TrimSpace(p.EmployeeNumber), "0"); n != "" {
		t = append(t, "n"+n)
	}
	for _, phone := range p.Phones {
		digits := strings.Map(func(r rune) rune {
			if unicode.IsDigit(r) {
				return r
			}
			return -1
		}, phone)
		if d := "p" + strings.TrimLeft(digits, "0"); len(d) > minPhone && !slices.Contains(t, d) {
			t = append(t, d)
		}
	}
	return t
}

// nameKey is a name without the order of its words; empty for one that has no
// letters.
func nameKey(name string) string {
	words := strings.Fields(unit.Fold(name))
	slices.Sort(words)
	return strings.Join(words, " ")
}
