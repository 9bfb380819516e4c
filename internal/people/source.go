package people

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Bounds of what is read of a record's source.
const (
	// maxDepth is how deep an attribute may lie: services put them below
	// "profile", or below the name of an extension.
	maxDepth = 4
	// maxCustom bounds the custom attributes of one person.
	maxCustom = 500
	// maxValues bounds the values of one attribute that has several.
	maxValues = 20
	// maxPathBytes bounds an attribute's path; what lies deeper is left out.
	maxPathBytes = 200
)

// custom is an attribute of the source.
type custom struct{ path, value string }

// customs are the attributes that a source holds beside the standard ones, in
// its order: texts, numbers, truth values, and lists of them. What is secret by
// its name, begins with "_" or is no JSON object is none.
func customs(source []byte) []custom {
	r := sourceReader{}
	r.object(source, "", 1)
	return r.found
}

type sourceReader struct{ found []custom }

func (r *sourceReader) object(object []byte, prefix string, depth int) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return
	}
	for decoder.More() && len(r.found) < maxCustom {
		name, err := decoder.Token()
		if err != nil {
			return
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return
		}
		key, _ := name.(string)
		r.member(prefix, key, value, depth)
	}
}

func (r *sourceReader) member(prefix, key string, value json.RawMessage, depth int) {
	if key == "" || key[0] == '_' || known[key] || len(prefix)+len(key) >= maxPathBytes || len(value) == 0 {
		return
	}
	path := prefix + key
	switch value[0] {
	case '{':
		if depth < maxDepth && !secretNames.MatchString(folded(key)) {
			r.object(value, path+".", depth+1)
		}
	case '[':
		r.add(path, key, list(value))
	default:
		r.add(path, key, scalar(value))
	}
}

func (r *sourceReader) add(path, key, value string) {
	if value != "" && !secretNames.MatchString(folded(key)) {
		r.found = append(r.found, custom{path: path, value: value})
	}
}

// scalar is a value as text; empty for null and what is none.
func scalar(value json.RawMessage) string {
	if value[0] == '"' {
		var text string
		if json.Unmarshal(value, &text) != nil {
			return ""
		}
		return text
	}
	if value[0] == 'n' || value[0] == '{' || value[0] == '[' {
		return ""
	}
	return string(value)
}

// list joins the scalars of a list.
func list(value json.RawMessage) string {
	var elements []json.RawMessage
	if json.Unmarshal(value, &elements) != nil {
		return ""
	}
	var texts []string
	for _, element := range elements[:min(len(elements), maxValues)] {
		if text := scalar(element); text != "" {
			texts = append(texts, text)
		}
	}
	return strings.Join(texts, "; ")
}
