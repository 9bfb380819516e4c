package plugin

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"patchbay.example/internal/spelling"
	"patchbay.example/internal/wire"
)

// Configuration is what a connection was configured with, as it arrived:
// [Configuration.Decode] checks it and makes a struct of it.
type Configuration struct {
	// reveal keeps the values out of reach of reflection, as in [Secret].
	reveal func() given
}

// given is what a configuration holds.
type given struct {
	json    []byte
	secrets map[string]string
	resume  map[string]string
}

// NewConfiguration makes a configuration from a JSON object and the secret
// properties beside it. It is for tests; in a running connector the host's
// Connect call makes it.
func NewConfiguration(object []byte, secrets map[string]string) Configuration {
	return newConfiguration(given{json: object, secrets: secrets})
}

func newConfiguration(g given) Configuration {
	return Configuration{reveal: func() given { return g }}
}

// given returns the values; none for the zero value.
func (c Configuration) given() given {
	if c.reveal == nil {
		return given{}
	}
	return c.reveal()
}

// ResumeCursors returns the cursors with which the host means to begin Sync, by
// resource; empty for listings from their beginning. A connector that can tell
// without the service that one is not its own refuses the connection at once,
// with [ReasonCursorInvalid].
func (c Configuration) ResumeCursors() map[string]string { return c.given().resume }

// String names no value, since some may be secrets in the wrong place.
func (c Configuration) String() string {
	g := c.given()
	return fmt.Sprintf("configuration of %d bytes and %d secrets", len(g.json), len(g.secrets))
}

// GoString is String.
func (c Configuration) GoString() string { return c.String() }

// Format prints String for every verb.
func (c Configuration) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(c.String())) }

// Decode checks the configuration against the schema of dst's struct (see
// [SchemaOf]) and fills dst, defaults included. dst is a pointer to such a
// struct. The error is a [*Refusal] with [ReasonConfigInvalid] that names
// every property that is wrong, and no value.
func (c Configuration) Decode(dst any) error {
	target := reflect.ValueOf(dst).Elem()
	fields := fieldsOf(target.Type())
	g := c.given()
	values, err := g.values()
	if err != nil {
		return err
	}
	problems := g.misplaced(fields, values)
	var help []string
	for _, f := range fields {
		if problem := g.set(target.Field(f.index), f, values); problem != "" {
			problems = append(problems, fmt.Sprintf("%q %s", f.name, problem))
			if f.help != "" {
				help = append(help, fmt.Sprintf("%s: %s", f.title, f.help))
			}
		}
	}
	if len(problems) == 0 {
		return nil
	}
	refusal := Refuse(ReasonConfigInvalid, "The configuration is not valid: %s.", strings.Join(problems, "; "))
	if len(help) > 0 {
		refusal.Fix = "Correct the configuration as the message says. " + strings.Join(help, " ")
	}
	return refusal
}

// values reads the JSON object.
func (g given) values() (map[string]json.RawMessage, error) {
	if len(g.json) > wire.MaxConfigBytes {
		return nil, Refuse(ReasonConfigInvalid, "The configuration has %d bytes; at most %d are allowed.", len(g.json), wire.MaxConfigBytes)
	}
	values := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(g.json)) == 0 {
		return values, nil
	}
	if err := json.Unmarshal(g.json, &values); err != nil {
		return nil, Refuse(ReasonConfigInvalid, "The configuration is not a JSON object.")
	}
	return values, nil
}

// misplaced names properties that the schema does not have, and those that
// stand on the wrong side of the line between configuration and secrets.
func (g given) misplaced(fields []field, values map[string]json.RawMessage) []string {
	var problems []string
	names := make([]string, len(fields))
	secret := map[string]bool{}
	for i, f := range fields {
		names[i] = f.name
		secret[f.name] = f.secret
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		isSecret, known := secret[name]
		switch {
		case !known:
			problems = append(problems, unknown(name, names))
		case isSecret:
			problems = append(problems, fmt.Sprintf("%q is a secret and stands among the plain properties", name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(g.secrets)) {
		if isSecret, known := secret[name]; !known || !isSecret {
			problems = append(problems, fmt.Sprintf("there is no secret %q", name))
		}
	}
	return problems
}

// set fills one field and says what is wrong with its value, if anything.
func (g given) set(target reflect.Value, f field, values map[string]json.RawMessage) string {
	if f.secret {
		value := g.secrets[f.name]
		switch {
		case value == "" && f.required:
			return "is missing"
		case len(value) > wire.MaxSecretBytes:
			return fmt.Sprintf("has more than %d bytes", wire.MaxSecretBytes)
		}
		target.Set(reflect.ValueOf(NewSecret(value)))
		return ""
	}
	raw, given := values[f.name]
	if given && string(raw) == "null" {
		given = false
	}
	if !given {
		if f.required {
			return "is missing"
		}
		if raw = f.fallback; raw == nil {
			return ""
		}
	}
	if problem := f.check(raw); problem != "" {
		return problem
	}
	if err := json.Unmarshal(raw, target.Addr().Interface()); err != nil {
		return "must be " + article(f.kind)
	}
	return ""
}

// check says what is wrong with a plain value, or nothing.
func (f field) check(raw json.RawMessage) string {
	switch f.kind {
	case "string":
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return "must be a string"
		}
		return f.checkString(text)
	case "integer", "number":
		var number float64
		if json.Unmarshal(raw, &number) != nil || (f.kind == "integer" && number != float64(int64(number))) {
			return "must be " + article(f.kind)
		}
		return f.checkNumber(number)
	case "boolean":
		var boolean bool
		if json.Unmarshal(raw, &boolean) != nil {
			return "must be true or false"
		}
	case "array":
		var texts []string
		if json.Unmarshal(raw, &texts) != nil {
			return "must be a list of strings"
		}
	}
	return ""
}

func (f field) checkString(text string) string {
	switch {
	case text == "" && f.required:
		return "is empty"
	case text == "":
		return ""
	case f.min != nil && float64(len(text)) < *f.min:
		return fmt.Sprintf("is shorter than %g bytes", *f.min)
	case f.max != nil && float64(len(text)) > *f.max:
		return fmt.Sprintf("is longer than %g bytes", *f.max)
	case f.enum != nil && !slices.Contains(f.enum, text):
		return "must be one of " + strings.Join(f.enum, ", ")
	case f.pattern != nil && !f.pattern.MatchString(text):
		return "does not look right" + f.hint()
	}
	return ""
}

func (f field) hint() string {
	if f.example == "" {
		return ""
	}
	return fmt.Sprintf(" (an example: %s)", f.example)
}

func (f field) checkNumber(number float64) string {
	if f.min != nil && number < *f.min {
		return fmt.Sprintf("must be at least %g", *f.min)
	}
	if f.max != nil && number > *f.max {
		return fmt.Sprintf("must be at most %g", *f.max)
	}
	return ""
}

func article(kind string) string {
	switch kind {
	case "integer":
		return "a whole number"
	case "array":
		return "a list of strings"
	default:
		return "a " + kind
	}
}

// maxQuotedName bounds the name of an unknown property that is repeated: a
// longer one is a value in the wrong place, perhaps a secret.
const maxQuotedName = 40

// unknown says that a property is not known, and which was meant.
func unknown(name string, known []string) string {
	if len(name) > maxQuotedName {
		return fmt.Sprintf("a property whose name has %d bytes is not known (known are %s)", len(name), strings.Join(known, ", "))
	}
	return fmt.Sprintf("%q is not known%s", name, suggestion(name, known))
}

// suggestion names the known property that is spelt most like name, if one is.
func suggestion(name string, known []string) string {
	if nearest, ok := spelling.Nearest(name, known); ok {
		return fmt.Sprintf(" (did you mean %q?)", nearest)
	}
	return " (known are " + strings.Join(known, ", ") + ")"
}
