package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river"

	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

const (
	// Slice is for how long the runner should work on a run before it leaves it
	// for the next slice ([syncer.Syncer.Slice]): River has no heartbeat, so that
	// a job that lasts must come back.
	Slice = 5 * time.Minute
	// syncTimeout ends a job whose runner does not come back: the slice, the
	// start of the connector, and the guard and the promotion of a million
	// people.
	syncTimeout = Slice + 2*time.Minute
	// rescueAfter is when River takes a job for dead. It must be longer than any
	// takes.
	rescueAfter = syncTimeout + 3*time.Minute
	// firstRetry and lastRetry bound the wait before a run goes on that was
	// interrupted by something of our own, such as a full disk.
	firstRetry = 10 * time.Second
	lastRetry  = 5 * time.Minute
	// afterwords bounds what is written after a run when its job was cancelled.
	afterwords = 5 * time.Second
)

// syncWorker does sync jobs.
type syncWorker struct {
	river.WorkerDefaults[syncArgs]
	*Scheduler
}

// Timeout ends a job.
func (*syncWorker) Timeout(*river.Job[syncArgs]) time.Duration { return syncTimeout }

// NextRetry is when a job comes again that could not claim its run.
func (*syncWorker) NextRetry(job *river.Job[syncArgs]) time.Time {
	return time.Now().Add(doubling(firstRetry, lastRetry, job.Attempt))
}

// Work runs a connection, if there still is something to run, and takes account
// of how that ended.
func (w *syncWorker) Work(ctx context.Context, job *river.Job[syncArgs]) error {
	order, err := w.order(ctx, job.Args)
	if order == nil {
		return err
	}
	run, err := w.Runner.Run(ctx, *order)
	switch {
	case errors.Is(err, syncer.ErrYielded):
		return w.left(ctx, job.Args, run)
	case over(run, err):
		w.conclude(ctx, order.Connection.Name)
		w.Wake()
		return nil // well or not: the run says how
	case errors.Is(err, store.ErrRunning), errors.Is(err, store.ErrSlotTaken), errors.Is(err, store.ErrFenced), errors.Is(err, store.ErrNotFound):
		w.Wake()   // where the run was abandoned, the next one is due
		return nil // somebody else has it, or it is gone
	case run.ID != 0:
		return w.interrupted(ctx, job.Args, run, err)
	default:
		return err
	}
}

// left leaves a run for its next slice, which takes its turn behind the runs that
// have not begun. The job has the key by which the tick would make one, which
// would come before them: a few runs that wait for a service which is down would
// keep all workers.
func (w *syncWorker) left(ctx context.Context, args syncArgs, run store.Run) error {
	if run.ID == 0 { // it has not begun
		return river.JobSnooze(0)
	}
	rest := syncArgs{Connection: args.Connection, Name: args.Name, Run: run.ID, Epoch: run.Epoch}
	if _, err := w.client.Insert(ctx, rest, &river.InsertOpts{Priority: priorityBegin}); err != nil {
		return river.JobSnooze(0) // this one comes again instead
	}
	return nil
}

// interrupted leaves a run that has its checkpoint for later. The job that goes
// on with it has the key by which the tick would make one, so that it holds the
// tick off while it waits.
func (w *syncWorker) interrupted(ctx context.Context, args syncArgs, run store.Run, cause error) error {
	if ctx.Err() != nil {
		return river.JobSnooze(0) // this process stops; another one may go on at once
	}
	rest := syncArgs{Connection: args.Connection, Name: args.Name, Run: run.ID, Epoch: run.Epoch, Interruptions: args.Interruptions + 1}
	wait := doubling(firstRetry, lastRetry, rest.Interruptions)
	w.Log.WarnContext(ctx, "a run was interrupted and goes on later", slog.String("connection", args.Name), slog.Int64("run", run.ID), slog.Duration("wait", wait), slog.Any("error", cause))
	if _, err := w.client.Insert(ctx, rest, &river.InsertOpts{ScheduledAt: time.Now().Add(wait)}); err != nil {
		return errors.Join(cause, fmt.Errorf("plan to go on with run %d: %w", run.ID, err))
	}
	return nil
}

// RunOne runs a connection at once, without River and in the caller's goroutine:
// it goes on with the run that was interrupted, or begins the one that is
// planned, whenever that is. Then it takes account of the end, and makes one
// attempt at telling the webhook. It is for commands of an installation that
// nobody serves; the scheduler need not be started.
//
// Its errors are the Runner's, so that nil means promoted or held;
// [store.ErrNotFound] where there is no such connection, [store.ErrSlotTaken]
// where none of its runs is planned or under way, [store.ErrRunning] where
// another worker is at it.
func (s *Scheduler) RunOne(ctx context.Context, name string) error {
	err := s.runOnce(ctx, name)
	if errors.Is(err, store.ErrSlotTaken) {
		// Where the interrupted run could not go on and was abandoned, the one that
		// takes its place is planned by its settlement.
		s.conclude(ctx, name)
		if c, readErr := s.Store.Connection(ctx, name); readErr == nil && !c.Schedule.Next.IsZero() && !c.Schedule.Next.After(s.Now()) {
			err = s.runOnce(ctx, name)
		}
	}
	return err
}

func (s *Scheduler) runOnce(ctx context.Context, name string) error {
	c, err := s.Store.Connection(ctx, name)
	if err != nil {
		return fmt.Errorf("sync %s: %w", name, err)
	}
	args := syncArgs{Connection: c.ID, Name: name}
	if running, err := s.Store.Running(ctx, c.ID); err == nil {
		args.Run = running.ID
	} else if !c.Schedule.Next.IsZero() {
		args.Slot = c.Schedule.Next.UnixMilli()
	}
	order, err := s.order(ctx, args)
	if order == nil {
		if err == nil {
			err = store.ErrSlotTaken
		}
		return fmt.Errorf("sync %s: %w", name, err)
	}
	run, err := s.Runner.Run(ctx, *order)
	if over(run, err) {
		s.conclude(ctx, name)
		s.tellAtOnce(ctx, run)
	}
	return err
}

// over reports whether a run that the Runner returned has ended.
func over(run store.Run, err error) bool {
	return err == nil || run.ID != 0 && run.Status != store.RunRunning
}

// order is what the Runner is to do; nil where nothing is left to do.
//
// A run that is to go on may have ended by the time that the Runner looks. It
// then begins none: the order is for the slot that the run has taken, so that
// the store refuses another one. The same holds where the run can't go on and is
// abandoned; its settlement plans the next.
func (s *Scheduler) order(ctx context.Context, args syncArgs) (*syncer.Job, error) {
	c, err := s.Store.Connection(ctx, args.Name)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.ID != args.Connection {
		return nil, nil // removed or renamed
	}
	if err != nil {
		return nil, fmt.Errorf("read the connection: %w", err)
	}
	order := &syncer.Job{Connection: c}
	running, err := s.Store.Running(ctx, c.ID)
	if err == nil {
		// Either the run that was to go on, or a later slice of this job's own.
		if running.ID != args.Run && (args.Slot == 0 || running.Slot.UnixMilli() != args.Slot) {
			return nil, nil
		}
		order.Trigger, order.Slot = store.Why(running.Trigger), running.Slot
		if running.Slot.IsZero() {
			order.Slot = running.Started
		}
		return order, nil
	}
	if !errors.Is(err, store.ErrNotFound) {
		return nil, fmt.Errorf("look for a run: %w", err)
	}
	if args.Slot == 0 || c.Paused || c.Schedule.Next.IsZero() || c.Schedule.Next.UnixMilli() != args.Slot {
		return nil, nil // it has ended, was paused, or was planned anew
	}
	now := s.Now()
	order.Trigger, order.Slot = trigger(c, now), c.Schedule.Next
	order.Next, order.NextWhy = next(c, now), store.WhySchedule
	return order, nil
}

// conclude takes account of the end of a connection's run. ctx may have ended.
func (s *Scheduler) conclude(ctx context.Context, name string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), afterwords)
	defer cancel()
	c, err := s.Store.Connection(ctx, name)
	if err == nil {
		err = s.settle(ctx, c)
	}
	if err = ignoreNotFound(err); err != nil { // a tick will
		s.Log.WarnContext(ctx, "the end of a run could not be taken account of yet", slog.String("connection", name), slog.Any("error", err))
	}
}
