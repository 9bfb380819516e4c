package main

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"

	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// describeBreaks are about the description.
func describeBreaks() []flaw {
	return []flaw{
		{
			Name: "describe-late", Case: "describe-unconfigured", Saw: "FailedPrecondition",
			Does: "It describes itself only once it is connected.",
			describe: func(s *server, ctx context.Context, request *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
				if _, err := s.sound.ListResources(ctx, &connectorv1.ListResourcesRequest{}); err != nil {
					return nil, err
				}
				return s.sound.Describe(ctx, request)
			},
		},
		{
			Name: "describe-newer-host", Case: "describe-unconfigured", Saw: "Unimplemented",
			Does: "It describes itself to no host with a capability that it does not know.",
			describe: func(s *server, ctx context.Context, request *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
				if len(request.GetCapabilities()) > 0 {
					return nil, withCode(refuse(connectorv1.Class_CLASS_CONNECTOR_FAULT, plugin.ReasonFailed, "The host is too new."), codes.Unimplemented)
				}
				return s.sound.Describe(ctx, request)
			},
		},
		{
			Name: "describe-changes", Case: "describe-unconfigured", Saw: "description 2",
			Does: "It describes itself in other words each time.",
			describe: func(s *server, ctx context.Context, request *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
				answer, err := s.sound.Describe(ctx, request)
				if err == nil {
					answer.SetSummary(fmt.Sprintf("%s This is description %d.", answer.GetSummary(), s.count()))
				}
				return answer, err
			},
		},
		{
			Name: "name-for-people", Case: "describe-identity", Saw: "Synthetic",
			Does:     "Its name has a capital letter.",
			describe: onDescription(func(d *connectorv1.DescribeResponse) { d.SetName("Synthetic") }),
		},
		{
			Name: "no-version", Case: "describe-identity", Saw: "version",
			Does:     "It has no version.",
			describe: onDescription(func(d *connectorv1.DescribeResponse) { d.SetVersion("") }),
		},
		{
			Name: "no-title", Case: "describe-identity", Saw: "title",
			Does:     "It has no name for people.",
			describe: onDescription(func(d *connectorv1.DescribeResponse) { d.SetTitle("") }),
		},
		{
			Name: "capability-twice", Case: "describe-identity", Saw: connectorv1.CapabilityAcknowledge,
			Does: "It names a capability twice.",
			describe: onDescription(func(d *connectorv1.DescribeResponse) {
				d.SetCapabilities(append(d.GetCapabilities(), connectorv1.CapabilityAcknowledge))
			}),
		},
		{
			Name: "schema-text", Case: "config-schema", Saw: "can't be read",
			Does:     "Its configuration's schema is cut off.",
			describe: onDescription(func(d *connectorv1.DescribeResponse) { d.SetConfigSchemaJson(d.GetConfigSchemaJson()[1:]) }),
		},
		{
			Name: "schema-open", Case: "config-schema", Saw: "additionalProperties",
			Does:     "Its schema allows unknown properties.",
			describe: onSchema(`"additionalProperties":false`, `"additionalProperties":true`),
		},
		{
			Name: "schema-type", Case: "config-schema", Saw: "text",
			Does:     "A property of its schema has a type that JSON Schema does not know.",
			describe: onSchema(`"type":"boolean"`, `"type":"text"`),
		},
		{
			Name: "schema-default", Case: "config-schema", Saw: "pages",
			Does:     "A default is not of its property's type.",
			describe: onSchema(`"default":5`, `"default":"five"`),
		},
		{
			Name: "secret-plain", Case: "config-schema", Saw: "x-secret",
			Does:     "Its schema does not say that its secret is one.",
			describe: onSchema(`"x-secret":true`, `"x-secret":false`),
		},
		{
			Name: "secret-number", Case: "config-schema", Saw: "token",
			Does:     "Its secret is not of type string.",
			describe: onSchema(`"type":"string","writeOnly":true`, `"type":"integer","writeOnly":true`),
		},
		{
			Name: "reason-spelling", Case: "reasons-declared", Saw: "slow-down",
			Does: "It declares a reason that is not in capitals.",
			describe: onReasons(func(reasons []*connectorv1.ReasonDescription) []*connectorv1.ReasonDescription {
				return append(reasons, connectorv1.ReasonDescription_builder{Reason: "slow-down", Title: "Slow down", Fix: "Wait a little."}.Build())
			}),
		},
		{
			Name: "reason-twice", Case: "reasons-declared", Saw: reasonSlow,
			Does: "It declares a reason twice.",
			describe: onReasons(func(reasons []*connectorv1.ReasonDescription) []*connectorv1.ReasonDescription {
				return append(reasons, connectorv1.ReasonDescription_builder{Reason: reasonSlow, Title: "Slow", Fix: "Wait a little."}.Build())
			}),
		},
		{
			Name: "reason-without-fix", Case: "reasons-declared", Saw: "SERVICE_ODD",
			Does: "It declares a reason and not what to do about it.",
			describe: onReasons(func(reasons []*connectorv1.ReasonDescription) []*connectorv1.ReasonDescription {
				return append(reasons, connectorv1.ReasonDescription_builder{
					Reason: "SERVICE_ODD", Class: connectorv1.Class_CLASS_SERVICE_MISBEHAVED, Title: "Odd",
				}.Build())
			}),
		},
	}
}

// onSchema replaces a piece of the configuration's schema.
func onSchema(piece, by string) describeHook {
	return onDescription(func(d *connectorv1.DescribeResponse) {
		d.SetConfigSchemaJson([]byte(strings.ReplaceAll(string(d.GetConfigSchemaJson()), piece, by)))
	})
}

func onReasons(bend func([]*connectorv1.ReasonDescription) []*connectorv1.ReasonDescription) describeHook {
	return onDescription(func(d *connectorv1.DescribeResponse) { d.SetReasons(bend(d.GetReasons())) })
}
