package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func connectBreaks() []flaw {
	return []flaw{
		{
			Name: "list-unconnected", Case: "call-order", Saw: "ListResources",
			Does: "It lists resources before it is connected.",
			resources: func(s *server, ctx context.Context, request *connectorv1.ListResourcesRequest) (*connectorv1.ListResourcesResponse, error) {
				answer, err := s.sound.ListResources(ctx, request)
				if err != nil {
					return &connectorv1.ListResourcesResponse{}, nil //nolint:nilerr // that is the break
				}
				return answer, nil
			},
		},
		{
			Name: "list-refused", Case: "call-order", Saw: "ListResources",
			Does: "It lists resources when its connection was refused.",
			connect: func(s *server, ctx context.Context, given *request) (*response, error) {
				answer, err := s.sound.Connect(ctx, given)
				if answer.HasRefusal() {
					s.setAstray()
				}
				return answer, err
			},
			resources: func(s *server, ctx context.Context, request *connectorv1.ListResourcesRequest) (*connectorv1.ListResourcesResponse, error) {
				if s.isAstray() {
					return &connectorv1.ListResourcesResponse{}, nil
				}
				return s.sound.ListResources(ctx, request)
			},
		},
		{
			Name: "sync-unconnected", Case: "call-order", Saw: "Sync",
			Does: "It answers a Sync before Connect with an empty listing.",
			sync: func(o *outlet) error {
				if o.server.connected() {
					return o.sync()
				}
				return o.pass(completedEvent(0, 0))
			},
		},
		{
			Name: "connect-twice", Case: "call-order", Saw: "Connect",
			Does: "It lets itself be connected a second time.",
			connect: func(s *server, ctx context.Context, given *request) (*response, error) {
				if answer, err := s.sound.Connect(ctx, given); status.Code(err) != codes.FailedPrecondition {
					return answer, err
				}
				return plugin.NewServer(sound{}, s.log).Connect(ctx, given)
			},
		},
		{
			Name: "order-code", Case: "call-order", Saw: "Internal",
			Does: "It answers calls out of order with the code of a fault.",
			resources: func(s *server, ctx context.Context, request *connectorv1.ListResourcesRequest) (*connectorv1.ListResourcesResponse, error) {
				answer, err := s.sound.ListResources(ctx, request)
				if status.Code(err) == codes.FailedPrecondition {
					return nil, withCode(err, codes.Internal)
				}
				return answer, err
			},
		},
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
		{
			Name: "any-token", Case: "secret-refused", Saw: "token",
			Does: "It connects with any token.",
			connect: func(s *server, ctx context.Context, given *request) (*response, error) {
				if given.GetSecrets()["token"] != "" {
					given = proto.CloneOf(given)
					given.SetSecrets(map[string]string{"token": rightToken})
				}
				return s.sound.Connect(ctx, given)
			},
		},
		{
			Name: "token-quoted", Case: "secrets-kept", Saw: "wrong value",
			Does: "It quotes a token that is not accepted, in its refusal.",
			connect: onConnected(func(given *request, answer *response) {
				if answer.GetRefusal().GetReason() == reasonToken {
					answer.GetRefusal().SetMessage("The service does not accept the token " + given.GetSecrets()["token"] + ".")
				}
			}),
		},
		{
			Name: "token-logged", Case: "secrets-kept", Saw: "wrong value",
			Does: "It logs a token that is not accepted.",
			connect: func(s *server, ctx context.Context, given *request) (*response, error) {
				answer, err := s.sound.Connect(ctx, given)
				if answer.GetRefusal().GetReason() == reasonToken {
					s.log.WarnContext(ctx, "token not accepted", slog.String("value", given.GetSecrets()["token"]))
				}
				return answer, err
			},
		},
		{
			Name: "check-twice", Case: "connects", Saw: "config",
			Does: "Two of its checks have one name.",
			connect: onConnected(func(_ *request, answer *response) {
				answer.SetChecks(append(answer.GetChecks(), proto.CloneOf(answer.GetChecks()[0])))
			}),
		},
		{
			Name: "check-without-status", Case: "connects", Saw: "cursors",
			Does: "One of its checks has no status.",
			connect: onConnected(func(_ *request, answer *response) {
				if !answer.HasRefusal() {
					answer.GetChecks()[1].SetStatus(connectorv1.CheckStatus_CHECK_STATUS_UNSPECIFIED)
				}
			}),
		},
		{
			Name: "check-failed", Case: "connects", Saw: "token",
			Does: "A check has failed, and it connects all the same.",
			connect: onConnected(func(_ *request, answer *response) {
				if !answer.HasRefusal() {
					check := answer.GetChecks()[2]
					check.SetStatus(connectorv1.CheckStatus_CHECK_STATUS_FAIL)
					check.SetReason(reasonToken)
					check.SetFix("Take another token.")
				}
			}),
		},
		{
			Name: "check-warns", Case: "connects", Saw: "TOKEN_OLD",
			Does: "A check warns for a reason that is not declared.",
			connect: func(s *server, ctx context.Context, given *request) (*response, error) {
				answer, err := s.sound.Connect(ctx, given)
				if err == nil && !answer.HasRefusal() {
					check := answer.GetChecks()[2]
					check.SetStatus(connectorv1.CheckStatus_CHECK_STATUS_WARN)
					check.SetReason("TOKEN_OLD")
				}
				return answer, err
			},
		},
		{
			Name: "no-account", Case: "connects", Saw: "account",
			Does: "It does not say what account it reached.",
			connect: onConnected(func(_ *request, answer *response) {
				answer.ClearAccount()
			}),
		},
		{
			Name: "always-refuses", Case: "connects", Saw: reasonDown,
			Does: "It refuses every connection.",
			connect: onConnected(func(_ *request, answer *response) {
				if !answer.HasRefusal() {
					answer.SetRefusal(connectorv1.Refusal_builder{
						Class: connectorv1.Class_CLASS_SERVICE_UNAVAILABLE, Reason: reasonDown, Message: "The service is down.", Fix: "Try again later.",
					}.Build())
				}
			}),
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

func refusalBreaks() []flaw {
	return []flaw{
		{
			Name: "bare-status", Case: "refusals-typed", Saw: "ErrorInfo",
			Does: "It refuses an unknown resource with a status that has no details.",
			sync: onRefused(plugin.ReasonResourceUnknown, func(refusal *connectorv1.Refusal) error {
				return status.Error(codes.InvalidArgument, refusal.GetMessage())
			}),
		},
		{
			Name: "undeclared-reason", Case: "refusals-typed", Saw: "NO_SUCH_THING",
			Does: "It refuses an unknown resource with a reason that it does not declare.",
			sync: onRefused(plugin.ReasonResourceUnknown, func(refusal *connectorv1.Refusal) error {
				refusal.SetReason("NO_SUCH_THING")
				return wire.StatusOf(refusal).Err()
			}),
		},
		{
			Name: "code-of-another-class", Case: "refusals-typed", Saw: "Unavailable",
			Does: "It refuses an unknown resource with a code that is not its class's.",
			sync: onRefused(plugin.ReasonResourceUnknown, func(refusal *connectorv1.Refusal) error {
				return withCode(refuse(connectorv1.Class_CLASS_SERVICE_UNAVAILABLE, reasonDown, refusal.GetMessage()), codes.InvalidArgument)
			}),
		},
		{
			Name: "no-fix", Case: "refusals-typed", Saw: "fix",
			Does: "It refuses a cursor and does not say what to do.",
			sync: onRefused(plugin.ReasonCursorInvalid, func(refusal *connectorv1.Refusal) error {
				refusal.SetFix("")
				return wire.StatusOf(refusal).Err()
			}),
		},
		{
			Name: "class-not-declared", Case: "refusals-typed", Saw: "PERMISSION_MISSING",
			Does: "It refuses a token with another class than it declares for the reason.",
			connect: onConnected(func(_ *request, answer *response) {
				if answer.GetRefusal().GetReason() == reasonToken {
					answer.GetRefusal().SetClass(connectorv1.Class_CLASS_PERMISSION_MISSING)
				}
			}),
		},
	}
}

func resourceBreaks() []flaw {
	return []flaw{
		{
			Name: "resource-twice", Case: "resources-listed", Saw: "groups",
			Does: "It lists a resource twice.",
			resources: onResources(func(answer *connectorv1.ListResourcesResponse) {
				answer.SetResources(append(answer.GetResources(), answer.GetResources()[1]))
			}),
		},
		{
			Name: "resource-without-kind", Case: "resources-listed", Saw: "groups",
			Does: "It lists a resource of no kind.",
			resources: onResources(func(answer *connectorv1.ListResourcesResponse) {
				answer.GetResources()[1].SetKind(connectorv1.ResourceKind_RESOURCE_KIND_UNSPECIFIED)
			}),
		},
		{
			Name: "resource-schema", Case: "resources-listed", Saw: "groups",
			Does: "A resource's schema is no JSON.",
			resources: onResources(func(answer *connectorv1.ListResourcesResponse) {
				answer.GetResources()[1].SetSchemaJson([]byte("id, name"))
			}),
		},
		{
			Name: "resource-without-mode", Case: "resources-listed", Saw: "groups",
			Does: "It lists a resource that can be read in no way.",
			resources: onResources(func(answer *connectorv1.ListResourcesResponse) {
				answer.GetResources()[1].SetModes(nil)
			}),
		},
		{
			Name: "resource-scopes", Case: "resources-listed", Saw: "groups.read",
			Does: "A resource lacks a scope that it does not require.",
			resources: onResources(func(answer *connectorv1.ListResourcesResponse) {
				answer.GetResources()[1].SetMissingScopes([]string{"groups.read"})
			}),
		},
		{
			Name: "no-resources", Case: "resources-listed", Saw: "no resource",
			Does: "It lists nothing.",
			resources: onResources(func(answer *connectorv1.ListResourcesResponse) {
				answer.SetResources(nil)
			}),
		},
		{
			Name: "unknown-is-empty", Case: "resource-unknown", Saw: "no-such-resource",
			Does: "It takes an unknown resource for one without records.",
			sync: func(o *outlet) error {
				err := o.sync()
				if refusal, ok := wire.RefusalOf(status.Convert(err)); ok && refusal.GetReason() == plugin.ReasonResourceUnknown {
					return o.pass(completedEvent(0, 0))
				}
				return err
			},
		},
		{
			Name: "unknown-is-a-fault", Case: "resource-unknown", Saw: "Internal",
			Does: "It takes an unknown resource for a fault of its own.",
			sync: onRefused(plugin.ReasonResourceUnknown, func(*connectorv1.Refusal) error {
				return refuse(connectorv1.Class_CLASS_CONNECTOR_FAULT, plugin.ReasonFailed, "No such resource.")
			}),
		},
	}
}
