package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/riverqueue/river/rivertype"

	"patchbay.example/internal/killpoint"
	"patchbay.example/internal/store"
)

// tickLimit bounds what one step of a tick looks at, so that none takes long.
// A tick that was busy to the limit is followed by another at once.
const tickLimit = 200

// Tick looks once at what is to be done, and orders it: it takes account of
// ended runs, and makes jobs of connections that are due, of runs whose worker
// shows no sign of life, of notifications, and once an hour of the sweep. It may
// be called at any time, from any number of processes. Its error says which
// steps failed; the others were done.
func (s *Scheduler) Tick(ctx context.Context) error {
	for {
		more, err := s.tick(ctx)
		if err != nil || !more {
			return err
		}
	}
}

// tick takes each step once. more says that one reached its limit.
func (s *Scheduler) tick(ctx context.Context) (more bool, err error) {
	now := s.Now()
	for _, step := range []struct {
		doing string
		do    func(context.Context, time.Time) (bool, error)
	}{
		{"take account of ended runs", s.settleEnded},
		{"go on with interrupted runs", s.orderOrphans},
		{"begin due runs", s.orderDue},
		{"deliver notifications", s.orderNotifications},
		{"sweep", s.orderSweep},
	} {
		full, stepErr := step.do(ctx, now)
		if stepErr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", step.doing, stepErr))
		}
		more = more || full
	}
	return more, err
}

// settleEnded takes account of runs that ended without their worker doing it.
func (s *Scheduler) settleEnded(ctx context.Context, _ time.Time) (bool, error) {
	unsettled, err := s.Store.Unsettled(ctx, tickLimit)
	if err != nil {
		return false, err
	}
	failures := 0
	for _, c := range unsettled {
		if settleErr := s.settle(ctx, c); settleErr != nil {
			failures++
			err = errors.Join(err, settleErr)
		}
	}
	return len(unsettled) == tickLimit && failures == 0, err
}

// orderOrphans has runs go on whose lease is over.
func (s *Scheduler) orderOrphans(ctx context.Context, now time.Time) (bool, error) {
	orphans, err := s.Store.Orphans(ctx, now, tickLimit)
	if err != nil || len(orphans) == 0 {
		return false, err
	}
	names, err := s.names(ctx)
	if err != nil {
		return false, err
	}
	orders := make([]syncArgs, 0, len(orphans))
	for _, run := range orphans {
		if name, there := names[run.ConnectionID]; there {
			orders = append(orders, syncArgs{Connection: run.ConnectionID, Name: name, Run: run.ID, Epoch: run.Epoch})
		}
	}
	return s.enqueue(ctx, orders)
}

// names are the connections' names by id.
func (s *Scheduler) names(ctx context.Context) (map[int64]string, error) {
	connections, err := s.Store.Connections(ctx)
	names := make(map[int64]string, len(connections))
	for _, c := range connections {
		names[c.ID] = c.Name
	}
	return names, err
}

// orderDue has runs begin.
func (s *Scheduler) orderDue(ctx context.Context, now time.Time) (bool, error) {
	due, err := s.Store.Due(ctx, now, tickLimit)
	if err != nil {
		return false, err
	}
	orders := make([]syncArgs, len(due))
	for i, c := range due {
		orders[i] = syncArgs{Connection: c.ID, Name: c.Name, Slot: c.Schedule.Next.UnixMilli()}
	}
	return s.enqueue(ctx, orders)
}

// enqueue makes sync jobs. more says that there may be more to order, which is
// so when it was full of orders of which some were new. Each is made in a transaction of its own:
// two processes that order the same in one each would lock rows of River's in
// turn, and wait for each other.
func (s *Scheduler) enqueue(ctx context.Context, orders []syncArgs) (more bool, err error) {
	fresh := false
	for _, order := range orders {
		made, err := s.enqueueOne(ctx, order)
		if err != nil {
			return false, err
		}
		fresh = fresh || made
	}
	return fresh && len(orders) == tickLimit, nil
}

// enqueueOne makes a sync job, unless one is under way. Jobs that died are
// passed over.
func (s *Scheduler) enqueueOne(ctx context.Context, order syncArgs) (made bool, err error) {
	for range maxDispatches {
		result, err := s.client.Insert(ctx, order, nil)
		if err != nil {
			return false, err
		}
		if !result.UniqueSkippedAsDuplicate {
			return true, nil
		}
		if !s.dead(result.Job) {
			return false, nil
		}
		order.Dispatch++
	}
	return false, nil
}

// dead reports whether a job that holds up another of its key has lost its
// process. A job that works has a run of its own within the lease, and what it
// is for is then not found by a tick.
func (s *Scheduler) dead(job *rivertype.JobRow) bool {
	return job.State == rivertype.JobStateRunning && job.AttemptedAt != nil && time.Since(*job.AttemptedAt) > s.Lease
}

// orderNotifications has notifications delivered.
func (s *Scheduler) orderNotifications(ctx context.Context, _ time.Time) (bool, error) {
	if s.Webhook == "" {
		return false, nil
	}
	pending, err := s.Store.Pending(ctx, tickLimit)
	if err != nil || len(pending) == 0 {
		return false, err
	}
	for _, n := range pending {
		if _, err := s.client.Insert(ctx, notifyArgs{Notification: n.ID}, nil); err != nil {
			return false, err
		}
	}
	return false, nil // those beyond the limit come when these are through
}

// orderSweep orders the hour's sweep, once.
func (s *Scheduler) orderSweep(ctx context.Context, now time.Time) (bool, error) {
	hour := now.Unix() / int64(time.Hour/time.Second)
	if s.swept.Load() == hour {
		return false, nil
	}
	_, err := s.client.Insert(ctx, sweepArgs{Hour: hour}, nil)
	if err == nil {
		s.swept.Store(hour)
	}
	return false, err
}

// settle takes account of a connection's newest ended run, unless somebody has.
func (s *Scheduler) settle(ctx context.Context, c store.Connection) error {
	run, err := s.ended(ctx, c)
	if err != nil || run == nil || run.ID <= c.Schedule.Settled {
		return err
	}
	settlement := store.Settlement{ConnectionID: c.ID, From: c.Schedule.Settled, Slot: c.Schedule.Next, Schedule: settle(c, *run)}
	if err := s.addNotification(&settlement, c, *run); err != nil {
		return err
	}
	killpoint.Here("Settle.before")
	err = s.Store.Settle(ctx, settlement)
	killpoint.Here("Settle.after")
	if errors.Is(err, store.ErrSettled) || errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("connection %s, run %d: %w", c.Name, run.ID, err)
	}
	s.Log.DebugContext(ctx, "the next run is planned", slog.String("connection", c.Name), slog.Int64("run", run.ID),
		slog.Time("next", settlement.Schedule.Next), slog.String("why", string(settlement.Schedule.Why)))
	return nil
}

// addNotification adds to a settlement of what somebody is to be told. Where
// nobody is, nobody has been told: a webhook that is set later hears of what is
// wrong by then.
func (s *Scheduler) addNotification(settlement *store.Settlement, c store.Connection, run store.Run) (err error) {
	if s.Webhook == "" {
		settlement.Schedule.Told = ""
		return nil
	}
	if c.LastRun.ID != run.ID {
		return nil // a later one is under way, and will tell
	}
	settlement.Notification, settlement.Schedule.Told, err = tell(c, run, settlement.Schedule.Failures, s.Origin)
	if settlement.Notification != nil {
		settlement.Notification.Created = s.Now()
	}
	return err
}

// ended is a connection's newest run that has ended; nil if there is none. One
// run at most is running, so that it is the newest or the one before.
func (s *Scheduler) ended(ctx context.Context, c store.Connection) (*store.Run, error) {
	if c.LastRun == nil || c.LastRun.Status != store.RunRunning {
		return c.LastRun, nil
	}
	runs, err := s.Store.Runs(ctx, store.RunsQuery{ConnectionID: c.ID, Before: c.LastRun.ID, Limit: 1})
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	return &runs[0], nil
}
