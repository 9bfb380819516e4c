package schedule

import (
	"crypto/sha256"
	"encoding/binary"
	"time"

	"patchbay.example/internal/store"
)

// FirstPlan is the schedule of a connection that is added now: its first run is
// at once. The regular slots begin at a place within the interval that the name
// decides, so that a thousand connections which a script adds in a minute do not
// run in the same minute ever after. The second run therefore comes at most an
// interval and a twelfth after the first; see leastGap.
func FirstPlan(now time.Time, interval time.Duration, name string) store.Schedule {
	now = stored(now)
	return store.Schedule{Next: now, Why: store.WhyFirst, Anchor: stored(now.Add(offset(name, interval)))}
}

// RunNow is the plan of a run at once. Why is [store.WhyManual],
// [store.WhyPlan], [store.WhyChanged] or [store.WhyResumed].
func RunNow(c store.Connection, now time.Time, why store.Why) store.Plan {
	return store.Plan{ConnectionID: c.ID, Next: stored(now), Why: why}
}

// Pause plans no run.
func Pause(c store.Connection) store.Plan { return store.Plan{ConnectionID: c.ID} }

// Resume is the plan of a connection that was paused: at once where half an
// interval has passed since its last run began, else at its next regular slot.
func Resume(c store.Connection, now time.Time) store.Plan {
	if c.LastRun == nil || !now.Before(c.LastRun.Started.Add(c.Interval/2)) {
		return RunNow(c, now, store.WhyResumed)
	}
	return Replan(c, now)
}

// Replan is the next regular slot after now, such as when the interval was
// changed. It keeps the phase. What somebody asked for and has not begun stays
// planned.
func Replan(c store.Connection, now time.Time) store.Plan {
	if asked(c.Schedule) {
		return store.Plan{ConnectionID: c.ID, Next: c.Schedule.Next, Why: c.Schedule.Why}
	}
	from := now
	if c.LastRun != nil {
		from = later(from, c.LastRun.Started.Add(leastGap(c.Interval)))
	}
	return store.Plan{ConnectionID: c.ID, Next: regular(c.Schedule.Anchor, c.Interval, from), Why: store.WhySchedule}
}

// next is the regular slot after a run that begins at started: an interval
// later where no anchor was planned.
func next(c store.Connection, started time.Time) time.Time {
	if c.Schedule.Anchor.IsZero() {
		return regular(started, c.Interval, started.Add(c.Interval))
	}
	return regular(c.Schedule.Anchor, c.Interval, started.Add(leastGap(c.Interval)))
}

// leastGap is how long after the beginning of a run the next regular slot is at
// least: half an hour of six. A run that somebody asked for just before a slot
// takes its place; asked for earlier, it takes nobody's, so that what stands is
// never older than an interval and this.
func leastGap(interval time.Duration) time.Duration { return interval / 12 }

// regular is the first regular slot at or after a time. Without an anchor the
// time itself is one.
func regular(anchor time.Time, interval time.Duration, from time.Time) time.Time {
	from = stored(from.Add(storedUnit - 1)) // rounded up
	if anchor.IsZero() || interval <= 0 {
		return from
	}
	behind := from.Sub(anchor) % interval
	switch {
	case behind == 0:
		return from
	case behind < 0:
		return from.Add(-behind)
	default:
		return from.Add(interval - behind)
	}
}

// trigger is why the run for a connection's slot begins: what was planned, or
// that slots were missed. Half an interval after its slot a run is late beyond
// jitter and load.
func trigger(c store.Connection, now time.Time) store.Why {
	if c.Schedule.Why == store.WhySchedule && now.Sub(c.Schedule.Next) > c.Interval/2 {
		return store.WhyCatchUp
	}
	return c.Schedule.Why
}

// missed counts the regular slots that passed without a run, as of now.
func missed(c store.Connection, now time.Time) int {
	if c.Schedule.Why != store.WhySchedule || c.Interval <= 0 || now.Before(c.Schedule.Next) {
		return 0
	}
	return int(now.Sub(c.Schedule.Next)/c.Interval) + 1
}

// offset is a place within the interval, the same for the same name.
func offset(name string, interval time.Duration) time.Duration {
	if interval <= 0 {
		return 0
	}
	sum := sha256.Sum256([]byte(name))
	return time.Duration(binary.BigEndian.Uint64(sum[:8]) % uint64(interval))
}

// storedUnit is what stores keep of a time at least. Slots are whole units, so
// that one that was read back is the one that was planned.
const storedUnit = time.Millisecond

func stored(t time.Time) time.Time { return t.UTC().Truncate(storedUnit) }

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
