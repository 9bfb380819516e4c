// Package jsonscan finds the bounds of what a JSON text holds without decoding
// it: the members of an array, the members of an object, and strings.
//
// A page of a listing is checked once, whole, with [Array], which accepts and
// refuses the same texts as encoding/json (the fuzz test compares the two).
// The elements that it returns are slices of the page, byte for byte; [Object]
// then walks an element that is known to be well formed. Decoding a page of
// users this way costs about a fifth of decoding it into structs.
package jsonscan

import (
	"errors"
	"fmt"
)

// ErrNotArray is returned by [Array] for a well-formed text that is not an
// array.
var ErrNotArray = errors.New("not a JSON array")

// ErrTooManyElements is returned by [Array] for an array of more than
// [MaxElements].
var ErrTooManyElements = fmt.Errorf("a JSON array of more than %d elements", MaxElements)

// MaxElements bounds what is kept of an array: two bytes of text become an
// element of 24 bytes, so that a page within its limit could take a gigabyte.
// The largest page that Okta serves of anything has 10,000 elements.
const MaxElements = 20_000

// SyntaxError says where a text stops being JSON. A text that is cut short
// fails at its end.
type SyntaxError struct {
	Offset int // in bytes
	Length int // of the text
}

// Error names the place.
func (e *SyntaxError) Error() string {
	if e.Offset >= e.Length {
		return fmt.Sprintf("JSON ends after %d bytes, before it is complete", e.Length)
	}
	return fmt.Sprintf("not JSON at byte %d of %d", e.Offset, e.Length)
}

// maxDepth is how deep arrays and objects may nest; it is encoding/json's.
const maxDepth = 10_000

// Array checks that text is one well-formed JSON array and returns its
// elements, in order, as slices of text without the blanks around them. It
// returns [ErrNotArray] for well-formed JSON of another kind,
// [ErrTooManyElements] for an array that no page is, and a [*SyntaxError] for
// anything else.
func Array(text []byte) ([][]byte, error) {
	s := scanner{text: text}
	start := s.blanks(0)
	if start == len(text) {
		return nil, &SyntaxError{Offset: len(text), Length: len(text)}
	}
	elements := [][]byte{}
	end := 0
	isArray := text[start] == '['
	if isArray {
		end = s.array(start, 1, func(from, to int) {
			if len(elements) <= MaxElements {
				elements = append(elements, text[from:to:to])
			}
		})
	} else {
		end = s.value(start, 0)
	}
	if end >= 0 {
		if end = s.blanks(end); end < len(text) {
			s.fail(end)
			end = -1
		}
	}
	switch {
	case end < 0:
		return nil, &SyntaxError{Offset: s.failedAt, Length: len(text)}
	case !isArray:
		return nil, ErrNotArray
	case len(elements) > MaxElements:
		return nil, ErrTooManyElements
	}
	return elements, nil
}

// scanner checks a text. Its methods take the place where something begins and
// return the place after it, or -1 where it is malformed.
type scanner struct {
	text     []byte
	failedAt int
}

func (s *scanner) fail(at int) int {
	s.failedAt = at
	return -1
}

// blanks returns the place of the next byte that is not white space.
func (s *scanner) blanks(i int) int {
	for i < len(s.text) {
		switch s.text[i] {
		case ' ', '\t', '\n', '\r':
			i++
		default:
			return i
		}
	}
	return i
}

// value checks the value that begins at i; depth is the number of arrays and
// objects around it.
func (s *scanner) value(i, depth int) int {
	if i >= len(s.text) {
		return s.fail(i)
	}
	switch c := s.text[i]; {
	case c == '"':
		return s.str(i)
	case c == '{':
		return s.object(i, depth+1)
	case c == '[':
		return s.array(i, depth+1, nil)
	case c == '-' || isDigit(c):
		return s.number(i)
	case c == 't':
		return s.literal(i, "true")
	case c == 'f':
		return s.literal(i, "false")
	case c == 'n':
		return s.literal(i, "null")
	}
	return s.fail(i)
}

// array checks an array and hands the bounds of each element to found, which
// may be nil.
func (s *scanner) array(i, depth int, found func(from, to int)) int {
	if depth > maxDepth {
		return s.fail(i)
	}
	i = s.blanks(i + 1)
	if i < len(s.text) && s.text[i] == ']' {
		return i + 1
	}
	for {
		from := s.blanks(i)
		to := s.value(from, depth)
		if to < 0 {
			return -1
		}
		if found != nil {
			found(from, to)
		}
		i = s.blanks(to)
		switch {
		case i >= len(s.text):
			return s.fail(i)
		case s.text[i] == ']':
			return i + 1
		case s.text[i] != ',':
			return s.fail(i)
		}
		i++
	}
}

func (s *scanner) object(i, depth int) int {
	if depth > maxDepth {
		return s.fail(i)
	}
	i = s.blanks(i + 1)
	if i < len(s.text) && s.text[i] == '}' {
		return i + 1
	}
	for {
		if i = s.blanks(i); i >= len(s.text) || s.text[i] != '"' {
			return s.fail(i)
		}
		if i = s.str(i); i < 0 {
			return -1
		}
		if i = s.blanks(i); i >= len(s.text) || s.text[i] != ':' {
			return s.fail(i)
		}
		if i = s.value(s.blanks(i+1), depth); i < 0 {
			return -1
		}
		i = s.blanks(i)
		switch {
		case i >= len(s.text):
			return s.fail(i)
		case s.text[i] == '}':
			return i + 1
		case s.text[i] != ',':
			return s.fail(i)
		}
		i++
	}
}

// plain marks the bytes that a string may hold as they are: all but control
// characters, the quote and the backslash.
var plain = func() (table [256]bool) {
	for c := range table {
		table[c] = c >= 0x20 && c != '"' && c != '\\'
	}
	return table
}()

func (s *scanner) str(i int) int {
	text := s.text
	i++
	for {
		for i < len(text) && plain[text[i]] {
			i++
		}
		switch {
		case i >= len(text):
			return s.fail(i)
		case text[i] == '"':
			return i + 1
		case text[i] != '\\':
			return s.fail(i)
		}
		if i = s.escape(i); i < 0 {
			return -1
		}
	}
}

func (s *scanner) escape(i int) int {
	if i+1 >= len(s.text) {
		return s.fail(i + 1)
	}
	switch s.text[i+1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return i + 2
	case 'u':
		for j := i + 2; j < i+6; j++ {
			if j >= len(s.text) || !isHex(s.text[j]) {
				return s.fail(j)
			}
		}
		return i + 6
	}
	return s.fail(i + 1)
}

func (s *scanner) number(i int) int {
	if s.text[i] == '-' {
		i++
	}
	switch {
	case i >= len(s.text) || !isDigit(s.text[i]):
		return s.fail(i)
	case s.text[i] == '0':
		i++
	default:
		i = s.digits(i)
	}
	if i < len(s.text) && s.text[i] == '.' {
		if i++; i >= len(s.text) || !isDigit(s.text[i]) {
			return s.fail(i)
		}
		i = s.digits(i)
	}
	if i < len(s.text) && (s.text[i] == 'e' || s.text[i] == 'E') {
		i++
		if i < len(s.text) && (s.text[i] == '+' || s.text[i] == '-') {
			i++
		}
		if i >= len(s.text) || !isDigit(s.text[i]) {
			return s.fail(i)
		}
		i = s.digits(i)
	}
	return i
}

func (s *scanner) digits(i int) int {
	for i < len(s.text) && isDigit(s.text[i]) {
		i++
	}
	return i
}

func (s *scanner) literal(i int, word string) int {
	for j := range len(word) {
		if i+j >= len(s.text) || s.text[i+j] != word[j] {
			return s.fail(i + j)
		}
	}
	return i + len(word)
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

func isHex(c byte) bool {
	return isDigit(c) || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
}
