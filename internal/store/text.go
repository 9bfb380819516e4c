package store

import "strings"

// Text is a text as both engines store it: UTF-8, with U+FFFD in place of
// whatever is none and of NUL, which PostgreSQL takes in no text.
func Text(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text, "\ufffd"), "\x00", "\ufffd")
}
