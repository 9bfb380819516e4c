package main

import (
	"fmt"
	"strings"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/csvdir/internal/values"
)

// plan says how rows become people. It is decided once for a file's content and a
// configuration, so that the same row has the same id in each listing.
type plan struct {
	headers     []string        // unique, none empty
	written     []string        // of CSV: headers as they stand in the file, cleaned
	delimiter   byte            // of CSV
	quoted      [][]byte        // headers as JSON, with the colon
	secret      []bool          // columns of passwords, whose values go nowhere
	hasSecrets  bool            // there are such columns, or members of JSON lines
	secretPaths map[string]bool // of JSON lines: secret, by header
	meaning     columns.Proposal
	key         int // column of the key
	order       values.Order
	dress       map[int]values.Dress // of columns of numbers
	fallback    plugin.UserStatus    // where nothing tells

	shortestKey int // bytes of the shortest key in lines that are ended, as written
}

// headerNames makes the names of columns unique and gives the nameless one.
func headerNames(cells []string) []string {
	names := make([]string, len(cells))
	taken := make(map[string]bool, len(cells))
	for i, cell := range cells {
		name := shorten(values.Clean(cell), maxHeaderBytes)
		if name == "" {
			name = fmt.Sprintf("column %d", i+1)
		}
		base := name
		for n := 2; taken[name]; n++ {
			name = fmt.Sprintf("%s (%d)", base, n)
		}
		taken[name] = true
		names[i] = name
	}
	return withoutTail(cells, names)
}

// withoutTail leaves out nameless columns at the right end, which spreadsheets
// export where somebody once touched a cell.
func withoutTail(cells, names []string) []string {
	end := len(names)
	for end > 0 && values.Clean(cells[end-1]) == "" {
		end--
	}
	return names[:end]
}

// maxHeaderBytes is the longest name of a column; a longer one is cut.
const maxHeaderBytes = 256

// Reasons for which a row is set aside have a sentence each, which does not say
// what the row holds.
type verdict struct {
	id      string
	reason  string // why it is quarantined; empty when it is a person's row
	message string
	footer  bool // a total, a remark or the header once more, which is nobody
}

// judge says whose row it is.
func (p *plan) judge(r row) verdict {
	if r.broken {
		return verdict{reason: reasonRowUnreadable, message: "The line is no JSON object."}
	}
	if p.isNobody(r, p.key) {
		return verdict{footer: true}
	}
	if p.swallows(r) {
		return verdict{reason: reasonRowsSwallowed, message: "A value of several lines holds what looks like another person's row: two quotation marks that are part of values and not doubled may have swallowed it."}
	}
	id, problem := p.keyOf(r)
	if p.isKeyCut(r) {
		problem = "The file ends within the row without the end of a line, and its key is shorter than all others: it seems to be cut off."
	}
	switch {
	case problem != "":
		return verdict{reason: reasonKeyDamaged, message: problem}
	case id == "":
		return verdict{reason: reasonKeyMissing, message: fmt.Sprintf("The row has no value in the key column %s.", quote(p.headers[p.key]))}
	case r.wide:
		return verdict{id: id, reason: reasonRowTooWide, message: fmt.Sprintf("The row has values beyond the %d columns of the header: one of its values probably holds the delimiter and has no quotation marks around it.", len(p.headers))}
	default:
		return verdict{id: id}
	}
}

// maxIDBytes is the contract's bound of an id.
const maxIDBytes = 1 << 10

// keyOf reads the key, or says what is wrong with it. E-mail addresses are
// written in lower case: exports change it, people do not.
func (p *plan) keyOf(r row) (id, problem string) {
	id = p.value(r, p.key)
	isEmail := p.meaning.Columns[p.key] == columns.Email
	if isEmail {
		id = strings.ToLower(firstAddress(id))
	}
	switch {
	case id == "":
		return "", ""
	case values.Damaged(id):
		return "", "A spreadsheet program has rounded the key, as in 1.23E+11: which one it was can't be told any more."
	case strings.Contains(id, "\ufffd"):
		return "", "The key holds a character that is no text in the file's encoding."
	case len(id) > maxIDBytes:
		return "", fmt.Sprintf("The key has %d bytes; at most %d are allowed.", len(id), maxIDBytes)
	case isEmail && !strings.Contains(id, "@"):
		return "", "The key column holds e-mail addresses, and this is none."
	default:
		return id, ""
	}
}

// isKeyCut reports whether the file ends in a key that is shorter than all others:
// the beginning of one, most likely, which may be somebody else's.
func (p *plan) isKeyCut(r row) bool {
	return r.cut && r.source == nil && p.key == len(r.cells)-1 && len(values.Clean(r.cells[p.key])) < p.shortestKey
}

// value is the cleaned value of a column.
func (p *plan) value(r row, column int) string {
	if column < 0 || column >= len(r.cells) {
		return ""
	}
	text := values.Clean(r.cells[column])
	if dress, ok := p.dress[column]; ok {
		return dress.Undress(text)
	}
	return text
}

// today is the day of which a listing speaks.
func today(now time.Time) time.Time {
	year, month, day := now.UTC().Date()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
