package plugintest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	// cancelLimit is how long a connector may take to end a stream that was
	// cancelled, before the next one works; busyPause is between two attempts.
	// A host gives it 3 s.
	cancelLimit = 5 * time.Second
	busyPause   = 20 * time.Millisecond
	// maxWaitNotice is how far ahead a single Wait is believed, as by a host.
	maxWaitNotice = 2 * time.Minute
	// waitBudget is what a stream may spend in waits: a service behind a
	// connector asks for patience, and the suite for an end.
	waitBudget = 10 * time.Minute
	// waitRepeat is how often a wait is to be repeated, with some room for a busy
	// machine.
	waitRepeat = 35 * time.Second
)

// stream is one Sync call. What it reads is judged by its book; use it from one
// goroutine.
type stream struct {
	process *process
	call    grpc.ServerStreamingClient[connectorv1.SyncResponse]
	cancel  context.CancelFunc
	book    *book

	first  *connectorv1.SyncResponse // read when it was opened
	silent atomic.Bool               // nothing came in time
	ours   atomic.Bool               // it was stopped by us
	over   atomic.Bool               // the connector has ended it
	notice time.Duration             // what the last Wait bought
	waited *saidWait                 // the wait that lasts
}

// sync opens a stream of a resource and waits for its first event. The error is
// a *callError where the connector refuses it, and io.EOF for an empty stream.
// A process whose last stream was cancelled is asked again while it is busy
// ending that.
func (p *process) sync(ctx context.Context, resource *connectorv1.Resource, cursor string, window uint32) (*stream, error) {
	deadline := time.Now().Add(cancelLimit)
	for {
		s, err := p.open(ctx, resource, cursor, window)
		if err == nil {
			p.cancelled = false
			return s, nil
		}
		if !p.cancelled || status.Code(err) != codes.FailedPrecondition || time.Now().After(deadline) {
			if errors.Is(err, io.EOF) {
				return nil, streamEnd{newBook(resource)}
			}
			return nil, p.explain(ctx, "Sync", p.trial.patience, err)
		}
		select {
		case <-time.After(busyPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// open makes one attempt. Its error is as gRPC has it, or a *callError for one
// that says nothing.
func (p *process) open(ctx context.Context, resource *connectorv1.Resource, cursor string, window uint32) (*stream, error) {
	callContext, cancel := context.WithCancel(ctx)
	request := connectorv1.SyncRequest_builder{
		Resource: resource.GetName(), Cursor: cursor, Window: window,
		Limits: connectorv1.SyncLimits_builder{WaitBudget: durationpb.New(waitBudget)}.Build(),
	}.Build()
	s := &stream{process: p, cancel: cancel, book: newBook(resource)}
	var err error
	if s.call, err = p.service.Sync(callContext, request); err == nil {
		s.first, err = s.receive()
	}
	if err != nil {
		cancel()
		return nil, err
	}
	return s, nil
}

// receive waits for an event, for as long as the connector may be silent.
func (s *stream) receive() (*connectorv1.SyncResponse, error) {
	if event := s.first; event != nil {
		s.first = nil
		return event, nil
	}
	limit := s.process.trial.patience + s.notice
	timer := time.AfterFunc(limit, func() {
		s.silent.Store(true)
		s.cancel()
	})
	defer timer.Stop()
	event, err := s.call.Recv()
	if err != nil && s.silent.Load() {
		return nil, &callError{
			call: "Sync", status: status.New(codes.DeadlineExceeded, ""), hung: true,
			text: fmt.Sprintf("Sync sent nothing for %s and announced no wait, and the process %s.%s", limit, s.process.state(), s.process.lastWords()),
		}
	}
	return event, err
}

// page reads up to the end of the next page. The error is io.EOF at the stream's
// end with status OK, a *callError for any other status, or ctx's.
func (s *stream) page(ctx context.Context) (page, error) {
	for {
		event, err := s.receive()
		if err != nil {
			s.cancel()
			return page{}, s.end(ctx, err)
		}
		if whole, ok := s.take(event); ok {
			return whole, nil
		}
	}
}

// errStopped is the end of a stream that the suite itself has stopped.
var errStopped = errors.New("the stream was stopped")

// end tells the book how the stream ended.
func (s *stream) end(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if s.ours.Load() {
		return errStopped
	}
	s.over.Store(true)
	if _, known := errors.AsType[*callError](err); !known && !errors.Is(err, io.EOF) {
		if tooLarge(err) {
			s.process.cancelled = true // by us, and no fault of the stream's
			s.book.broken("page-bounded", "a message of the stream has more than %d bytes: %v", wire.MaxMessageBytes, err)
			return fail("The stream of %q has a message of more than %d bytes (see the case \"page-bounded\").", s.book.resource.GetName(), wire.MaxPageBytes)
		}
		err = s.process.explain(context.WithoutCancel(ctx), "Sync", 0, err)
	}
	s.book.ended(err)
	if errors.Is(err, io.EOF) {
		return streamEnd{s.book}
	}
	return err
}

// streamEnd is the end of a stream with status OK: io.EOF, in words that lead to
// what ended it where more was expected.
type streamEnd struct{ book *book }

func (e streamEnd) Error() string {
	switch {
	case e.book.completed == nil && len(e.book.pages) == 0:
		return "the stream ended with status OK, without a page and without Completed"
	case e.book.completed == nil:
		return fmt.Sprintf("the stream ended with status OK after %s, without Completed", pagesOf(e.book))
	case len(e.book.pages) == 0:
		return "the stream ended as complete without a page: an error that is passed over looks like that, and is to be returned"
	default:
		return fmt.Sprintf("the stream ended as complete after %s", pagesOf(e.book))
	}
}

func (e streamEnd) Unwrap() error { return io.EOF }

// take notes an event, and returns the page that it completes.
func (s *stream) take(event *connectorv1.SyncResponse) (page, bool) {
	s.noteWait(event)
	seen := s.process.trial.seen
	s.book.after(event)
	switch event.WhichEvent() {
	case connectorv1.SyncResponse_Page_case:
		return s.book.part(event.GetPage(), proto.Size(event))
	case connectorv1.SyncResponse_Quarantined_case:
		seen.quarantined(event.GetQuarantined())
		s.book.quarantined++
	case connectorv1.SyncResponse_Restarted_case:
		seen.restarted(event.GetRestarted())
		s.book.restart()
	case connectorv1.SyncResponse_Completed_case:
		s.book.complete(event.GetCompleted())
	}
	return page{}, false
}

// noteWait notes a wait, and whether the one that lasts is repeated in time.
func (s *stream) noteWait(event *connectorv1.SyncResponse) {
	now, seen := time.Now(), s.process.trial.seen
	if last := s.waited; last != nil && now.Sub(last.at) > waitRepeat {
		seen.notRepeated(fmt.Sprintf("a wait (%.60q) went on for %s without being announced again",
			last.wait.GetReason(), now.Sub(last.at).Round(time.Second)))
	}
	s.waited, s.notice = nil, 0
	if event.WhichEvent() != connectorv1.SyncResponse_Wait_case {
		return
	}
	wait := event.GetWait()
	seen.wait(wait)
	s.waited = &saidWait{wait, now}
	s.notice = min(max(0, wait.GetUntil().AsTime().Sub(now)), maxWaitNotice)
}

// stop cancels the stream. The connector may need a moment to notice.
func (s *stream) stop() {
	if s == nil {
		return
	}
	s.ours.Store(true)
	s.cancel()
	s.process.cancelled = s.process.cancelled || !s.over.Load()
}

// readAll reads a stream from a cursor to its end, and returns its book. The
// error says why the stream did not end with status OK.
func (p *process) readAll(ctx context.Context, resource *connectorv1.Resource, cursor string) (*book, error) {
	s, err := p.sync(ctx, resource, cursor, 0)
	if errors.Is(err, io.EOF) {
		empty := newBook(resource)
		empty.ended(err)
		return empty, nil
	}
	if err != nil {
		return nil, err
	}
	defer s.stop()
	for len(s.book.pages) < maxPages && len(s.book.ids) < maxRecords {
		if _, err := s.page(ctx); errors.Is(err, io.EOF) {
			return s.book, nil
		} else if err != nil {
			return s.book, err
		}
	}
	return s.book, skip("The listing has more than %d pages or %d records, which is more than this suite compares. Examine the connector with a smaller account.",
		maxPages, maxRecords)
}
