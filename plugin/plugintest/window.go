package plugintest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc/codes"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// windowQuiet is how long a connector with a full window is watched: one that
// does not keep to it sends its next page at once.
const windowQuiet = 500 * time.Millisecond

// acknowledges reports whether the connector has the capability.
func (t *trial) acknowledges(ctx context.Context) (bool, error) {
	d, err := t.described(ctx)
	return slices.Contains(d.GetCapabilities(), connectorv1.CapabilityAcknowledge), err
}

// holding returns the window with which a stream of which one page is read is
// certain to be open, or that a listing is long enough to be open without one. A
// stream of a shorter one has been sent whole before anybody looks.
func (t *trial) holding(ctx context.Context) (window uint32, certain bool, err error) {
	listing, err := t.whole(ctx)
	if err != nil {
		return 0, false, err
	}
	windowed, err := t.acknowledges(ctx)
	if windowed && len(listing.pages) > 1 {
		return 1, true, err
	}
	return 0, listing.bytes > inFlight, err
}

// uncertain says of a stream that it may have ended before it was cancelled.
func uncertain(certain bool) string {
	if certain {
		return ""
	}
	return " The listing is too short for it to be certain that something was left to cancel."
}

// acknowledge says how many pages were taken care of.
func (p *process) acknowledge(ctx context.Context, pages uint64) error {
	ctx, cancel := context.WithTimeout(ctx, p.trial.patience)
	defer cancel()
	if _, err := p.service.Acknowledge(ctx, connectorv1.AcknowledgeRequest_builder{Pages: pages}.Build()); err != nil {
		return p.explain(ctx, "Acknowledge", p.trial.patience, err)
	}
	return nil
}

func tryWindow(ctx context.Context, t *trial) error {
	windowed, err := t.acknowledges(ctx)
	if err != nil {
		return err
	}
	if !windowed {
		return skip("It does not have the capability %q.", connectorv1.CapabilityAcknowledge)
	}
	listing, err := t.whole(ctx)
	if err != nil {
		return err
	}
	if len(listing.pages) < 2 {
		return short("The listing has one page only.")
	}
	p, resource, err := t.resource(ctx)
	if err != nil {
		return err
	}
	s, err := p.sync(ctx, resource, "", 1)
	if err != nil {
		return err
	}
	defer s.stop()
	if _, err := s.page(ctx); err != nil {
		return fmt.Errorf("the first page with a window of 1: %w", err)
	}
	if err := s.keepsWindow(ctx, len(listing.pages)); err != nil {
		return err
	}
	s.stop()
	if err := p.idle(ctx); err != nil {
		return err
	}
	err = p.acknowledge(ctx, 1)
	if saw, ok := answeredWith(err, codes.FailedPrecondition); !ok {
		return fail("Acknowledge when no Sync runs: %s It must be FAILED_PRECONDITION.", saw)
	}
	return pass("With a window of 1, each page came when the one before was acknowledged, and not before.")
}

// coming is the next page of a stream, or its end.
type coming struct {
	page page
	err  error
}

// ahead reads the next page beside whatever the caller does meanwhile. The
// stream is the reader's until it has given it.
func (s *stream) ahead(ctx context.Context) <-chan coming {
	came := make(chan coming, 1)
	go func() {
		page, err := s.page(ctx)
		came <- coming{page, err}
	}()
	return came
}

// quiet reports whether no page comes for a while; if one comes, it says which.
func quiet(came <-chan coming) (string, bool) {
	timer := time.NewTimer(windowQuiet)
	defer timer.Stop()
	select {
	case next := <-came:
		if next.err != nil {
			return fmt.Sprintf("the stream ended (%v)", next.err), false
		}
		return fmt.Sprintf("%d records came", next.page.to-next.page.from), false
	case <-timer.C:
		return "", true
	}
}

// keepsWindow goes on after the first page of a stream with a window of 1.
func (s *stream) keepsWindow(ctx context.Context, pages int) error {
	came := s.ahead(ctx)
	if saw, ok := quiet(came); !ok {
		return fail("With a window of 1, page 2 came before page 1 was acknowledged: %s. Wait until fewer pages than the window are unacknowledged.", saw)
	}
	err := s.process.acknowledge(ctx, uint64(1)<<40)
	if saw, ok := answeredWith(err, codes.FailedPrecondition); !ok {
		s.drain(came)
		return fail("Acknowledge of more pages than were sent: %s It must be FAILED_PRECONDITION.", saw)
	}
	if err := s.acknowledged(ctx, came, 1); err != nil || pages < 3 {
		return err
	}
	came = s.ahead(ctx)
	if err := s.process.acknowledge(ctx, 1); err != nil {
		s.drain(came)
		return fail("Page 1 was acknowledged again, which changes nothing: %s", err)
	}
	if saw, ok := quiet(came); !ok {
		return fail("With a window of 1, page 3 came when page 1 was acknowledged twice, and page 2 not yet: %s. A number speaks for all pages up to it; one that is not above the last changes nothing.", saw)
	}
	return s.acknowledged(ctx, came, 2)
}

// acknowledged acknowledges a page and waits for the one after it.
func (s *stream) acknowledged(ctx context.Context, came <-chan coming, page uint64) error {
	if err := s.process.acknowledge(ctx, page); err != nil {
		s.drain(came)
		return fail("Acknowledge of page %d, which was sent: %s", page, err)
	}
	if next := <-came; next.err != nil {
		return fail("With a window of 1, page %d did not come when page %d was acknowledged: %v", page+1, page, next.err)
	}
	return nil
}

// drain stops the stream and waits for its reader.
func (s *stream) drain(came <-chan coming) {
	s.stop()
	<-came
}

// idle waits until a stream that was cancelled has ended: until acknowledging
// nothing is refused, for as long as the end of a stream may take.
func (p *process) idle(ctx context.Context) error {
	deadline := time.Now().Add(cancelLimit)
	for {
		limited, cancel := context.WithTimeout(ctx, p.trial.patience)
		_, err := p.service.Acknowledge(limited, connectorv1.AcknowledgeRequest_builder{Pages: 0}.Build())
		cancel()
		if err != nil || time.Now().After(deadline) {
			return nil
		}
		select {
		case <-time.After(busyPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
