package jsonscan

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"
)

// Kind is what a value is, told by its first byte.
type Kind byte

// The kinds of value.
const (
	Null      Kind = 'n'
	Boolean   Kind = 't'
	Number    Kind = '0'
	String    Kind = '"'
	Composite Kind = '{' // an array or an object
)

// Value is a value within a well-formed text, as it is written there.
type Value string

// Kind tells what the value is.
func (v Value) Kind() Kind {
	switch c := v[0]; c {
	case '"', 'n':
		return Kind(c)
	case 't', 'f':
		return Boolean
	case '{', '[':
		return Composite
	default:
		return Number
	}
}

// Text returns the text of a value of kind String, unescaped and valid UTF-8,
// the digits of a Number as written, and nothing for any other kind.
func (v Value) Text() string {
	switch v.Kind() {
	case String:
		inner := string(v[1 : len(v)-1])
		if strings.IndexByte(inner, '\\') < 0 && utf8.ValidString(inner) {
			return inner
		}
		return unescape(string(v))
	case Number:
		return string(v)
	default:
		return ""
	}
}

// unescape leaves the rare hard case to encoding/json, which also replaces
// what is not UTF-8.
func unescape(quoted string) string {
	var text string
	if json.Unmarshal([]byte(quoted), &text) != nil {
		return ""
	}
	return text
}

// Object calls member for each member of the object that text is, in order,
// with its key and its value. It reports false for a text
// that is not an object. text must be well formed: an element that [Array]
// returned, or a Value.
func Object(text string, member func(key string, value Value)) bool {
	if text == "" || text[0] != '{' {
		return false
	}
	i := skipBlanks(text, 1)
	for text[i] != '}' {
		end := skipString(text, i)
		key := Value(text[i:end]).Text()
		i = skipBlanks(text, skipBlanks(text, end)+1) // the colon
		end = skipValue(text, i)
		member(key, Value(text[i:end]))
		if i = skipBlanks(text, end); text[i] == ',' {
			i = skipBlanks(text, i+1)
		}
	}
	return true
}

func skipBlanks(text string, i int) int {
	for text[i] == ' ' || text[i] == '\n' || text[i] == '\t' || text[i] == '\r' {
		i++
	}
	return i
}

func skipString(text string, i int) int {
	for i++; text[i] != '"'; i++ {
		if text[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// skipValue returns the place after the value at i. Within an array or an
// object it counts brackets, and knows that those in strings are none.
func skipValue(text string, i int) int {
	switch text[i] {
	case '"':
		return skipString(text, i)
	case '{', '[':
	default:
		for i < len(text) && text[i] != ',' && text[i] != '}' && text[i] != ']' && text[i] > ' ' {
			i++
		}
		return i
	}
	for depth := 0; ; {
		switch text[i] {
		case '"':
			i = skipString(text, i)
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
		i++
	}
}

// Describe names what a text seems to be, for an error that says what came
// where JSON was expected. It never quotes the text.
func Describe(text []byte) string {
	text = bytes.TrimSpace(text)
	if len(text) == 0 {
		return "nothing"
	}
	switch c := text[0]; {
	case c == '<':
		return "a web page or XML"
	case c == '{':
		return "a JSON object"
	case c == '[':
		return "a JSON array"
	case c == '"':
		return "a JSON string"
	case c == '-' || isDigit(c):
		return "a number"
	case bytes.Equal(text, []byte("null")):
		return "null"
	case bytes.Equal(text, []byte("true")), bytes.Equal(text, []byte("false")):
		return "a JSON boolean"
	}
	return "text that is not JSON"
}
