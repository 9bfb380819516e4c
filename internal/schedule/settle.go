package schedule

import (
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

const (
	// firstBackoff is the wait after a first failure, which doubles with each
	// further one up to the interval. Most failures are over in a minute.
	firstBackoff = time.Minute
	// probeInterval is the least wait after the credentials were refused: only a
	// person can renew them, and a service counts refused attempts, but a key
	// that was disabled by mistake comes back without anybody telling us.
	probeInterval = 24 * time.Hour
)

// settle takes account of the end of a run, the connection's newest that has
// ended. The schedule that it returns stands from then on.
//
// Waits count from the run's end and not from now: a process that comes to it
// late, because it was down, must not push a slot further that was missed.
func settle(c store.Connection, run store.Run) store.Schedule {
	s := c.Schedule
	s.Settled = run.ID
	if c.LastRun != nil && c.LastRun.ID != run.ID {
		return s // a later one is under way, and will tell
	}
	ended := later(run.Started, run.Finished)
	switch {
	case overtaken(run):
		s.Next, s.Why = stored(ended), again(run)
	case failed(run):
		s.Failures++
		s.Next, s.Why = afterFailure(c, run, ended, s.Failures)
	default:
		s.Failures = 0
		s.Next, s.Why = afterRun(c, run, ended), store.WhySchedule
	}
	if asked(c.Schedule) {
		s.Next, s.Why = c.Schedule.Next, c.Schedule.Why
	}
	if c.Paused {
		s.Next, s.Why = time.Time{}, ""
	}
	return s
}

// afterFailure is when to try again: a refusal of the credentials seldom, else
// soon, and never later than the next regular slot.
func afterFailure(c store.Connection, run store.Run, ended time.Time, failures int) (time.Time, store.Why) {
	if run.Class == store.ClassCredentialsRejected {
		return stored(ended.Add(max(c.Interval, probeInterval))), store.WhyProbe
	}
	slot, retry := afterRun(c, run, ended), stored(ended.Add(backoff(failures, c.Interval)))
	if retry.Before(slot) {
		return retry, again(run)
	}
	return slot, store.WhySchedule
}

// again is why a run is repeated: what was to be held must not be promoted by
// the one that takes its place.
func again(run store.Run) store.Why {
	if run.Trigger == string(store.WhyPlan) {
		return store.WhyPlan
	}
	return store.WhyRetry
}

// afterRun is the next regular slot after a run. Slots that passed while it ran
// are not made up for.
func afterRun(c store.Connection, run store.Run, ended time.Time) time.Time {
	return later(next(c, run.Started), regular(c.Schedule.Anchor, c.Interval, ended))
}

// backoff is the wait after so many failures in a row.
func backoff(failures int, interval time.Duration) time.Duration {
	wait := firstBackoff
	for range failures - 1 {
		if wait >= interval {
			break
		}
		wait *= 2
	}
	return min(wait, max(interval, 0))
}

// failed reports whether the run counts as a failure.
func failed(run store.Run) bool {
	return run.Status == store.RunFailed || run.Status == store.RunAbandoned
}

// overtaken reports whether the run was given up for what somebody did, so that
// nothing is wrong and a new one may begin at once.
func overtaken(run store.Run) bool {
	if run.Status != store.RunAbandoned {
		return false
	}
	switch run.Reason {
	case syncer.ReasonConfigurationChanged, syncer.ReasonConnectorChanged, syncer.ReasonDirectoryMoved, store.ReasonEarlierApproved:
		return true
	default:
		return false
	}
}

// asked reports whether the next run is one that somebody wants, which the end
// of another does not take away.
func asked(s store.Schedule) bool {
	switch s.Why {
	case store.WhyFirst, store.WhyManual, store.WhyPlan, store.WhyResumed, store.WhyChanged:
		return !s.Next.IsZero()
	default:
		return false
	}
}
