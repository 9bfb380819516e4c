package store

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const (
	// maxSearchBytes bounds the text that is indexed of one person: a name, an
	// e-mail address and a user name, with room.
	maxSearchBytes = 1 << 10
	// maxSearchWords bounds a query.
	maxSearchWords = 8
)

// SearchText is what search finds a version by: the words of name, e-mail and
// user name, folded and separated by single blanks. Both engines index it.
func (v Version) SearchText() string {
	words := foldedWords(v.Name + " " + v.Email + " " + v.UserName)
	text := strings.Join(words, " ")
	for len(text) > maxSearchBytes {
		text = text[:strings.LastIndexByte(text[:maxSearchBytes+1], ' ')+1]
		text = strings.TrimSuffix(text, " ")
	}
	return text
}

// SearchWords are a query's words, folded as [Version.SearchText] is; nil when
// the query holds no letter and no digit.
func SearchWords(query string) []string {
	words := foldedWords(query)
	return words[:min(len(words), maxSearchWords)]
}

// foldedWords splits a text at everything that is no letter and no digit,
// without case and diacritics.
func foldedWords(text string) []string {
	var folded strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
			folded.WriteRune(unicode.ToLower(r))
		default:
			folded.WriteByte(' ')
		}
	}
	words := strings.Fields(folded.String())
	for i, word := range words {
		words[i] = cut(word, maxSearchBytes)
	}
	return words
}

// cut shortens a text to whole runes of at most so many bytes.
func cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most]
}
