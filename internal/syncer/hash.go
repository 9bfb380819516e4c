package syncer

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"slices"
	"time"
	"unicode/utf8"

	"patchbay.example/internal/store"
)

// maxDepth bounds how deep a source is read: no profile has a tenth of it.
const maxDepth = 100

var (
	errTooDeep  = errors.New("the source is nested too deeply")
	errNoObject = errors.New("the source is no JSON object")
)

// visibleHash is a hash of what people see of somebody: the typed view without
// volatile times, and what the source holds beside it. A source that is a JSON
// object counts without the order of its members, without blanks, and without
// members that are null, which is as good as absent. Any other source counts
// byte by byte.
//
// Left out as well, at any depth, are members whose value is one of the view's
// times, instants: the volatile ones must not count, and how a service names
// them is its own affair. The others count in the view. They are left out with
// them since a time that is volatile and one that is not are often the same
// when an account is new, and part later.
func visibleHash(view, source []byte, instants []time.Time) []byte {
	text := appendLength(nil, 'v', len(view))
	text = append(text, view...)
	c := canonical{instants: instants}
	if object, err := c.appendSource(text, source); err == nil {
		text = object
	} else {
		text = append(appendLength(text, 'b', len(source)), source...)
	}
	sum := sha256.Sum256(text)
	return sum[:store.HashBytes]
}

// canonical writes JSON values in a form of their own, each with its kind and
// length before it, so that no two values are written alike. It goes over the text
// itself, which json.Valid has found to be JSON: a tree of the values would cost
// more than all else that a person does.
type canonical struct{ instants []time.Time }

// appendSource appends a JSON object. It returns an error, and nothing, for
// everything else.
func (c canonical) appendSource(b, source []byte) ([]byte, error) {
	// Of texts that are not UTF-8 a decoder would take each bad byte for the same.
	if !utf8.Valid(source) || !json.Valid(source) {
		return nil, errNoObject
	}
	object := bytes.Trim(source, blanks)
	if object[0] != '{' {
		return nil, errNoObject
	}
	return c.append(b, object, 0)
}

// append appends a value, which has no blanks around it.
func (c canonical) append(b, value []byte, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	switch value[0] {
	case '{':
		return c.appendObject(b, value, depth)
	case '[':
		elements := elementsOf(value)
		b = appendLength(b, '[', len(elements))
		var err error
		for _, element := range elements {
			if b, err = c.append(b, element, depth+1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case '"':
		text := textOf(value)
		return append(appendLength(b, '"', len(text)), text...), nil
	case 't', 'f', 'n':
		return append(b, value[0]), nil
	default: // a number counts as it is written: no digit is lost
		return append(appendLength(b, '#', len(value)), value...), nil
	}
}

// member is a member of an object; its value has no blanks around it.
type member struct{ key, value []byte }

func (c canonical) appendObject(b, object []byte, depth int) ([]byte, error) {
	members := membersOf(object)
	slices.SortStableFunc(members, func(x, y member) int { return bytes.Compare(x.key, y.key) })
	kept := members[:0]
	for i, m := range members {
		again := i+1 < len(members) && bytes.Equal(m.key, members[i+1].key) // the last one counts
		if !again && !c.leftOut(m.value) {
			kept = append(kept, m)
		}
	}
	b = appendLength(b, '{', len(kept))
	var err error
	for _, m := range kept {
		b = append(appendLength(b, 'k', len(m.key)), m.key...)
		if b, err = c.append(b, m.value, depth+1); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// leftOut reports whether a member counts for nothing.
func (c canonical) leftOut(value []byte) bool {
	if value[0] == 'n' {
		return true
	}
	if value[0] != '"' {
		return false
	}
	text := textOf(value)
	if !looksLikeTime(text) {
		return false
	}
	t, err := time.Parse(time.RFC3339, string(text))
	return err == nil && slices.ContainsFunc(c.instants, t.Equal)
}

// blanks may stand around each value (RFC 8259, section 2).
const blanks = " \t\r\n"

// membersOf are an object's members, in its order.
func membersOf(object []byte) []member {
	var members []member
	for rest := skipBlanks(object[1:]); rest[0] != '}'; {
		key, after := cutValue(rest)
		value, after := cutValue(skipBlanks(skipBlanks(after)[len(":"):]))
		members = append(members, member{textOf(key), value})
		rest = skipComma(after)
	}
	return members
}

// elementsOf are an array's elements.
func elementsOf(array []byte) [][]byte {
	var elements [][]byte
	for rest := skipBlanks(array[1:]); rest[0] != ']'; {
		element, after := cutValue(rest)
		elements = append(elements, element)
		rest = skipComma(after)
	}
	return elements
}

// cutValue cuts a value off the beginning of a text.
func cutValue(text []byte) (value, after []byte) {
	switch text[0] {
	case '"':
		end := stringEnd(text)
		return text[:end], text[end:]
	case '{', '[':
		open := 0
		for i := 0; ; i++ {
			switch text[i] {
			case '"':
				i += stringEnd(text[i:]) - 1
			case '{', '[':
				open++
			case '}', ']':
				if open--; open == 0 {
					return text[:i+1], text[i+1:]
				}
			}
		}
	default:
		end := bytes.IndexAny(text, ",}]"+blanks)
		return text[:end], text[end:]
	}
}

// stringEnd is where a string ends, behind its quotation mark.
func stringEnd(text []byte) int {
	for i := 1; ; i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}

func skipBlanks(text []byte) []byte { return bytes.TrimLeft(text, blanks) }

// skipComma goes from behind a value to the next one, or to the closing bracket.
func skipComma(text []byte) []byte {
	text = skipBlanks(text)
	if text[0] == ',' {
		return skipBlanks(text[1:])
	}
	return text
}

// textOf is what a string says.
func textOf(quoted []byte) []byte {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	var text string
	_ = json.Unmarshal(quoted, &text) // it is a string, as json.Valid has found
	return []byte(text)
}

// looksLikeTime spares most texts the parser.
func looksLikeTime(text []byte) bool {
	return len(text) >= len("2006-01-02T15:04:05Z") && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':'
}

func appendLength(b []byte, kind byte, n int) []byte {
	return binary.AppendUvarint(append(b, kind), uint64(n))
}
