package main

import (
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// refusalBreaks are about the form of refusals.
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

// resourceBreaks are about what can be read.
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
