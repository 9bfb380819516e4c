package main

import (
	"slices"
	"strings"
	"unicode"

	"patchbay.example/plugin/csvdir/internal/values"
)

// mostFooterCells is how many cells of a total or a remark hold something.
const mostFooterCells = 3

// totals are the words of totals and page numbers, in lower case: a footer where
// only figures are beside them. A person may be called Sum Li or Page Turner.
var totals = []string{
	"total", "totals", "grand total", "sum", "summe", "gesamt", "gesamtsumme", "anzahl", "count", "record count", "row count", "page", "seite",
	"records", "rows", "datensätze", "totale", "totaal", "suma", "trailer", "eof",
}

// remarks are how remarks under a table begin, in lower case. Where one is in the
// place of the key, only figures are beside it.
var remarks = []string{
	"total", "totals", "grand total", "summe", "gesamt", "gesamtsumme", "anzahl", "sum of", "count of", "record count", "row count", "number of", "end of",
	"report generated", "report created", "generated", "exported", "erstellt", "exportiert", "confidential", "vertraulich", "datensätze", "records", "rows", "trailer",
	"totale", "totaal", "nombre de", "número de", "edité le", "édité le", "généré", "***",
}

// isNobody reports whether a row is no person's, seen with a key column: a total,
// a remark, or the header once more.
func (p *plan) isNobody(r row, key int) bool {
	return r.source == nil && (p.isFooter(r, key) || p.isHeader(r, key))
}

// isFooter reports whether the row is a total or a remark: it begins with a word
// for that, hardly anything else is filled, and its key column is empty or is the
// one with the word. In doubt it is none: a row with a key is a person's, and one
// without is told of.
func (p *plan) isFooter(r row, key int) bool {
	if filled(r.cells) > mostFooterCells {
		return false
	}
	first := -1
	for i, cell := range r.cells {
		if strings.Contains(cell, "@") {
			return false
		}
		if first < 0 && strings.TrimSpace(cell) != "" {
			first = i
		}
	}
	if first < 0 { // all values are beyond the header
		return false
	}
	if first != key && p.value(r, key) != "" {
		return false
	}
	text, others := strings.ToLower(strings.TrimSpace(r.cells[first])), strings.Join(r.cells[first+1:], " ")
	switch {
	case isTotal(text, others):
		return true
	case len(p.headers) <= mostFooterCells || (first == key && !isFigures(others)):
		return false
	}
	return slices.ContainsFunc(remarks, func(words string) bool {
		_, ok := behind(text, words)
		return ok
	})
}

// isTotal reports whether a text is a word of a total, and all that is beside it
// are figures, of which there are some.
func isTotal(text, others string) bool {
	for _, word := range totals {
		if rest, ok := behind(text, word); ok {
			beside := rest + " " + others
			return strings.ContainsFunc(beside, unicode.IsDigit) && isFigures(beside)
		}
	}
	return false
}

// behind is what follows some words at a text's beginning; false where the text
// begins otherwise, or a longer word than the last of them stands there.
func behind(text, words string) (rest string, ok bool) {
	rest, ok = strings.CutPrefix(text, words)
	return rest, ok && (rest == "" || strings.ContainsAny(rest[:1], " :=(*"))
}

// isFigures reports whether a text holds figures only, and the words that join
// them: 1 of 3.
func isFigures(text string) bool {
	for word := range strings.FieldsSeq(strings.ToLower(text)) {
		switch word {
		case "of", "von", "de", "di", "sur", "van", "av":
		default:
			if strings.ContainsFunc(word, unicode.IsLetter) {
				return false
			}
		}
	}
	return true
}

// isHeader reports whether the row is the header once more, as reports repeat it
// on each page.
func (p *plan) isHeader(r row, key int) bool {
	if key >= len(r.cells) || p.written[key] == "" {
		return false
	}
	for i, header := range p.written {
		if i < len(r.cells) && values.Clean(r.cells[i]) != header {
			return false
		}
	}
	return true
}
