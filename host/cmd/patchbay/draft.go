package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"patchbay.example/internal/connection"
	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
)

// configFlags are the flags that say how a connection is configured.
type configFlags struct {
	set, secret, unset []string
	hris               bool
	interval, deadline time.Duration
	shrinkPercent      int
}

func (f *configFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringArrayVar(&f.set, "set", nil, "a property as PROPERTY=VALUE; may be repeated")
	flags.StringArrayVar(&f.secret, "secret", nil, "a secret as PROPERTY=file:PATH, PROPERTY=env:NAME (both read by the service, each time) or PROPERTY=- (standard input, stored sealed); may be repeated")
	flags.BoolVar(&f.hris, "hris", false, "the connection is the company's HRIS")
	flags.Var((*durationFlag)(&f.interval), "interval", "from one run to the next, such as 6h or 2d; 0 for what the connector suggests")
	flags.Var((*durationFlag)(&f.deadline), "deadline", "how long a run may take, such as 12h; 0 for the default")
	flags.IntVar(&f.shrinkPercent, "shrink-percent", 0, "hold a run that takes away more than so many percent of the people; 0 for the default")
}

// durationFlag is a duration as the configuration has it, with days.
type durationFlag time.Duration

var _ pflag.Value = (*durationFlag)(nil)

// String is empty for what is left to the connector, so that help names no
// default.
func (d *durationFlag) String() string {
	if *d == 0 {
		return ""
	}
	return formatDuration(time.Duration(*d))
}

// Type is how help names the value.
func (d *durationFlag) Type() string { return "duration" }

// Set takes a number with a unit, or 0.
func (d *durationFlag) Set(text string) error {
	parsed, err := parseDuration(text)
	if err != nil {
		return errors.New("a duration has a unit, such as 90m, 6h or 2d")
	}
	*d = durationFlag(parsed)
	return nil
}

// properties collects the properties of a connector, as JSON values by name. nil
// takes one back to its default.
type properties struct {
	cmd       *cobra.Command
	form      service.Form
	values    map[string]any
	stdinRead bool
}

func newProperties(cmd *cobra.Command, form service.Form) *properties {
	return &properties{cmd: cmd, form: form, values: map[string]any{}}
}

// take takes what the flags say.
func (p *properties) take(ctx context.Context, a *app, f configFlags) error {
	for _, text := range f.set {
		if err := p.set(text); err != nil {
			return err
		}
	}
	for _, text := range f.secret {
		if err := p.secret(ctx, a, text); err != nil {
			return err
		}
	}
	for _, name := range f.unset {
		if _, err := p.field(name); err != nil {
			return err
		}
		p.values[name] = nil
	}
	return nil
}

// json is the object of them.
func (p *properties) json() (json.RawMessage, error) {
	text, err := json.Marshal(p.values)
	if err != nil {
		return nil, fmt.Errorf("encode the configuration: %w", err)
	}
	return text, nil
}

// set takes PROPERTY=VALUE. It never repeats the value.
func (p *properties) set(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return program.Usagef(p.cmd, "--set is PROPERTY=VALUE, with an equals sign")
	}
	field, err := p.field(name)
	if err != nil {
		return err
	}
	if field.Secret {
		return program.Usagef(p.cmd, "%s", onCommandLine(name))
	}
	typed, err := typedValue(field, value)
	if err != nil {
		return program.Usagef(p.cmd, "%s is %w", name, err)
	}
	p.values[name] = typed
	return nil
}

// secret takes PROPERTY=REFERENCE. It never repeats what follows the property.
func (p *properties) secret(ctx context.Context, a *app, text string) error {
	name, reference, ok := strings.Cut(text, "=")
	if !ok {
		return program.Usagef(p.cmd, "--secret is PROPERTY=file:PATH, PROPERTY=env:NAME or PROPERTY=-, with an equals sign")
	}
	field, err := p.field(name)
	if err != nil {
		return err
	}
	if !field.Secret {
		return program.Usagef(p.cmd, "%s is no secret: give it with --set %s=VALUE", name, name)
	}
	value, err := p.resolve(ctx, a, name, reference, "")
	if err != nil {
		return err
	}
	if value == nil {
		return program.Usagef(p.cmd, "%s", onCommandLine(name))
	}
	p.values[name] = *value
	return nil
}

// onCommandLine refuses a secret that stands on the command line.
func onCommandLine(name string) string {
	return fmt.Sprintf("%s is a secret, and others on this machine can read a command line: give --secret %s=file:PATH, %s=env:NAME, or %s=- and the secret on standard input", name, name, name, name)
}

// resolve is a reference as the service takes it, which reads files and
// variables itself: so a path must not depend on our working folder. "-" is read
// here. It is nil for what is no reference.
func (p *properties) resolve(ctx context.Context, a *app, name, reference, folder string) (*string, error) {
	trimmed := strings.TrimSpace(reference)
	path, isFile := strings.CutPrefix(trimmed, "file:")
	switch {
	case isFile:
		absolute, err := absolutePath(path, folder)
		if err != nil {
			return nil, fmt.Errorf("find the file of %s: %w", name, err)
		}
		return new("file:" + absolute), nil
	case strings.HasPrefix(trimmed, "env:"):
		return &trimmed, nil
	case trimmed != "-":
		return nil, nil
	case p.stdinRead:
		return nil, program.Usagef(p.cmd, "standard input can hold one secret only, and %s is the second: use file: or env: for it", name)
	}
	p.stdinRead = true
	if a.interactive || program.IsTerminal(a.stdin) {
		_, _ = fmt.Fprintf(a.stderr, "Paste %s, and end with Ctrl-D on a line of its own.\n", name)
	}
	read, err := connection.Entered{JSON: []byte("{}"), Secrets: map[string]string{name: trimmed}}.
		Resolve(connection.Sources{Stdin: program.Interruptible(ctx, a.stdin)})
	if err != nil {
		return nil, err
	}
	return new(read.Secrets[name]), nil
}

func absolutePath(path, folder string) (string, error) {
	if folder != "" && !filepath.IsAbs(path) {
		path = filepath.Join(folder, path)
	}
	return filepath.Abs(path)
}

// field finds a property, or says which was meant. A name that can't be one is
// not repeated: it could be a secret whose property was left out.
func (p *properties) field(name string) (service.Field, error) {
	names := make([]string, 0, len(p.form.Fields))
	for _, f := range p.form.Fields {
		if f.Name == name {
			return f, nil
		}
		names = append(names, f.Name)
	}
	if !isPropertyName(name) {
		return service.Field{}, program.Usagef(p.cmd, "what is given is no property of %s; there is %s", p.form.Connector, strings.Join(names, ", "))
	}
	return service.Field{}, program.Usagef(p.cmd, "%s has no property %q%s", p.form.Connector, name, meant(name, names))
}

// isPropertyName reports whether a text looks like a name that a connector's
// author would choose.
func isPropertyName(name string) bool {
	return len(name) > 0 && len(name) <= maxShown && !strings.ContainsFunc(name, func(r rune) bool {
		return r != '_' && r != '-' && r != '.' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}

// typedValue is a value of the command line in the field's type.
func typedValue(f service.Field, text string) (any, error) {
	switch f.Type {
	case "boolean":
		if text != "true" && text != "false" {
			return nil, errors.New("true or false")
		}
		return text == "true", nil
	case "integer":
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return nil, errors.New("a whole number")
		}
		return n, nil
	case "number":
		if _, err := strconv.ParseFloat(text, 64); err != nil || !json.Valid([]byte(text)) {
			return nil, errors.New("a number")
		}
		return json.Number(text), nil
	case "array":
		return listedValue(text)
	default:
		return text, nil
	}
}

// listedValue is a list of texts: separated by commas, or as JSON where one of
// them holds a comma.
func listedValue(text string) ([]string, error) {
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		var texts []string
		if json.Unmarshal([]byte(text), &texts) != nil {
			return nil, errors.New("a list such as one,two, or in JSON [\"one\",\"two\"]")
		}
		return texts, nil
	}
	return service.Listed(strings.ReplaceAll(text, ",", "\n")), nil
}

// draftFile is a connection as a file describes it.
type draftFile struct {
	service.Draft

	folder string
}

// draftKeys are the keys of such a file.
var draftKeys = []string{"name", "connector", "config", "resource", "hris", "interval", "shrink_percent", "deadline"}

// readDraft reads a file in YAML or JSON. Errors never quote it, for secrets may
// stand in it.
func readDraft(path string) (draftFile, error) {
	d := draftFile{folder: filepath.Dir(path)}
	text, err := connection.ReadFile(path)
	if err != nil {
		return d, err
	}
	invalid := func(problem string) error {
		return &connection.InvalidError{Problem: fmt.Sprintf("file %s %s", path, problem)}
	}
	if !json.Valid(text) { // every JSON is YAML, but a YAML reader may round numbers
		if text, err = yaml.YAMLToJSON(text); err != nil {
			if syntax, ok := errors.AsType[*yaml.SyntaxError](err); ok && syntax.Token != nil {
				return d, invalid(fmt.Sprintf("is neither YAML nor JSON: look at line %d", syntax.Token.Position.Line))
			}
			return d, invalid("is neither YAML nor JSON")
		}
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members == nil {
		return d, invalid("is to hold keys with values: " + strings.Join(draftKeys, ", "))
	}
	for _, key := range slices.Sorted(maps.Keys(members)) {
		value := members[key]
		if !slices.Contains(draftKeys, key) {
			if isPropertyName(key) {
				return d, invalid(fmt.Sprintf("has the key %q, which means nothing%s (the connector's properties stand under config)", key, meant(key, draftKeys)))
			}
			return d, invalid("has a key that means nothing; there is " + strings.Join(draftKeys, ", "))
		}
		if key == "interval" || key == "deadline" {
			value = withoutDays(value)
		}
		one, err := json.Marshal(map[string]json.RawMessage{key: value})
		if err == nil {
			err = json.Unmarshal(one, &d.Draft)
		}
		if err != nil {
			return d, invalid(fmt.Sprintf("has a value of %s that is none: see patchbay connections add --help", key))
		}
	}
	return d, nil
}

// withoutDays writes a duration as the service reads it. What is none stays.
func withoutDays(value json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(value, &text) != nil {
		return value
	}
	d, err := parseDuration(text)
	if err != nil {
		return value
	}
	return quote(d.String())
}

// configuration takes the file's properties, with references as the service
// needs them. Secrets may stand in a file as they are.
func (p *properties) configuration(ctx context.Context, a *app, d draftFile) error {
	var members map[string]json.RawMessage
	if len(d.Config) == 0 {
		return nil
	}
	if json.Unmarshal(d.Config, &members) != nil {
		return &connection.InvalidError{Problem: "has under config something else than properties with values"}
	}
	for _, name := range slices.Sorted(maps.Keys(members)) {
		value := members[name]
		if secret, ok := strings.CutSuffix(name, "_file"); ok && p.isSecret(secret) {
			var path string
			if json.Unmarshal(value, &path) != nil {
				return &connection.InvalidError{Property: name, Problem: "must be a path"}
			}
			name, value = secret, quote("file:"+path)
		}
		field, err := p.field(name)
		if err != nil {
			return err
		}
		var text string
		if field.Secret && json.Unmarshal(value, &text) == nil {
			resolved, err := p.resolve(ctx, a, name, text, d.folder)
			if err != nil {
				return err
			}
			if resolved != nil {
				value = quote(*resolved)
			}
		}
		p.values[name] = value
	}
	return nil
}

func (p *properties) isSecret(name string) bool {
	return slices.ContainsFunc(p.form.Fields, func(f service.Field) bool { return f.Name == name && f.Secret })
}

func quote(text string) json.RawMessage {
	quoted, _ := json.Marshal(text) // every string can be encoded
	return quoted
}
