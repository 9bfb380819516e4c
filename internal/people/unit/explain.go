package unit

import (
	"fmt"
	"strings"
)

// maxNamed is how many people a sentence names.
const maxNamed = 3

// Explain says in two or three sentences what a head is known by and how much of
// the unit it covers, such as "Structure and title agree. 14 of 15 people in
// Payments report up to Katarzyna Wiśniewska. 1 has no manager on file." name is
// asked for the names of people who are shown; value is the unit's name.
func (h Head) Explain(value string, name func(person int32) string) string {
	var s []string
	say := func(format string, a ...any) { s = append(s, fmt.Sprintf(format, a...)) }
	switch {
	case h.Class == Unknown:
		say("Neither structure nor title names anybody.")
	case h.Class == Disagreement:
		say("Structure names %s, title %s.", list(h.Structural, name), list(h.Titled, name))
	case h.Basis == Explicit:
		say("Named by an administrator.")
	case h.Basis == StructureAndTitle:
		say("Structure and title agree.")
	case h.Basis == Structure:
		say("Structure only: no title says so.")
	case len(h.Structural) == 0:
		say("Title only: structure names nobody.")
	default:
		say("By title; structure names %s.", list(h.Structural, name))
	}
	if h.Acting {
		say("The title is one for the time being.")
	}
	if h.Outside && h.Class != Disagreement {
		say("From outside the team.")
	}
	leads := h.People
	if h.Class == Disagreement {
		leads = h.Structural
	}
	if len(leads) > 0 && h.Members > 0 {
		say("%d of %d %s in %s %s up to %s.", h.Covered, h.Members, plural(h.Members, "person", "people"), value,
			plural(h.Covered, "reports", "report"), list(leads, name))
	}
	if n := len(h.NoManager); n > 0 {
		say("%d %s no manager on file.", n, plural(n, "has", "have"))
	}
	if h.Inactive >= 0 && h.Basis != Explicit {
		say("%s, to whom they report, is not active.", name(h.Inactive))
	}
	return strings.Join(s, " ")
}

func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func list(people []int32, name func(int32) string) string {
	var names []string
	for _, p := range people[:min(len(people), maxNamed)] {
		names = append(names, name(p))
	}
	if more := len(people) - maxNamed; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	if len(names) < 2 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}
