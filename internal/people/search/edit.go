package search

import (
	"strings"
	"unicode/utf8"
)

// oneLetter compares a word of a query with a document's: whether they differ by
// one letter as [vocabulary.typos] means it, where in the document's word the
// difference stands, in bytes, and whether the rest of it is the same.
func oneLetter(asked, word string, longer bool) (from, to int, whole, ok bool) {
	at := commonPrefix(asked, word)
	if at == len(asked) {
		return 0, 0, false, false // it begins so, and no more is to be said
	}
	a, w := asked[at:], word[at:]
	first, size := utf8.DecodeRuneInString(a)
	second, secondSize := utf8.DecodeRuneInString(a[size:])
	_, otherSize := utf8.DecodeRuneInString(w)
	matches := func(variant string, longer bool) bool {
		whole = w == variant
		return whole || longer && strings.HasPrefix(w, variant)
	}
	switch {
	case w != "" && matches(w[:otherSize]+a[size:], longer && len(a) > size): // another letter
		return at, at + otherSize, whole, true
	case w != "" && matches(w[:otherSize]+a, longer): // one more
		return at, at + otherSize, whole, true
	case len(a) > size && first != second && matches(string(second)+string(first)+a[size+secondSize:], longer):
		return at, at + secondSize + size, whole, true
	// One less: the letter before the gap stands for it. Of two equal letters at the
	// end either is the one.
	case matches(a[size:], longer && (len(a) > size || strings.HasSuffix(asked[:at], a))):
		_, before := utf8.DecodeLastRuneInString(word[:at])
		if at == 0 {
			return 0, otherSize, whole, true
		}
		return at - before, at, whole, true
	}
	return 0, 0, false, false
}

// commonPrefix is how many bytes of whole letters two words begin with alike.
func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	for n > 0 && (n < len(a) && !utf8.RuneStart(a[n]) || n < len(b) && !utf8.RuneStart(b[n])) {
		n--
	}
	return n
}
