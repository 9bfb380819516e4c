package search

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// maxValueBytes is how much of a value is read: far more than any name, and
	// a bound for what somebody pastes into an attribute.
	maxValueBytes = 1 << 10
	// maxValueWords is how many words of a value are read.
	maxValueWords = 32
	// maxValues is how many values of a list are read.
	maxValues = 16
	// maxLetters is how many letters of a word are compared.
	maxLetters = 64
	// maxBeginnings is at how many places of a run without spaces a name may
	// begin.
	maxBeginnings = 32
)

// tokens are the words of one text, folded, with where each letter stands in it.
// The letters of all words lie side by side, so that words that a hyphen joins
// are one slice; alt is the same in the second spelling, or empty. A tokens is
// used again for the next text.
type tokens struct {
	text, alt             []byte
	origins, altOrigins   []int32 // where in the text the rune began that gave each byte
	list                  []token
	hasAlt, open, isDigit bool
	letters               int
	glue                  kind
}

// token is a word, or words that are joined.
type token struct {
	from, to       int // its bytes in text
	altFrom, altTo int // its bytes in alt
	end            int // where it ends in the original
	glue           kind
	unspaced       bool // holds a letter of a script without spaces
	digit          bool // holds a digit
}

// scan reads a text's words, at most maxValueWords of its first maxValueBytes.
func (t *tokens) scan(text string) {
	*t = tokens{text: t.text[:0], alt: t.alt[:0], origins: t.origins[:0], altOrigins: t.altOrigins[:0], list: t.list[:0], glue: separates}
	for i, r := range cut(text, maxValueBytes) {
		f := foldRune(r)
		switch f.kind {
		case spells:
			if !t.open && !t.begin() {
				return
			}
			t.spell(f, r, i)
		case decorates:
			t.decorate(r, i)
		case vanishes:
		case apostrophe, hyphen:
			t.glue = separates
			if t.open {
				t.glue = f.kind
			}
			t.open = false
		default:
			t.open, t.glue = false, separates
		}
	}
}

func (t *tokens) begin() bool {
	if len(t.list) == maxValueWords {
		return false
	}
	t.open, t.letters = true, 0
	t.list = append(t.list, token{from: len(t.text), to: len(t.text), altFrom: len(t.alt), altTo: len(t.alt), glue: t.glue})
	t.glue = separates
	return true
}

func (t *tokens) spell(f folding, r rune, at int) {
	last := &t.list[len(t.list)-1]
	if t.letters++; t.letters > maxLetters {
		return
	}
	if f.alt != "" {
		t.startAlt()
	}
	last.unspaced = last.unspaced || isUnspaced(r)
	last.digit = last.digit || unicode.IsNumber(r)
	t.text, t.origins = write(t.text, t.origins, f.out, at)
	if t.hasAlt {
		if f.alt == "" {
			f.alt = f.out
		}
		t.alt, t.altOrigins = write(t.alt, t.altOrigins, f.alt, at)
	}
	last.to, last.altTo, last.end = len(t.text), len(t.alt), at+utf8.RuneLen(r)
}

// decorate takes a diacritic that is written apart from its letter.
func (t *tokens) decorate(r rune, at int) {
	if !t.open || t.letters > maxLetters {
		return
	}
	last := &t.list[len(t.list)-1]
	if second := secondLetter(t.text, r); second != "" {
		t.startAlt()
		t.alt, t.altOrigins = write(t.alt, t.altOrigins, second, at)
		last.altTo = len(t.alt)
	}
	last.end = at + utf8.RuneLen(r)
}

// startAlt begins the second spelling with what both have in common.
func (t *tokens) startAlt() {
	if t.hasAlt {
		return
	}
	t.hasAlt = true
	t.alt, t.altOrigins = append(t.alt, t.text...), append(t.altOrigins, t.origins...)
	for i := range t.list {
		t.list[i].altFrom, t.list[i].altTo = t.list[i].from, t.list[i].to
	}
}

func write(text []byte, origins []int32, letters string, at int) ([]byte, []int32) {
	text = append(text, letters...)
	for range len(letters) {
		origins = append(origins, int32(at)) //nolint:gosec // below maxValueBytes
	}
	return text, origins
}

// words is what a document's text is found by: each word, words around an
// apostrophe as one (oneil), and words around hyphens as one.
func (t *tokens) words(yield func(token)) {
	for i := range t.list {
		yield(t.list[i])
	}
	t.chains(func(k kind) bool { return k == apostrophe }, yield)
	t.chains(func(k kind) bool { return k != separates }, func(chain token) {
		if chain.glue == hyphen {
			yield(chain)
		}
	})
}

// asked is what a query's text asks for: its words, with those around an
// apostrophe as one.
func (t *tokens) asked() []token {
	var asked []token
	for _, word := range t.list {
		if word.glue == apostrophe && len(asked) > 0 {
			asked[len(asked)-1] = joined(asked[len(asked)-1], word)
			continue
		}
		asked = append(asked, word)
	}
	return asked
}

// chains yields the longest runs of two words or more that such glue holds
// together. The glue of a run is a hyphen if one is in it.
func (t *tokens) chains(holds func(kind) bool, yield func(token)) {
	for first := 0; first < len(t.list); {
		chain, next := t.list[first], first+1
		chain.glue = separates
		for ; next < len(t.list) && holds(t.list[next].glue); next++ {
			glue := max(chain.glue, t.list[next].glue)
			chain = joined(chain, t.list[next])
			chain.glue = glue
		}
		if next > first+1 {
			yield(chain)
		}
		first = next
	}
}

func joined(a, b token) token {
	a.to, a.altTo, a.end = b.to, b.altTo, b.end
	a.unspaced, a.digit = a.unspaced || b.unspaced, a.digit || b.digit
	return a
}

func (t *tokens) textOf(word token) []byte { return t.text[word.from:word.to] }

// altOf is the second spelling of a word, or nil if it has none.
func (t *tokens) altOf(word token) []byte {
	if !t.hasAlt {
		return nil
	}
	if alt := t.alt[word.altFrom:word.altTo]; string(alt) != string(t.textOf(word)) {
		return alt
	}
	return nil
}

// beginnings yields where in a word of a script without spaces another name may
// begin, as offsets into its text: at each letter but the first.
func (t *tokens) beginnings(word token, yield func(int)) {
	if !word.unspaced {
		return
	}
	left := maxBeginnings
	for i := word.from + 1; i < word.to && left > 0; i++ {
		if t.origins[i] == t.origins[i-1] || !utf8.RuneStart(t.text[i]) {
			continue
		}
		if r, _ := utf8.DecodeRune(t.text[i:word.to]); unicode.IsMark(r) {
			continue
		}
		yield(i - word.from)
		left--
	}
}

// initials are the ways to write a person by initials: all of them, and the first
// with each other. A name with a comma has the family name first.
func (t *tokens) initials(text string) []string {
	var first []string
	start := 0
	comma := strings.IndexAny(text, ",،、，")
	for _, word := range t.list {
		if word.unspaced {
			continue
		}
		if comma >= 0 && int(t.origins[word.from]) < comma {
			start = len(first) + 1
		}
		r, _ := utf8.DecodeRune(t.textOf(word))
		first = append(first, string(r))
	}
	const most = 6 // of a name; a longer one is a sentence
	if len(first) < 2 || len(first) > most {
		return nil
	}
	if start < len(first) {
		first = slices.Concat(first[start:], first[:start])
	}
	ways := []string{strings.Join(first, "")}
	if len(first) > 2 {
		for _, other := range first[1:] {
			ways = append(ways, first[0]+other)
		}
	}
	return ways
}

// span is where bytes x to y of a word's text stand in the original.
func (t *tokens) span(word token, alt bool, x, y int) (from, to int) {
	origins := t.origins[word.from:word.to]
	if alt {
		origins = t.altOrigins[word.altFrom:word.altTo]
	}
	for y < len(origins) && origins[y] == origins[y-1] {
		y++ // the rest of a rune that became several letters
	}
	if y == len(origins) {
		return int(origins[x]), word.end
	}
	return int(origins[x]), int(origins[y])
}

// scanKey folds a value that is found as a whole, an e-mail address, into one
// word of all its visible runes.
func (t *tokens) scanKey(text string) {
	*t = tokens{text: t.text[:0], alt: t.alt[:0], origins: t.origins[:0], altOrigins: t.altOrigins[:0], list: append(t.list[:0], token{})}
	for i, r := range cut(text, maxValueBytes) {
		f := foldRune(r)
		switch {
		case f.kind == spells:
			t.text, t.origins = write(t.text, t.origins, f.out, i)
		case f.kind == decorates, f.kind == vanishes, r == utf8.RuneError, unicode.IsSpace(r), unicode.IsControl(r):
			continue
		default:
			t.text, t.origins = write(t.text, t.origins, string(r), i)
		}
		t.list[0].to, t.list[0].end = len(t.text), i+utf8.RuneLen(r)
	}
}

// cut shortens a text to whole runes of at most so many bytes.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
