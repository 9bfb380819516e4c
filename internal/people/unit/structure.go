package unit

import (
	"slices"
	"sort"
	"strings"
)

// certainShare is how much of the unit somebody has to lead so that a title can
// make it certain. Half is enough to be the likely head; but where a quarter is
// led by others, the title may be the one of a large section.
const certainShare = 0.75

// structure is whom the members report to.
type structure struct {
	heads []int32
	// above is the nearest common manager outside; -1 for none.
	above int32
	// inactive is the nearest common manager who is not active; -1 for none.
	inactive int32
	// share is how much of the unit the only head leads, or else above does.
	share float64
}

// top is a member who reports to no other active member of the unit.
type top struct {
	person  int32
	first   int // place in the unit's people
	covered int // members who report to the top
}

// structure is rule 3.
func (l *leadership) structure(u *Unit) structure {
	s := structure{above: -1, inactive: -1}
	tops := l.tops(u)
	managed := make([]int, 0, len(u.People)) // places of members with a manager
	for i, p := range u.People {
		if l.t.parent[p] >= 0 {
			managed = append(managed, i)
		}
	}
	if len(managed) == 0 {
		return s
	}
	led, leaders := 0, []int32{}
	for _, t := range tops {
		if t.covered == 0 {
			continue
		}
		leaders = append(leaders, t.person)
		led += t.covered
		others := len(managed)
		if l.t.parent[t.person] >= 0 {
			led++
			others--
		}
		if 2*t.covered >= others {
			s.heads = append(s.heads, t.person)
			s.share = float64(t.covered) / float64(others)
		}
	}
	if len(s.heads) == 1 {
		return s
	}
	s.share = l.climb(u, &s, tops, managed)
	switch {
	case len(s.heads) > 1: // each leads half
	case len(leaders) > 1 && len(leaders) <= maxJoint && 2*led >= len(managed) && s.inactive < 0:
		s.heads = leaders
	case s.above >= 0:
		s.heads = []int32{s.above}
	}
	return s
}

// tops are the members who report to no other, in order.
func (l *leadership) tops(u *Unit) []top {
	var tops []top
	end := int32(-1) // where those below the last top end
	for i, p := range u.People {
		if l.t.enter[p] <= end {
			tops[len(tops)-1].covered++
			continue
		}
		tops = append(tops, top{person: p, first: i})
		end = l.t.leave[p]
	}
	return tops
}

// climb looks for the nearest manager outside to whom two thirds of the members
// report who have a manager. All of them would be too much to ask: one wrong
// record would make everything the chief executive's.
//
// Whoever has more than half of the members below has the middle one below, for
// the people below somebody are neighbours in the tour.
func (l *leadership) climb(u *Unit, s *structure, tops []top, managed []int) (share float64) {
	middle := managed[len(managed)/2]
	at := sort.Search(len(tops), func(i int) bool { return tops[i].first > middle }) - 1
	person := tops[at].person
	for range maxClimb {
		person = l.t.parent[person]
		if person < 0 {
			return 0
		}
		covered := l.below(u, person)
		if 3*covered < 2*len(managed) {
			continue
		}
		if l.members[person].Active {
			s.above = person
			return float64(covered) / float64(len(managed))
		}
		if s.inactive < 0 {
			s.inactive = person
		}
	}
	return 0
}

// below counts the members who report to somebody.
func (l *leadership) below(u *Unit, person int32) int {
	return l.place(u, l.t.leave[person]+1) - l.place(u, l.t.enter[person]+1)
}

// member says that somebody is an active member.
func (l *leadership) member(u *Unit, person int32) bool {
	i := l.place(u, l.t.enter[person])
	return i < len(u.People) && u.People[i] == person
}

// place is how many members come before a place in the tour.
func (l *leadership) place(u *Unit, enter int32) int {
	return sort.Search(len(u.People), func(i int) bool { return l.t.enter[u.People[i]] >= enter })
}

func same(a, b []int32) bool { return len(a) == len(b) && within(a, b) }

// within says that b has all of a.
func within(a, b []int32) bool {
	return !slices.ContainsFunc(a, func(p int32) bool { return !contains(b, p) })
}

func minus(a, b []int32) []int32 {
	return slices.DeleteFunc(slices.Clone(a), func(p int32) bool { return contains(b, p) })
}

func contains(list []int32, p int32) bool { return slices.Contains(list, p) }

func fields(s string) []string { return strings.Fields(Fold(s)) }
