package reporting

import (
	"bytes"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// folder writes texts in one way, so that equal ones are equal bytes. What it
// returns is good until its next call. It is for one goroutine.
type folder struct {
	caser cases.Caser
	alone *[lettersAlone]string
	buf   []byte
	parts dn
}

func newFolder() *folder { return &folder{caser: cases.Fold(), alone: foldings()} }

// exact is a text without blanks around it, composed (Unicode NFC).
func exact(text string) string { return norm.NFC.String(strings.TrimSpace(text)) }

// exact is the same, in the folder's memory.
func (f *folder) exact(text string) []byte {
	text = strings.TrimSpace(text)
	if f.buf = f.buf[:0]; isASCII(text) {
		f.buf = append(f.buf, text...)
	} else {
		f.buf = norm.NFC.AppendString(f.buf, text)
	}
	return f.buf
}

// folded is a text without blanks around it, by Unicode's canonical caseless
// matching (Unicode 3.13, D145), composed. What is not UTF-8 stays as it is.
func (f *folder) folded(text string) []byte {
	f.buf = f.appendFolded(f.buf[:0], strings.TrimSpace(text))
	return f.buf
}

func (f *folder) appendFolded(out []byte, text string) []byte {
	start := len(out)
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf {
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			out = append(out, c)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r < lettersAlone && f.alone[r] != "":
			out = append(out, f.alone[r]...)
		case isIdeograph(r):
			out = append(out, text[i:i+size]...)
		default:
			return f.appendFoldedSlowly(out[:start], text)
		}
		i += size
	}
	return out
}

// appendFoldedSlowly folds what has letters that meet others: combining marks and
// all scripts that have them.
func (f *folder) appendFoldedSlowly(out []byte, text string) []byte {
	if !utf8.ValidString(text) {
		return append(out, text...)
	}
	return norm.NFC.AppendString(out, f.caser.String(norm.NFD.String(text)))
}

// lettersAlone bounds the table of foldings: Latin, Greek and Cyrillic.
const lettersAlone = 0x500

// foldings are how letters are folded that don't meet their neighbours: texts of
// them are folded letter by letter, some ten times as fast. Empty for others.
var foldings = sync.OnceValue(func() *[lettersAlone]string {
	table := new([lettersAlone]string)
	f := folder{caser: cases.Fold()}
	for r := rune(utf8.RuneSelf); r < lettersAlone; r++ {
		text := string(r)
		folded := string(f.appendFoldedSlowly(nil, text))
		if unicode.IsLetter(r) && staysAlone(text) && staysAlone(folded) {
			table[r] = folded
		}
	}
	return table
})

// staysAlone reports whether no character of a text is composed with one before
// it.
func staysAlone(text string) bool {
	for _, r := range text {
		p := norm.NFC.PropertiesString(string(r))
		if p.CCC() != 0 || !p.BoundaryBefore() {
			return false
		}
	}
	return true
}

// isIdeograph reports whether a character is of a script without case, in a block
// whose characters are composed with nothing: Chinese characters of the basic
// block, and Korean syllables. What could follow a syllable is in other blocks.
func isIdeograph(r rune) bool {
	return 0x4e00 <= r && r <= 0x9fff || 0xac00 <= r && r <= 0xd7a3
}

// spaced is folded with single blanks.
func (f *folder) spaced(text string) []byte {
	f.buf = f.appendSpaced(f.buf[:0], text)
	return f.buf
}

func (f *folder) appendSpaced(out []byte, text string) []byte {
	start := len(out)
	out = f.appendFolded(out, strings.TrimSpace(text))
	kept := start
	blank := false
	for i := start; i < len(out); {
		r, size := rune(out[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(out[i:])
		}
		if !unicode.IsSpace(r) {
			kept += copy(out[kept:], out[i:i+size])
		} else if !blank && kept > start {
			out[kept] = ' '
			kept++
		}
		blank = unicode.IsSpace(r)
		i += size
	}
	if blank && kept > start {
		kept--
	}
	return out[:kept]
}

// name is spaced, with "doe, jane" turned to "jane doe". A name with several
// commas stays as it is, for nobody knows which of them turns it.
func (f *folder) name(text string) []byte {
	out := f.spaced(text)
	at := bytes.IndexByte(out, ',')
	if at < 0 || bytes.IndexByte(out[at+1:], ',') >= 0 {
		return out
	}
	family, given := bytes.Trim(out[:at], " "), bytes.Trim(out[at+1:], " ")
	if len(family) == 0 || len(given) == 0 {
		return out
	}
	// The turned name is written behind the other, in the same buffer.
	start := len(out)
	out = append(out, given...)
	out = append(out, ' ')
	out = append(out, family...)
	f.buf = out
	return out[start:]
}

// loose is an employee number with letters of either case and, where it is all
// digits, without leading zeros.
func (f *folder) loose(number string) []byte {
	out := f.folded(number)
	for _, c := range out {
		if !isDigit(c) {
			return out
		}
	}
	for len(out) > 1 && out[0] == '0' {
		out = out[1:]
	}
	return out
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
