package rows

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

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
	f := flattener{rest: line, size: len(line), yield: yield}
	f.value()
	return true
}

// Redact returns a JSON object that Flatten reads, with the empty text in place of
// each value whose path is secret; everything else stays byte for byte. Where
// nothing is secret it is the line itself.
func Redact(line []byte, secret func(path []byte) bool) []byte {
	var redacted []byte
	kept := 0 // bytes of the line that are in redacted
	f := flattener{rest: line, size: len(line)}
	f.yield = func(path []byte, value string) {
		if value == "" || !secret(path) {
			return
		}
		redacted = append(append(redacted, line[kept:f.began]...), `""`...)
		kept = f.size - len(f.rest)
	}
	f.value()
	if kept == 0 {
		return line
	}
	return append(redacted, line[kept:]...)
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
	size  int // of the whole
	began int // where in the whole the last value began
	path  []byte
	yield func(path []byte, value string)
}

func (f *flattener) value() {
	f.blanks()
	f.began = f.size - len(f.rest)
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
