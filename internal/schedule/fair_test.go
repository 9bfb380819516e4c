package schedule

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// A run that waits for a service which is down for hours is left after each
// slice. It then takes its turn behind those that have not begun: else a few
// such runs would keep all workers. Its first slice lasts until the others
// stand in the queue, for where nobody else waits it may go on at once.
func TestARunThatWaitsLetsOthersBegin(t *testing.T) {
	const others = 30
	b := newBench(t)
	slow := b.add("slow")
	for i := range others {
		b.add(fmt.Sprintf("other-%02d", i))
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var slices, done atomic.Int64
	b.config.MaxRuns, b.config.TickEvery = 1, 5*time.Millisecond
	b.runner.page = func(_ context.Context, run store.Run, page int64) error {
		switch {
		case run.ConnectionID != slow.ID:
			if page == 0 {
				done.Add(1)
			}
			return nil
		case done.Load() < others && ctx.Err() == nil: // or the test would hang
			if slices.Add(1) == 1 {
				return errors.Join(syncer.ErrYielded, b.awaitJobs(ctx, func(queued int64) bool { return done.Load()+queued >= others }))
			}
			return syncer.ErrYielded
		default:
			return nil
		}
	}
	b.start()
	b.await("every connection is synced", func() bool {
		for _, c := range must(b.Connections(t.Context())) {
			if c.Schedule.Settled == 0 {
				return false
			}
		}
		return true
	})
	if got := slices.Load(); got > 2 {
		t.Errorf("the run that waits had %d turns before %d others had one", got, others)
	}
	if runs := b.runs(slow.ID); len(runs) != 1 || runs[0].Status != store.RunPromoted {
		t.Errorf("its runs are %+v", runs)
	}
}

// awaitJobs returns when enough, by its argument, is true of the number of sync
// jobs that may begin and have not.
func (b *bench) awaitJobs(ctx context.Context, enough func(queued int64) bool) error {
	look := time.NewTicker(b.config.poll)
	defer look.Stop()
	for {
		var queued int64
		if err := b.jobs.QueryRowContext(ctx, `SELECT count(*) FROM river_job WHERE kind = 'sync' AND state = 'available'`).Scan(&queued); err != nil || enough(queued) {
			return err
		}
		select {
		case <-look.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// must is for what a test's condition reads.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}
