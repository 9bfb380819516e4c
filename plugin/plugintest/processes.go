package plugintest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

const (
	sectionProcess = "Process"

	// goneLimit is how long what a process started may outlive it.
	goneLimit = 2 * time.Second
	gonePause = 20 * time.Millisecond
)

func processCases() []Case {
	withListing := append(slices.Clone(needsListing), caseCompleted)
	return []Case{
		{
			Name: "kill-resume", Section: sectionProcess, Title: "Killed at a page, a new process goes on",
			Requires: "A connector keeps nothing between two processes: killed in a listing, a new process with the same configuration and the cursor of the last page sends the rest, and nobody is lost.",
			Why:      "Processes crash and machines restart in a listing that takes hours.",
			after:    append(slices.Clone(withListing), caseIDsStable, caseResume, "cursor-connect"), limit: listingLimit,
			try: tryKillResume,
		},
		{
			Name: "stop", Section: sectionProcess, Title: "Asked to stop, it ends",
			Requires: "When GRPCController.Shutdown is called, and on SIGTERM, the process ends within the grace period of 3 s, also while a stream is open.",
			Why:      "A host that stops would otherwise wait for it and then kill it.",
			after:    withListing, limit: listingLimit,
			try: tryStop,
		},
		{
			Name: "orphan", Section: sectionProcess, Title: "When its host is gone, it ends",
			Requires: "The host holds the connector's standard input open and writes nothing to it. At its end the process, and whatever it has started, ends within 3 s.",
			Why:      "However a host dies, no process with a customer's secrets may stay behind.",
			after:    withListing, limit: listingLimit,
			try: tryOrphan,
		},
		{
			Name: "leaks", Section: sectionProcess, Title: "Cancelled streams leave nothing behind",
			Requires: "After many Syncs that were cancelled, the process has no more open files, threads and memory than after a few.",
			Why:      "A process serves a connection for days, and every run that is stopped would cost a socket.",
			after:    append(slices.Clone(withListing), "cancel"), limit: listingLimit,
			try: tryLeaks,
		},
		{
			Name: "one-process", Section: sectionProcess, Title: "It leaves no process behind",
			Requires: "When the connector has ended, no process that it started is there any more.",
			Why:      "What it leaves behind holds its secrets and the pipes of its log, and nobody knows of it.",
			after:    withListing, limit: listingLimit,
			try: tryOneProcess,
		},
	}
}

func tryKillResume(ctx context.Context, t *trial) error {
	listing, resumable, err := t.withCursors(ctx)
	if err != nil {
		return err
	}
	at := resumable[len(resumable)/2]
	killed, err := t.another(ctx, startup{})
	if err != nil {
		return err
	}
	defer killed.discard(ctx)
	s, err := killed.sync(ctx, listing.resource, "", 0)
	if err != nil {
		return err
	}
	defer s.stop()
	var last page
	for range at.number {
		if last, err = s.page(ctx); err != nil {
			return fmt.Errorf("page %d, before the process is killed: %w", len(s.book.pages)+1, err)
		}
	}
	killed.kill(ctx)
	if last.cursor == "" {
		return skip("Page %d had a cursor in one listing and none in another.", at.number)
	}
	return t.goOn(ctx, listing, s.book, last)
}

// goOn resumes a listing in a new process, after the page at which the one
// before was killed.
func (t *trial) goOn(ctx context.Context, listing, begun *book, last page) error {
	name := listing.resource.GetName()
	next, err := t.fresh(ctx, startup{})
	if err != nil {
		return err
	}
	defer next.discard(ctx)
	response, err := next.connect(ctx, t.connectRequest(map[string]string{name: last.cursor}))
	if err != nil {
		return fail("A new process, connected with the cursor of page %d to resume with: %s", last.number, err)
	}
	if response.HasRefusal() {
		return fail("A new process refuses to go on with the cursor of page %d: %s", last.number, refusalText(response.GetRefusal()))
	}
	rest, err := next.readAll(ctx, listing.resource, last.cursor)
	if err != nil {
		return fail("A new process, going on from the cursor of page %d: %v", last.number, err)
	}
	all := rest.set(0)
	for id := range begun.set(0) {
		all[id] = struct{}{}
	}
	if problem := difference(listing.set(0), all, listing, begun, rest); problem != "" {
		return fail("Killed after page %d of %d and resumed in a new process, %s. Everything that is needed to go on must be in the cursor.", last.number, len(listing.pages), problem)
	}
	return pass("Killed after page %d of %d and resumed in a new process, all %d records came.", last.number, len(listing.pages), len(all))
}

// streaming starts a process with a stream open that nobody reads.
func (t *trial) streaming(ctx context.Context) (*process, error) {
	window, _, err := t.holding(ctx)
	if err != nil && outcomeOf(err).status != Skipped { // without a listing there is nothing to hold, and it may be stopped all the same
		return nil, err
	}
	p, err := t.another(ctx, startup{})
	if err != nil {
		return nil, err
	}
	resource, err := t.resourceOf(ctx, p)
	if err == nil {
		_, err = p.sync(ctx, resource, "", window)
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err != nil {
		p.discard(ctx)
		return nil, err
	}
	t.canaries.in(p.shown(), "the arguments or environment of a process, in a listing")
	return p, nil
}

func tryStop(ctx context.Context, t *trial) error {
	p, err := t.streaming(ctx)
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	asked := p.askToStop(ctx)
	if !p.wasEnded(ctx, stopLimit) {
		return fail("Asked to stop by GRPCController.Shutdown while a stream was open (%v), the process was still there after %s. Stop the server, which ends the open streams, and end.", answerText(asked), stopLimit)
	}
	p, err = t.streaming(ctx)
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	p.ending.Store(true)
	if !terminate(p.command.Process) {
		return pass("Asked by GRPCController.Shutdown while a stream was open, it ended.")
	}
	if !p.wasEnded(ctx, stopLimit) {
		return fail("After SIGTERM while a stream was open, the process was still there after %s.", stopLimit)
	}
	return pass("Asked by GRPCController.Shutdown and by SIGTERM while a stream was open, it ended.")
}

func answerText(err error) string {
	if err == nil {
		return "which it answered OK"
	}
	return "which it answered with: " + err.Error()
}

func tryOrphan(ctx context.Context, t *trial) error {
	p, err := t.streaming(ctx)
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	p.ending.Store(true)
	p.hangUp()
	if !p.wasEnded(ctx, stopLimit) {
		return fail("After the end of its standard input the process was still there after %s. Read standard input in a thread of its own, and end the process at end of file.", stopLimit)
	}
	if left := p.staying(ctx); left != "" {
		return fail("After the end of its standard input the process ended, and left behind: %s.", left)
	}
	return pass("At the end of its standard input it ended (%s), with a stream open.", p.ended)
}

// staying waits for what the process started to be gone, and names what is not.
func (p *process) staying(ctx context.Context) string {
	deadline := time.Now().Add(goneLimit)
	for {
		left := p.leftovers()
		if len(left) == 0 {
			return ""
		}
		if time.Now().After(deadline) || ctx.Err() != nil {
			names := make([]string, len(left))
			for i, one := range left {
				names[i] = one.name
			}
			return "process " + strings.Join(names, ", ")
		}
		time.Sleep(gonePause)
	}
}

func tryOneProcess(ctx context.Context, t *trial) error {
	if procfs != "" {
		return skip("What it has started can't be seen: %s.", procfs)
	}
	p, err := t.streaming(ctx)
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	running := len(p.leftovers())
	_ = p.askToStop(ctx) // a server that stops at once may take its answer with it
	if !p.wasEnded(ctx, stopLimit) {
		p.kill(ctx)
	}
	if left := p.staying(ctx); left != "" {
		return fail("It ended and left behind: %s. End what was started, and wait for it, before the process ends.", left)
	}
	if running > 0 {
		return pass("It had started %d processes, which ended with it.", running)
	}
	return pass("It started no process.")
}
