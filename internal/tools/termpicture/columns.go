package main

import (
	"strings"
	"unicode"
)

// stretch is text that is drawn in one piece: of one style and one kind of
// script, without two blanks in a row.
type stretch struct {
	column, columns int
	style           string
	text            string
}

// script sorts characters by the fonts that they come from.
type script int

const (
	plain script = iota // what every monospaced font has
	wide                // two columns each: Han, kana, Hangul
	other               // one column each at most, from a font of its own
)

func scriptOf(r rune) script {
	switch {
	case unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana):
		return wide
	case unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common, unicode.Inherited):
		return plain
	default:
		return other
	}
}

// columnsOf is how many columns of a terminal a character takes.
func columnsOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case scriptOf(r) == wide:
		return 2
	default:
		return 1
	}
}

func width(text string) int {
	columns := 0
	for _, r := range text {
		columns += columnsOf(r)
	}
	return columns
}

// stretches cuts a span of one style, which begins at a column. A single blank
// between two words of one kind stays inside, so that a name in a script that
// runs from right to left is in one piece.
func stretches(text, style string, column int) []stretch {
	var all []stretch
	var current strings.Builder
	kind, blanks := plain, 0
	at := column
	flush := func() {
		if current.Len() > 0 {
			columns := width(current.String())
			all = append(all, stretch{column: at, columns: columns, style: style, text: current.String()})
			at += columns
			current.Reset()
		}
		at += blanks
		blanks = 0
	}
	for _, r := range text {
		if r == ' ' {
			blanks++
			continue
		}
		next := scriptOf(r)
		if columnsOf(r) == 0 {
			next = kind // a mark belongs to the letter before it
		}
		if current.Len() == 0 || next != kind || blanks > 1 {
			flush()
		} else if blanks == 1 {
			current.WriteByte(' ')
			blanks = 0
		}
		kind = next
		current.WriteRune(r)
	}
	flush()
	return all
}

// cut shortens a line to at most that many columns.
func cut(line string, columns int) string {
	if width(line) <= columns {
		return line
	}
	taken := 0
	for i, r := range line {
		if taken += columnsOf(r); taken >= columns {
			return line[:i] + "…"
		}
	}
	return line
}
