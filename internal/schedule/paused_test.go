package schedule

import (
	"testing"

	"patchbay.example/internal/store"
)

// A job may wait for hours for a free worker. Its connection may be paused by
// then, or be just about to be.
func TestAJobOfAPausedConnectionBeginsNothing(t *testing.T) {
	b := newBench(t)
	b.add("acme")
	c := b.connection("acme")
	c.Paused = true
	if err := b.UpdateConnection(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	s, err := New(t.Context(), b.config)
	if err != nil {
		t.Fatal(err)
	}
	args := syncArgs{Connection: c.ID, Name: c.Name, Slot: c.Schedule.Next.UnixMilli()}
	if order, err := s.order(t.Context(), args); order != nil || err != nil {
		t.Errorf("order = %+v, %v", order, err)
	}
	// A run that has begun goes on to its end.
	run, err := b.BeginRun(t.Context(), store.Begin{ConnectionID: c.ID, Trigger: string(store.WhyFirst), Now: noon, LeaseUntil: noon, Slot: c.Schedule.Next})
	if err != nil {
		t.Fatal(err)
	}
	args = syncArgs{Connection: c.ID, Name: c.Name, Run: run.ID, Epoch: run.Epoch}
	if order, err := s.order(t.Context(), args); order == nil || err != nil {
		t.Errorf("order of a run that was interrupted = %+v, %v", order, err)
	}
}
