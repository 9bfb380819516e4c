package rows

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"patchbay.example/plugin"
)

// Record is one row of a CSV file.
type Record struct {
	Line  int      // where it begins, from 1
	Cells []string // as written, without the quotation marks around them
	// Unterminated: the file ended before the end of the line.
	Unterminated bool
}

// Blank reports whether no cell holds anything.
func (r Record) Blank() bool {
	for _, cell := range r.Cells {
		if strings.TrimSpace(cell) != "" {
			return false
		}
	}
	return true
}

// CSV reads rows: RFC 4180 with any one-byte delimiter and any ends of lines.
// Beyond that, blanks may surround a quoted cell, and a quotation mark within a
// cell, or text after a quoted one, is taken as it is written.
type CSV struct {
	in        *bufio.Reader
	delimiter byte
	line      int

	text  []byte // of the row's cells
	ends  []int  // of each cell in text
	begin int    // of the current cell in text
	after []byte // blanks behind a closing quotation mark
}

// NewCSV reads a decoded text.
func NewCSV(in *bufio.Reader, delimiter byte) *CSV {
	return &CSV{in: in, delimiter: delimiter, line: 1}
}

// where in a cell the reader is.
type where int

const (
	atStart where = iota // only blanks so far
	plain                // in a cell without quotation marks
	quoted               // between quotation marks
	closed               // behind the closing one
)

// Next reads a row, blank ones included. The error is io.EOF behind the last row,
// a refusal, or one of the reader beneath.
func (c *CSV) Next() (Record, error) {
	c.text, c.ends, c.begin = c.text[:0], c.ends[:0], 0
	record := Record{Line: c.line}
	state, opened, empty := atStart, 0, true
	for {
		b, err := c.in.ReadByte()
		if errors.Is(err, io.EOF) {
			switch {
			case empty:
				return Record{}, io.EOF
			case state == quoted:
				return Record{}, plugin.Refuse(ReasonQuotes, "The quotation mark that opens in line %d is never closed. Either the file is cut off, or the mark is part of a value and not doubled.", opened)
			}
			record.Unterminated = true
			return c.finish(record)
		}
		if err != nil {
			return Record{}, fmt.Errorf("read line %d: %w", c.line, err)
		}
		empty = false
		if len(c.text) >= MaxRowBytes {
			return Record{}, c.tooLarge(record.Line, state, opened)
		}
		switch {
		case state == quoted && b == '"':
			if c.follows('"') {
				c.text = append(c.text, '"')
			} else {
				state, c.after = closed, c.after[:0]
			}
		case state == quoted:
			c.text = append(c.text, b)
			c.countLine(b)
		case b == c.delimiter:
			if err := c.endCell(); err != nil {
				return Record{}, err
			}
			state = atStart
		case b == '\n' || b == '\r':
			if b == '\r' {
				c.follows('\n')
			}
			c.line++
			return c.finish(record)
		case b == '"' && state == atStart:
			c.text = c.text[:c.begin]
			state, opened = quoted, c.line
		case state == closed && b != ' ' && b != '\t':
			if opened != c.line {
				return Record{}, plugin.Refuse(ReasonQuotes, "The quotation mark that opens in line %d closes in line %d in the middle of a value: it is part of a value and not doubled, and has swallowed the rows between.", opened, c.line)
			}
			c.reopen(b)
			state = plain
		case state == closed:
			if c.after = append(c.after, b); len(c.after) > MaxRowBytes {
				return Record{}, c.tooLarge(record.Line, state, opened)
			}
		default:
			c.text = append(c.text, b)
			if b != ' ' && b != '\t' {
				state = plain
			}
		}
	}
}

// reopen takes a cell that seemed quoted as it is written: "Bob" Example.
func (c *CSV) reopen(b byte) {
	inner := string(c.text[c.begin:])
	c.text = append(append(append(c.text[:c.begin], '"'), inner...), '"')
	c.text = append(append(c.text, c.after...), b)
}

// follows consumes the next byte if it is b.
func (c *CSV) follows(b byte) bool {
	next, err := c.in.Peek(1)
	if err != nil || next[0] != b {
		return false
	}
	_, _ = c.in.Discard(1) // what was peeked
	return true
}

// countLine counts ends of lines within quotation marks.
func (c *CSV) countLine(b byte) {
	if b == '\n' {
		c.line++
	}
}

func (c *CSV) endCell() error {
	c.ends = append(c.ends, len(c.text))
	c.begin = len(c.text)
	if len(c.ends) > MaxColumns {
		return plugin.Refuse(ReasonTooManyColumns, "Line %d has more than %d columns.", c.line, MaxColumns)
	}
	return nil
}

func (c *CSV) finish(record Record) (Record, error) {
	if err := c.endCell(); err != nil {
		return Record{}, err
	}
	text, begin := string(c.text), 0
	record.Cells = make([]string, len(c.ends))
	for i, end := range c.ends {
		record.Cells[i] = text[begin:end]
		begin = end
	}
	return record, nil
}

func (c *CSV) tooLarge(line int, state where, opened int) error {
	if state == quoted {
		return plugin.Refuse(ReasonQuotes, "The quotation mark that opens in line %d is not closed within %d bytes.", opened, MaxRowBytes)
	}
	return plugin.Refuse(ReasonRowTooLarge, "The row in line %d has more than %d bytes.", line, MaxRowBytes)
}
