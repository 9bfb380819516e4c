package rows

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"patchbay.example/plugin"
)

// Line is one line of a JSON-lines file.
type Line struct {
	Number int    // from 1
	Bytes  []byte // without the end of the line and blanks around it; valid until the next call
	// Unterminated: the file ended before the end of the line.
	Unterminated bool
}

// Lines reads a text line by line.
type Lines struct {
	in     *bufio.Reader
	number int
	long   []byte // a line longer than the reader's buffer
}

// NewLines reads a decoded text.
func NewLines(in *bufio.Reader) *Lines { return &Lines{in: in} }

// Next reads a line, blank ones included. The error is io.EOF behind the last
// line, a refusal, or one of the reader beneath.
func (l *Lines) Next() (Line, error) {
	l.number++
	l.long = l.long[:0]
	for {
		part, err := l.in.ReadSlice('\n')
		ended := errors.Is(err, io.EOF)
		if err != nil && !ended && !errors.Is(err, bufio.ErrBufferFull) {
			return Line{}, fmt.Errorf("read line %d: %w", l.number, err)
		}
		if len(l.long)+len(part) > MaxRowBytes {
			return Line{}, plugin.Refuse(ReasonRowTooLarge, "Line %d has more than %d bytes.", l.number, MaxRowBytes)
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			l.long = append(l.long, part...)
			continue
		}
		whole := part
		if len(l.long) > 0 {
			l.long = append(l.long, part...)
			whole = l.long
		}
		if ended && len(whole) == 0 {
			return Line{}, io.EOF
		}
		return Line{Number: l.number, Bytes: bytes.TrimSpace(whole), Unterminated: ended}, nil
	}
}
