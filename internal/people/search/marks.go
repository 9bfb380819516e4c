package search

import (
	"cmp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mark is a part of a person's text that a page highlights: of a word that
// matches with a typo the letters that differ, of any other what was asked for.
type Mark struct {
	Field Field
	// Index is which of the field's values, 0 for a field that has one.
	Index int
	// From and To are bytes of the value, at boundaries of its runes.
	From, To int
}

// found is a mark of one word of a text, and how well that matches there.
type foundMark struct {
	Mark
	word int
	mode mode
}

// marks are the places where each word of a text matches best, in order, none
// overlapping another.
func (d *Document) marks(asked []askedWord) []Mark {
	m := marking{asked: asked, best: make([]mode, len(asked))}
	d.values(func(f Field, index int, text string) {
		m.field, m.index = f, index
		if f == Emails {
			m.tokens.scanKey(text)
			m.compare(m.tokens.list[0], true)
			text = localPart(text)
		}
		m.tokens.scan(text)
		m.tokens.words(func(word token) { m.compare(word, false) })
		if f == Name || f == Names {
			m.initials(text)
		}
	})
	var marks []Mark
	for _, found := range m.found {
		if found.mode == m.best[found.word] {
			marks = append(marks, found.Mark)
		}
	}
	return merged(marks)
}

// marking finds the marks of one document.
type marking struct {
	asked  []askedWord
	best   []mode // of each word
	found  []foundMark
	tokens tokens
	field  Field
	index  int
}

// compare compares a word of the scanned text with all that are asked for.
func (m *marking) compare(word token, key bool) {
	for i, asked := range m.asked {
		if asked.key != key {
			continue
		}
		for _, spelling := range asked.spellings {
			m.compareSpelling(i, spelling, word, string(m.tokens.textOf(word)), false)
			if alt := m.tokens.altOf(word); alt != nil && !key {
				m.compareSpelling(i, spelling, word, string(alt), true)
			}
		}
	}
}

func (m *marking) compareSpelling(i int, asked string, word token, text string, alt bool) {
	switch {
	case text == asked:
		m.note(i, byWhole, word, alt, 0, len(text))
		return
	case strings.HasPrefix(text, asked):
		if !m.asked[i].single || m.field <= Names {
			m.note(i, byBeginning, word, alt, 0, len(asked))
		}
		return
	}
	if !alt && !m.asked[i].key {
		m.tokens.beginnings(word, func(at int) {
			if strings.HasPrefix(text[at:], asked) && (!m.asked[i].single || text[at:] == asked) {
				m.note(i, byBeginning, word, alt, at, at+len(asked))
			}
		})
	}
	if !m.asked[i].typos {
		return
	}
	from, to, _, ok := oneLetter(asked, text, false)
	if !ok && m.asked[i].longer {
		from, to, _, ok = oneLetter(asked, text, true)
	}
	if ok {
		m.note(i, byTypo, word, alt, from, to)
	}
}

// initials marks the letters of a name whose initials are asked for.
func (m *marking) initials(text string) {
	ways := m.tokens.initials(text)
	for i, asked := range m.asked {
		if m.best[i] > byInitials || asked.key || !slices.ContainsFunc(asked.spellings, func(s string) bool { return slices.Contains(ways, s) }) {
			continue
		}
		for _, word := range m.tokens.list {
			letter, size := utf8.DecodeRune(m.tokens.textOf(word))
			if !word.unspaced && strings.ContainsRune(asked.spellings[0], letter) {
				m.note(i, byInitials, word, false, 0, size)
			}
		}
	}
}

func (m *marking) note(i int, how mode, word token, alt bool, from, to int) {
	m.best[i] = max(m.best[i], how)
	if how < m.best[i] {
		return
	}
	from, to = m.tokens.span(word, alt, from, to)
	m.found = append(m.found, foundMark{Mark{m.field, m.index, from, to}, i, how})
}

// merged sorts marks and makes one of those that touch.
func merged(marks []Mark) []Mark {
	slices.SortFunc(marks, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Field, b.Field), cmp.Compare(a.Index, b.Index), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	kept := marks[:0]
	for _, m := range marks {
		if last := len(kept) - 1; last >= 0 && kept[last].Field == m.Field && kept[last].Index == m.Index && m.From <= kept[last].To {
			kept[last].To = max(kept[last].To, m.To)
			continue
		}
		kept = append(kept, m)
	}
	return kept
}
