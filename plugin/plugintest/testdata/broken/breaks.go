package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// breaks is the table of all breaks: what each does wrong, and which case of the
// suite has to notice. The other files of that name hold its parts, and below is
// what they are made of.
func breaks() []flaw {
	return slices.Concat(
		startBreaks(), describeBreaks(), connectBreaks(), configBreaks(), refusalBreaks(), resourceBreaks(), recordBreaks(),
		eventBreaks(), pageBreaks(), streamBreaks(), cursorBreaks(), processBreaks(), logBreaks(),
	)
}

// Short names of what the hooks take and give.
type (
	event    = connectorv1.SyncResponse
	page     = connectorv1.Page
	record   = connectorv1.Record
	response = connectorv1.ConnectResponse
	request  = connectorv1.ConnectRequest
)

// onPage bends one page of the people's listing, counted from the listing's
// first page also where a stream begins later.
func onPage(number int, bend func(o *outlet, p *page) error) func(*outlet, *event) error {
	return func(o *outlet, e *event) error {
		p := e.GetPage()
		if p == nil || !holds(p, fmt.Sprintf("user-%d-", number)) {
			return o.pass(e)
		}
		return bend(o, p)
	}
}

func holds(p *page, beginning string) bool {
	return slices.ContainsFunc(p.GetRecords(), func(r *record) bool { return strings.HasPrefix(r.GetId(), beginning) })
}

// onRecord bends one person.
func onRecord(id string, bend func(*record)) func(*outlet, *event) error {
	return func(o *outlet, e *event) error {
		for _, r := range e.GetPage().GetRecords() {
			if r.GetId() == id {
				bend(r)
				break
			}
		}
		return o.pass(e)
	}
}

// onEachRecord bends the records of a kind, "user" or "group".
func onEachRecord(kind string, bend func(*record)) func(*outlet, *event) error {
	return func(o *outlet, e *event) error {
		for _, r := range e.GetPage().GetRecords() {
			if strings.HasPrefix(r.GetId(), kind+"-") {
				bend(r)
			}
		}
		return o.pass(e)
	}
}

// onCompleted bends the end of a stream.
func onCompleted(bend func(o *outlet, e *event) error) func(*outlet, *event) error {
	return func(o *outlet, e *event) error {
		if !e.HasCompleted() {
			return o.pass(e)
		}
		return bend(o, e)
	}
}

// onDescription bends the answer to Describe.
func onDescription(bend func(*connectorv1.DescribeResponse)) describeHook {
	return func(s *server, ctx context.Context, request *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
		answer, err := s.sound.Describe(ctx, request)
		if err == nil {
			bend(answer)
		}
		return answer, err
	}
}

// onConnected bends the answer to Connect: that of a usable connection, where
// bend does nothing about a refusal.
func onConnected(bend func(*request, *response)) connectHook {
	return func(s *server, ctx context.Context, given *request) (*response, error) {
		answer, err := s.sound.Connect(ctx, given)
		if err == nil {
			bend(given, answer)
		}
		return answer, err
	}
}

// onConfig bends the configuration before it is read. Only a JSON object of
// moderate size is bent: what else a host may send is another rule's.
func onConfig(bend func(map[string]json.RawMessage)) connectHook {
	return func(s *server, ctx context.Context, given *request) (*response, error) {
		if object, ok := moderate(given); ok {
			bend(object)
			bent := proto.CloneOf(given)
			encoded, err := json.Marshal(object)
			if err != nil {
				return nil, err
			}
			bent.SetConfigJson(encoded)
			given = bent
		}
		return s.sound.Connect(ctx, given)
	}
}

// moderateBytes is more than any configuration of these tests has, and less than
// a hostile one.
const moderateBytes = 4 << 10

func moderate(given *request) (map[string]json.RawMessage, bool) {
	object := map[string]json.RawMessage{}
	if len(given.GetConfigJson()) > moderateBytes || json.Unmarshal(given.GetConfigJson(), &object) != nil {
		return nil, false
	}
	return object, object != nil
}

// onResources bends the answer to ListResources.
func onResources(bend func(*connectorv1.ListResourcesResponse)) resourcesHook {
	return func(s *server, ctx context.Context, request *connectorv1.ListResourcesRequest) (*connectorv1.ListResourcesResponse, error) {
		answer, err := s.sound.ListResources(ctx, request)
		if err == nil {
			bend(answer)
		}
		return answer, err
	}
}

// onRefused bends the refusal with which a Sync ends, if it is for reason.
func onRefused(reason string, bend func(*connectorv1.Refusal) error) func(*outlet) error {
	return func(o *outlet) error {
		err := o.sync()
		if refusal, ok := wire.RefusalOf(status.Convert(err)); ok && refusal.GetReason() == reason {
			return bend(refusal)
		}
		return err
	}
}

// refuse makes a typed status of a declared reason.
func refuse(class connectorv1.Class, reason, message string) error {
	return wire.StatusOf(connectorv1.Refusal_builder{Class: class, Reason: reason, Message: message, Fix: "Begin again."}.Build()).Err()
}

// withCode changes a status's code and keeps its details.
func withCode(err error, code codes.Code) error {
	p := status.Convert(err).Proto()
	p.Code = int32(code) //nolint:gosec // the codes are small
	return status.ErrorProto(p)
}

// outOfOrder is the sound connector's answer to a call out of order.
func outOfOrder(message string) error {
	return withCode(refuse(connectorv1.Class_CLASS_CONNECTOR_FAULT, "CALL_OUT_OF_ORDER", message), codes.FailedPrecondition)
}

// isRefused reports whether err refuses for reason.
func isRefused(err error, reason string) bool {
	refusal, ok := wire.RefusalOf(status.Convert(err))
	return ok && refusal.GetReason() == reason
}

func pageEvent(p *page) *event { return connectorv1.SyncResponse_builder{Page: p}.Build() }

func waitEvent(w *connectorv1.Wait) *event { return connectorv1.SyncResponse_builder{Wait: w}.Build() }

func completedEvent(pages, records uint64) *event {
	completed := connectorv1.Completed_builder{Pages: pages, Records: records}.Build()
	return connectorv1.SyncResponse_builder{Completed: completed}.Build()
}
