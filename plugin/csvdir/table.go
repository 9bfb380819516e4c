package main

import (
	"errors"
	"io"

	"patchbay.example/plugin/csvdir/internal/rows"
)

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
