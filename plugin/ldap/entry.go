package main

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin/ldap/internal/attribute"
)

// entry is an LDAP entry as it is handed on: attributes that hold secrets, that have
// no name or are mere bulk are gone, and every value is text.
type entry struct {
	dn         string
	attributes []textAttribute     // in the order of their names
	byKey      map[string][]string // values by [attribute.Key]
}

// textAttribute is an attribute under the name that the server gave it.
type textAttribute struct {
	name   string
	values []string
}

// readEntry makes text of an entry.
func readEntry(from *ldap.Entry) entry {
	e := entry{dn: strings.ToValidUTF8(from.DN, "\ufffd"), byKey: make(map[string][]string, len(from.Attributes))}
	for _, a := range from.Attributes {
		key := attribute.Key(a.Name)
		if key == "" || key == "dn" || len(a.ByteValues) == 0 || attribute.Secret(key) || attribute.Bulky(key) || attribute.Nameless(key) {
			continue
		}
		values := texts(key, a.ByteValues)
		e.attributes = append(e.attributes, textAttribute{strings.ToValidUTF8(a.Name, "\ufffd"), values})
		if !strings.Contains(a.Name, ";") || e.byKey[key] == nil {
			e.byKey[key] = values // one with options, such as ;lang-de, only where there is none without
		}
	}
	slices.SortStableFunc(e.attributes, func(a, b textAttribute) int { return strings.Compare(a.name, b.name) })
	e.attributes = slices.CompactFunc(e.attributes, func(a, b textAttribute) bool { return a.name == b.name })
	return e
}

// texts are the values of one attribute. GUIDs and SIDs are written as Windows
// shows them; where one value is no text, all are in base64.
func texts(key string, values [][]byte) []string {
	written := make([]string, len(values))
	known := 0
	for i, value := range values {
		var ok bool
		switch key {
		case "objectguid", "msexchmailboxguid", "msexcharchiveguid", "ms-ds-consistencyguid":
			written[i], ok = attribute.GUID(value)
		case "objectsid", "sidhistory":
			written[i], ok = attribute.SID(value)
		default:
			written[i], ok = string(value), isText(value)
		}
		if ok {
			known++
		}
	}
	if known == len(values) {
		return written
	}
	for i, value := range values {
		written[i] = base64.StdEncoding.EncodeToString(value)
	}
	return written
}

func isText(value []byte) bool {
	return utf8.Valid(value) && !bytes.ContainsFunc(value, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t'
	})
}

// first is the first value of the first of the attributes that has one.
func (e entry) first(keys ...string) string {
	for _, key := range keys {
		if values := e.byKey[key]; len(values) > 0 && values[0] != "" {
			return values[0]
		}
	}
	return ""
}

// is reports whether the entry has the object class.
func (e entry) is(class string) bool {
	return slices.ContainsFunc(e.byKey["objectclass"], func(c string) bool { return strings.EqualFold(c, class) })
}

// source is the entry as a JSON object: the DN as "dn", and each attribute as a
// string, or an array of strings where it has several values.
func (e entry) source() []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	write := func(value any) {
		_ = encoder.Encode(value) // strings only
		b.Truncate(b.Len() - 1)   // the line break
	}
	b.WriteString(`{"dn":`)
	write(e.dn)
	for _, a := range e.attributes {
		b.WriteByte(',')
		write(a.name)
		b.WriteByte(':')
		if len(a.values) == 1 {
			write(a.values[0])
		} else {
			write(a.values)
		}
	}
	b.WriteByte('}')
	return b.Bytes()
}
