package main

import (
	"encoding/json"
	"strings"
	"time"
)

// text is a string attribute. A number is taken as it is written, since many
// services send ids and employee numbers so; anything else is empty.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(raw []byte) error {
	*t = ""
	switch {
	case len(raw) == 0:
	case raw[0] == '"':
		var s string
		if json.Unmarshal(raw, &s) == nil {
			*t = text(s)
		}
	case raw[0] == '-' || raw[0] >= '0' && raw[0] <= '9':
		*t = text(raw)
	}
	return nil
}

// truth is a boolean attribute: also as text, "True", as some services send it.
type truth int

// The values of truth; the zero value is an attribute that is missing.
const (
	unknown truth = iota
	isFalse
	isTrue
)

// UnmarshalJSON never fails.
func (t *truth) UnmarshalJSON(raw []byte) error {
	switch strings.ToLower(strings.Trim(string(raw), `"`)) {
	case "true":
		*t = isTrue
	case "false":
		*t = isFalse
	default:
		*t = unknown
	}
	return nil
}

// moment is a time attribute (RFC 7643 section 2.3.5: xsd:dateTime, whose zone
// may be missing; it counts as UTC then). What is no time is the zero time.
type moment time.Time

// UnmarshalJSON never fails.
func (m *moment) UnmarshalJSON(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(layout, s); err == nil {
			*m = moment(t)
			return nil
		}
	}
	return nil
}

// one is a complex attribute; what is no object is the zero value.
type one[T any] struct{ value T }

// UnmarshalJSON never fails.
func (o *one[T]) UnmarshalJSON(raw []byte) error {
	if len(raw) > 0 && raw[0] == '{' {
		_ = json.Unmarshal(raw, &o.value) // the members don't fail
	}
	return nil
}

// many is a multi-valued attribute. One object alone counts as a list of it, and
// members that are no objects are left out.
type many[T any] []T

// UnmarshalJSON never fails.
func (l *many[T]) UnmarshalJSON(raw []byte) error {
	*l = nil
	var members []json.RawMessage
	switch {
	case len(raw) > 0 && raw[0] == '{':
		members = []json.RawMessage{raw}
	case json.Unmarshal(raw, &members) != nil:
		return nil
	}
	for _, member := range members {
		var value one[T]
		if len(member) > 0 && member[0] == '{' && json.Unmarshal(member, &value) == nil {
			*l = append(*l, value.value)
		}
	}
	return nil
}
