package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// retryBusy is the pause before asking again a connector that is still busy
// ending the stream that was cancelled before.
const retryBusy = 50 * time.Millisecond

// stream is one Sync call to one process.
type stream struct {
	*run
	process   *process
	call      grpc.ServerStreamingClient[connectorv1.SyncResponse]
	size      *receivedSize
	joiner    *pageJoiner
	watchdog  *watchdog
	window    uint32        // what this process is asked to keep to
	acks      *acknowledger // nil without a window
	completed bool
}

// stream runs one Sync call, from the run's cursor to the stream's end.
func (r *run) stream(ctx context.Context) error {
	process, err := r.connector.ready(ctx, "Sync")
	if err != nil {
		return err
	}
	callContext, cancel := context.WithCancel(ctx)
	s := &stream{
		run: r, process: process, joiner: newPageJoiner(r.resource),
		window: windowOf(process.description, r.window),
	}
	s.watchdog = startWatchdog(callContext, r.connector.starter.settings.Limits.IdleLimit, process.probe, cancel)
	if s.window > 0 {
		s.acks = startAcknowledger(callContext, process.service, cancel)
	}
	defer func() {
		cancel()
		<-s.watchdog.done
		_ = s.acks.wait() // end has looked at it
	}()
	callContext, s.size = withReceivedSize(callContext)

	first, err := s.open(callContext)
	for ; err == nil; first, err = s.next() {
		if err := s.take(ctx, first); err != nil {
			r.connector.cancelled.Store(true)
			return err
		}
	}
	r.waits.end(time.Now())
	cancel()
	return s.end(ctx, err)
}

// open calls Sync and waits for the first event. The connector may still be
// ending the stream before, if that was cancelled: then it is asked again, for
// a grace period.
func (s *stream) open(ctx context.Context) (*connectorv1.SyncResponse, error) {
	deadline := time.Now().Add(s.connector.starter.settings.Limits.GracePeriod)
	for {
		call, err := s.process.service.Sync(ctx, s.request())
		if err != nil {
			return nil, err
		}
		s.call = call
		event, err := s.next()
		busy := status.Code(err) == codes.FailedPrecondition && s.connector.cancelled.Load()
		if !busy {
			s.connector.cancelled.Store(false)
			return event, err
		}
		if time.Now().After(deadline) {
			return nil, errStillBusy
		}
		select {
		case <-time.After(retryBusy):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// errStillBusy says that a connector does not end a stream that was cancelled.
var errStillBusy = errors.New("the connector did not end the stream that was cancelled before")

func (s *stream) request() *connectorv1.SyncRequest {
	request := connectorv1.SyncRequest_builder{Resource: s.resource, Cursor: s.resume, Window: s.window}.Build()
	if left, limited := s.waits.left(); limited {
		request.SetLimits(connectorv1.SyncLimits_builder{WaitBudget: durationpb.New(left)}.Build())
	}
	return request
}

// next waits for an event under the watchdog's eyes.
func (s *stream) next() (*connectorv1.SyncResponse, error) {
	s.watchdog.watch()
	defer s.watchdog.rest()
	return s.call.Recv()
}

// take handles one event.
func (s *stream) take(ctx context.Context, event *connectorv1.SyncResponse) error {
	now := time.Now()
	s.watchdog.announce(0)
	if s.completed {
		return faultf(ContractBroken, "the connector sent something after it had completed the stream")
	}
	if event.WhichEvent() == connectorv1.SyncResponse_Wait_case {
		return s.takeWait(event.GetWait(), now)
	}
	s.waits.settle(now)
	switch event.WhichEvent() {
	case connectorv1.SyncResponse_Page_case:
		return s.takePart(ctx, event.GetPage())
	case connectorv1.SyncResponse_Quarantined_case:
		return s.takeQuarantined(ctx, event.GetQuarantined())
	case connectorv1.SyncResponse_Restarted_case:
		return s.takeRestarted(ctx, event.GetRestarted())
	case connectorv1.SyncResponse_Completed_case:
		s.completed = true
		return s.joiner.complete(event.GetCompleted())
	default: // one that a later contract knows: to be ignored
		return nil
	}
}

func (s *stream) takePart(ctx context.Context, part *connectorv1.Page) error {
	page, whole, err := s.joiner.add(part, s.size.bytes)
	if err != nil || !whole {
		return err
	}
	page.Sequence = s.pages + 1
	if err := s.consumer.Page(ctx, page); err != nil {
		return fmt.Errorf("sync %s, page %d: %w", s.resource, page.Sequence, err)
	}
	s.accept(page)
	return nil
}

// accept notes a page that the consumer has taken. A page without a cursor ends
// the listing; until that is confirmed, the page before is where to go on.
func (s *stream) accept(page Page) {
	s.acks.accepted()
	s.pages++
	s.failures = 0
	s.unconfirmed = 0
	s.summary.Pages++
	s.summary.Records += uint64(len(page.Records))
	s.summary.Bytes += page.Bytes
	s.summary.Cursor = page.Cursor
	if page.Cursor != "" {
		s.resume = page.Cursor
	}
	s.measure(s.process, false)
}

func (s *stream) takeWait(event *connectorv1.Wait, now time.Time) error {
	redactor := s.connector.starter.redactor
	wait := Wait{Until: event.GetUntil().AsTime(), Reason: redactor.foreign(event.GetReason()), Message: redactor.foreign(event.GetMessage())}
	s.watchdog.announce(wait.Until.Sub(now))
	if err := s.waits.note(wait, now); err != nil {
		return err
	}
	if s.consumer.Wait != nil {
		s.consumer.Wait(wait)
	}
	return nil
}

func (s *stream) takeQuarantined(ctx context.Context, event *connectorv1.Quarantined) error {
	s.joiner.counts.quarantined++
	s.unconfirmed++
	s.summary.Quarantined++
	if s.consumer.Quarantined == nil {
		return nil
	}
	redactor := s.connector.starter.redactor
	err := s.consumer.Quarantined(ctx, Quarantined{
		ID: event.GetId(), Location: redactor.foreign(event.GetLocation()),
		Reason: redactor.foreign(event.GetReason()), Message: redactor.foreign(event.GetMessage()),
	})
	if err != nil {
		return fmt.Errorf("sync %s, a quarantined record: %w", s.resource, err)
	}
	return nil
}

func (s *stream) takeRestarted(ctx context.Context, event *connectorv1.Restarted) error {
	if err := s.joiner.restart(); err != nil {
		return err
	}
	redactor := s.connector.starter.redactor
	restarted := Restarted{Reason: redactor.foreign(event.GetReason()), Message: redactor.foreign(event.GetMessage())}
	if s.relistings++; s.relistings > maxRelistings {
		return faultf(RestartedTooOften, "the service lost our place %d times in one run: %s", s.relistings, restarted.Message)
	}
	s.resume, s.pages, s.unconfirmed = "", 0, 0
	s.summary.Pages, s.summary.Records, s.summary.Quarantined, s.summary.Bytes, s.summary.Cursor = 0, 0, 0, 0, ""
	if s.consumer.Restarted == nil {
		return nil
	}
	if err := s.consumer.Restarted(ctx, restarted); err != nil {
		return fmt.Errorf("sync %s, the listing begins again: %w", s.resource, err)
	}
	return nil
}

// end explains the end of a stream, whose call has been cancelled.
func (s *stream) end(ctx context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		s.connector.cancelled.Store(true)
		return fmt.Errorf("sync %s: %w", s.resource, contextError(ctx))
	case errors.Is(err, errStillBusy):
		return s.hung(ctx, "did not end a stream that was cancelled", err)
	case s.watchdog.finding() != "":
		return s.hung(ctx, s.watchdog.finding()+" during Sync", err)
	case errors.Is(err, io.EOF) && s.completed:
		return nil
	case errors.Is(err, io.EOF):
		return faultf(ContractBroken, "the connector ended the stream of %s without completing it", s.resource)
	}
	if refused := s.acks.wait(); refused != nil && status.Code(err) == codes.Canceled {
		s.connector.cancelled.Store(true)
		return s.connector.failed(ctx, s.process, "Acknowledge", refused)
	}
	err = s.connector.failed(ctx, s.process, "Sync", err)
	if errors.Is(err, &Fault{Reason: ConnectorCrashed}) {
		s.noteExit(s.process)
	}
	return err
}

// hung ends a process of which that was found.
func (s *stream) hung(ctx context.Context, finding string, err error) error {
	fault := &Fault{
		Reason: ConnectorHung, Cause: err, Log: s.process.stderr.lastLines(maxFaultLog),
		Message: fmt.Sprintf("the connector's process %d %s, and was killed", s.process.run.Pid(), finding),
	}
	killed := s.process.kill(context.WithoutCancel(ctx))
	s.noteExit(s.process)
	return errors.Join(fault, killed)
}
