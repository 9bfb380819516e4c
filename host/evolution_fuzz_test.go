//go:build unix

package host

import (
	"context"
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Whatever events come, in whatever order: no panic, an error is a fault that
// says whose turn it is, and what the consumer was handed keeps the contract's
// rules. The input is a list of SyncResponse messages, each preceded by its
// length in two bytes.
func FuzzStreamEvents(f *testing.F) {
	page := func(part *connectorv1.Page) *connectorv1.SyncResponse {
		return connectorv1.SyncResponse_builder{Page: part}.Build()
	}
	completed := func(pages, records, quarantined uint64) *connectorv1.SyncResponse {
		totals := connectorv1.Completed_builder{Pages: pages, Records: records, Quarantined: quarantined}.Build()
		return connectorv1.SyncResponse_builder{Completed: totals}.Build()
	}
	restarted := connectorv1.SyncResponse_builder{Restarted: connectorv1.Restarted_builder{Reason: "CURSOR_LOST", Message: "\x1b[31mlost"}.Build()}.Build()
	wait := connectorv1.SyncResponse_builder{Wait: connectorv1.Wait_builder{Until: timestamppb.New(time.Unix(1<<40, 0)), Reason: "RATE_LIMITED"}.Build()}.Build()
	quarantined := connectorv1.SyncResponse_builder{Quarantined: connectorv1.Quarantined_builder{Id: "q", Location: "page 1"}.Build()}.Build()

	f.Add(encodedEvents(f, page(usersPart(1, "a", false, "x")), quarantined, page(usersPart(2, "", false, "y")), completed(2, 2, 1)))
	f.Add(encodedEvents(f, page(usersPart(1, "a", false, "x")), restarted, page(usersPart(1, "", false, "x")), completed(1, 1, 0), restarted))
	f.Add(encodedEvents(f, page(usersPart(1, "", true, "x")), restarted))
	f.Add(encodedEvents(f, wait, &connectorv1.SyncResponse{}, fromLater(&connectorv1.SyncResponse{}), completed(0, 0, 0)))
	f.Add(encodedEvents(f, connectorv1.SyncResponse_builder{Wait: &connectorv1.Wait{}}.Build(), page(&connectorv1.Page{}), completed(1<<63, 0, 0)))
	f.Fuzz(func(t *testing.T, input []byte) {
		taken := &takenEvents{T: t}
		s := newFuzzedStream(taken.consumer())
		for len(input) >= 2 {
			size := min(int(binary.BigEndian.Uint16(input)), len(input)-2)
			event := &connectorv1.SyncResponse{}
			if proto.Unmarshal(input[2:2+size], event) != nil {
				return // gRPC would end the stream
			}
			input = input[2+size:]
			s.size.bytes = size
			if err := s.take(t.Context(), event); err != nil {
				fault, ok := errors.AsType[*Fault](err)
				if !ok || !slices.Contains([]Reason{ContractBroken, PageTooLarge, RestartedTooOften, WaitBudgetSpent}, fault.Reason) {
					t.Errorf("%v is no fault of a stream", err)
				}
				taken.shown(fault.Message)
				return
			}
		}
		if s.summary.Pages != taken.pages || s.completed && s.joiner.open {
			t.Errorf("%d pages in the summary, %d were accepted; completed %t in a page %t", s.summary.Pages, taken.pages, s.completed, s.joiner.open)
		}
	})
}

// newFuzzedStream is a stream without a process.
func newFuzzedStream(consumer Consumer) *stream {
	r := &run{
		connector: &Connector{starter: starter{redactor: &redactor{}}}, consumer: consumer, resource: "users",
		waits: waits{budget: time.Hour}, measured: time.Now().Add(time.Hour), // there is no memory to look at
	}
	return &stream{run: r, size: &receivedSize{}, joiner: newPageJoiner("users"), watchdog: &watchdog{idle: time.Hour}}
}

// takenEvents checks what a consumer is handed.
type takenEvents struct {
	*testing.T
	pages uint64 // since the last Restarted
}

func (k *takenEvents) consumer() Consumer {
	return Consumer{
		Page: func(_ context.Context, page Page) error {
			checkWhole(k.T, page, k.pages)
			k.pages = page.Sequence
			return nil
		},
		Restarted: func(_ context.Context, restarted Restarted) error {
			k.pages = 0
			k.shown(restarted.Reason, restarted.Message)
			return nil
		},
		Quarantined: func(_ context.Context, q Quarantined) error { k.shown(q.Location, q.Reason, q.Message); return nil },
		Wait:        func(wait Wait) { k.shown(wait.Reason, wait.Message) },
	}
}

// shown checks text that a person sees: no terminal obeys it.
func (k *takenEvents) shown(texts ...string) {
	for _, text := range texts {
		if strings.ContainsFunc(text, unicode.IsControl) {
			k.Errorf("control characters in %q", text)
		}
	}
}

// Whatever status comes with whatever details: no panic, and a refusal has a
// class that this host knows, and text that no terminal obeys. The input is
// google.rpc.Status, as it travels in grpc-status-details-bin.
func FuzzRefusal(f *testing.F) {
	refusal := connectorv1.Refusal_builder{
		Class: connectorv1.Class_CLASS_RATE_LIMITED, Reason: "RATE_LIMITED", Message: "Slower.", Fix: "Wait.",
		RetryAfter: durationpb.New(time.Minute), Metadata: map[string]string{"request_id": "r-1"},
	}.Build()
	odd, err := anypb.New(&errdetails.ErrorInfo{Domain: wire.ErrorDomain, Reason: "\x1b]0;", Metadata: map[string]string{"class": "LATER", "\n": "\x00"}})
	if err != nil {
		f.Fatal(err)
	}
	endless, err := anypb.New(&errdetails.RetryInfo{RetryDelay: &durationpb.Duration{Seconds: -1 << 63, Nanos: -1 << 31}})
	if err != nil {
		f.Fatal(err)
	}
	seeds := []*statuspb.Status{
		wire.StatusOf(refusal).Proto(),
		{Code: 99, Message: "\u009b31m", Details: []*anypb.Any{odd, endless, {TypeUrl: "type.googleapis.com/later.Detail", Value: []byte{0xff}}}},
		{Details: []*anypb.Any{{TypeUrl: odd.GetTypeUrl(), Value: []byte{0xff, 0xff}}}},
	}
	for _, seed := range seeds {
		encoded, err := proto.Marshal(seed)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(encoded)
	}
	f.Fuzz(func(t *testing.T, input []byte) {
		message := &statuspb.Status{}
		if proto.Unmarshal(input, message) != nil {
			return
		}
		refusal, ok := wire.RefusalOf(status.FromProto(message))
		if !ok {
			return
		}
		got := refused(&redactor{}, "Sync", refusal, nil)
		if wire.ClassNamed(wire.ClassName(got.Class)) != got.Class {
			t.Errorf("class %v", got.Class)
		}
		if got.RetryAfter < 0 {
			t.Errorf("to be tried again after %s", got.RetryAfter)
		}
		k := &takenEvents{T: t}
		k.shown(got.Reason, got.Message, got.Fix, got.Error())
		for key, value := range got.Metadata {
			k.shown(key, value)
		}
	})
}

func encodedEvents(f *testing.F, events ...*connectorv1.SyncResponse) []byte {
	f.Helper()
	var encoded []byte
	for _, event := range events {
		bytes, err := proto.Marshal(event)
		if err != nil {
			f.Fatal(err)
		}
		encoded = binary.BigEndian.AppendUint16(encoded, uint16(len(bytes))) //nolint:gosec // seeds are small
		encoded = append(encoded, bytes...)
	}
	return encoded
}
