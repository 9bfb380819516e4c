package plugintest

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// documentPage is the page of a connector: the author's words, and what it says
// of itself.
func documentPage(introduction string, d *connectorv1.DescribeResponse, resources []*connectorv1.Resource) string {
	var b strings.Builder
	introduction = strings.TrimSpace(introduction)
	if !strings.HasPrefix(introduction, "# ") {
		fmt.Fprintf(&b, "# %s\n\n%s\n\n", inline(d.GetTitle()), inline(d.GetSummary()))
	}
	if introduction != "" {
		b.WriteString(introduction + "\n\n")
	}
	b.WriteString("<!-- What follows is made from the connector's own description; its test writes it with -update. -->\n")
	writeProperties(&b, d.GetConfigSchemaJson())
	writeResources(&b, resources)
	writeReasons(&b, d.GetReasons())
	return b.String()
}

// property is what a page says of a property of the configuration.
type property struct {
	Type        string          `json:"type"`
	Title       string          `json:"title"`
	Description string          `json:"description"`
	Default     json.RawMessage `json:"default"`
	Examples    []string        `json:"examples"`
	Enum        []string        `json:"enum"`
	Minimum     *float64        `json:"minimum"`
	Maximum     *float64        `json:"maximum"`
	Secret      bool            `json:"x-secret"`
	Listing     bool            `json:"x-listing"`
	Order       int             `json:"x-order"`

	name     string
	required bool
}

// writeProperties writes the table of the configuration.
func writeProperties(b *strings.Builder, schema []byte) {
	b.WriteString("\n## Configuration\n\n")
	properties := propertiesOf(schema)
	if len(properties) == 0 {
		b.WriteString("There is nothing to configure.\n")
		return
	}
	b.WriteString("| property | title | kind | default | what it is |\n|---|---|---|---|---|\n")
	for _, p := range properties {
		row(b, "`"+p.name+"`", inline(p.Title), inline(p.kind()), p.fallback(), inline(p.what()))
	}
}

// propertiesOf reads a schema, in the order of a form.
func propertiesOf(schema []byte) []property {
	var s struct {
		Properties map[string]property `json:"properties"`
		Required   []string            `json:"required"`
	}
	if json.Unmarshal(schema, &s) != nil {
		return nil // the suite says what is wrong with it
	}
	var properties []property
	for _, name := range slices.Sorted(maps.Keys(s.Properties)) {
		p := s.Properties[name]
		p.name, p.required = name, slices.Contains(s.Required, name)
		properties = append(properties, p)
	}
	slices.SortStableFunc(properties, func(a, b property) int { return a.Order - b.Order })
	return properties
}

// kindWords are the types of JSON Schema for people.
var kindWords = map[string]string{
	"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false", "array": "list of texts",
}

func (p property) kind() string {
	word := kindWords[p.Type]
	switch {
	case p.Secret:
		word = "secret"
	case len(p.Enum) > 0:
		word = "one of " + strings.Join(p.Enum, ", ")
	case p.Minimum != nil && p.Maximum != nil && p.Type != "string":
		word += ", " + number(*p.Minimum) + " to " + number(*p.Maximum)
	}
	return word
}

// number writes a bound as people do, whatever its size.
func number(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

func (p property) fallback() string {
	switch {
	case p.required:
		return "**required**"
	case len(p.Default) == 0:
		return ""
	default:
		return "`" + strings.ReplaceAll(string(p.Default), "`", "'") + "`"
	}
}

func (p property) what() string {
	what := p.Description
	if len(p.Examples) > 0 {
		what = strings.TrimSpace(what + " For example " + p.Examples[0] + ".")
	}
	if p.Listing {
		what = strings.TrimSpace(what + " It decides who or what is listed.")
	}
	return what
}

// kindNames say of a resource what its records are.
var kindNames = map[connectorv1.ResourceKind]string{
	connectorv1.ResourceKind_RESOURCE_KIND_USERS:  "people",
	connectorv1.ResourceKind_RESOURCE_KIND_GROUPS: "groups",
	connectorv1.ResourceKind_RESOURCE_KIND_OTHER:  "other objects",
}

// writeResources writes the table of what can be read.
func writeResources(b *strings.Builder, resources []*connectorv1.Resource) {
	b.WriteString("\n## Resources\n\n| resource | title | records | key | suggested interval | needs |\n|---|---|---|---|---|---|\n")
	for _, r := range resources {
		scopes := make([]string, len(r.GetRequiredScopes()))
		for i, scope := range r.GetRequiredScopes() {
			scopes[i] = "`" + scope + "`"
		}
		row(b, "`"+r.GetName()+"`", inline(r.GetTitle()), kindNames[r.GetKind()], code(r.GetKeyField()),
			interval(r.GetSuggestedInterval().AsDuration()), strings.Join(scopes, ", "))
	}
}

// code sets a name as code; empty for none.
func code(name string) string {
	if name == "" {
		return ""
	}
	return "`" + name + "`"
}

// interval is a duration as people say it.
func interval(d time.Duration) string {
	switch {
	case d == 0:
		return ""
	case d%time.Hour == 0:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d%time.Minute == 0:
		return fmt.Sprintf("%d min", d/time.Minute)
	default:
		return d.String()
	}
}

// classes are the classes in the order of a page, and whose turn each is.
var classes = []struct {
	class connectorv1.Class
	turn  string
}{
	{connectorv1.Class_CLASS_CONFIG_INVALID, "Yours: something that was entered can't be right."},
	{connectorv1.Class_CLASS_CREDENTIALS_REJECTED, "An administrator's of the service: it does not accept who we say we are."},
	{connectorv1.Class_CLASS_PERMISSION_MISSING, "An administrator's of the service: it knows us and does not let us read this."},
	{connectorv1.Class_CLASS_RATE_LIMITED, "Nobody's: the service asks for more patience than a run may have. Run again later."},
	{connectorv1.Class_CLASS_SERVICE_UNAVAILABLE, "The network's or the service's: it can't be reached or can't serve. Run again later."},
	{connectorv1.Class_CLASS_SERVICE_MISBEHAVED, "The network's or the service's: an answer came that can't be right."},
	{connectorv1.Class_CLASS_CURSOR_LOST, "Nobody's: the service lost the place in a listing too often. Run again later."},
	{connectorv1.Class_CLASS_CONNECTOR_FAULT, "The connector's author's."},
	{connectorv1.Class_CLASS_UNSPECIFIED, "Nobody's: a remark about a wait, a warning or a record left out. The run goes on."},
}

// writeReasons writes a table of reasons for each class.
func writeReasons(b *strings.Builder, reasons []*connectorv1.ReasonDescription) {
	b.WriteString("\n## What can go wrong\n\nEvery refusal and every remark has a **reason** in capitals. Its class tells whose turn it is, and with which exit\ncode a command ends.\n")
	for _, c := range classes {
		of := slices.DeleteFunc(slices.Clone(reasons), func(r *connectorv1.ReasonDescription) bool { return r.GetClass() != c.class })
		if len(of) == 0 {
			continue
		}
		heading := fmt.Sprintf("%s: exit code %d", wire.ClassName(c.class), wire.ExitCode(c.class))
		if c.class == connectorv1.Class_CLASS_UNSPECIFIED {
			heading = "Remarks"
		}
		fmt.Fprintf(b, "\n### %s\n\n%s\n\n| reason | what happened | how to fix it |\n|---|---|---|\n", heading, c.turn)
		for _, r := range of {
			anchor := fmt.Sprintf("<a id=%q></a>`%s`", strings.ToLower(r.GetReason()), r.GetReason())
			row(b, anchor, inline(r.GetTitle()), inline(r.GetFix()))
		}
	}
}

// row writes a row of a table.
func row(b *strings.Builder, cells ...string) {
	for i, text := range cells {
		cells[i] = strings.ReplaceAll(text, "|", `\|`)
	}
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
}

// inline makes a text safe where Markdown expects a few words: on one line, and
// meaning what it says. What could begin a tag, code or emphasis is escaped.
func inline(text string) string {
	return markdownEscapes.Replace(strings.Join(strings.Fields(text), " "))
}

var markdownEscapes = strings.NewReplacer(`\`, `\\`, "<", "&lt;", "`", "\\`", "*", `\*`, "[", `\[`)
