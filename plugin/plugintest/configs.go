package plugintest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// maxWrongConfigs bounds the configurations that are tried and must be refused:
// each needs a process of its own.
const maxWrongConfigs = 12

// wrongConfig is a configuration that must be refused.
type wrongConfig struct {
	what    string
	config  []byte
	secrets map[string]string
}

func tryConfigRefused(ctx context.Context, t *trial) error {
	d, err := t.described(ctx)
	if err != nil {
		return err
	}
	schema, err := schemaOf(d)
	if err != nil {
		return skip("The configuration has no schema that can be read (see the case \"config-schema\").")
	}
	wrong := t.wrongConfigs(schema)
	for _, w := range wrong {
		if err := t.mustRefuse(ctx, w); err != nil {
			return err
		}
	}
	return pass("%d configurations that can't be right were refused.", len(wrong))
}

// wrongConfigs spoils the target's configuration in each way that its schema
// forbids.
func (t *trial) wrongConfigs(schema configSchema) []wrongConfig {
	base := map[string]json.RawMessage{}
	_ = json.Unmarshal(t.target.Config, &base) // none: every configuration is spoilt anyway
	with := func(name string, value string) []byte {
		changed := maps.Clone(base)
		changed[name] = json.RawMessage(value)
		return encode(changed)
	}
	wrong := []wrongConfig{{`with the unknown property "no_such_property"`, with("no_such_property", `"x"`), t.target.Secrets}}
	for _, name := range schema.Required {
		if schema.Properties[name].Secret {
			secrets := maps.Clone(t.target.Secrets)
			delete(secrets, name)
			wrong = append(wrong, wrongConfig{fmt.Sprintf("without the required secret %q", name), encode(base), secrets})
			continue
		}
		changed := maps.Clone(base)
		delete(changed, name)
		wrong = append(wrong, wrongConfig{fmt.Sprintf("without the required property %q", name), encode(changed), t.target.Secrets})
	}
	for _, name := range schema.names() {
		property := schema.Properties[name]
		if property.Secret {
			continue
		}
		wrong = append(wrong, wrongConfig{fmt.Sprintf("with an object for %q, which is of type %s", name, property.Type), with(name, `{"x":[1]}`), t.target.Secrets})
		if property.Enum != nil && property.Type == "string" {
			wrong = append(wrong, wrongConfig{fmt.Sprintf("with a value for %q that is not in its enum", name), with(name, `"no such value"`), t.target.Secrets})
		}
	}
	return wrong[:min(len(wrong), maxWrongConfigs)]
}

func encode(values map[string]json.RawMessage) []byte {
	encoded, _ := json.Marshal(values) // of JSON
	return encoded
}

// mustRefuse connects with a wrong configuration.
func (t *trial) mustRefuse(ctx context.Context, w wrongConfig) error {
	p, err := t.fresh(ctx, startup{})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	request := connectorv1.ConnectRequest_builder{ConfigJson: w.config, Secrets: w.secrets}.Build()
	response, err := p.connect(ctx, request)
	switch {
	case err != nil:
		return fail("A configuration %s: %s An unusable configuration is a refusal in the message, and the call is OK.", w.what, err)
	case !response.HasRefusal():
		return fail("A configuration %s was accepted. Refuse it as CONFIG_INVALID, and name what is wrong.", w.what)
	case response.GetRefusal().GetClass() != connectorv1.Class_CLASS_CONFIG_INVALID:
		return fail("A configuration %s was refused with %s. The class must be CONFIG_INVALID.", w.what, refusalText(response.GetRefusal()))
	}
	if _, err := p.describe(ctx); err != nil {
		return fail("After a configuration %s was refused, Describe is not answered any more: %s", w.what, err)
	}
	return nil
}

// depth is how deep the hostile configuration is nested; it is what Go's own
// JSON decoder refuses.
const depth = 10_001

func tryConfigHostile(ctx context.Context, t *trial) error {
	large := fmt.Appendf(nil, `{"no_such_property":%q}`, strings.Repeat("x", wire.MaxConfigBytes))
	large = append(large[:wire.MaxConfigBytes-2], `"}`...)
	nested := slices.Concat(bytes.Repeat([]byte(`{"a":`), depth), []byte("1"), bytes.Repeat([]byte("}"), depth))
	hostile := []wrongConfig{
		{"that is cut off JSON", []byte(`{"a": "`), t.target.Secrets},
		{"that is a JSON array", []byte(`[{}]`), t.target.Secrets},
		{"that is not UTF-8", []byte("{\"\xff\xfe\":\"\xc3\"}"), t.target.Secrets},
		{fmt.Sprintf("that is nested %d deep", depth), nested, t.target.Secrets},
		{fmt.Sprintf("of %d bytes", len(large)), large, t.target.Secrets},
	}
	for _, w := range hostile {
		if err := t.mustRefuse(ctx, w); err != nil {
			return err
		}
	}
	return pass("%d configurations that are none were refused, and the process answered afterwards.", len(hostile))
}
