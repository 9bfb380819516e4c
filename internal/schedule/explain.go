package schedule

import (
	"fmt"
	"strconv"
	"time"

	"patchbay.example/internal/store"
)

// Explain says why a connection's next run is when it is, or why none is
// planned, in words that complete "next run: …".
func Explain(c store.Connection, now time.Time) string {
	every := "every " + spell(c.Interval)
	switch {
	case c.Paused:
		return "paused; waits for somebody to resume it"
	case c.Schedule.Next.IsZero():
		return "none is planned; sync it now to go on"
	}
	switch c.Schedule.Why {
	case store.WhyFirst:
		return "the first run, then " + every
	case store.WhyRetry:
		if c.Schedule.Failures == 0 {
			return "once more, because the last run was overtaken"
		}
		return fmt.Sprintf("retry %d after a failure; %s once it succeeds", c.Schedule.Failures, every)
	case store.WhyProbe:
		return "stopped until the credentials are renewed; tried every " + spell(max(c.Interval, probeInterval)) + " in case they are accepted again"
	case store.WhyManual:
		return "somebody asked for it"
	case store.WhyPlan:
		return "somebody asked what it would do; it will be held for review"
	case store.WhyResumed:
		return "resumed, then " + every
	case store.WhyChanged:
		return "the configuration was changed"
	default:
		return every + slotsMissed(c, now)
	}
}

func slotsMissed(c store.Connection, now time.Time) string {
	if trigger(c, now) != store.WhyCatchUp {
		return ""
	}
	if n := missed(c, now); n > 1 {
		return fmt.Sprintf("; %d slots were missed, and one run makes up for them", n)
	}
	return "; a slot was missed, and is made up for"
}

// spell is a duration in the largest units that it is whole in: "6 h",
// "90 min", "2 days".
func spell(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d == day:
		return "day"
	case d > 0 && d%day == 0:
		return strconv.Itoa(int(d/day)) + " days"
	case d > 0 && d%time.Hour == 0:
		return strconv.Itoa(int(d/time.Hour)) + " h"
	case d > 0 && d%time.Minute == 0:
		return strconv.Itoa(int(d/time.Minute)) + " min"
	default:
		return d.String()
	}
}
