package search

import (
	"slices"
)

// Kind is a way in which a person matches a text. A smaller one is closer.
type Kind uint8

const (
	// Everybody is the kind of an empty text.
	Everybody Kind = iota
	// WholeWords have every word of the text.
	WholeWords
	// Beginnings have every word of the text, or the beginning of one, a part of a
	// name without spaces, or the name's initials.
	Beginnings
	// OneLetter is as before, but for one letter in each of some words.
	OneLetter
	// SomeWords match some words, and others not.
	SomeWords
)

// Match says how closely a person matches.
type Match struct {
	Kind Kind
	// Words is how many words of the text match.
	Words int
	// Typos is in how many of them a letter differs. It is 0 for SomeWords.
	Typos int
}

// Group is how many people of a result match equally closely.
type Group struct {
	Match
	Count int
}

// quality is how well one word of a text matches a document: 0, not at all, or
// from the most significant bit: mode (3 bits), weight of the class (3), how near
// the two words are (2).
type quality uint8

// mode is how a word matches. A larger one is closer.
type mode uint8

const (
	byTypo mode = iota + 1
	byInitials
	byBeginning
	byWhole
	modes
)

var weights = [classes]quality{
	class(Name): 7, class(Names): 6, class(Emails): 5, class(Numbers): 4, class(Title): 3, class(Department): 2, class(Other): 1,
	inner: 1, initials: 0,
}

// maxNear is how near a word can be within its mode.
const maxNear = 3

// qualityOf is how well a word of a class matches, or 0 if words of that class
// do not match so.
func qualityOf(m mode, c class, near int, single bool) quality {
	switch {
	case c == initials && m != byWhole, c == inner && m == byTypo:
		return 0
	case single && m == byBeginning && c > class(Names):
		return 0
	case c == initials:
		m = byInitials
	case c == inner:
		m = byBeginning
	}
	return quality(m)<<5 | weights[c]<<2 | quality(near) //nolint:gosec // at most maxNear
}

func (q quality) mode() mode { return mode(q >> 5) }

// nearBeginning is how near a beginning is to a word with so many more bytes.
func nearBeginning(more int) int { return max(0, maxNear+1-more) }

// nearTypo is how near a typo is: people rarely get the first letter wrong.
func nearTypo(whole, sameFirst bool) int {
	near := 0
	if whole {
		near = 2
	}
	if sameFirst {
		near++
	}
	return near
}

// state sums up the words of a text that match a document so far, in one number
// so that a word is one addition: the sum of the qualities (12 bits), and how many
// words match (4), by typo (4), not as a whole (4), and carry (4).
type state uint32

const (
	matchedShift = 12
	typoShift    = 16
	partShift    = 20
	carryShift   = 24
	stateBits    = 1<<4 - 1
)

// stateOf is what a word adds.
func stateOf(q quality, carries bool) state {
	s := state(q) | 1<<matchedShift
	if q.mode() == byTypo {
		s |= 1 << typoShift
	}
	if q.mode() != byWhole {
		s |= 1 << partShift
	}
	if carries {
		s |= 1 << carryShift
	}
	return s
}

func (s state) score() uint64 { return uint64(s) & (1<<matchedShift - 1) }

func (s state) count(shift int) int { return int(s>>shift) & stateBits }

// match is the match of a document in a state, of a text with so many words.
func (s state) match(words int) Match {
	m := Match{Words: s.count(matchedShift)}
	switch {
	case m.Words < words:
		m.Kind = SomeWords
	case s.count(typoShift) > 0:
		m.Kind, m.Typos = OneLetter, s.count(typoShift)
	case s.count(partShift) > 0:
		m.Kind = Beginnings
	default:
		m.Kind = WholeWords
	}
	return m
}

// found reports whether a document in a state is in the result: all words match,
// or some that say enough.
func (s state) found(words int) bool {
	return s.count(matchedShift) == words || s.count(carryShift) > 0
}

// place is where a match stands among the matches of a text: 0 is the closest.
func (m Match) place() int {
	const typos = int(OneLetter) - 1 // after whole words and beginnings
	switch m.Kind {
	case Everybody, WholeWords, Beginnings:
		return max(0, int(m.Kind)-1)
	case OneLetter:
		return typos + m.Typos
	default:
		return typos + 2*MaxWords - m.Words
	}
}

// places is how many places there are.
const places = int(OneLetter) + 2*MaxWords

// key is the place of a document among those of a result, the first the smallest:
// by its match's place (6 bits), the sum of qualities (12), the words in its name
// (6), and its rank by name (32).
func key(place int, s state, nameWords uint8, rank uint32) uint64 {
	const highest = 1<<matchedShift - 1
	return uint64(place)<<50 | (highest-s.score())<<38 | uint64(nameWords)<<32 | uint64(rank) //nolint:gosec // places is small
}

// leastKeys keeps the smallest keys of many.
type leastKeys struct {
	most int
	keys []uint64
	full bool // keys were dropped, all of which are above bound
	// bound is the largest key that can be among the smallest.
	bound uint64
}

func (l *leastKeys) add(key uint64) {
	if l.most == 0 || l.full && key > l.bound {
		return
	}
	if l.keys = append(l.keys, key); len(l.keys) >= max(2*l.most, 64) {
		l.drop()
	}
}

func (l *leastKeys) drop() {
	if len(l.keys) <= l.most {
		return
	}
	slices.Sort(l.keys)
	l.keys = l.keys[:l.most]
	l.full, l.bound = true, l.keys[l.most-1]
}

// sorted are the smallest keys, in order.
func (l *leastKeys) sorted() []uint64 {
	slices.Sort(l.keys)
	return l.keys[:min(len(l.keys), l.most)]
}
