package values

import (
	"strings"
	"unicode"
)

// Clean is a cell's value without what a spreadsheet program puts around it:
// blanks of any kind, control characters, the form ="00123" by which Excel is
// made to keep leading zeros, and the apostrophe before a number. A word that
// stands for no value, such as N/A, is the empty text.
func Clean(cell string) string {
	text := trim(cell)
	if strings.HasPrefix(text, `="`) && strings.HasSuffix(text, `"`) && len(text) >= 3 {
		text = trim(strings.ReplaceAll(text[2:len(text)-1], `""`, `"`))
	}
	if len(text) > 1 && text[0] == '\'' && text[1] >= '0' && text[1] <= '9' {
		text = text[1:]
	}
	if isNothing(text) {
		return ""
	}
	return text
}

// trim is strings.TrimSpace that also knows invisible characters; within a text
// it leaves out control characters other than ends of lines and tabs.
func trim(text string) string {
	plain := true
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f {
			plain = false
			break
		}
	}
	if plain {
		return strings.Trim(text, " ")
	}
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\ufffd"))
	return strings.TrimFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200b' || r == '\ufeff' || r == '\u00ad'
	})
}

// nothing are words of spreadsheet programs, databases and people for no value, as
// they write them: Null, Nil and Nan are people's names.
var nothing = map[string]bool{
	"": true, "-": true, "--": true, "—": true, "–": true, "n/a": true, "N/A": true, "#N/A": true, "#NV": true, "k.A.": true, "k. A.": true,
	"null": true, "NULL": true, "(null)": true, "nil": true, "nan": true, "NaN": true, "<NA>": true, "none": true, "None": true, "NONE": true,
	"(blank)": true, "(empty)": true, "(leer)": true, "#REF!": true, "#VALUE!": true, "#NAME?": true, "undefined": true,
}

func isNothing(text string) bool { return nothing[text] }

// Damaged reports whether a spreadsheet program has rounded a number, as in
// 1.23457E+11: which one it was can't be told any more.
func Damaged(text string) bool {
	mantissa, exponent, ok := strings.Cut(strings.ToUpper(text), "E+")
	return ok && mantissa != "" && exponent != "" &&
		strings.Trim(mantissa, "0123456789.,") == "" && strings.Trim(exponent, "0123456789") == ""
}

// Dress is how the numbers of a whole column are dressed up. A single value does
// not tell: 1.234 may be a number of its own.
type Dress struct {
	grouped, float, bare, short, other int
}

// Add looks at a value of the column.
func (d *Dress) Add(text string) {
	switch {
	case text == "":
	case digits(text) && len(text) < 4:
		d.short++
	case digits(text):
		d.bare++
	case strings.HasSuffix(text, ".0") && digits(text[:len(text)-2]):
		d.float++
	case isGrouped(text):
		d.grouped++
	default:
		d.other++
	}
}

// Undress takes thousands separators, or the fraction .0 that a statistics
// program adds, from a value where the whole column is dressed that way.
func (d Dress) Undress(text string) string {
	switch {
	case d.other > 0:
		return text
	case d.grouped > 0 && d.bare == 0 && d.float == 0 && isGrouped(text):
		return strings.Map(digitOnly, text)
	case d.float > 0 && d.grouped == 0 && d.bare == 0 && d.short == 0:
		return strings.TrimSuffix(text, ".0")
	default:
		return text
	}
}

func digitOnly(r rune) rune {
	if r < '0' || r > '9' {
		return -1
	}
	return r
}

func digits(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// isGrouped reports whether a number is written in groups of three: 1,234,567.
func isGrouped(text string) bool {
	var separator rune
	group, groups := 0, 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			if group++; group > 3 {
				return false
			}
		case strings.ContainsRune(",.' ’\u00a0\u202f", r) && (separator == 0 || separator == r):
			if group == 0 || (groups > 0 && group != 3) {
				return false
			}
			separator, group = r, 0
			groups++
		default:
			return false
		}
	}
	return groups > 0 && group == 3
}
