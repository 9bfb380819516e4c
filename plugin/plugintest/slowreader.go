package plugintest

import (
	"context"
	"time"

	"patchbay.example/internal/wire"
)

const (
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
)

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
