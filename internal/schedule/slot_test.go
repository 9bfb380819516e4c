package schedule

import (
	"math/rand/v2"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

// noon is when the tests' clocks begin.
var noon = time.Date(2026, time.March, 2, 12, 0, 0, 0, time.UTC)

const regularInterval = 6 * time.Hour

func at(hours float64) time.Time { return noon.Add(time.Duration(hours * float64(time.Hour))) }

// regularly is a connection whose slots are noon and every six hours.
func regularly() store.Connection {
	return store.Connection{ID: 1, Name: "acme", Interval: regularInterval, Schedule: store.Schedule{Next: noon, Why: store.WhySchedule, Anchor: noon}}
}

func TestTheNextSlotKeepsThePhase(t *testing.T) {
	tests := []struct {
		name  string
		begin float64 // hours after noon
		want  float64
	}{
		{"on time", 0, 6},
		{"a little late", 0.01, 6},
		{"late by half", 3, 6},
		{"late by half an hour less than all", 5.5, 6},
		{"later than that skips one", 5.51, 12},
		{"asked for just before the slot takes its place", 5.9, 12},
		{"three days late", 72.01, 78},
		{"before the anchor", -1, 0},
		{"long before the anchor", -20, -18},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := next(regularly(), at(tt.begin)); !got.Equal(at(tt.want)) {
				t.Errorf("next = %v, want %v", got, at(tt.want))
			}
		})
	}
}

func TestWithoutAnAnchorTheNextRunIsAnIntervalLater(t *testing.T) {
	c := regularly()
	c.Schedule.Anchor = time.Time{}
	if got := next(c, at(1)); !got.Equal(at(7)) {
		t.Errorf("next = %v, want %v", got, at(7))
	}
}

func TestSlotsMissedAreMadeUpForOnce(t *testing.T) {
	tests := []struct {
		name    string
		why     store.Why
		late    float64
		trigger store.Why
		missed  int
	}{
		{"on time", store.WhySchedule, 0, store.WhySchedule, 1},
		{"as late as load makes it", store.WhySchedule, 3, store.WhySchedule, 1},
		{"later", store.WhySchedule, 3.01, store.WhyCatchUp, 1},
		{"three days", store.WhySchedule, 72.01, store.WhyCatchUp, 13},
		{"a retry stays one", store.WhyRetry, 72, store.WhyRetry, 0},
		{"so does what somebody asked for", store.WhyPlan, 72, store.WhyPlan, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := regularly()
			c.Schedule.Why = tt.why
			if got := trigger(c, at(tt.late)); got != tt.trigger {
				t.Errorf("trigger = %q, want %q", got, tt.trigger)
			}
			if got := missed(c, at(tt.late)); got != tt.missed {
				t.Errorf("missed = %d, want %d", got, tt.missed)
			}
		})
	}
}

// Whatever the delays, regular runs begin the least gap apart or more, in the
// phase of the anchor, never in the past, and never much later than an interval.
func TestRegularRunsKeepTheirDistance(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 6))
	for range 300 {
		interval := time.Minute + rand64(random, 30*24*time.Hour)
		now := noon.Add(rand64(random, 1000*time.Hour))
		c := store.Connection{Interval: interval, Schedule: FirstPlan(now, interval, "acme")}
		begun := time.Time{}
		for range 50 {
			now = later(now, c.Schedule.Next)
			if random.IntN(4) == 0 { // an outage
				now = now.Add(rand64(random, 10*interval))
			}
			if !begun.IsZero() && now.Sub(begun) < leastGap(interval) {
				t.Fatalf("interval %v: runs at %v and %v", interval, begun, now)
			}
			begun = now
			slot := next(c, now)
			phase := slot.Sub(c.Schedule.Anchor) % interval
			if off := min(phase, interval-phase); phase != 0 && off >= 2*storedUnit && off <= interval-2*storedUnit {
				t.Fatalf("interval %v: slot %v is %v off the phase of %v", interval, slot, off, c.Schedule.Anchor)
			}
			if slot.Sub(now) < leastGap(interval)-storedUnit || slot.Sub(now) > interval+leastGap(interval)+storedUnit {
				t.Fatalf("interval %v: the slot after %v is %v", interval, now, slot)
			}
			c.Schedule.Next, c.Schedule.Why = slot, store.WhySchedule
		}
	}
}

func rand64(random *rand.Rand, below time.Duration) time.Duration {
	return time.Duration(random.Int64N(int64(below)))
}

// A script that adds a thousand connections in one go gets them spread over the
// interval.
func TestConnectionsAddedTogetherSpread(t *testing.T) {
	perHour := map[int]int{}
	for i := range 1000 {
		c := store.Connection{Name: string(rune('a'+i%26)) + "-" + time.Duration(i).String(), Interval: regularInterval}
		c.Schedule = FirstPlan(noon, c.Interval, c.Name)
		if !c.Schedule.Next.Equal(noon) || c.Schedule.Why != store.WhyFirst {
			t.Fatalf("the first run is planned for %v, %s", c.Schedule.Next, c.Schedule.Why)
		}
		second := next(c, noon)
		perHour[int(second.Sub(noon)/time.Hour)]++
	}
	for hour := 1; hour < 6; hour++ { // the first and the seventh have half each
		if n := perHour[hour]; n < 100 || n > 250 {
			t.Errorf("%d of 1000 second runs are in hour %d: %v", n, hour, perHour)
		}
	}
}

func TestResumingRunsAtOnceUnlessItJustRan(t *testing.T) {
	c := regularly()
	c.LastRun = &store.Run{Started: noon}
	if got := Resume(c, at(1)); !got.Next.Equal(at(6)) || got.Why != store.WhySchedule {
		t.Errorf("resumed an hour after a run: %v %s, want %v", got.Next, got.Why, at(6))
	}
	if got := Resume(c, at(50)); !got.Next.Equal(at(50)) || got.Why != store.WhyResumed {
		t.Errorf("resumed days after a run: %v %s, want at once", got.Next, got.Why)
	}
	if got := Pause(c); !got.Next.IsZero() || got.ConnectionID != c.ID {
		t.Errorf("paused: %+v", got)
	}
}

func TestAnotherIntervalKeepsThePhase(t *testing.T) {
	c := regularly()
	c.LastRun = &store.Run{Started: noon}
	c.Interval = time.Hour
	if got := Replan(c, at(2.2)); !got.Next.Equal(at(3)) {
		t.Errorf("Next = %v, want %v", got.Next, at(3))
	}
	// What somebody asked for, and waits for a free worker, is not put off.
	c.Schedule.Next, c.Schedule.Why = at(2), store.WhyChanged
	if got := Replan(c, at(2.2)); !got.Next.Equal(at(2)) || got.Why != store.WhyChanged {
		t.Errorf("what somebody asked for is planned for %v (%s)", got.Next, got.Why)
	}
}

func TestTheNextRunIsExplained(t *testing.T) {
	tests := []struct {
		name   string
		change func(*store.Connection)
		want   string
	}{
		{"regular", func(*store.Connection) {}, "every 6 h"},
		{"daily", func(c *store.Connection) { c.Interval = 24 * time.Hour }, "every day"},
		{"odd interval", func(c *store.Connection) { c.Interval = 90 * time.Minute }, "every 90 min"},
		{"missed", func(c *store.Connection) { c.Schedule.Next = at(-13) }, "every 6 h; 3 slots were missed, and one run makes up for them"},
		{"missed one", func(c *store.Connection) { c.Schedule.Next = at(-4) }, "every 6 h; a slot was missed, and is made up for"},
		{"retry", func(c *store.Connection) { c.Schedule.Why, c.Schedule.Failures = store.WhyRetry, 3 }, "retry 3 after a failure; every 6 h once it succeeds"},
		{"probe", func(c *store.Connection) { c.Schedule.Why = store.WhyProbe }, "stopped until the credentials are renewed; tried every day in case they are accepted again"},
		{"paused", func(c *store.Connection) { c.Paused, c.Schedule.Next = true, time.Time{} }, "paused; waits for somebody to resume it"},
		{"manual", func(c *store.Connection) { c.Schedule.Why = store.WhyManual }, "somebody asked for it"},
		{"plan", func(c *store.Connection) { c.Schedule.Why = store.WhyPlan }, "somebody asked what it would do; it will be held for review"},
		{"first", func(c *store.Connection) { c.Schedule.Why = store.WhyFirst }, "the first run, then every 6 h"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := regularly()
			tt.change(&c)
			if got := Explain(c, noon); got != tt.want {
				t.Errorf("Explain = %q, want %q", got, tt.want)
			}
		})
	}
}
