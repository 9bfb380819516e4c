package schedule

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"
)

// Keep is for how long what is over is kept. Zero values mean
// [DefaultKeep].
type Keep struct {
	// Tombstones is for people who left, and replaced versions of those who
	// changed.
	Tombstones time.Duration
	// Runs is for ended runs, with their logs and notifications.
	Runs time.Duration
}

// DefaultKeep is a quarter: an access review looks back that far.
const DefaultKeep = 90 * 24 * time.Hour

// sweepTimeout bounds a sweep. What is left over is the next one's.
const sweepTimeout = 5 * time.Minute

// sweepWorker does sweep jobs.
type sweepWorker struct {
	river.WorkerDefaults[sweepArgs]
	*Scheduler
}

// Timeout ends a job.
func (*sweepWorker) Timeout(*river.Job[sweepArgs]) time.Duration { return sweepTimeout }

// Work removes what retention lets go, and looks for runs that are planned for a
// time which is out of reach.
func (w *sweepWorker) Work(ctx context.Context, _ *river.Job[sweepArgs]) error {
	now := w.Now()
	err := errors.Join(
		w.recall(ctx, now),
		w.Store.Sweep(ctx, now.Add(-cmp.Or(w.Keep.Tombstones, DefaultKeep)), now.Add(-cmp.Or(w.Keep.Runs, DefaultKeep))))
	if ctx.Err() != nil {
		return nil // it got as far as it did
	}
	return err
}
