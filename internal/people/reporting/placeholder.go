package reporting

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxPlaceholderBytes bounds what may be a placeholder: twice the longest word
// of the list, for what stands around it.
const maxPlaceholderBytes = 48

// placeholders are what people write into a field that may not stay empty, or
// what an export makes of an empty one: in lower case, without blanks and what
// noise holds. So "na" stands for "N/A", "n.a." and "#N/A".
//
// A short list on purpose. What may well be somebody's login or whole name is
// not in it: "no", "noone", "blank", "nan", "test".
var placeholders = map[string]bool{
	"na": true, "none": true, "null": true, "nil": true, "undefined": true, "empty": true,
	"unknown": true, "unassigned": true, "missing": true, "nodata": true,
	"notapplicable": true, "notavailable": true, "notassigned": true, "notset": true, "notfound": true,
	"tbd": true, "tba": true, "tbc": true,
	"tobedetermined": true, "tobedefined": true, "tobedecided": true, "tobeannounced": true, "tobeconfirmed": true,
	"nobody": true, "nomanager": true, "nosupervisor": true, "vacant": true,
	"keiner": true, "unbekannt": true, "aucun": true, "inconnu": true, "ninguno": true, "nessuno": true, "nenhum": true,
}

// noise may stand in and around a placeholder's letters. The comma may not: "No,
// Ne" is a name.
const noise = " \t./\\-_#*?!:;\"'()[]{}<>"

// isPlaceholder reports whether a value, without blanks around it, stands for
// nobody: it is a word of placeholders, or has no letter and no digit but zeros,
// such as "-", "...", "0" and "00000000-0000-0000-0000-000000000000".
func isPlaceholder(value string) bool {
	if len(value) > maxPlaceholderBytes {
		return false
	}
	if !strings.ContainsFunc(value, signifies) {
		return true
	}
	var word [maxPlaceholderBytes]byte
	n := 0
	for i := range len(value) {
		c := value[i]
		switch {
		case 'A' <= c && c <= 'Z':
			word[n] = c + 'a' - 'A'
			n++
		case 'a' <= c && c <= 'z':
			word[n] = c
			n++
		case c >= utf8.RuneSelf || strings.IndexByte(noise, c) < 0:
			return false
		}
	}
	return placeholders[string(word[:n])]
}

// signifies reports whether a character is more than a dash, a point, a zero or
// the like, of any script.
func signifies(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r|0x20 && r|0x20 <= 'z' || '1' <= r && r <= '9'
	}
	return !unicode.IsPunct(r) && !unicode.IsSpace(r) && !unicode.IsSymbol(r)
}
