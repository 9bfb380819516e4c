package schedule

import (
	"testing"
	"time"

	"patchbay.example/internal/store"
)

// The clock was ten years ahead when a run ended, and is right again.
func TestAClockThatWasAheadPutsNobodyOffForYears(t *testing.T) {
	const years = 10 * 365 * 24 * time.Hour
	b := newBench(t)
	for _, name := range []string{"regular", "asked", "soon", "paused"} {
		b.add(name)
	}
	b.clock = noon.Add(years)
	b.start()
	b.runOnce("regular")
	b.stop()
	b.clock = noon.Add(time.Hour)

	regular := b.connection("regular")
	if !strayed(regular, b.now()) {
		t.Fatalf("the next run is planned for %v", regular.Schedule.Next)
	}
	ahead := b.now().Add(years)
	plans := map[string]store.Plan{
		"asked":  {Next: ahead, Why: store.WhyManual},
		"soon":   {Next: noon.Add(20 * time.Hour), Why: store.WhyProbe},
		"paused": {Next: ahead, Why: store.WhySchedule},
	}
	for name, plan := range plans {
		c := b.connection(name)
		plan.ConnectionID = c.ID
		if err := b.Plan(t.Context(), plan); err != nil {
			t.Fatal(err)
		}
		if c.Paused = name == "paused"; c.Paused {
			if err := b.UpdateConnection(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
	}

	s, err := New(t.Context(), b.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := (&sweepWorker{Scheduler: s}).Work(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]store.Schedule{
		"regular": {Next: at(6), Why: store.WhySchedule},
		"asked":   {Next: at(1), Why: store.WhyManual},
		"soon":    {Next: at(20), Why: store.WhyProbe},
		"paused":  {Next: ahead, Why: store.WhySchedule},
	} {
		if got := b.connection(name).Schedule; !got.Next.Equal(want.Next) || got.Why != want.Why {
			t.Errorf("%s: the next run is %v (%s), want %v (%s)", name, got.Next, got.Why, want.Next, want.Why)
		}
	}
}
