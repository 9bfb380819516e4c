package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// things are records of a size, with ids from a number on.
func things(from, n, bytes int) []Record {
	records := make([]Record, n)
	for i := range records {
		records[i] = Record{ID: fmt.Sprint("id-", from+i), Source: []byte(`"` + strings.Repeat("x", bytes) + `"`)}
	}
	return records
}

func idsOf(events []*connectorv1.SyncResponse) []string {
	var ids []string
	for _, event := range events {
		for _, record := range event.GetPage().GetRecords() {
			ids = append(ids, record.GetId())
		}
	}
	return ids
}

func TestPagesCarryTheirCursorsAndACount(t *testing.T) {
	t.Parallel()
	r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error {
		return errors.Join(stream.Page(things(0, 2, 10), "one"), stream.Page(nil, "two"), stream.Page(things(2, 1, 10), ""))
	})
	events := r.all()
	if len(events) != 4 {
		t.Fatalf("%d events, want three pages and Completed", len(events))
	}
	for i, cursor := range []string{"one", "two", ""} {
		page := events[i].GetPage()
		if page.GetCursor() != cursor || page.GetSequence() != uint64(i+1) || page.GetMoreParts() {
			t.Errorf("page %d came as cursor %q, sequence %d, more parts %t", i+1, page.GetCursor(), page.GetSequence(), page.GetMoreParts())
		}
	}
	if c := events[3].GetCompleted(); c.GetPages() != 3 || c.GetRecords() != 3 || c.GetQuarantined() != 0 {
		t.Errorf("completed as %v", c)
	}
}

func TestALargePageTravelsInParts(t *testing.T) {
	t.Parallel()
	records := things(0, 100, 80<<10)                      // 8 MB
	records = append(records, things(100, 1, 2500<<10)...) // larger than a part by itself
	records = append(records, things(101, 10, wire.MaxPartBytes/2)...)
	r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error { return stream.Page(records, "end") })
	events := r.all()
	parts := events[:len(events)-1]
	if len(parts) < 10 {
		t.Fatalf("%d parts of 15 MB", len(parts))
	}
	for i, event := range parts {
		last := i == len(parts)-1
		page := event.GetPage()
		if size := proto.Size(event); size > wire.MaxPartBytes+messageOverhead && len(page.GetRecords()) > 1 {
			t.Errorf("part %d has %d bytes and %d records", i+1, size, len(page.GetRecords()))
		}
		if page.GetMoreParts() == last || (page.GetCursor() == "end") != last || page.GetSequence() != 1 {
			t.Errorf("part %d of %d: more parts %t, cursor %q, sequence %d", i+1, len(parts), page.GetMoreParts(), page.GetCursor(), page.GetSequence())
		}
	}
	ids := idsOf(events)
	for i := range records {
		if ids[i] != records[i].ID {
			t.Fatalf("record %d is %s, want %s", i, ids[i], records[i].ID)
		}
	}
	if c := events[len(events)-1].GetCompleted(); c.GetPages() != 1 || c.GetRecords() != uint64(len(records)) {
		t.Errorf("completed as %v", c)
	}
}

func TestAPageAboveTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error {
		return stream.Page(things(0, 9, 2<<20), "")
	})
	events, err := r.events(theThings())
	wantRefusal(t, err, ReasonPageTooLarge, connectorv1.Class_CLASS_CONNECTOR_FAULT)
	if len(events) > 0 {
		t.Errorf("%d events came of a page that was refused", len(events))
	}
}

func TestAPageThatWasRefusedIsNotPassedOver(t *testing.T) {
	t.Parallel()
	r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error {
		_ = stream.Page(things(0, 9, 2<<20), "a")
		return stream.Page(things(9, 1, 10), "")
	})
	events, err := r.events(theThings())
	wantRefusal(t, err, ReasonPageTooLarge, connectorv1.Class_CLASS_CONNECTOR_FAULT)
	for _, event := range events {
		if event.HasCompleted() {
			t.Error("a listing with a gap is said to be complete")
		}
	}
}

func TestRecordsThatCannotTravelAreQuarantined(t *testing.T) {
	t.Parallel()
	tooLarge := things(1, 1, wire.MaxRecordBytes)[0]
	tooLarge.ID = "large"
	wide := Record{ID: "wide", Source: make([]byte, 2500<<10), User: &User{Title: strings.Repeat("x", 2<<20)}}
	longID := Record{ID: strings.Repeat("i", wire.MaxIDBytes+1), Source: []byte("{}")}
	noText := Record{ID: "\xff\xfe", Source: []byte("{}")}
	records := []Record{things(0, 1, 10)[0], tooLarge, {Source: []byte("{}")}, wide, longID, noText, things(9, 1, 10)[0]}
	r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error { return stream.Page(records, "") })
	events := r.all()
	if got := idsOf(events); !slices.Equal(got, []string{"id-0", "id-9"}) {
		t.Errorf("records %v came, want those that can travel", got)
	}
	want := []struct{ id, location, reason string }{
		{"large", "page 1, element 2", ReasonRecordTooLarge},
		{"", "page 1, element 3", ReasonRecordUnreadable},
		{"wide", "page 1, element 4", ReasonRecordTooLarge},
		{"", "page 1, element 5", ReasonRecordTooLarge},
		{"", "page 1, element 6", ReasonRecordUnreadable},
	}
	for i, w := range want {
		q := events[i].GetQuarantined()
		if q.GetId() != w.id || q.GetLocation() != w.location || q.GetReason() != w.reason || q.GetMessage() == "" {
			t.Errorf("quarantined as %v, want %v", q, w)
		}
	}
	if c := events[len(events)-1].GetCompleted(); c.GetRecords() != 2 || c.GetQuarantined() != 5 {
		t.Errorf("completed as %v", c)
	}
}

func TestOfRepeatsWithinAPageTheLaterIsSent(t *testing.T) {
	t.Parallel()
	page := []Record{
		{ID: "a", Source: []byte("1")},
		{ID: "b", Source: []byte("2")},
		{ID: "a", Source: []byte("3")},
		{ID: "c", Source: []byte("4")},
		{ID: "a", Source: []byte("5")},
	}
	r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error {
		return errors.Join(stream.Page(page, "next"), stream.Page(page[:1], ""))
	})
	var got []string
	events := r.all()
	for _, event := range events {
		for _, record := range event.GetPage().GetRecords() {
			got = append(got, record.GetId()+string(record.GetSource()))
		}
	}
	if want := []string{"b2", "c4", "a5", "a1"}; !slices.Equal(got, want) {
		t.Errorf("%v came, want %v: repeats across pages are the host's", got, want)
	}
	if c := events[2].GetCompleted(); c.GetRecords() != 4 {
		t.Errorf("completed as %v, want 4 records", c)
	}
	if log := r.log.String(); strings.Count(log, "share an id") != 1 || !strings.Contains(log, `"left_out":2`) {
		t.Errorf("the log does not tell of two that were left out: %s", log)
	}
}

func TestTheSourceMayBeReusedAfterPage(t *testing.T) {
	t.Parallel()
	r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error {
		buffer := []byte("first")
		err := stream.Page([]Record{{ID: "a", Source: buffer}}, "a")
		copy(buffer, "other")
		return errors.Join(err, stream.Page([]Record{{ID: "b", Source: buffer}}, ""))
	})
	events := r.all()
	for i, want := range []string{"first", "other"} {
		if got := string(events[i].GetPage().GetRecords()[0].GetSource()); got != want {
			t.Errorf("page %d holds %q, want %q", i+1, got, want)
		}
	}
}

func TestARestartForgetsWhatWasCounted(t *testing.T) {
	t.Parallel()
	r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error {
		return errors.Join(
			stream.Page(things(0, 5, 10), "x"), stream.Quarantine("q", "page 1, element 6", ReasonRecordUnreadable, "It is odd."),
			stream.Restart("PLACE_LOST", "The place is lost."), stream.Page(things(0, 3, 10), ""))
	})
	events := r.all()
	if restarted := events[2].GetRestarted(); restarted.GetReason() != "PLACE_LOST" || restarted.GetMessage() == "" {
		t.Errorf("restarted as %v", restarted)
	}
	if n := events[3].GetPage().GetSequence(); n != 1 {
		t.Errorf("the first page after a restart has the sequence number %d", n)
	}
	if c := events[4].GetCompleted(); c.GetPages() != 1 || c.GetRecords() != 3 || c.GetQuarantined() != 0 {
		t.Errorf("completed as %v, want what came after the restart", c)
	}
}

func TestCursorsThatCannotTravelAreRefused(t *testing.T) {
	t.Parallel()
	for _, cursor := range []string{"a b", "a\n", "é", strings.Repeat("x", wire.MaxCursorBytes+1)} {
		r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error { return stream.Page(nil, cursor) })
		_, err := r.events(theThings())
		wantRefusal(t, err, ReasonFailed, connectorv1.Class_CLASS_CONNECTOR_FAULT)
		if utf8 := cursor != "é"; utf8 {
			_, err = r.events(connectorv1.SyncRequest_builder{Resource: "things", Cursor: cursor}.Build())
			wantRefusal(t, err, ReasonCursorInvalid, connectorv1.Class_CLASS_CONFIG_INVALID)
		}
	}
}

func TestCancellingASyncEndsItsContext(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	r := connected(t, func(ctx context.Context, _ SyncRequest, stream *Stream) error {
		if err := stream.Page(things(0, 1, 10), "x"); err != nil {
			return err
		}
		<-ctx.Done()
		ended <- ctx.Err()
		return fmt.Errorf("read on: %w", ctx.Err())
	})
	ctx, cancel := context.WithCancel(r.context())
	stream, err := r.client.Sync(ctx, theThings())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := stream.Recv(); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := stream.Recv(); status.Code(err) != codes.Canceled {
		t.Errorf("%v, want it cancelled", err)
	}
	select {
	case err := <-ended:
		if !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	case <-r.context().Done():
		t.Error("Sync was not told that nobody listens")
	}
}
