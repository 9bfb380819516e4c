package main

import (
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"patchbay.example/plugin"
)

// slot is what somebody may be named by, or a weaker reading of it.
type slot uint64

// The slots, the strongest first: the order of the People view.
const (
	slotID slot = iota
	slotUserName
	slotEmail
	slotNumber
	slotLooseNumber // without leading zeros, in either case
	slotLocal       // what stands before the "@" of a user name
	slotName
)

// roster is what everybody is called, for a person to be found by it: by the rules
// of Patchbay's People view, so that the check promises what the view shows.
// Only texts that are equal once they are written in one way are the same, and a
// name that several people bear names none of them. What the view learns from all
// records together, distinguished names and words for nobody are left to it.
type roster struct {
	fold cases.Caser
	// names are a fingerprint of 40 bits, a slot and a row each, in this order from
	// the left: eight bytes for each name of two million people. That two names
	// share a fingerprint happens once in a hundred thousand lookups or less, and
	// moves a figure of the check by one.
	names []uint64
}

// Bits of a name in a roster. Rows up to maxTallied fit.
const (
	rowBits  = 21
	slotBits = 3
)

// namesExpected is how many names a person has, in most files: an id that is a
// number, with and without its zeros, an e-mail address, and a name or two.
const namesExpected = 5

// newRoster makes room for so many people at once: growing by and by takes twice
// as much.
func newRoster(people int) *roster {
	return &roster{fold: cases.Fold(), names: make([]uint64, 0, min(people, maxTallied)*namesExpected)}
}

// add remembers what the person of a row is called.
func (n *roster) add(row int, id string, user *plugin.User) {
	put := func(s slot, text string) {
		if text != "" {
			n.names = append(n.names, place(s, text)|uint64(row))
		}
	}
	put(slotID, exact(id))
	put(slotNumber, exact(user.EmployeeNumber))
	put(slotLooseNumber, loose(n.folded(user.EmployeeNumber)))
	login := n.folded(user.UserName)
	put(slotUserName, login)
	if local, _, ok := strings.Cut(login, "@"); ok {
		put(slotLocal, local)
	}
	for _, e := range user.Emails {
		put(slotEmail, n.folded(e.Value))
	}
	put(slotName, turned(n.folded(user.DisplayName)))
	put(slotName, turned(n.folded(user.Name.Given+" "+user.Name.Family)))
	if user.NickName != "" {
		put(slotName, turned(n.folded(user.NickName+" "+user.Name.Family)))
	}
}

// sort makes everybody findable.
func (n *roster) sort() {
	slices.Sort(n.names)
	n.names = slices.Compact(n.names) // a person may be called the same twice
}

// place is where those are whom a text names in a slot.
func place(s slot, text string) uint64 {
	return fingerprint(text)<<(slotBits+rowBits) | uint64(s)<<rowBits
}

// find is who may be meant by a text: one row, or none, or several. The strongest
// slot that exactly one person is found in decides; once a slot was several's, a
// weaker one only tells which of these it is.
func (n *roster) find(text string) []int {
	plain, folded := exact(text), n.folded(text)
	var several []int
	for key := slotID; key <= slotName; key++ {
		var people []int
		switch key {
		case slotID:
			people = n.in(key, plain)
		case slotNumber:
			if people = n.in(key, plain); len(people) == 0 {
				people = n.in(slotLooseNumber, loose(folded))
			}
		case slotLooseNumber: // seen with the number
		case slotName:
			people = n.in(key, turned(folded))
		default:
			people = n.in(key, folded)
		}
		switch {
		case len(people) == 1 && (several == nil || slices.Contains(several, people[0])):
			return people
		case len(people) > 1 && several == nil:
			several = people
		}
	}
	return several
}

// in is the rows of those whom a text names in a slot.
func (n *roster) in(s slot, text string) []int {
	if text == "" {
		return nil
	}
	from := place(s, text)
	var people []int
	for at, _ := slices.BinarySearch(n.names, from); at < len(n.names) && n.names[at]>>rowBits == from>>rowBits; at++ {
		people = append(people, int(n.names[at]&(1<<rowBits-1)))
	}
	return people
}

// exact is a text as it is, composed.
func exact(text string) string { return norm.NFC.String(strings.TrimSpace(text)) }

// folded is a text with upper and lower case alike, by Unicode's canonical
// caseless matching (Unicode 3.13, D145).
func (n *roster) folded(text string) string {
	text = strings.TrimSpace(text)
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return norm.NFC.String(n.fold.String(norm.NFD.String(text)))
		}
	}
	return strings.ToLower(text)
}

// loose is a folded number without leading zeros.
func loose(number string) string {
	if number == "" || strings.Trim(number, "0123456789") != "" {
		return number
	}
	if short := strings.TrimLeft(number, "0"); short != "" {
		return short
	}
	return "0"
}

// turned is a folded name with single blanks, and "doe, jane" as "jane doe". Of
// several commas nobody knows which turns it.
func turned(name string) string {
	name = strings.Join(strings.Fields(name), " ")
	family, given, ok := strings.Cut(name, ",")
	family, given = strings.TrimSpace(family), strings.TrimSpace(given)
	if !ok || family == "" || given == "" || strings.Contains(given, ",") {
		return name
	}
	return given + " " + family
}
