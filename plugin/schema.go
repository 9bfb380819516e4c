package plugin

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
)

// ConfigSchema is the schema of a connector's configuration: a JSON Schema
// (draft 2020-12) for hosts, and what [Configuration.Decode] checks.
type ConfigSchema struct {
	fields []field
	json   []byte
}

// JSON returns the JSON Schema, UTF-8. Besides the standard keywords it uses
// x-secret, x-multiline, x-listing, x-group and x-order, as DescribeResponse in the
// contract explains.
func (s ConfigSchema) JSON() []byte { return s.json }

// SchemaOf makes the schema of a configuration struct. Each exported field
// with a json tag is a property; its type is string, bool, an integer, a
// float64, []string or [Secret]. Further tags:
//
//	title:"Okta domain"      name in a form
//	help:"…"                 text beneath it
//	required:"true"          may not be missing or empty
//	default:"50"             value when missing
//	example:"acme.okta.com"  shown in an empty field
//	enum:"a,b"               the only values (strings)
//	pattern:"^0oa"           regular expression (strings)
//	min:"1" max:"100"        bounds of a number, of a string's length in bytes
//	multiline:"true"         a text of several lines
//	group:"Advanced"         heading in a form
//	listing:"true"           decides whom or what a resource lists
//
// It panics on a struct that can't be a configuration, for that is a mistake
// of its author which shows at the first start.
func SchemaOf[T any]() ConfigSchema {
	fields := fieldsOf(reflect.TypeFor[T]())
	schema := map[string]any{
		"$schema":              "https://json-schema.org/draft/2020-12/schema",
		"type":                 "object",
		"additionalProperties": false,
	}
	properties := map[string]any{}
	required := []string{}
	for i, f := range fields {
		properties[f.name] = f.schema(i)
		if f.required {
			required = append(required, f.name)
		}
	}
	schema["properties"] = properties
	schema["required"] = required
	text, err := json.Marshal(schema)
	if err != nil {
		panic("plugin: schema of " + reflect.TypeFor[T]().String() + ": " + err.Error())
	}
	return ConfigSchema{fields: fields, json: text}
}

// field is one property of a configuration.
type field struct {
	index                int // in the struct
	name                 string
	kind                 string // JSON Schema type
	secret, required     bool
	multiline, listing   bool
	title, help, example string
	group                string
	enum                 []string
	pattern              *regexp.Regexp
	fallback             json.RawMessage // nil without a default
	min, max             *float64
}

var (
	secretType  = reflect.TypeFor[Secret]()
	stringsType = reflect.TypeFor[[]string]()
)

// fieldsOf reads the tags of a configuration struct, in the order of its
// fields.
func fieldsOf(t reflect.Type) []field {
	if t.Kind() != reflect.Struct {
		panic("plugin: a configuration is a struct, not " + t.String())
	}
	var fields []field
	for i := range t.NumField() {
		sf := t.Field(i)
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		if !sf.IsExported() || name == "" || name == "-" {
			continue
		}
		f, err := newField(i, name, sf)
		if err != nil {
			panic(fmt.Sprintf("plugin: %s.%s: %v", t, sf.Name, err))
		}
		fields = append(fields, f)
	}
	return fields
}

func newField(index int, name string, sf reflect.StructField) (field, error) {
	kind, err := kindOf(sf.Type)
	if err != nil {
		return field{}, err
	}
	tag := sf.Tag
	f := field{
		index: index, name: name, kind: kind, secret: sf.Type == secretType,
		required: tag.Get("required") == "true", multiline: tag.Get("multiline") == "true", listing: tag.Get("listing") == "true",
		title: tag.Get("title"), help: tag.Get("help"), example: tag.Get("example"), group: tag.Get("group"),
	}
	if f.title == "" {
		return field{}, fmt.Errorf("property %q has no title", name)
	}
	if enum, ok := tag.Lookup("enum"); ok {
		f.enum = strings.Split(enum, ",")
	}
	if pattern, ok := tag.Lookup("pattern"); ok {
		if f.pattern, err = regexp.Compile(pattern); err != nil {
			return field{}, err
		}
	}
	if f.min, err = bound(tag, "min"); err != nil {
		return field{}, err
	}
	if f.max, err = bound(tag, "max"); err != nil {
		return field{}, err
	}
	if fallback, ok := tag.Lookup("default"); ok {
		f.fallback = json.RawMessage(fallback)
		if kind == "string" {
			f.fallback, _ = json.Marshal(fallback)
		}
		if problem := f.check(f.fallback); problem != "" {
			return field{}, fmt.Errorf("default %s", problem)
		}
	}
	return f, nil
}

func kindOf(t reflect.Type) (string, error) {
	switch {
	case t == secretType:
		return "string", nil
	case t == stringsType:
		return "array", nil
	}
	switch t.Kind() {
	case reflect.String:
		return "string", nil
	case reflect.Bool:
		return "boolean", nil
	case reflect.Int, reflect.Int64:
		return "integer", nil
	case reflect.Float64:
		return "number", nil
	default:
		return "", fmt.Errorf("type %s can't be a property", t)
	}
}

func bound(tag reflect.StructTag, key string) (*float64, error) {
	text, ok := tag.Lookup(key)
	if !ok {
		return nil, nil //nolint:nilnil // no tag, no bound
	}
	value, err := strconv.ParseFloat(text, 64)
	return &value, err
}

// schema is the property's JSON Schema.
func (f field) schema(order int) map[string]any {
	s := map[string]any{"type": f.kind, "title": f.title, "x-order": order}
	if f.kind == "array" {
		s["items"] = map[string]any{"type": "string"}
	}
	for key, text := range map[string]string{"description": f.help, "x-group": f.group} {
		if text != "" {
			s[key] = text
		}
	}
	if f.example != "" {
		s["examples"] = []string{f.example}
	}
	if f.secret {
		s["x-secret"] = true
		s["writeOnly"] = true
	}
	if f.multiline {
		s["x-multiline"] = true
	}
	if f.listing {
		s["x-listing"] = true
	}
	if f.enum != nil {
		s["enum"] = f.enum
	}
	if f.pattern != nil {
		s["pattern"] = f.pattern.String()
	}
	if f.fallback != nil {
		s["default"] = f.fallback
	}
	low, high := "minimum", "maximum"
	if f.kind == "string" {
		low, high = "minLength", "maxLength"
	}
	if f.min != nil {
		s[low] = *f.min
	}
	if f.max != nil {
		s[high] = *f.max
	}
	return s
}
