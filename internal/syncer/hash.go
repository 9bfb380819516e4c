package syncer

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"maps"
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
// length before it, so that no two values are written alike.
type canonical struct{ instants []time.Time }

// appendSource appends a JSON object. It returns an error, and nothing, for
// everything else.
func (c canonical) appendSource(b, source []byte) ([]byte, error) {
	if !utf8.Valid(source) { // the decoder would take each bad byte for the same
		return nil, errNoObject
	}
	decoder := json.NewDecoder(bytes.NewReader(source))
	decoder.UseNumber() // a number counts as it is written: no digit is lost
	var object map[string]any
	if err := decoder.Decode(&object); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); object == nil || !errors.Is(err, io.EOF) {
		return nil, errNoObject
	}
	return c.append(b, object, 0)
}

func (c canonical) append(b []byte, value any, depth int) ([]byte, error) {
	if depth > maxDepth {
		return nil, errTooDeep
	}
	switch value := value.(type) {
	case map[string]any:
		return c.appendObject(b, value, depth)
	case []any:
		b = appendLength(b, '[', len(value))
		var err error
		for _, element := range value {
			if b, err = c.append(b, element, depth+1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case string:
		return append(appendLength(b, '"', len(value)), value...), nil
	case json.Number:
		return append(appendLength(b, '#', len(value)), value...), nil
	case bool:
		if value {
			return append(b, 't'), nil
		}
		return append(b, 'f'), nil
	default:
		return append(b, 'n'), nil
	}
}

func (c canonical) appendObject(b []byte, object map[string]any, depth int) ([]byte, error) {
	maps.DeleteFunc(object, func(_ string, member any) bool { return c.leftOut(member) })
	b = appendLength(b, '{', len(object))
	var err error
	for _, key := range slices.Sorted(maps.Keys(object)) {
		b = append(appendLength(b, 'k', len(key)), key...)
		if b, err = c.append(b, object[key], depth+1); err != nil {
			return nil, err
		}
	}
	return b, nil
}

// leftOut reports whether a member counts for nothing.
func (c canonical) leftOut(member any) bool {
	if member == nil {
		return true
	}
	text, ok := member.(string)
	if !ok || !looksLikeTime(text) {
		return false
	}
	t, err := time.Parse(time.RFC3339, text)
	return err == nil && slices.ContainsFunc(c.instants, t.Equal)
}

// looksLikeTime spares most texts the parser.
func looksLikeTime(text string) bool {
	return len(text) >= len("2006-01-02T15:04:05Z") && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':'
}

func appendLength(b []byte, kind byte, n int) []byte {
	return binary.AppendUvarint(append(b, kind), uint64(n))
}
