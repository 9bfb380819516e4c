package main

import (
	"strings"
	"testing"
	"time"
)

func TestTimesHaveTheirDayWhenNotToday(t *testing.T) {
	t.Parallel()
	zone := time.FixedZone("here", 2*60*60)
	now := time.Date(2025, time.November, 25, 22, 30, 0, 0, time.UTC) // 0:30 on the 26th, here
	a := &app{zone: zone, now: func() time.Time { return now }}
	for give, want := range map[time.Duration]string{
		0:                     "00:30",
		-31 * time.Minute:     "yesterday 23:59",
		23 * time.Hour:        "23:30",
		24 * time.Hour:        "tomorrow 00:30",
		-48 * time.Hour:       "Mon 24 Nov 00:30",
		60 * 24 * time.Hour:   "25 Jan 2026 00:30",
		-400 * 24 * time.Hour: "22 Oct 2024 00:30",
	} {
		if got := a.when(new(now.Add(give))); got != want {
			t.Errorf("%v from now is %q, want %q", give, got, want)
		}
	}
	if got := a.when(nil); got != "never" {
		t.Errorf("no time is %q", got)
	}
}

// Names come from a service: whatever is in them, a table stays a table and the
// terminal its owner's.
func FuzzTable(f *testing.F) {
	f.Add("Person One", "人物")
	f.Add("a\x1b[2Jb", "\u202eevil")
	f.Add("e\u0301", "\n")
	f.Fuzz(func(t *testing.T, a, b string) {
		table := newTable("A", " B")
		table.row(a, b)
		table.row("x", "1")
		var out strings.Builder
		table.write(&out)
		if n := strings.Count(out.String(), "\n"); n != 3 {
			t.Errorf("%d lines, want 3: %q", n, out.String())
		}
		if strings.ContainsAny(out.String(), "\x1b\r\x00\u202e\u2066") {
			t.Errorf("a cell steers the terminal: %q", out.String())
		}
	})
}
