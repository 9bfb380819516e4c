package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"strings"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// configBreaks are about configurations that must be refused.
func configBreaks() []flaw {
	return []flaw{
		{
			Name: "config-unknown", Case: "config-refused", Saw: "unknown",
			Does: "It ignores properties that its schema does not have.",
			connect: onConfig(func(object map[string]json.RawMessage) {
				for name := range object {
					if _, known := kinds[name]; !known {
						delete(object, name)
					}
				}
			}),
		},
		{
			Name: "config-missing", Case: "config-refused", Saw: "account",
			Does: "It makes up a required property that is missing.",
			connect: onConfig(func(object map[string]json.RawMessage) {
				if object["account"] == nil {
					object["account"] = json.RawMessage(`"example.com"`)
				}
			}),
		},
		{
			Name: "config-type", Case: "config-refused", Saw: "of type",
			Does: "It passes over values of the wrong type.",
			connect: onConfig(func(object map[string]json.RawMessage) {
				for name, value := range object {
					if kind, known := kinds[name]; known && !bytes.ContainsAny(value[:1], kind) {
						delete(object, name)
						if name == "account" {
							object[name] = json.RawMessage(`"example.com"`)
						}
					}
				}
			}),
		},
		{
			Name: "config-enum", Case: "config-refused", Saw: "language",
			Does: "It passes over values that are none of those allowed.",
			connect: onConfig(func(object map[string]json.RawMessage) {
				if value := string(object["language"]); strings.HasPrefix(value, `"`) {
					delete(object, "language")
				}
			}),
		},
		{
			Name: "secret-missing", Case: "config-refused", Saw: "token",
			Does: "It makes up a required secret that is missing.",
			connect: func(s *server, ctx context.Context, given *request) (*response, error) {
				if _, ok := given.GetSecrets()["token"]; !ok {
					given = proto.CloneOf(given)
					given.SetSecrets(map[string]string{"token": rightToken})
				}
				return s.sound.Connect(ctx, given)
			},
		},
		{
			Name: "config-status", Case: "config-refused", Saw: "InvalidArgument",
			Does: "It refuses a configuration with a status rather than in the answer, without its checks.",
			connect: onInvalid(func(_ *response, refusal *connectorv1.Refusal) (*response, error) {
				return nil, wire.StatusOf(refusal).Err()
			}),
		},
		{
			Name: "config-class", Case: "config-refused", Saw: "SERVICE_UNAVAILABLE",
			Does: "It refuses a wrong configuration as if the service were down.",
			connect: onInvalid(func(answer *response, refusal *connectorv1.Refusal) (*response, error) {
				refusal.SetReason(reasonDown)
				refusal.SetClass(connectorv1.Class_CLASS_SERVICE_UNAVAILABLE)
				answer.SetRefusal(refusal)
				for _, check := range answer.GetChecks() {
					if check.GetReason() == plugin.ReasonConfigInvalid {
						check.SetReason(reasonDown)
					}
				}
				return answer, nil
			}),
		},
		{
			Name: "config-array", Case: "config-hostile", Saw: "array",
			Does: "It crashes when its configuration is an array.",
			connect: onHostile(func(config []byte) bool { return bytes.HasPrefix(bytes.TrimSpace(config), []byte("[")) },
				func(context.Context) { os.Exit(wire.ExitOurs) }),
		},
		{
			Name: "config-deep", Case: "config-hostile", Saw: "deep",
			Does: "It crashes at a deeply nested configuration.",
			connect: onHostile(func(config []byte) bool {
				return bytes.Count(config, []byte("[")) > 500 || bytes.Count(config, []byte("{")) > 500
			},
				func(context.Context) { os.Exit(wire.ExitOurs) }),
		},
		{
			Name: "config-long", Case: "config-hostile", Saw: "not answered", Hangs: true,
			Does: "It does not answer when its configuration is long.",
			connect: onHostile(func(config []byte) bool { return len(config) > 128<<10 },
				func(ctx context.Context) { <-ctx.Done() }),
		},
		{
			Name: "config-no-json", Case: "config-hostile", Saw: "JSON",
			Does: "It takes what is no JSON for no configuration, and connects with its defaults.",
			connect: func(s *server, ctx context.Context, given *request) (*response, error) {
				if !json.Valid(given.GetConfigJson()) && len(given.GetConfigJson()) < moderateBytes {
					given = proto.CloneOf(given)
					given.SetConfigJson([]byte(`{"account":"example.com"}`))
					given.SetSecrets(map[string]string{"token": rightToken})
				}
				return s.sound.Connect(ctx, given)
			},
		},
	}
}

// kinds are the properties of config, with the characters with which a value of
// the right type can begin.
var kinds = map[string]string{
	"account": `"`, "pages": "-0123456789", "per_page": "-0123456789", "source_bytes": "-0123456789", "oversized": "tf",
	"waits": "tf", "restarts": "tf", "language": `"`, "token": `"`,
}

// onInvalid bends the refusal of a wrong configuration of moderate size.
func onInvalid(bend func(*response, *connectorv1.Refusal) (*response, error)) connectHook {
	return func(s *server, ctx context.Context, given *request) (*response, error) {
		answer, err := s.sound.Connect(ctx, given)
		refusal := answer.GetRefusal()
		_, ok := moderate(given)
		if err != nil || !ok || refusal.GetReason() != plugin.ReasonConfigInvalid || !strings.Contains(refusal.GetMessage(), "configuration") {
			return answer, err
		}
		return bend(answer, refusal)
	}
}

// onHostile does something rather than to read a hostile configuration.
func onHostile(hostile func(config []byte) bool, do func(context.Context)) connectHook {
	return func(s *server, ctx context.Context, given *request) (*response, error) {
		if hostile(given.GetConfigJson()) {
			do(ctx)
		}
		return s.sound.Connect(ctx, given)
	}
}
