package plugintest

import (
	"context"
	"fmt"
	"slices"

	"google.golang.org/grpc/codes"

	"patchbay.example/internal/wire"
)

const (
	sectionStreams = "Streams"
	caseWindow     = "window"

	// inFlight is more than a stream that nobody reads can have on its way: gRPC's
	// window, what the systems' sockets hold, and a message. Of a longer listing
	// something is left to send.
	inFlight = 2*wire.FlowWindowBytes + wire.MaxMessageBytes
)

func streamCases() []Case {
	return []Case{
		{
			Name: caseCompleted, Section: sectionStreams, Title: "Completed comes last, and its totals are right",
			Requires: "A stream that sent everything, to the service's last page, ends with one Completed and then status OK. Its totals are those of the pages, records and quarantined records that came since the beginning, or since the last Restarted. Nothing follows it. A stream that is not complete ends with a status other than OK.",
			Why:      "Whoever is not in a complete listing counts as gone: half a listing must never look like a whole one.",
			after:    needsListing, limit: listingLimit,
			try: tryCompleted,
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
			Requires: "A connector with the capability \"acknowledge\" never has more pages sent and not acknowledged than SyncRequest.window allows, and goes on when they are acknowledged. A number speaks for all pages up to it; one that is not above the last changes nothing. Acknowledging more pages than were sent, or when no Sync runs, is answered FAILED_PRECONDITION.",
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

func tryCompleted(ctx context.Context, t *trial) error {
	err := judged(caseCompleted, "The stream of %d records ended with one Completed, whose totals are right, and status OK.")(ctx, t)
	if err != nil && outcomeOf(err).status != Passed {
		return err
	}
	listing := t.straight
	different := len(listing.set(0))
	if came := different + int(listing.quarantined); came < t.target.Records { //nolint:gosec // counted one by one
		return fail("The listing of %q ended as complete after %s. %d different records and %d quarantined ones came, and there are %d at least: is every page followed, and has each object an id of its own?",
			listing.resource.GetName(), pagesOf(listing), different, listing.quarantined, t.target.Records)
	}
	return err
}

// pagesOf counts the pages of a listing.
func pagesOf(b *book) string {
	if len(b.pages) == 1 {
		return "one page"
	}
	return fmt.Sprintf("%d pages", len(b.pages))
}

func tryOneSync(ctx context.Context, t *trial) error {
	window, certain, err := t.holding(ctx)
	if err != nil {
		return err
	}
	if !certain {
		if len(t.straight.pages) < 2 {
			return short("The listing has one page: there is no stream that is certain to be still open.")
		}
		return skip("The listing is too short for a stream that is certain to be still open.")
	}
	p, resource, err := t.resource(ctx)
	if err != nil {
		return err
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

func tryCancel(ctx context.Context, t *trial) error {
	window, certain, err := t.holding(ctx)
	if err != nil {
		return err
	}
	p, resource, err := t.resource(ctx)
	if err != nil {
		return err
	}
	for _, when := range []string{"after its first event", "again"} {
		s, err := p.sync(ctx, resource, "", window)
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
	return pass("Two Syncs were cancelled, and the next one worked.%s", uncertain(certain))
}
