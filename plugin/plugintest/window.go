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
		return skip("The listing has one page only.")
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
	if err := s.keepsWindow(ctx); err != nil {
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
	return pass("With a window of 1, page 2 came when page 1 was acknowledged, and not before.")
}

// keepsWindow goes on after the first page of a stream with a window of 1.
func (s *stream) keepsWindow(ctx context.Context) error {
	type next struct {
		page page
		err  error
	}
	came := make(chan next, 1)
	go func() {
		page, err := s.page(ctx)
		came <- next{page, err}
	}()
	timer := time.NewTimer(windowQuiet)
	defer timer.Stop()
	select {
	case n := <-came:
		return fail("With a window of 1, page 2 came before page 1 was acknowledged (%d records, %s). Wait until fewer pages than the window are unacknowledged.", n.page.to-n.page.from, ending(n.err))
	case <-timer.C:
	}
	tooMany := s.process.acknowledge(ctx, uint64(1)<<40)
	problem, refused := answeredWith(tooMany, codes.FailedPrecondition)
	acknowledged := error(nil)
	if refused {
		acknowledged = s.process.acknowledge(ctx, 1)
	}
	if !refused || acknowledged != nil {
		s.stop()
	}
	n := <-came
	switch {
	case !refused:
		return fail("Acknowledge of more pages than were sent: %s It must be FAILED_PRECONDITION.", problem)
	case acknowledged != nil:
		return fail("Acknowledge of the page that was sent: %s", acknowledged)
	case n.err != nil:
		return fail("With a window of 1, page 2 did not come when page 1 was acknowledged: %v", n.err)
	}
	return nil
}

func ending(err error) string {
	if err != nil {
		return "the stream ended"
	}
	return "the stream goes on"
}

// idle waits until a stream that was cancelled has ended: until acknowledging
// nothing is refused, for as long as the end of a stream may take.
func (p *process) idle(ctx context.Context) error {
	deadline := time.Now().Add(cancelLimit)
	for {
		_, err := p.service.Acknowledge(ctx, connectorv1.AcknowledgeRequest_builder{Pages: 0}.Build())
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
