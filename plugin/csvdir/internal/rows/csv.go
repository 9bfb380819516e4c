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

	// The row that is being read.
	began  int    // its first line
	text   []byte // of its cells
	ends   []int  // of each cell in text
	begin  int    // of the current cell in text
	state  where  // in the current cell
	opened int    // line of the last opening quotation mark
	after  []byte // blanks behind the last closing one
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
	c.began, c.state = c.line, atStart
	c.text, c.ends, c.begin = c.text[:0], c.ends[:0], 0
	for first := true; ; first = false {
		b, err := c.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF) && first:
			return Record{}, io.EOF
		case errors.Is(err, io.EOF):
			return c.cut()
		case err != nil:
			return Record{}, fmt.Errorf("read line %d: %w", c.line, err)
		case len(c.text) >= MaxRowBytes || len(c.after) >= MaxRowBytes:
			return Record{}, c.tooLarge()
		}
		if ended, err := c.take(b); err != nil {
			return Record{}, err
		} else if ended {
			return c.finish()
		}
	}
}

// take takes a byte, and reports whether the row ends with it.
func (c *CSV) take(b byte) (ended bool, err error) {
	switch {
	case c.state == quoted:
		c.inQuotes(b)
	case b == c.delimiter:
		c.state = atStart
		return false, c.endCell()
	case b == '\n' || b == '\r':
		if b == '\r' {
			c.follows('\n')
		}
		c.line++
		return true, nil
	case c.state == closed:
		return false, c.behindQuotes(b)
	case b == '"' && c.state == atStart:
		c.text = c.text[:c.begin]
		c.state, c.opened = quoted, c.line
	default:
		c.text = append(c.text, b)
		if !isBlank(b) {
			c.state = plain
		}
	}
	return false, nil
}

func isBlank(b byte) bool { return b == ' ' || b == '\t' }

// inQuotes takes a byte between quotation marks, where two of them are one.
func (c *CSV) inQuotes(b byte) {
	if b == '"' && !c.follows('"') {
		c.state, c.after = closed, c.after[:0]
		return
	}
	c.text = append(c.text, b)
	if b == '\n' {
		c.line++
	}
}

// behindQuotes takes a byte behind the closing quotation mark. Where it is more
// than a blank the mark was none, and nor was the opening one.
func (c *CSV) behindQuotes(b byte) error {
	switch {
	case isBlank(b):
		c.after = append(c.after, b)
	case c.opened != c.line:
		return plugin.Refuse(ReasonQuotes, "The quotation mark that opens in line %d closes in line %d in the middle of a value: it is part of a value and not doubled, and has swallowed the rows between.", c.opened, c.line)
	default:
		c.reopen(b)
		c.state = plain
	}
	return nil
}

// cut ends a row that the end of the file cuts off.
func (c *CSV) cut() (Record, error) {
	if c.state == quoted {
		return Record{}, plugin.Refuse(ReasonQuotes, "The quotation mark that opens in line %d is never closed. Either the file is cut off, or the mark is part of a value and not doubled.", c.opened)
	}
	record, err := c.finish()
	record.Unterminated = true
	return record, err
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

func (c *CSV) endCell() error {
	c.ends = append(c.ends, len(c.text))
	c.begin = len(c.text)
	if len(c.ends) > MaxColumns {
		return plugin.Refuse(ReasonTooManyColumns, "Line %d has more than %d columns.", c.line, MaxColumns)
	}
	return nil
}

// finish makes a record of the row.
func (c *CSV) finish() (Record, error) {
	if err := c.endCell(); err != nil {
		return Record{}, err
	}
	record := Record{Line: c.began, Cells: make([]string, len(c.ends))}
	text, begin := string(c.text), 0
	for i, end := range c.ends {
		record.Cells[i] = text[begin:end]
		begin = end
	}
	return record, nil
}

func (c *CSV) tooLarge() error {
	if c.state == quoted {
		return plugin.Refuse(ReasonQuotes, "The quotation mark that opens in line %d is not closed within %d bytes.", c.opened, MaxRowBytes)
	}
	return plugin.Refuse(ReasonRowTooLarge, "The row in line %d has more than %d bytes.", c.began, MaxRowBytes)
}
