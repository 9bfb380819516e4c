package plugintest

import (
	"context"
	"fmt"
	"slices"
	"time"

	"google.golang.org/grpc/codes"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	sectionStreams = "Streams"
	caseWindow     = "window"

	// inFlight is more than a stream that nobody reads can have on its way: gRPC's
	// window, what the systems' sockets hold, and a message. Of a longer listing
	// something is left to send.
	inFlight = 2*wire.FlowWindowBytes + wire.MaxMessageBytes

	// maxSlowGrowth is by how much the connector's memory may grow while nobody
	// reads: two pages at their limit, twice over for encoding them, and the
	// allocator's slack.
	maxSlowGrowth = 4*wire.MaxPageBytes + 32<<20
	// slowLook is how often its memory is looked at meanwhile; it is done when the
	// memory did not grow slowStill times in a row, or after slowLooks.
	slowLook  = 50 * time.Millisecond
	slowStill = 8
	slowLooks = 100
	// stillBytes is what a memory that does not grow may grow by.
	stillBytes = 256 << 10

	// windowQuiet is how long a connector with a full window is watched: one that
	// does not keep to it sends its next page at once.
	windowQuiet = 500 * time.Millisecond
)

func streamCases() []Case {
	return []Case{
		{
			Name: caseCompleted, Section: sectionStreams, Title: "Completed comes last, and its totals are right",
			Requires: "A stream that sent everything ends with one Completed and then status OK. Its totals are those of the pages, records and quarantined records that came since the beginning, or since the last Restarted. Nothing follows it. A stream that is not complete ends with a status other than OK.",
			Why:      "Whoever is not in a complete listing counts as gone: half a listing must never look like a whole one.",
			after:    needsListing, limit: listingLimit,
			try: judged(caseCompleted, "The stream of %d records ended with one Completed, whose totals are right, and status OK."),
		},
		{
			Name: "page-sequence", Section: sectionStreams, Title: "Pages are numbered",
			Requires: "The sequence of the first page of a stream is 1, also of a stream that resumes, and that of each following one is one more; the parts of a page share theirs. After Restarted it is 1 again.",
			Why:      "A page that is missing, or came twice, shows by its number.",
			after:    needsListing, limit: listingLimit,
			try: judged("page-sequence", "The pages of a listing of %d records are numbered from 1."),
		},
		{
			Name: "page-bounded", Section: sectionStreams, Title: "Pages travel in bounded parts",
			Requires: "No message exceeds 4 MiB. The records of one message have at most 1 MiB together, unless there is only one; all parts of a page have at most 16 MiB. A page's cursor is on its last part only.",
			Why:      "Both ends hold a message whole in memory, and the host a page.",
			after:    needsListing, limit: listingLimit,
			try: judged("page-bounded", "No message and no page of a listing of %d records exceeds its limit."),
		},
		{
			Name: "cancel", Section: sectionStreams, Title: "A stream that is cancelled ends",
			Requires: "When the host cancels a Sync, the connector ends what it does for it and is ready for the next Sync within seconds.",
			Why:      "A person stops a run, or a limit is reached; requests that go on cost the service's rate limit, and the next run would be refused.",
			after:    needsListing, limit: listingLimit,
			try: tryCancel,
		},
		{
			Name: caseWindow, Section: sectionStreams, Title: "It keeps to the host's window",
			Requires: "A connector with the capability \"acknowledge\" never has more pages sent and not acknowledged than SyncRequest.window allows, and goes on when they are acknowledged. Acknowledging more pages than were sent, or when no Sync runs, is answered FAILED_PRECONDITION.",
			Why:      "What was read ahead and is not stored has to be asked for again after a crash.",
			after:    append(slices.Clone(needsListing), "page-sequence", "cancel"), limit: listingLimit,
			try: tryWindow,
		},
		{
			Name: "one-sync", Section: sectionStreams, Title: "One Sync runs at a time",
			Requires: "While a Sync runs, another one is answered FAILED_PRECONDITION, and the first goes on unharmed.",
			Why:      "Acknowledge speaks of the Sync that runs, and a service's rate limits are shared out for one listing.",
			after:    append(slices.Clone(needsListing), caseCompleted, caseWindow), limit: listingLimit,
			try: tryOneSync,
		},
		{
			Name: "slow-reader", Section: sectionStreams, Title: "While nobody reads, its memory stays bounded",
			Requires: "A connector whose stream is not read stops reading from its service: it holds a page or two, and not the listing.",
			Why:      "A host stores pages more slowly than a service sends them, and a large company must not fill the machine's memory.",
			after:    append(slices.Clone(needsListing), "cancel"), limit: listingLimit,
			try: trySlowReader,
		},
	}
}

// acknowledges reports whether the connector has the capability.
func (t *trial) acknowledges(ctx context.Context) (bool, error) {
	d, err := t.described(ctx)
	return slices.Contains(d.GetCapabilities(), connectorv1.CapabilityAcknowledge), err
}

func tryOneSync(ctx context.Context, t *trial) error {
	listing, err := t.whole(ctx)
	if err != nil {
		return err
	}
	p, resource, err := t.resource(ctx)
	if err != nil {
		return err
	}
	windowed, err := t.acknowledges(ctx)
	if err != nil {
		return err
	}
	var window uint32
	switch {
	case windowed && len(listing.pages) > 1:
		window = 1
	case listing.bytes <= inFlight:
		return skip("The listing (%d pages, %d bytes) is too short for a stream that is certain to be still open.", len(listing.pages), listing.bytes)
	}
	first, err := p.sync(ctx, resource, "", window)
	if err != nil {
		return err
	}
	defer first.stop()
	if _, err := first.page(ctx); err != nil {
		return fmt.Errorf("the first page: %w", err)
	}
	second, err := p.sync(ctx, resource, "", 0)
	second.stop()
	if saw, ok := answeredWith(err, codes.FailedPrecondition); !ok {
		if err == nil {
			saw = "Events came."
		}
		return fail("A second Sync beside one that runs: %s It must be answered FAILED_PRECONDITION.", saw)
	}
	if window > 0 {
		if err := p.acknowledge(ctx, 1); err != nil {
			return skip("A second Sync was refused. Whether the first goes on can't be told, for its page can't be acknowledged (see the case %q): %v", caseWindow, err)
		}
	}
	if _, err := first.page(ctx); err != nil {
		return fail("After a second Sync was refused, the first did not go on: %v", err)
	}
	return pass("A second Sync was answered FAILED_PRECONDITION, and the first went on.")
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

func tryCancel(ctx context.Context, t *trial) error {
	if _, err := t.whole(ctx); err != nil {
		return err
	}
	p, resource, err := t.resource(ctx)
	if err != nil {
		return err
	}
	for _, when := range []string{"after its first event", "again"} {
		s, err := p.sync(ctx, resource, "", 0)
		if err != nil {
			return fail("After a Sync was cancelled, the next one does not work within %s: %v Pass the call's context to each request and each wait, and end when it ends. (Cancelled %s.)", cancelLimit, err, when)
		}
		s.stop()
	}
	s, err := p.sync(ctx, resource, "", 0)
	if err != nil {
		return fail("After two Syncs were cancelled, the next one does not work within %s: %v Pass the call's context to each request and each wait, and end when it ends.", cancelLimit, err)
	}
	defer s.stop()
	if _, err := s.page(ctx); err != nil {
		return fail("After two Syncs were cancelled, the next one has no page: %v", err)
	}
	return pass("Two Syncs were cancelled, and the next one worked.")
}

func trySlowReader(ctx context.Context, t *trial) error {
	if procfs != "" {
		return skip("Its memory can't be seen: %s.", procfs)
	}
	listing, err := t.whole(ctx)
	if err != nil {
		return err
	}
	// A process of its own: one that has listed before has the memory already, and
	// keeps it.
	p, err := t.another(ctx, startup{})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	before, ok := p.footprint()
	if !ok {
		return skip("Its memory can't be read.")
	}
	s, err := p.sync(ctx, listing.resource, "", 0)
	if err != nil {
		return err
	}
	defer s.stop()
	grown := max(0, p.watchMemory(ctx, before.peak)-before.peak)
	if grown > maxSlowGrowth {
		return fail("While nobody read its stream, its memory grew by %d MiB, from %d MiB; at most %d are allowed. Send a page before asking for the one after the next, hold no more than that, and wait where sending has to wait.",
			grown>>20, before.peak>>20, maxSlowGrowth>>20)
	}
	if _, err := s.page(ctx); err != nil {
		return fail("After a while in which nobody read its stream, it has no page: %v", err)
	}
	if int64(listing.bytes) < maxSlowGrowth {
		return skip("Its memory grew by %d KiB while nobody read, but the whole listing has only %d KiB: a longer one would tell.", grown>>10, listing.bytes>>10)
	}
	return pass("While nobody read, its memory grew by %d MiB, and the listing has %d MiB.", grown>>20, listing.bytes>>20)
}

// watchMemory looks at the process's memory until it grows no more, and returns
// the most that it ever was.
func (p *process) watchMemory(ctx context.Context, from int64) int64 {
	highest, still := from, 0
	ticker := time.NewTicker(slowLook)
	defer ticker.Stop()
	for look := 0; look < slowLooks && still < slowStill && ctx.Err() == nil; look++ {
		<-ticker.C
		now, ok := p.footprint()
		if !ok {
			return highest
		}
		still++
		if now.peak > highest+stillBytes {
			still = 0
		}
		if highest = max(highest, now.peak); highest-from > maxSlowGrowth {
			return highest
		}
	}
	return highest
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
