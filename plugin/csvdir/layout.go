package main

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/csvdir/internal/rows"
	"patchbay.example/plugin/csvdir/internal/values"
)

// Formats of a file.
const (
	formatCSV   = "csv"
	formatJSONL = "jsonl"
)

// layout says how the text of a file is arranged.
type layout struct {
	encoding   string
	format     string
	delimiter  byte // of a CSV file
	headerLine int  // of a CSV file, from 1
	header     []string
}

// maxHeaderRow is in how many rows the header is looked for: reports have a
// title, a date and some filters above it.
const maxHeaderRow = 30

// layOut finds out the arrangement from the file's beginning.
func layOut(facts rows.Facts, c config, overrides []columns.Override) (layout, error) {
	l := layout{format: c.Format}
	var err error
	if l.encoding, err = facts.Encoding(c.Encoding); err != nil {
		return l, err
	}
	text, err := io.ReadAll(rows.Decode(bytes.NewReader(facts.Head), l.encoding))
	if err != nil {
		return l, fmt.Errorf("decode the file's beginning: %w", err)
	}
	text = bytes.TrimLeft(text, " \t\r\n\x00")
	if len(text) == 0 {
		return l, plugin.Refuse(reasonFileEmpty, "The file holds nothing but blanks.")
	}
	if l.format == auto {
		l.format = formatOf(text)
	}
	if l.format == formatJSONL {
		return l, checkJSON(text, facts.Size > int64(len(facts.Head)))
	}
	return l, l.findHeader(facts, c, overrides)
}

// formatOf tells JSON from CSV.
func formatOf(text []byte) string {
	if text[0] == '{' || (text[0] == '[' && bytes.ContainsAny(text[1:min(len(text), 64)], "{")) {
		return formatJSONL
	}
	return formatCSV
}

// checkJSON refuses a JSON document that spreads over lines. cut says that the
// text is only the file's beginning.
func checkJSON(text []byte, cut bool) error {
	if text[0] == '[' {
		return plugin.Refuse(rows.ReasonJSONDocument, "The file is one JSON array and not an object in each line.")
	}
	line, _, ended := bytes.Cut(text, []byte("\n"))
	if !ended && cut {
		return nil // a long line
	}
	if text[0] == '{' && ended && !rows.Flatten(bytes.TrimSpace(line), func([]byte, string) {}) {
		return plugin.Refuse(rows.ReasonJSONDocument, "The first line is no JSON object: the file seems to be one JSON document over several lines.")
	}
	return nil
}

// findHeader finds delimiter and header together: they are right where the most
// headers are understood.
func (l *layout) findHeader(facts rows.Facts, c config, overrides []columns.Override) error {
	tried := []byte{',', ';', '\t', '|'}
	if fixed, ok := delimiters[c.Delimiter]; ok {
		tried = []byte{fixed}
	}
	best := 0
	for _, delimiter := range tried {
		if record, score := bestHeader(facts, l.encoding, delimiter, overrides); score > best || (score == best && score > 0 && len(record.Cells) > len(l.header)) {
			best = score
			l.delimiter, l.headerLine, l.header = delimiter, record.Line, record.Cells
		}
	}
	if best == 0 {
		return plugin.Refuse(reasonHeaderNotFound, "None of the first %d rows is a header with names of columns that are understood.%s",
			maxHeaderRow, l.otherDelimiter(facts, c, overrides))
	}
	return nil
}

// otherDelimiter says with which delimiter in place of the configured one there is
// a header.
func (l *layout) otherDelimiter(facts rows.Facts, c config, overrides []columns.Override) string {
	configured := c.Delimiter
	c.Delimiter = auto
	other := layout{encoding: l.encoding}
	if configured == auto || other.findHeader(facts, c, overrides) != nil {
		return ""
	}
	return fmt.Sprintf(" The delimiter is set to %s; with %s, line %d is a header of %d columns: choose auto under Format › Delimiter.",
		configured, delimiterName(other.delimiter), other.headerLine, len(headerNames(other.header)))
}

// bestHeader finds the row that is most like a header, and how many of its cells
// are understood; 0 when none is. A single word in a row of many is no header.
func bestHeader(facts rows.Facts, encoding string, delimiter byte, overrides []columns.Override) (rows.Record, int) {
	in := rows.NewCSV(rows.Decode(bytes.NewReader(facts.Head), encoding), delimiter)
	var best rows.Record
	most := 0
	for range maxHeaderRow {
		record, err := in.Next()
		if err != nil { // a broken row is found when it is read
			break
		}
		score := columns.Score(record.Cells, overrides)
		if looksLikeData(record.Cells) || (score == 1 && filled(record.Cells) > 2) {
			score = 0
		}
		if score > most {
			best, most = record, score
		}
	}
	return best, most
}

// mostHeaderNumbers is how many cells of a header may be numbers or dates.
const mostHeaderNumbers = 1

// looksLikeData reports whether a row is a person's, some of whose values are
// words that headers have as well: Active, Manager.
func looksLikeData(cells []string) bool {
	numbers := 0
	for _, cell := range cells {
		text := values.Clean(cell)
		if strings.Contains(text, "@") {
			return true
		}
		_, isDate := values.ParseDate(text, values.OrderUnknown)
		if isDate || (text != "" && strings.Trim(text, "0123456789.,-") == "") {
			numbers++
		}
	}
	return numbers > mostHeaderNumbers
}

func filled(cells []string) int {
	n := 0
	for _, cell := range cells {
		if strings.TrimSpace(cell) != "" {
			n++
		}
	}
	return n
}

// describe says what was found, for a person.
func (l layout) describe() string {
	if l.format == formatJSONL {
		return fmt.Sprintf("JSON lines in %s.", l.encoding)
	}
	return fmt.Sprintf("CSV in %s, delimiter %s.", l.encoding, delimiterName(l.delimiter))
}

// delimiterName is what the configuration calls a delimiter.
func delimiterName(delimiter byte) string {
	for name, known := range delimiters {
		if known == delimiter {
			return name
		}
	}
	return strconv.QuoteRune(rune(delimiter)) // none is tried without a name
}
