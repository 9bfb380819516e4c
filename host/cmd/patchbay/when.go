package main

import (
	"fmt"
	"time"

	"patchbay.example/internal/program"
)

// when is a time for people: in their zone, with its day when that is not
// today. It is "never" for nil.
func (a *app) when(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "never"
	}
	return a.whenAs(*t, "15:04")
}

// toTheSecond is such a time of something that one may want to time.
func (a *app) toTheSecond(t time.Time) string { return a.whenAs(t, time.TimeOnly) }

func (a *app) whenAs(t time.Time, layout string) string {
	zone := a.zone
	if zone == nil {
		zone = time.Local // a person at a terminal reads it
	}
	local, now := t.In(zone), a.clock().In(zone)
	clock := local.Format(layout)
	switch days := day(local).Sub(day(now)) / (24 * time.Hour); {
	case days == 0:
		return clock
	case days == -1:
		return "yesterday " + clock
	case days == 1:
		return "tomorrow " + clock
	case local.Year() == now.Year():
		return local.Format("Mon 2 Jan ") + clock
	default:
		return local.Format("2 Jan 2006 ") + clock
	}
}

// day is the day of t as if there were no changes of the clock.
func day(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

func (a *app) clock() time.Time {
	if a.now != nil {
		return a.now()
	}
	return time.Now()
}

// took is how long something took, as exactly as anybody wants to know.
func took(d time.Duration) string {
	switch {
	case d < time.Second:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	case d < time.Minute:
		return fmt.Sprintf("%.1f s", d.Seconds())
	default:
		return program.ShortDuration(d.Round(time.Second))
	}
}
