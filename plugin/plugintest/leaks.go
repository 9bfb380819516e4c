package plugintest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	// leakWarmUp Syncs are cancelled before it is counted, for pools and caches to
	// fill, and leakSyncs after: enough that what each leaves behind can be told
	// from chance, and few enough for a service with rate limits.
	leakWarmUp, leakSyncs = 4, 16
	// maxLeakFiles, maxLeakThreads and maxLeakBytes are what may come to the
	// process meanwhile without anything being lost.
	maxLeakFiles, maxLeakThreads = 8, 10
	maxLeakBytes                 = 48 << 20
)

func tryLeaks(ctx context.Context, t *trial) error {
	if procfs != "" {
		return skip("What it holds can't be seen: %s.", procfs)
	}
	window, certain, err := t.holding(ctx)
	if err != nil {
		return err
	}
	p, resource, err := t.resource(ctx)
	if err != nil {
		return err
	}
	if err := p.cancelSyncs(ctx, resource, window, leakWarmUp); err != nil {
		return err
	}
	before, ok := p.footprint()
	if !ok {
		return skip("What it holds can't be read.")
	}
	if err := p.cancelSyncs(ctx, resource, window, leakSyncs); err != nil {
		return err
	}
	after, _ := p.footprint()
	if leaked(before, after) { // what is just being closed is no leak
		after = p.settled(ctx, before)
	}
	saw := fmt.Sprintf("after %d Syncs that were cancelled it had %d files, %d threads and %d MiB open, and after %d more %d, %d and %d",
		leakWarmUp, before.files, before.threads, before.resident>>20, leakSyncs, after.files, after.threads, after.resident>>20)
	if leaked(before, after) {
		return fail("It does not give back what a cancelled Sync held: %s. Close the response's body, end each goroutine or thread, and stop each timer when the call's context ends.", saw)
	}
	return pass("Nothing was left behind: %s.%s", saw, uncertain(certain))
}

func leaked(before, after footprint) bool {
	return after.files-before.files > maxLeakFiles || after.threads-before.threads > maxLeakThreads ||
		after.resident-before.resident > maxLeakBytes
}

// settled looks at what the process holds until nothing is too much, or for as
// long as what it had may take to be gone.
func (p *process) settled(ctx context.Context, before footprint) footprint {
	deadline := time.Now().Add(goneLimit)
	for {
		now, _ := p.footprint()
		if !leaked(before, now) || time.Now().After(deadline) || ctx.Err() != nil {
			return now
		}
		time.Sleep(gonePause)
	}
}

// cancelSyncs begins that many Syncs and cancels each after its first event.
func (p *process) cancelSyncs(ctx context.Context, resource *connectorv1.Resource, window uint32, n int) error {
	for i := range n {
		s, err := p.sync(ctx, resource, "", window)
		if err != nil && !errors.Is(err, io.EOF) {
			return fail("Sync %d of %d that are cancelled one after the other: %v", i+1, n, err)
		}
		s.stop()
	}
	return nil
}
