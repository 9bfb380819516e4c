//go:build unix

package syncer_test

import (
	"errors"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

// plan sets the connection's slot, and has the job be for it.
func (r *rig) plan(slot time.Time) {
	r.Helper()
	r.job.Slot, r.job.Next, r.job.NextWhy = slot, slot.Add(6*time.Hour), store.WhySchedule
	err := r.Plan(r.Context(), store.Plan{ConnectionID: r.job.Connection.ID, Next: slot, Why: r.job.Trigger})
	if err != nil {
		r.Fatal(err)
	}
}

// next is when the connection's next run is due.
func (r *rig) next() time.Time {
	r.Helper()
	c, err := r.Connection(r.Context(), "acme")
	if err != nil {
		r.Fatal(err)
	}
	return c.Schedule.Next
}

func TestOneRunIsEverForASlot(t *testing.T) {
	r := newRig(t, 20)
	r.syncer.Worker = "first"
	slot := time.Now().Truncate(time.Second)
	r.plan(slot)
	run := r.sync(store.RunPromoted)
	if !run.Slot.Equal(slot) || run.Worker != "first" || !r.next().Equal(slot.Add(6*time.Hour)) {
		t.Errorf("run %d of worker %q is for %s, and the next is due at %s", run.ID, run.Worker, run.Slot, r.next())
	}
	again, err := r.try(t.Context())
	if !errors.Is(err, store.ErrSlotTaken) || again.ID != 0 {
		t.Errorf("a second run for the slot is %d, with %v", again.ID, err)
	}
	runs, err := r.Runs(t.Context(), store.RunsQuery{ConnectionID: r.job.Connection.ID})
	if err != nil || len(runs) != 1 {
		t.Errorf("there are %d runs (%v), want one", len(runs), err)
	}
}

func TestARunThatGoesOnLeavesTheSlot(t *testing.T) {
	r := newRig(t, 40)
	r.interrupt(2)
	slot := time.Now().Truncate(time.Second)
	r.plan(slot)
	r.syncer.Worker = "second"
	if run := r.sync(store.RunPromoted); !run.Slot.IsZero() || run.Worker != "second" || !r.next().Equal(slot) {
		t.Errorf("a run of worker %q that went on is for %s, and the next is due at %s", run.Worker, run.Slot, r.next())
	}
}

func TestARunInPlaceOfAnAbandonedOneTakesTheSlot(t *testing.T) {
	r := newRig(t, 40)
	r.interrupt(2)
	r.reconfigure("2")
	slot := time.Now().Truncate(time.Second)
	r.plan(slot)
	if run := r.sync(store.RunPromoted); !run.Slot.Equal(slot) || !r.next().Equal(slot.Add(6*time.Hour)) {
		t.Errorf("the run is for %s, and the next is due at %s", run.Slot, r.next())
	}
}

// Whoever asked what a run would do must not find it promoted because its worker
// died.
func TestARunInPlaceOfAnAbandonedPlanIsAPlan(t *testing.T) {
	r := newRig(t, 40)
	r.job.Trigger = store.WhyPlan
	r.interrupt(2)
	r.reconfigure("2")
	r.job.Trigger = store.WhySchedule
	r.sync(store.RunHeld)
}
