package search

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// kind is what a rune does to the word that it stands in.
type kind uint8

const (
	separates  kind = iota // ends a word: spaces, punctuation, symbols, what is no UTF-8
	spells                 // is a letter or a digit
	decorates              // is a diacritic: belongs to the letter before it, and is left out
	vanishes               // is invisible: a direction mark, a soft hyphen
	apostrophe             // joins: O'Neil is found as oneil, o and neil
	hyphen                 // joins: Jean-Luc is found as jean, luc and jeanluc
)

// folding is how a rune is written in the index: out, and alt where there is a
// second way to spell it (ø is o and oe).
type folding struct {
	out, alt string
	kind     kind
}

// foldedRunes is how many runes are folded once and looked up thereafter: the
// alphabets. Han and Hangul lie beyond and are folded as they come.
const foldedRunes = 0x3000

var foldings = sync.OnceValue(func() *[foldedRunes]folding {
	var table [foldedRunes]folding
	for r := range rune(foldedRunes) {
		table[r] = foldAnew(r)
	}
	return &table
})

// foldRune folds a rune; utf8.RuneError separates.
func foldRune(r rune) folding {
	if r < foldedRunes {
		return foldings()[r]
	}
	return foldAnew(r)
}

// spellings are letters that Unicode does not decompose, in small letters, with
// the ways in which people type them.
var spellings = map[rune]folding{
	'ł': {out: "l"}, 'ø': {out: "o", alt: "oe"}, 'æ': {out: "ae"}, 'œ': {out: "oe"}, 'ß': {out: "ss"},
	'đ': {out: "d", alt: "dj"}, 'ð': {out: "d", alt: "dh"}, 'þ': {out: "th"}, 'ħ': {out: "h"}, 'ŋ': {out: "n"},
	'ŧ': {out: "t"}, 'ĸ': {out: "k"}, 'ı': {out: "i"}, 'ə': {out: "e", alt: "a"}, 'ɓ': {out: "b"}, 'ɗ': {out: "d"},
	'ƙ': {out: "k"}, 'ƴ': {out: "y"},
	// One letter in two shapes, by its place in the word or by the keyboard.
	'ς': {out: "σ"}, 'ى': {out: "ي"}, 'ی': {out: "ي"}, 'ک': {out: "ك"}, 'ة': {out: "ه"},
}

const (
	diaeresis = '\u0308' // ä ö ü are also ae oe ue
	ringAbove = '\u030a' // å is also aa
	tatweel   = '\u0640' // lengthens an Arabic word, and is no letter
)

func foldAnew(r rune) folding {
	switch r {
	case '\'', '’', '‘', 'ʼ', 'ʻ', '`', '´', '′':
		return folding{kind: apostrophe}
	case '-', '‐', '‑', '–', '·':
		return folding{kind: hyphen}
	case utf8.RuneError:
		return folding{}
	}
	var buffer [64]byte
	var f folding
	var out, alt []byte
	dropped := separates
	for _, d := range string(norm.NFKD.AppendString(buffer[:0], string(r))) {
		d = unicode.ToLower(d)
		switch known, ok := spellings[d]; {
		case ok:
			out = append(out, known.out...)
			if known.alt == "" {
				known.alt = known.out
			}
			alt = append(alt, known.alt...)
		case isDiacritic(d):
			dropped = decorates
			alt = append(alt, secondLetter(out, d)...)
		case unicode.Is(unicode.Cf, d) || d == tatweel:
			dropped = max(dropped, vanishes)
		case unicode.IsLetter(d) || unicode.IsNumber(d) || unicode.IsMark(d):
			out, alt = utf8.AppendRune(out, d), utf8.AppendRune(alt, d)
		}
	}
	if f.kind = dropped; len(out) > 0 {
		f.kind = spells
	}
	if f.out = string(out); string(alt) != f.out {
		f.alt = string(alt)
	}
	return f
}

// secondLetter is what a diacritic becomes in the second spelling of a word that
// is written so far.
func secondLetter(written []byte, diacritic rune) string {
	if len(written) == 0 {
		return ""
	}
	switch last := written[len(written)-1]; {
	case diacritic == diaeresis && (last == 'a' || last == 'o' || last == 'u'):
		return "e"
	case diacritic == ringAbove && last == 'a':
		return "a"
	}
	return ""
}

// isDiacritic reports whether a mark is left out. In scripts such as Devanagari
// and Thai a mark is a vowel, without which the word is another.
func isDiacritic(r rune) bool {
	if r < 0x300 {
		return false
	}
	return unicode.Is(unicode.Me, r) ||
		unicode.Is(unicode.Mn, r) && unicode.In(r, unicode.Inherited, unicode.Arabic, unicode.Hebrew, unicode.Cyrillic, unicode.Greek, unicode.Latin, unicode.Syriac)
}

// isUnspaced reports whether a rune is of a script that puts no spaces between
// words, so that a name may begin inside a run of letters.
func isUnspaced(r rune) bool {
	if r < 0xe00 {
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}
