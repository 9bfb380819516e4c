package plugintest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	sectionDescribe = "Describe"
	caseDescribe    = "describe-unconfigured"

	// maxText bounds a name or title for people.
	maxText = 400
)

func describeCases() []Case {
	return []Case{
		{
			Name: caseDescribe, Section: sectionDescribe, Title: "It describes itself without a configuration",
			Requires: "Describe is answered before Connect, and answers the same each time, in every process. Capabilities of the host that it does not know are ignored.",
			Why:      "A form for the configuration is made of the description, before there is any.",
			after:    []string{caseHandshake},
			try:      tryDescribeUnconfigured,
		},
		{
			Name: "describe-identity", Section: sectionDescribe, Title: "It says who it is",
			Requires: "The name consists of lower case letters, digits and dashes and begins with a letter. Title, version and summary are not empty; the version has no blanks. No capability is named twice.",
			Why:      "Stored connections refer to the name, and a run is resumed only by the version that began it.",
			after:    []string{caseHandshake, caseDescribe},
			try:      described(tryDescribeIdentity),
		},
		{
			Name: "config-schema", Section: sectionDescribe, Title: "The schema of its configuration is one",
			Requires: "The configuration's schema is a JSON Schema of type object with additionalProperties false. Each property has a title and a type out of string, boolean, integer, number and array; a secret one (x-secret) is a string, and one whose name ends in token, password, secret, private_key or the like is secret; x-order is an integer; a default and each value of enum are of the property's type. Required properties are among the properties.",
			Why:      "Forms and commands are made of it, and it alone says which properties are secrets that must be sealed.",
			after:    []string{caseHandshake, caseDescribe},
			try:      described(tryConfigSchema),
		},
		{
			Name: "reasons-declared", Section: sectionDescribe, Title: "It declares its reasons",
			Requires: "Each reason is UPPER_SNAKE and declared once, with a class of the contract (or none, for one that refuses nothing), a title, and a fix in complete sentences.",
			Why:      "Exit codes, retries and the documentation derive from the declarations.",
			after:    []string{caseHandshake, caseDescribe},
			try:      described(tryReasonsDeclared),
		},
	}
}

// described hands the description to a case.
func described(try func(*trial, *connectorv1.DescribeResponse) error) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) error {
		d, err := t.described(ctx)
		if err != nil {
			return err
		}
		return try(t, d)
	}
}

func tryDescribeUnconfigured(ctx context.Context, t *trial) error {
	p, err := t.fresh(ctx, startup{})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	first, err := p.describe(ctx)
	if err != nil {
		return fail("Before Connect: %s", err)
	}
	second, err := p.describe(ctx)
	if err != nil {
		return fail("Asked again: %s", err)
	}
	if !proto.Equal(first, second) {
		return fail("Describe answered differently when it was asked again: %s.", descriptionDifference(first, second))
	}
	other, err := t.fresh(ctx, startup{})
	if err != nil {
		return err
	}
	defer other.discard(ctx)
	third, err := other.describe(ctx)
	if err != nil {
		return fail("In another process: %s", err)
	}
	if !proto.Equal(first, third) {
		return fail("Describe answered differently in another process: %s.", descriptionDifference(first, third))
	}
	return pass("Asked three times before Connect, in two processes, it answered the same (%d bytes).", proto.Size(first))
}

func descriptionDifference(a, b *connectorv1.DescribeResponse) string {
	switch {
	case a.GetName() != b.GetName() || a.GetVersion() != b.GetVersion() || a.GetTitle() != b.GetTitle() || a.GetSummary() != b.GetSummary():
		return fmt.Sprintf("first %q %q, %q, %q, then %q %q, %q, %q", a.GetName(), a.GetVersion(), a.GetTitle(), a.GetSummary(), b.GetName(), b.GetVersion(), b.GetTitle(), b.GetSummary())
	case !bytes.Equal(a.GetConfigSchemaJson(), b.GetConfigSchemaJson()):
		return "the schema of the configuration differs"
	case !slices.Equal(a.GetCapabilities(), b.GetCapabilities()):
		return fmt.Sprintf("capabilities were %q, then %q", a.GetCapabilities(), b.GetCapabilities())
	default:
		return "the declared reasons differ, or their order"
	}
}

var connectorName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,62}$`)

func tryDescribeIdentity(_ *trial, d *connectorv1.DescribeResponse) error {
	switch {
	case !connectorName.MatchString(d.GetName()):
		return fail("The name is %.100q. It must consist of lower case letters, digits and dashes, and begin with a letter.", d.GetName())
	case strings.TrimSpace(d.GetTitle()) == "" || len(d.GetTitle()) > maxText:
		return fail("The title is %.100q. It must be a name for people, of at most %d bytes.", d.GetTitle(), maxText)
	case d.GetVersion() == "" || strings.ContainsFunc(d.GetVersion(), func(r rune) bool { return r <= ' ' || r > '~' }):
		return fail("The version is %.100q. It must be printable, without blanks, such as \"0.1.0\".", d.GetVersion())
	case strings.TrimSpace(d.GetSummary()) == "":
		return fail("There is no summary. Say in one or two sentences what is read, and from where.")
	}
	for i, capability := range d.GetCapabilities() {
		if capability == "" || slices.Contains(d.GetCapabilities()[:i], capability) {
			return fail("The capability %q is empty or named twice.", capability)
		}
	}
	return pass("It is %s %s, %q, with the capabilities %q.", d.GetName(), d.GetVersion(), d.GetTitle(), d.GetCapabilities())
}

// schemaProperty is what the contract knows of a property's schema.
type schemaProperty struct {
	Type      string            `json:"type"`
	Title     string            `json:"title"`
	Secret    bool              `json:"x-secret"`
	Order     json.RawMessage   `json:"x-order"`
	Default   json.RawMessage   `json:"default"`
	Enum      []json.RawMessage `json:"enum"`
	Maximum   *float64          `json:"maximum"`
	MaxLength *float64          `json:"maxLength"`
}

// configSchema is what the contract knows of a configuration's schema.
type configSchema struct {
	Type       string                    `json:"type"`
	Additional json.RawMessage           `json:"additionalProperties"`
	Properties map[string]schemaProperty `json:"properties"`
	Required   []string                  `json:"required"`
}

func schemaOf(d *connectorv1.DescribeResponse) (configSchema, error) {
	var schema configSchema
	if err := json.Unmarshal(d.GetConfigSchemaJson(), &schema); err != nil {
		return schema, fmt.Errorf("the schema %.100q can't be read: %w", d.GetConfigSchemaJson(), err)
	}
	return schema, nil
}

// names are the properties in an order that is always the same.
func (s configSchema) names() []string { return slices.Sorted(maps.Keys(s.Properties)) }

func tryConfigSchema(t *trial, d *connectorv1.DescribeResponse) error {
	schema, err := schemaOf(d)
	switch {
	case err != nil:
		return err
	case schema.Type != "object":
		return fail("The schema's type is %q; a configuration is an \"object\".", schema.Type)
	case string(schema.Additional) != "false":
		return fail("The schema's additionalProperties is %.40q, and must be false: a misspelt property would be passed over.", string(schema.Additional))
	}
	for _, name := range schema.names() {
		if problem := schema.Properties[name].problem(); problem != "" {
			return fail("The property %q %s.", name, problem)
		}
	}
	for _, name := range schema.Required {
		if _, ok := schema.Properties[name]; !ok {
			return fail("The schema requires %q, which is none of its properties.", name)
		}
	}
	for name := range t.target.Secrets {
		if !schema.Properties[name].Secret {
			return fail("The examination was given the secret %q, and the schema does not have it as a property with x-secret: true. Without that it would be stored and shown like any other.", name)
		}
	}
	for _, name := range schema.names() {
		if p := schema.Properties[name]; p.Type == "string" && !p.Secret && p.Enum == nil && secretName.MatchString(name) {
			return fail("The property %q has the name of a secret, and not x-secret: true. Without that it would be stored and shown like any other.", name)
		}
	}
	return pass("%d properties, %d of them required.", len(schema.Properties), len(schema.Required))
}

// secretName is a name that only a secret has. It looks at the end: a token_url
// or a key_id is none, and a key alone may be anything.
var secretName = regexp.MustCompile(`(?i)(token|password|passwd|passphrase|secret|credentials?|(api|private|access|signing|secret)[_-]?key)$`)

// problem says what is wrong with a property's schema; empty for nothing.
func (p schemaProperty) problem() string {
	switch {
	case !slices.Contains([]string{"string", "boolean", "integer", "number", "array"}, p.Type):
		return fmt.Sprintf("has the type %q, which is none of string, boolean, integer, number, array", p.Type)
	case strings.TrimSpace(p.Title) == "":
		return "has no title"
	case p.Secret && p.Type != "string":
		return fmt.Sprintf("is a secret of type %q; secrets travel as strings", p.Type)
	case p.Order != nil && !isOf("integer", p.Order):
		return fmt.Sprintf("has the x-order %s, which is no integer", p.Order)
	case p.Default != nil && !isOf(p.Type, p.Default):
		return fmt.Sprintf("has the default %.60s, which is not of type %s", p.Default, p.Type)
	case p.Secret && p.Default != nil:
		return "is a secret and has a default, which everybody can read"
	}
	for _, value := range p.Enum {
		if !isOf(p.Type, value) {
			return fmt.Sprintf("has the value %.60s in its enum, which is not of type %s", value, p.Type)
		}
	}
	return ""
}

// isOf reports whether a JSON value is of a type of JSON Schema.
func isOf(kind string, value json.RawMessage) bool {
	var decoded any
	if json.Unmarshal(value, &decoded) != nil {
		return false
	}
	switch v := decoded.(type) {
	case string:
		return kind == "string"
	case bool:
		return kind == "boolean"
	case float64:
		return kind == "number" || kind == "integer" && v == float64(int64(v))
	case []any:
		return kind == "array"
	default:
		return false
	}
}

var reasonName = regexp.MustCompile(`^[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$`)

func tryReasonsDeclared(_ *trial, d *connectorv1.DescribeResponse) error {
	seen := map[string]bool{}
	for _, reason := range d.GetReasons() {
		name := reason.GetReason()
		switch {
		case !reasonName.MatchString(name):
			return fail("The reason %.80q is not written in UPPER_SNAKE.", name)
		case seen[name]:
			return fail("The reason %s is declared twice.", name)
		case connectorv1.Class_name[int32(reason.GetClass())] == "":
			return fail("The reason %s has the class %d, which the contract does not have.", name, reason.GetClass())
		case strings.TrimSpace(reason.GetTitle()) == "":
			return fail("The reason %s has no title.", name)
		case !isSentence(reason.GetFix()):
			return fail("The reason %s has the fix %.120q. Say in complete sentences who does what, and where.", name, reason.GetFix())
		}
		seen[name] = true
	}
	if len(seen) == 0 {
		return fail("No reason is declared. At least what it says of a configuration that can't be right, and of a wrong cursor, has one.")
	}
	return pass("%d reasons are declared.", len(seen))
}

// isSentence reports whether a text reads as one: it has words, and ends.
func isSentence(text string) bool {
	text = strings.TrimSpace(text)
	return strings.Contains(text, " ") && strings.ContainsAny(text[len(text)-1:], ".!?)\"")
}
