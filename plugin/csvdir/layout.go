package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
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
		return plugin.Refuse(reasonHeaderNotFound, "None of the first %d rows is a header with names of columns that are understood.", maxHeaderRow)
	}
	return nil
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
	for name, delimiter := range delimiters {
		if delimiter == l.delimiter {
			return fmt.Sprintf("CSV in %s, delimiter %s.", l.encoding, name)
		}
	}
	return fmt.Sprintf("CSV in %s.", l.encoding)
}

// row is one row of people's data.
type row struct {
	number int      // from 1, blank rows not counted
	line   int      // in the file, from 1
	cells  []string // by column; may be shorter than the header
	wide   bool     // has values beyond the header's columns
	source []byte   // of JSON lines: the line; valid until the next row
	broken bool     // of JSON lines: no JSON object
	cut    bool     // the file ended within it
}

// table reads the rows behind the header.
type table struct {
	csv     *rows.CSV
	lines   *rows.Lines
	width   int
	paths   map[string]int // of JSON lines: column of each path
	read    int
	blank   int
	unknown func(path string) // is told of paths that are not in paths; may be nil
}

// open opens the rows of a file behind its header.
func (l layout) open(in io.Reader, headers []string) (*table, error) {
	text := rows.Decode(in, l.encoding)
	if l.format == formatJSONL {
		t := &table{lines: rows.NewLines(text), width: len(headers), paths: make(map[string]int, len(headers))}
		for i, path := range headers {
			t.paths[path] = i
		}
		return t, nil
	}
	t := &table{csv: rows.NewCSV(text, l.delimiter), width: len(headers)}
	for {
		record, err := t.csv.Next()
		if errors.Is(err, io.EOF) {
			return nil, errChanged // there was a header
		}
		if err != nil {
			return nil, err
		}
		if record.Line >= l.headerLine {
			return t, nil
		}
	}
}

// next reads a row that is not blank; io.EOF behind the last.
func (t *table) next() (row, error) {
	for {
		r, blank, err := t.any()
		if err != nil {
			return row{}, err
		}
		if blank {
			t.blank++
			continue
		}
		t.read++
		r.number = t.read
		return r, nil
	}
}

func (t *table) any() (r row, blank bool, err error) {
	if t.lines != nil {
		return t.object()
	}
	record, err := t.csv.Next()
	if err != nil {
		return row{}, false, err
	}
	r = row{line: record.Line, cells: record.Cells, cut: record.Unterminated}
	if len(r.cells) > t.width {
		r.wide = filled(r.cells[t.width:]) > 0
		r.cells = r.cells[:t.width]
	}
	return r, record.Blank() || record.Cells[0] == "\x1a", nil
}

func (t *table) object() (r row, blank bool, err error) {
	line, err := t.lines.Next()
	if err != nil || len(line.Bytes) == 0 {
		return row{}, true, err
	}
	r = row{line: line.Number, cells: make([]string, t.width), source: line.Bytes, cut: line.Unterminated}
	r.broken = !rows.Flatten(line.Bytes, func(path []byte, value string) {
		switch i, ok := t.paths[string(path)]; {
		case ok && i < len(r.cells):
			r.cells[i] = value
		case !ok && t.unknown != nil:
			t.unknown(string(path))
		}
	})
	return r, false, nil
}
