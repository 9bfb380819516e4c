package plugin

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// heldStream is a stream with a window, and what it has sent. It is for a
// bubble, in which synctest.Wait tells what is held back from what has not been
// sent yet.
type heldStream struct {
	*Stream
	sent []string // "page 1", "restarted", "wait"
}

func newHeldStream(ctx context.Context, size uint32) *heldStream {
	s := &heldStream{}
	s.Stream = &Stream{ctx: ctx, resource: "things", budget: -1, window: newWindow(size), send: func(event *connectorv1.SyncResponse) error {
		switch {
		case event.HasPage():
			s.sent = append(s.sent, fmt.Sprint("page ", event.GetPage().GetSequence()))
		case event.HasRestarted():
			s.sent = append(s.sent, "restarted")
		case event.HasWait():
			s.sent = append(s.sent, "wait")
		}
		return nil
	}}
	return s
}

// wantSent waits until everybody waits, and compares what was sent.
func (s *heldStream) wantSent(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	if !slices.Equal(s.sent, want) {
		t.Fatalf("sent %v, want %v", s.sent, want)
	}
}

func (s *heldStream) acknowledge(t *testing.T, pages uint64) {
	t.Helper()
	if err := s.window.acknowledge(pages); err != nil {
		t.Fatal(err)
	}
}

func TestAPageIsHeldBackUntilThereIsRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newHeldStream(t.Context(), 1)
		go func() {
			for range 4 {
				_ = s.Page(things(0, 1, 10), "x")
			}
		}()
		s.wantSent(t, "page 1")
		s.acknowledge(t, 1)
		s.wantSent(t, "page 1", "page 2")
		s.acknowledge(t, 1) // again: it says nothing new
		s.acknowledge(t, 0)
		s.wantSent(t, "page 1", "page 2")
		s.acknowledge(t, 2)
		s.wantSent(t, "page 1", "page 2", "page 3")
		s.acknowledge(t, 3)
		s.wantSent(t, "page 1", "page 2", "page 3", "page 4")
	})
}

func TestAWindowHoldsAsManyPagesAsTheHostSays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newHeldStream(t.Context(), 3)
		go func() {
			for range 6 {
				_ = s.Page(nil, "x")
			}
		}()
		s.wantSent(t, "page 1", "page 2", "page 3")
		s.acknowledge(t, 2) // speaks for the first, too
		s.wantSent(t, "page 1", "page 2", "page 3", "page 4", "page 5")
		s.acknowledge(t, 5)
		s.wantSent(t, "page 1", "page 2", "page 3", "page 4", "page 5", "page 6")
	})
}

func TestTheCountGoesOnWhenAListingBeginsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newHeldStream(t.Context(), 1)
		go func() {
			_ = s.Page(nil, "x")
			_ = s.Restart("PLACE_LOST", "The place is lost.")
			_ = s.Page(nil, "x")
			_ = s.Page(nil, "x")
		}()
		s.wantSent(t, "page 1", "restarted")
		s.acknowledge(t, 1) // of the page before
		s.wantSent(t, "page 1", "restarted", "page 1")
		s.acknowledge(t, 1) // late: it is not the new first page's
		s.wantSent(t, "page 1", "restarted", "page 1")
		s.acknowledge(t, 2)
		s.wantSent(t, "page 1", "restarted", "page 1", "page 2")
	})
}

func TestAWaitIsToldWhileAPageIsHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newHeldStream(t.Context(), 1)
		go func() { _ = errors.Join(s.Page(nil, "x"), s.Page(nil, "x")) }()
		s.wantSent(t, "page 1")
		waited := make(chan error)
		go func() { waited <- s.Wait(t.Context(), 5*time.Second, "SLOW", "It takes a while.") }()
		s.wantSent(t, "page 1", "wait")
		if err := <-waited; err != nil {
			t.Error(err)
		}
		s.acknowledge(t, 1)
		s.wantSent(t, "page 1", "wait", "page 2")
	})
}

func TestCancellingEndsAPageThatIsHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		s := newHeldStream(ctx, 1)
		ended := make(chan error)
		go func() {
			_ = s.Page(nil, "x")
			ended <- s.Page(nil, "x")
		}()
		s.wantSent(t, "page 1")
		cancel()
		if err := <-ended; !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want %v", err, context.Canceled)
		}
		s.wantSent(t, "page 1")
		if err := s.complete(); !errors.Is(err, context.Canceled) {
			t.Errorf("completed with %v though a page was not sent", err)
		}
	})
}

func TestRoomCountsThePagesSentBefore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newHeldStream(t.Context(), 1)
		isOpen := func(room <-chan struct{}) bool {
			select {
			case <-room:
				return true
			default:
				return false
			}
		}
		if !isOpen(s.Room()) {
			t.Error("no room before the first page")
		}
		if err := s.Page(nil, "x"); err != nil {
			t.Fatal(err)
		}
		afterFirst, again := s.Room(), s.Room()
		if isOpen(afterFirst) {
			t.Error("room for the next page while the first is not taken care of")
		}
		s.acknowledge(t, 1)
		if err := s.Page(nil, "x"); err != nil {
			t.Fatal(err)
		}
		// A page that is sent between the question and the wait changes nothing.
		if !isOpen(afterFirst) || !isOpen(again) {
			t.Error("no room though the first page is taken care of")
		}
		if isOpen(s.Room()) {
			t.Error("room while the second page is not taken care of")
		}
	})
}

func TestWithoutAWindowNothingIsHeldBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newHeldStream(t.Context(), 0)
		for range 5 {
			if err := s.Page(nil, "x"); err != nil {
				t.Fatal(err)
			}
			<-s.Room()
		}
		s.wantSent(t, "page 1", "page 2", "page 3", "page 4", "page 5")
	})
}

func TestAcknowledgementsArriveByTheContract(t *testing.T) {
	t.Parallel()
	r := connected(t, func(_ context.Context, _ SyncRequest, stream *Stream) error {
		return errors.Join(stream.Page(things(0, 1, 10), "a"), stream.Page(things(1, 1, 10), "b"), stream.Page(things(2, 1, 10), ""))
	})
	acknowledge := func(pages uint64) codes.Code {
		t.Helper()
		_, err := r.client.Acknowledge(r.context(), connectorv1.AcknowledgeRequest_builder{Pages: pages}.Build())
		return status.Code(err)
	}
	want := func(got, want codes.Code, when string) {
		t.Helper()
		if got != want {
			t.Errorf("acknowledging %s: %s, want %s", when, got, want)
		}
	}
	d, err := r.client.Describe(r.context(), &connectorv1.DescribeRequest{})
	if err != nil || !slices.Contains(d.GetCapabilities(), connectorv1.CapabilityAcknowledge) {
		t.Errorf("capabilities %v, %v", d.GetCapabilities(), err)
	}
	want(acknowledge(0), codes.FailedPrecondition, "before a Sync")
	request := theThings()
	request.SetWindow(1)
	stream, err := r.client.Sync(r.context(), request)
	if err != nil {
		t.Fatal(err)
	}
	for page := range uint64(3) {
		event, err := stream.Recv()
		if err != nil || event.GetPage().GetSequence() != page+1 {
			t.Fatalf("%v, %v; want page %d", event, err, page+1)
		}
		if page < 2 { // the third is the last: nothing waits for it
			want(acknowledge(page+2), codes.FailedPrecondition, "a page that was not sent")
			want(acknowledge(page+1), codes.OK, "a page")
		}
	}
	if event, err := stream.Recv(); err != nil || event.GetCompleted().GetPages() != 3 {
		t.Fatalf("%v, %v; want the totals", event, err)
	}
	if _, err := stream.Recv(); err == nil {
		t.Fatal("something came after the totals")
	}
	want(acknowledge(3), codes.FailedPrecondition, "after the Sync")
}

// A call that its host gave up before it began another stream must not be taken
// for one of that stream's pages.
func TestAnAcknowledgementThatWasGivenUpIsNotCounted(t *testing.T) {
	t.Parallel()
	s := newServer(&scripted{}, nil)
	stream := &Stream{window: newWindow(1)}
	stream.window.send()
	s.syncing = stream
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := s.Acknowledge(ctx, connectorv1.AcknowledgeRequest_builder{Pages: 1}.Build())
	if status.Code(err) != codes.Canceled {
		t.Errorf("%v, want it cancelled", err)
	}
	select {
	case <-stream.Room():
		t.Error("it made room")
	default:
	}
}

// Whatever is sent and acknowledged in whatever order: there is room exactly
// while fewer pages than the window are unacknowledged. Each byte is a page
// (even) or an acknowledgement of that many pages.
func FuzzWindow(f *testing.F) {
	f.Add(uint8(1), []byte{0, 3, 0, 0, 5, 7})
	f.Add(uint8(3), []byte{0, 0, 0, 0, 3, 1, 9, 255})
	f.Add(uint8(0), []byte{0, 0, 3})
	f.Fuzz(func(t *testing.T, size uint8, events []byte) {
		w := newWindow(uint32(size))
		var sent, acknowledged uint64
		for _, event := range events {
			before := w.room()
			if event%2 == 0 {
				w.send()
				sent++
			} else {
				pages := uint64(event / 2)
				err := w.acknowledge(pages)
				if (err != nil) != (pages > sent) {
					t.Fatalf("acknowledged %d of %d: %v", pages, sent, err)
				}
				if err == nil {
					acknowledged = max(acknowledged, pages)
				}
			}
			select {
			case <-w.room():
				if size > 0 && sent-acknowledged >= uint64(size) {
					t.Fatalf("room with %d of %d unacknowledged, window %d", sent-acknowledged, sent, size)
				}
			default:
				if size == 0 || sent-acknowledged < uint64(size) {
					t.Fatalf("no room with %d of %d unacknowledged, window %d", sent-acknowledged, sent, size)
				}
			}
			if acknowledged == sent && size > 0 {
				<-before // nobody waits for ever
			}
		}
	})
}
