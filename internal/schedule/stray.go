package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"patchbay.example/internal/store"
)

// recall plans anew what is planned for a time that no rule plans for: a run
// that ended while the machine's clock was years ahead has a next slot that is
// years ahead, and nobody would sync the connection until then.
func (s *Scheduler) recall(ctx context.Context, now time.Time) error {
	connections, err := s.Store.Connections(ctx)
	if err != nil {
		return fmt.Errorf("look for runs that are planned too late: %w", err)
	}
	for _, c := range connections {
		if !strayed(c, now) {
			continue
		}
		plan := store.Plan{ConnectionID: c.ID, Next: regular(c.Schedule.Anchor, c.Interval, now), Why: store.WhySchedule}
		if asked(c.Schedule) {
			plan = RunNow(c, now, c.Schedule.Why)
		}
		if planErr := ignoreNotFound(s.Store.Plan(ctx, plan)); planErr != nil {
			err = errors.Join(err, planErr)
			continue
		}
		s.Log.WarnContext(ctx, "the next run was planned too far ahead, as if the clock had been wrong, and is planned anew",
			slog.String("connection", c.Name), slog.Time("was", c.Schedule.Next), slog.Time("next", plan.Next))
	}
	return err
}

// strayed reports whether the next run is farther ahead than any rule of ours
// puts it: an interval and a part of one after a run, or a day where the
// credentials were refused.
func strayed(c store.Connection, now time.Time) bool {
	return !c.Paused && c.Schedule.Next.Sub(now) > 2*max(c.Interval, probeInterval)
}
