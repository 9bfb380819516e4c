package draw

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/bidi"
)

// boldness is how much wider a bold letter is.
const boldness = 1.06

// line is a line of text and how wide it is, about.
type line struct {
	text  string
	width float64
	rtl   bool
}

// clean is a text as XML can hold it, in one line: what is no character or
// controls a device becomes a space, what would turn the order of the letters is
// left out, and what is longer than [MaxText] ends in an ellipsis.
func clean(text string) string {
	var b strings.Builder
	count, gap := 0, false
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		text = text[size:]
		switch {
		case r == utf8.RuneError && size == 1:
			r = utf8.RuneError // a byte that is no text: the sign for that
		case turns(r):
			continue
		case unicode.IsSpace(r), unicode.IsControl(r), r == 0xFFFE, r == 0xFFFF:
			gap = b.Len() > 0
			continue
		}
		if count >= MaxText {
			b.WriteRune('…')
			break
		}
		if gap {
			b.WriteByte(' ')
			count++
			gap = false
		}
		b.WriteRune(r)
		count++
	}
	return b.String()
}

// turns reports whether a character only changes the direction of others.
func turns(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069
}

// wrap breaks a text into lines of at most a width, as many as most; the last
// one ends in an ellipsis where that is not enough. Empty text has no lines.
func wrap(text string, size, width float64, most int) []line {
	text = clean(text)
	if text == "" {
		return nil
	}
	rtl := rightToLeft(text)
	var lines []line
	for text != "" {
		if len(lines) == most-1 {
			lines = append(lines, line{shorten(text, size, width), 0, rtl})
			break
		}
		head, rest := breakAt(text, size, width)
		lines = append(lines, line{head, 0, rtl})
		text = rest
	}
	for i := range lines {
		lines[i].width = textWidth(lines[i].text, size)
	}
	return lines
}

// breakAt splits a text where a line of the width ends: at a space or behind a
// hyphen if there is one, in the middle of a word otherwise, but never before a
// combining mark.
func breakAt(text string, size, width float64) (head, rest string) {
	sum, gap := 0.0, 0
	for i, r := range text {
		if r == ' ' {
			gap = i
		}
		sum += advance(r) * size
		if sum > width && i > 0 && !unicode.Is(unicode.M, r) && r != ' ' {
			if gap == 0 {
				gap = i
			}
			return text[:gap], strings.TrimPrefix(text[gap:], " ")
		}
		if r == '-' && i > 0 {
			gap = i + 1
		}
	}
	return text, ""
}

// shorten is a text that fits, with an ellipsis where something is missing.
func shorten(text string, size, width float64) string {
	if textWidth(text, size) <= width {
		return text
	}
	sum := advance('…') * size
	for i, r := range text {
		if sum += advance(r) * size; sum > width && !unicode.Is(unicode.M, r) {
			return strings.TrimRight(text[:i], " ") + "…"
		}
	}
	return text
}

func textWidth(text string, size float64) float64 {
	sum := 0.0
	for _, r := range text {
		sum += advance(r)
	}
	return sum * size
}

// advance is the width of a character as a part of the size of the type: a
// little more than in the usual fonts without serifs, for the font that a viewer
// takes is not known.
func advance(r rune) float64 {
	switch {
	case unicode.Is(unicode.Mn, r), unicode.Is(unicode.Me, r), unicode.Is(unicode.Cf, r):
		return 0
	case strings.ContainsRune(" .,:;'|!iljIt()[]-", r):
		return 0.36
	case strings.ContainsRune("mwMW@%…—", r):
		return 0.94
	case r < 0x80 && unicode.IsLower(r), r < 0x80 && unicode.IsDigit(r):
		return 0.6
	case r >= 0x1100 && r <= 0x115F, r >= 0x2E80 && r <= 0xA4CF, r >= 0xAC00 && r <= 0xD7A3, r >= 0xF900 && r <= 0xFAFF, r >= 0xFF00 && r <= 0xFF60:
		return 1.02 // East Asian, as wide as high
	case r >= 0x1F000:
		return 1.3 // emoji, and scripts of which nothing is known
	case unicode.Is(unicode.Arabic, r), unicode.Is(unicode.Hebrew, r):
		return 0.62
	case r >= 0x0900 && r <= 0x109F, r >= 0x1780 && r <= 0x17FF:
		return 0.8 // scripts of South and South East Asia
	case unicode.IsUpper(r):
		return 0.74
	default:
		return 0.64
	}
}

// rightToLeft is the direction of a text by its first letter that has one, as
// in UAX #9, rule P2.
func rightToLeft(text string) bool {
	for _, r := range text {
		properties, _ := bidi.LookupRune(r)
		switch properties.Class() {
		case bidi.L:
			return false
		case bidi.R, bidi.AL:
			return true
		default:
		}
	}
	return false
}
