package main

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// page is a whole page, joined from its parts.
type page struct {
	records []*connectorv1.Record
	cursor  string
}

// run is what a Sync sent.
type run struct {
	t           *testing.T
	pages       []page // since the last restart
	waits       []*connectorv1.Wait
	quarantined []*connectorv1.Quarantined
	restarts    []*connectorv1.Restarted
	completed   *connectorv1.Completed
	err         error
	refusal     *connectorv1.Refusal
}

// syncRequest asks for users from a cursor, with no limit for waits.
func syncRequest(cursor string) *connectorv1.SyncRequest {
	return connectorv1.SyncRequest_builder{Resource: resourceUsers, Cursor: cursor}.Build()
}

// syncOf asks for any resource.
func syncOf(resource, cursor string) *connectorv1.SyncRequest {
	return connectorv1.SyncRequest_builder{Resource: resource, Cursor: cursor}.Build()
}

// impatient is syncRequest from the beginning with a budget for waits.
func impatient(budget time.Duration) *connectorv1.SyncRequest {
	request := syncRequest("")
	request.SetLimits(connectorv1.SyncLimits_builder{WaitBudget: durationpb.New(budget)}.Build())
	return request
}

// sync lists everybody.
func (r *rig) sync() *run { r.Helper(); return r.syncWith(syncRequest("")) }

// syncFrom lists those after a cursor.
func (r *rig) syncFrom(cursor string) *run { r.Helper(); return r.syncWith(syncRequest(cursor)) }

// syncWith reads a stream to its end.
func (r *rig) syncWith(request *connectorv1.SyncRequest) *run {
	r.Helper()
	stream, err := r.client.Sync(r.context(), request)
	if err != nil {
		r.Fatal(err)
	}
	return collect(r.T, stream)
}

func collect(t *testing.T, stream grpc.ServerStreamingClient[connectorv1.SyncResponse]) *run {
	t.Helper()
	got := &run{t: t}
	var parts []*connectorv1.Record
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			got.err = err
			got.refusal, _ = wire.RefusalOf(status.Convert(err))
			given.Store(got.refusal.GetReason(), true)
			return got
		}
		switch {
		case event.HasPage():
			parts = append(parts, event.GetPage().GetRecords()...)
			if event.GetPage().GetMoreParts() {
				continue
			}
			got.pages = append(got.pages, page{parts, event.GetPage().GetCursor()})
			parts = nil
			if sequence := event.GetPage().GetSequence(); sequence != uint64(len(got.pages)) {
				t.Errorf("page %d has the sequence number %d", len(got.pages), sequence)
			}
		case event.HasWait():
			got.waits = append(got.waits, event.GetWait())
		case event.HasQuarantined():
			got.quarantined = append(got.quarantined, event.GetQuarantined())
		case event.HasRestarted():
			given.Store(event.GetRestarted().GetReason(), true)
			got.restarts, got.pages, got.quarantined = append(got.restarts, event.GetRestarted()), nil, nil
		case event.HasCompleted():
			got.completed = event.GetCompleted()
		}
	}
}

func (g *run) records() []*connectorv1.Record {
	var records []*connectorv1.Record
	for _, page := range g.pages {
		records = append(records, page.records...)
	}
	return records
}

func (g *run) ids() []string {
	var ids []string
	for _, record := range g.records() {
		ids = append(ids, record.GetId())
	}
	return ids
}

// wantComplete expects the stream to have said that it is complete, with the
// right totals.
func (g *run) wantComplete() *run {
	g.t.Helper()
	if g.err != nil {
		g.t.Fatalf("the stream failed: %v", g.err)
	}
	if g.completed == nil {
		g.t.Fatal("the stream ended without Completed")
	}
	if got, want := g.completed.GetRecords(), uint64(len(g.records())); got != want {
		g.t.Errorf("Completed counts %d records, and %d came", got, want)
	}
	if got, want := g.completed.GetQuarantined(), uint64(len(g.quarantined)); got != want {
		g.t.Errorf("Completed counts %d in quarantine, and %d came", got, want)
	}
	if got, want := g.completed.GetPages(), uint64(len(g.pages)); got != want {
		g.t.Errorf("Completed counts %d pages, and %d came", got, want)
	}
	return g
}

// wantIDs expects exactly these people, in this order.
func (g *run) wantIDs(want []string) *run {
	g.t.Helper()
	got := g.ids()
	if slices.Equal(got, want) {
		return g
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			g.t.Fatalf("%d people came, want %d; they differ from number %d on", len(got), len(want), i+1)
		}
	}
	return g
}

// wantEverybody expects each of these people once at least, in any order.
func (g *run) wantEverybody(want []string) *run {
	g.t.Helper()
	seen := map[string]bool{}
	for _, id := range g.ids() {
		seen[id] = true
	}
	for _, id := range want {
		if !seen[id] {
			g.t.Errorf("%s is missing among %d records", id, len(g.ids()))
		}
	}
	return g
}

// wantRefused expects the stream to end without Completed, refused for a reason
// of a class, with a fix.
func (g *run) wantRefused(reason string, class connectorv1.Class) *run {
	g.t.Helper()
	if g.completed != nil {
		g.t.Error("a stream that should have failed said that it is complete")
	}
	if g.refusal == nil {
		g.t.Fatalf("the stream ended with %v, want a refusal %s", g.err, reason)
	}
	wantRefusal(g.t, g.refusal, reason, class)
	return g
}

func wantRefusal(t *testing.T, got *connectorv1.Refusal, reason string, class connectorv1.Class) {
	t.Helper()
	if got.GetReason() != reason || got.GetClass() != class {
		t.Errorf("refused for %s of class %s (%s), want %s of class %s", got.GetReason(), got.GetClass(), got.GetMessage(), reason, class)
	}
	if got.GetFix() == "" || !strings.HasSuffix(got.GetMessage(), ".") {
		t.Errorf("a refusal has a sentence and a fix; message %q, fix %q", got.GetMessage(), got.GetFix())
	}
}
