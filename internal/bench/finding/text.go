package main

import (
	"strings"

	"patchbay.example/internal/people/search"
	"patchbay.example/internal/store"
)

// indexed is the text that the engines index of a document: the words that it is
// found by, folded as the store folds them, in two columns, for words of the first
// weigh more.
func indexed(d *search.Document) (names, rest string) {
	local, _, _ := strings.Cut(d.Emails[0], "@")
	return folded(append([]string{d.Name}, d.Names...)...), folded(d.Title, d.Department, local, d.Numbers[0], d.Other[0])
}

func folded(texts ...string) string {
	var words []string
	for _, text := range texts {
		words = append(words, store.SearchWords(text)...)
	}
	return strings.Join(words, " ")
}

// typoLetters is how many letters a word has in which a mistake is looked for, as
// in package search.
const typoLetters = 4

// oneLetter reports whether two different words differ by one letter more, less or
// other, or by two neighbours that are swapped.
func oneLetter(a, b []rune) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b) > len(a)+1 {
		return false
	}
	at := 0
	for at < len(a) && a[at] == b[at] {
		at++
	}
	rest, other := a[at:], b[at:]
	if len(rest) < len(other) {
		return string(rest) == string(other[1:])
	}
	if len(rest) == 0 {
		return false
	}
	return string(rest[1:]) == string(other[1:]) ||
		len(rest) > 1 && rest[0] == other[1] && rest[1] == other[0] && string(rest[2:]) == string(other[2:])
}
