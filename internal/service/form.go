package service

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"patchbay.example/host"
)

// Form implements [Operations].
func (s *Service) Form(ctx context.Context, name string) (Form, error) {
	launched, err := s.launch(ctx, name)
	if err != nil {
		return Form{}, err
	}
	defer func() { _ = launched.Close() }()
	described, err := launched.Describe(ctx)
	if err != nil {
		return Form{}, err
	}
	form := Form{
		Connector: name, Title: described.GetTitle(), Version: described.GetVersion(), Summary: described.GetSummary(),
		Schema: described.GetConfigSchemaJson(),
	}
	if form.Fields, err = fieldsOf(form.Schema); err != nil {
		return Form{}, &host.Fault{Reason: host.ContractBroken, Message: fmt.Sprintf("connector %s describes its configuration by what is no JSON Schema of an object", name), Cause: err}
	}
	return form, nil
}

// property is a property of a configuration's schema, with the keywords that
// the contract names (DescribeResponse.config_schema_json).
type property struct {
	Type        string            `json:"type"`
	Title       string            `json:"title"`
	Description string            `json:"description"`
	Default     json.RawMessage   `json:"default"`
	Examples    []json.RawMessage `json:"examples"`
	Enum        []json.RawMessage `json:"enum"`
	Minimum     *float64          `json:"minimum"`
	Maximum     *float64          `json:"maximum"`
	MaxLength   int               `json:"maxLength"`
	Order       int               `json:"x-order"`
	Group       string            `json:"x-group"`
	Secret      bool              `json:"x-secret"`
	Multiline   bool              `json:"x-multiline"`
}

// fieldsOf are the fields of a schema: those without a group first, for that is
// what everybody fills in, and in a group by their order.
func fieldsOf(schema []byte) ([]Field, error) {
	var s struct {
		Properties map[string]property `json:"properties"`
		Required   []string            `json:"required"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return nil, err
	}
	firstOf := map[string]int{} // the order of a group is that of its first field
	for _, p := range s.Properties {
		if first, ok := firstOf[p.Group]; !ok || p.Order < first {
			firstOf[p.Group] = p.Order
		}
	}
	delete(firstOf, "")
	names := slices.SortedFunc(maps.Keys(s.Properties), func(a, b string) int {
		p, q := s.Properties[a], s.Properties[b]
		return cmp.Or(
			cmp.Compare(min(len(p.Group), 1), min(len(q.Group), 1)),
			cmp.Compare(firstOf[p.Group], firstOf[q.Group]), cmp.Compare(p.Group, q.Group),
			cmp.Compare(p.Order, q.Order), cmp.Compare(a, b))
	})
	fields := make([]Field, 0, len(names))
	for _, name := range names {
		fields = append(fields, s.Properties[name].field(name, slices.Contains(s.Required, name)))
	}
	return fields, nil
}

func (p property) field(name string, required bool) Field {
	f := Field{
		Name: name, Title: cmp.Or(p.Title, name), Help: p.Description, Type: cmp.Or(p.Type, "string"),
		Group: p.Group, Required: required, Secret: p.Secret, Multiline: p.Multiline,
		Default: written(p.Default), Minimum: p.Minimum, Maximum: p.Maximum, MaxLength: p.MaxLength,
	}
	if len(p.Examples) > 0 {
		f.Example = written(p.Examples[0])
	}
	for _, choice := range p.Enum {
		f.Choices = append(f.Choices, written(choice))
	}
	return f
}

// written is a JSON value as it would be written into a field.
func written(value json.RawMessage) string {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return text
	}
	if lines, ok := Lines(value); ok {
		return lines
	}
	return strings.TrimSpace(string(value))
}

// Lines is a JSON list of texts as it is written into a field: each on a line of
// its own. It reports false for what is no such list.
func Lines(value json.RawMessage) (string, bool) {
	var texts []string
	if json.Unmarshal(value, &texts) != nil || texts == nil {
		return "", false
	}
	return strings.Join(texts, "\n"), true
}

// Listed is the inverse of [Lines]: the texts that stand on the lines of a field,
// without the blanks around them and without empty lines; never nil.
func Listed(text string) []string {
	texts := []string{}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			texts = append(texts, line)
		}
	}
	return texts
}
