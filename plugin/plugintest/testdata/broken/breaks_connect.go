package main

import (
	"context"
	"log/slog"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// connectBreaks are about the order of calls, secrets, and the answer to Connect.
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
			Name: "check-warns", Case: "refusals-typed", Saw: "TOKEN_OLD",
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
