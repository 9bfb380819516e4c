package rows

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

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

// maxDepth bounds the nesting of an object.
const maxDepth = 32

// Flatten calls yield for each value of a JSON object with its dotted path, such
// as manager.email or emails.0.value; null is the empty text, numbers are as
// written. path is valid during the call only. It reports false for what is no
// JSON object, or nested too deeply; yield is then not called.
func Flatten(line []byte, yield func(path []byte, value string)) bool {
	if len(line) == 0 || line[0] != '{' || !json.Valid(line) || deeper(line) {
		return false
	}
	f := flattener{rest: line, yield: yield}
	f.value()
	return true
}

// deeper reports whether valid JSON is nested deeper than maxDepth.
func deeper(line []byte) bool {
	depth, inText := 0, false
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case inText && b == '\\':
			i++
		case b == '"':
			inText = !inText
		case inText:
		case b == '{' || b == '[':
			if depth++; depth > maxDepth {
				return true
			}
		case b == '}' || b == ']':
			depth--
		}
	}
	return false
}

// flattener walks through JSON that is known to be valid.
type flattener struct {
	rest  []byte
	path  []byte
	yield func(path []byte, value string)
}

func (f *flattener) value() {
	f.blanks()
	switch f.rest[0] {
	case '{':
		f.members('}', func(int) []byte {
			name := f.text()
			f.blanks()
			f.rest = f.rest[1:] // the colon
			return name
		})
	case '[':
		f.members(']', func(i int) []byte { return strconv.AppendInt(nil, int64(i), 10) })
	case '"':
		f.yield(f.path, string(f.text()))
	default:
		end := bytes.IndexAny(f.rest, ",]} \t\r\n")
		word := string(f.rest[:end])
		f.rest = f.rest[end:]
		if word == "null" {
			word = ""
		}
		f.yield(f.path, word)
	}
}

// members walks through an object or an array; name reads a member's name.
func (f *flattener) members(end byte, name func(int) []byte) {
	f.rest = f.rest[1:]
	for i := 0; ; i++ {
		f.blanks()
		if f.rest[0] == end {
			f.rest = f.rest[1:]
			return
		}
		above := len(f.path)
		segment := name(i)
		if above > 0 {
			f.path = append(f.path, '.')
		}
		f.path = append(f.path, segment...)
		f.value()
		f.path = f.path[:above]
		f.blanks()
		if f.rest[0] == ',' {
			f.rest = f.rest[1:]
		}
	}
}

func (f *flattener) blanks() { f.rest = bytes.TrimLeft(f.rest, " \t\r\n") }

// text reads a string; what it returns is valid until the line is read again.
func (f *flattener) text() []byte {
	end, plain := 1, true
	for f.rest[end] != '"' {
		if c := f.rest[end]; c == '\\' {
			end++
			plain = false
		} else if c >= utf8.RuneSelf {
			plain = false // it may be no UTF-8
		}
		end++
	}
	literal := f.rest[:end+1]
	f.rest = f.rest[end+1:]
	if plain {
		return literal[1:end]
	}
	var text string
	_ = json.Unmarshal(literal, &text) // valid
	return []byte(text)
}
