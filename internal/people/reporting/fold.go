package reporting

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// folder writes texts in one way, so that equal ones are equal bytes. What it
// returns is good until its next call. It is for one goroutine.
type folder struct {
	caser cases.Caser
	buf   []byte
}

func newFolder() *folder { return &folder{caser: cases.Fold()} }

// exact is a text without blanks around it, composed (Unicode NFC).
func exact(text string) string {
	text = strings.TrimSpace(text)
	if isASCII(text) {
		return text
	}
	return norm.NFC.String(text)
}

// folded is a text without blanks around it, by Unicode's canonical caseless
// matching (Unicode 3.13, D145), composed. What is not UTF-8 stays as it is.
func (f *folder) folded(text string) []byte {
	text = strings.TrimSpace(text)
	f.buf = f.buf[:0]
	if isASCII(text) {
		for i := range len(text) {
			c := text[i]
			if 'A' <= c && c <= 'Z' {
				c += 'a' - 'A'
			}
			f.buf = append(f.buf, c)
		}
		return f.buf
	}
	if !utf8.ValidString(text) {
		f.buf = append(f.buf, text...)
		return f.buf
	}
	f.buf = norm.NFC.AppendString(f.buf, f.caser.String(norm.NFD.String(text)))
	return f.buf
}

// spaced is folded with single blanks.
func (f *folder) spaced(text string) []byte {
	out := f.folded(text)
	kept, blank := out[:0], false
	for i := 0; i < len(out); {
		r, size := rune(out[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(out[i:])
		}
		switch {
		case !unicode.IsSpace(r):
			kept, blank = append(kept, out[i:i+size]...), false
		case !blank:
			kept, blank = append(kept, ' '), true
		}
		i += size
	}
	// Folding may have made a blank at an end, of something that was none.
	f.buf = bytes.Trim(kept, " ")
	return f.buf
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

// local is what stands before the "@" of a login; empty without one.
func (f *folder) local(login string) []byte {
	out := f.folded(login)
	return out[:max(bytes.IndexByte(out, '@'), 0)]
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
