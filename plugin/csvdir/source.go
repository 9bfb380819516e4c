package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/csvdir/internal/rows"
)

// source is the row as an object of header and value, in the order of the
// columns, each value as it is written but for passwords, which are left empty; of
// JSON lines, the line itself, without passwords as well.
func (p *plan) source(r row) []byte {
	switch {
	case r.source != nil && p.hasSecrets:
		return rows.Redact(bytes.Clone(r.source), p.isSecretPath)
	case r.source != nil:
		return bytes.Clone(r.source) // the reader's, until the next row
	}
	size := 2
	for _, cell := range r.cells {
		size += len(cell) + 3
	}
	for _, name := range p.quoted {
		size += len(name)
	}
	object := append(make([]byte, 0, size), '{')
	for i, name := range p.quoted {
		if i > 0 {
			object = append(object, ',')
		}
		object = append(object, name...)
		cell := ""
		if i < len(r.cells) && !p.secret[i] {
			cell = r.cells[i]
		}
		object = appendJSON(object, cell)
	}
	return append(object, '}')
}

// findSecrets finds the columns of passwords.
func (p *plan) findSecrets() {
	p.secret = make([]bool, len(p.headers))
	p.secretPaths = make(map[string]bool, len(p.headers))
	for i, header := range p.headers {
		p.secret[i] = columns.IsSecretPath(header)
		p.secretPaths[header] = p.secret[i]
		p.hasSecrets = p.hasSecrets || p.secret[i]
	}
}

// isSecretPath reports whether a member of JSON lines holds passwords. Those with
// very long paths are no columns.
func (p *plan) isSecretPath(path []byte) bool {
	if secret, ok := p.secretPaths[string(path)]; ok {
		return secret
	}
	return columns.IsSecretPath(string(path))
}

// quoteHeaders writes the names of columns as those of an object's members.
func quoteHeaders(headers []string) [][]byte {
	quoted := make([][]byte, len(headers))
	for i, header := range headers {
		quoted[i] = append(appendJSON(nil, header), ':')
	}
	return quoted
}

// appendJSON appends a text as JSON, with no more escapes than JSON asks for.
func appendJSON(to []byte, text string) []byte {
	const hex = "0123456789abcdef"
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\ufffd")
	}
	to = append(to, '"')
	for i := range len(text) {
		switch c := text[i]; {
		case c == '"' || c == '\\':
			to = append(to, '\\', c)
		case c == '\n':
			to = append(to, '\\', 'n')
		case c == '\r':
			to = append(to, '\\', 'r')
		case c == '\t':
			to = append(to, '\\', 't')
		case c < ' ' || c == 0x7f:
			to = append(to, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		default:
			to = append(to, c)
		}
	}
	return append(to, '"')
}

// schema describes the source objects of a file.
func (p *plan) schema() []byte {
	properties := make(map[string]any, len(p.headers))
	for i, header := range p.headers {
		property := map[string]any{}
		if attribute := p.meaning.Columns[i]; attribute != columns.None {
			property["description"] = "Read as " + string(attribute) + "."
		}
		properties[header] = property
	}
	schema, _ := json.Marshal(map[string]any{ // strings only
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "Row of the file", "type": "object", "properties": properties,
	})
	return schema
}
