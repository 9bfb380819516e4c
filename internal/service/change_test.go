//go:build unix

package service_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// meddling is a store in which something happens while a connection is tested,
// or whose writes fail from one on.
type meddling struct {
	store.Store
	tested func() // called once, while a connector is being started
	writes int    // left before they fail
}

func (m *meddling) Trust(ctx context.Context, connector string) (store.Trust, error) {
	if do := m.tested; do != nil {
		m.tested = nil
		do()
	}
	return m.Store.Trust(ctx, connector)
}

var errDiskFull = errors.New("no space left on device")

func (m *meddling) UpdateConnection(ctx context.Context, c store.Connection) error {
	if m.writes--; m.writes < 0 {
		return errDiskFull
	}
	return m.Store.UpdateConnection(ctx, c)
}

func (m *meddling) Plan(ctx context.Context, p store.Plan) error {
	if m.writes--; m.writes < 0 {
		return errDiskFull
	}
	return m.Store.Plan(ctx, p)
}

const manyWrites = 100

func TestAChangeUndoesNothingThatHappensWhileItIsTested(t *testing.T) {
	r := newRig(t, 3)
	r.add("acme")
	m := &meddling{Store: r.Store, writes: manyWrites}
	r.Store = m
	m.tested = func() {
		if _, err := r.Pause(t.Context(), "acme"); err != nil {
			t.Error(err)
		}
	}
	c, _, err := r.Change(t.Context(), "acme", service.Change{Config: json.RawMessage(`{"rate_limit_share": 70}`)})
	if err != nil || !strings.Contains(string(c.Config), `"rate_limit_share":70`) {
		t.Fatalf("%v; %+v", err, c)
	}
	if c.State != store.StatePaused || c.NextRun != nil {
		t.Errorf("a connection that was paused meanwhile is %s, its next run %v", c.State, c.NextRun)
	}

	// What was tested is not what would be stored.
	m.tested = func() {
		if _, _, err := r.Change(t.Context(), "acme", service.Change{Config: json.RawMessage(`{"rate_limit_share": 60}`)}); err != nil {
			t.Error(err)
		}
	}
	_, _, err = r.Change(t.Context(), "acme", service.Change{Config: json.RawMessage(`{"rate_limit_share": 50}`)})
	if input, ok := errors.AsType[*service.InputError](err); !ok || input.Field != "config" {
		t.Errorf("two changes at once: %v", err)
	}
	if c, err = r.Connection(t.Context(), "acme"); err != nil || !strings.Contains(string(c.Config), `"rate_limit_share":60`) {
		t.Errorf("%v; %s", err, c.Config)
	}
}

// A connection that was paused or resumed by halves, because the disk was full
// or the process died between two writes, is not lost to the schedule.
func TestResumingByHalvesLeavesNoConnectionUnplanned(t *testing.T) {
	for writes := range 2 {
		r := newRig(t, 3)
		r.add("acme")
		m := &meddling{Store: r.Store, writes: manyWrites}
		r.Store = m
		if _, err := r.Pause(t.Context(), "acme"); err != nil {
			t.Fatal(err)
		}
		m.writes = writes
		if _, err := r.Resume(t.Context(), "acme"); !errors.Is(err, errDiskFull) {
			t.Fatalf("after %d writes: %v", writes, err)
		}
		c, err := r.Connection(t.Context(), "acme")
		if err != nil || c.State != store.StatePaused && c.NextRun == nil {
			t.Errorf("after %d writes it is %s and has no next run (%v)", writes, c.State, err)
		}
		if due, err := r.Store.Due(t.Context(), r.now, 1); err != nil || len(due) > 0 && due[0].Paused {
			t.Errorf("after %d writes it is paused and due (%v)", writes, err)
		}
		m.writes = manyWrites
		if c, err = r.Resume(t.Context(), "acme"); err != nil || c.NextRun == nil || c.State == store.StatePaused {
			t.Errorf("resumed again: %v; %+v", err, c)
		}
	}
}

func TestPausingByHalvesRunsNothing(t *testing.T) {
	r := newRig(t, 3)
	r.add("acme")
	m := &meddling{Store: r.Store, writes: 1}
	r.Store = m
	if _, err := r.Pause(t.Context(), "acme"); !errors.Is(err, errDiskFull) {
		t.Fatal(err)
	}
	if due, err := r.Store.Due(t.Context(), r.now, 1); err != nil || len(due) > 0 {
		t.Errorf("%d connections are due (%v)", len(due), err)
	}
}
