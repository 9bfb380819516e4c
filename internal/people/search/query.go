package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of a query. Whoever wants to refuse a query beyond them compares first:
// [Index.Search] cuts it down.
const (
	// MaxTextBytes is how much of a text is read: several full names.
	MaxTextBytes = 256
	// MaxWords is how many different words of it are looked for.
	MaxWords = 8
	// MaxOffset is how far into a result one can page; nobody reads on by then,
	// and [Index.All] has the rest.
	MaxOffset = 10_000
	// MaxLimit is how many hits are returned at once.
	MaxLimit = 200
)

// Sort is an order of hits.
type Sort uint8

const (
	// BestMatch has the closest matches first; without a text it is ByName.
	BestMatch Sort = iota
	// ByName goes by the folded name: Ł stands with L.
	ByName
	// ByNameDescending is the opposite of ByName.
	ByNameDescending
)

// Query says whom to find.
type Query struct {
	// Text holds words of names, titles and so on, in any order, each whole or the
	// beginning of one; empty: everybody. Its first MaxTextBytes and MaxWords count.
	Text string
	// Chosen holds, for each facet field, the values of which a person must have
	// one, of MaxChosen at most; "" is no value. None: any.
	Chosen [][]string
	Sort   Sort
	// Offset and Limit choose the hits to return, up to MaxOffset and MaxLimit. With
	// Limit 0 there are only counts.
	Offset, Limit int
	// FacetValues is how many values of each field are listed, up to
	// MaxFacetValues, beside those that are chosen; 0: DefaultFacetValues.
	FacetValues int
}

const (
	// typoLetters is how many letters a word has in which a typo is forgiven: in
	// shorter ones it makes a common name of nearly every other.
	typoLetters = 4
	// beginningTypoLetters is how many letters the beginning of a word has in which
	// a typo is forgiven.
	beginningTypoLetters = 5
	// carryLetters is how many letters a word has that a person may be found by
	// where other words find nothing: a shorter one is in half of all names.
	carryLetters = 3
)

// askedWord is a word of a query, in one spelling or two.
type askedWord struct {
	spellings []string
	key       bool // an e-mail address or its beginning
	// single: one letter, which is an initial and looks only in names, unless it is
	// a whole word. A letter of a script without spaces is a word as any other.
	single  bool
	typos   bool // a typo is forgiven
	longer  bool // also one in the beginning of a longer word
	carries bool
}

// words reads a query's text.
func words(text string) []askedWord {
	var asked []askedWord
	var t tokens
	for part := range strings.FieldsSeq(cut(text, MaxTextBytes)) {
		trimmed := strings.TrimLeftFunc(part, isOutside)
		if strings.Contains(trimmed, "@") && trimmed[0] != '@' {
			t.scanKey(strings.TrimRightFunc(trimmed, isOutside))
			asked = with(asked, askedWord{spellings: []string{string(t.text)}, key: true, carries: true})
			continue
		}
		t.scan(part)
		for _, word := range t.asked() {
			asked = with(asked, t.ask(word))
		}
	}
	if len(asked) > 0 {
		last := &asked[len(asked)-1]
		last.longer = last.typos && utf8.RuneCountInString(last.spellings[0]) >= beginningTypoLetters
	}
	return asked
}

// isOutside reports whether a rune may surround an address and is no part of it.
func isOutside(r rune) bool {
	return r != '@' && r != '_' && !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
}

func (t *tokens) ask(word token) askedWord {
	a := askedWord{spellings: []string{string(t.textOf(word))}}
	if alt := t.altOf(word); alt != nil {
		a.spellings = append(a.spellings, string(alt))
	}
	letters := utf8.RuneCountInString(a.spellings[0])
	a.single = letters == 1 && !word.unspaced
	a.typos = letters >= typoLetters && !word.digit
	a.carries = letters >= carryLetters || word.unspaced
	return a
}

func with(asked []askedWord, word askedWord) []askedWord {
	if len(asked) == MaxWords || slices.ContainsFunc(asked, func(other askedWord) bool { return other.spellings[0] == word.spellings[0] }) {
		return asked
	}
	return append(asked, word)
}
