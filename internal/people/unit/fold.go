package unit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxFolded is how many bytes of a text are looked at: no unit and no title that
// a person would read is longer, and a record may hold anything.
const maxFolded = 256

// Fold is a text without what people spell differently: its words in small
// letters, without accents and punctuation, separated by one blank; "&" is
// "and". Of a longer text it reads the first 256 bytes. It is idempotent, and
// empty for a text without letters and digits.
//
// Only the combining marks of Latin, Greek and Cyrillic are taken off
// (U+0300–U+036F): in other scripts they are vowels.
func Fold(s string) string {
	s = cut(s, maxFolded)
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return words(s)
	}
	s = words(unaccented(norm.NFKD.String(strings.ToValidUTF8(s, " "))))
	return cut(norm.NFC.String(s), maxFolded)
}

// words lowers letters and makes one blank of all that is between words.
func words(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	start, gap := 0, false // where the word begins in b; whether one has ended
	add := func(text string) {
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
			start = b.Len()
		}
		gap = false
		b.WriteString(text)
	}
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf && (r >= 'a' && r <= 'z' || r >= '0' && r <= '9'):
			add(letters[r : r+1])
		case r >= 'A' && r <= 'Z':
			add(letters[r+32 : r+33])
		case r == '&':
			gap = true
			add("and")
			gap = true
		case r == '\'' || r == '’' || r == 'ʼ':
			// d'Aboville and O'Brien are words; the article l' is one of its own.
			if w := b.String()[start:]; w == "l" || w == "d" {
				gap = true
			}
		case r >= utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)):
			add(string(unicode.ToLower(r)))
		default:
			gap = true
		}
	}
	return b.String()
}

// letters are the ASCII characters, so that one of them is a string without an
// allocation.
var letters = func() string {
	b := make([]byte, utf8.RuneSelf)
	for i := range b {
		b[i] = byte(i)
	}
	return string(b)
}()

// plain are letters that no decomposition takes apart.
var plain = map[rune]string{
	'ø': "o", 'Ø': "o", 'ł': "l", 'Ł': "l", 'ß': "ss", 'ẞ': "ss", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe",
	'đ': "d", 'Đ': "d", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th", 'ı': "i", 'ħ': "h", 'Ħ': "h",
}

func unaccented(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		if r >= 0x300 && r <= 0x36F {
			continue
		}
		if p, ok := plain[r]; ok {
			b.WriteString(p)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// clean is a value as units are told apart by.
func clean(value string) string {
	if value == "" {
		return ""
	}
	return strings.TrimSpace(norm.NFC.String(strings.ToValidUTF8(value, "\uFFFD")))
}

// cut is at most the first n bytes, and whole characters.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
