package store

import (
	"strings"
	"unicode/utf8"
)

// Text is a text as both engines store it: UTF-8, with U+FFFD in place of
// whatever is none and of NUL, which PostgreSQL takes in no text.
func Text(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}

// NoteText is a text of at most [MaxNoteBytes] bytes, cut between characters, as
// both engines store it.
func NoteText(text string) string {
	text = Text(text)
	if len(text) <= MaxNoteBytes {
		return text
	}
	cut := MaxNoteBytes
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut]
}
