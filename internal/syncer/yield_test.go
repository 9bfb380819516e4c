//go:build unix

package syncer_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
	"patchbay.example/plugin/okta/oktatest"
)

// yield runs the connection and expects it to be left, with nothing in the way
// of the next worker.
func (r *rig) yield() store.Run {
	r.Helper()
	run, err := r.try(r.Context())
	if !errors.Is(err, syncer.ErrYielded) || run.Status != store.RunRunning || run.LeaseUntil.After(r.syncer.Now()) {
		r.Fatalf("a run that was to be left is %q, its lease until %s, with %v", run.Status, run.LeaseUntil, err)
	}
	return run
}

// goesOn has the next worker go on with a run to its end.
func (r *rig) goesOn(left store.Run) store.Run {
	r.Helper()
	r.syncer.Yield, r.beforePage, r.afterPage = nil, nil, nil
	run := r.sync(store.RunPromoted)
	if run.ID != left.ID || run.Epoch != left.Epoch+1 {
		r.Errorf("run %d of epoch %d went on as %d of %d", left.ID, left.Epoch, run.ID, run.Epoch)
	}
	r.wantDirectory(r.everybody())
	return run
}

// A page that is being stored gets to its end, and none follows.
func TestARunIsLeftAfterThePageInHand(t *testing.T) {
	const pages = 5
	for k := 1; k < pages; k++ {
		t.Run(fmt.Sprintf("page %d", k), func(t *testing.T) {
			r := newRig(t, pages*pageSize)
			yield := make(chan struct{})
			r.syncer.Yield = yield
			r.beforePage = func(stored int) {
				if stored == k-1 {
					close(yield)
					for range 1000 { // whoever would tear the page away may do it now
						runtime.Gosched()
					}
				}
			}
			if left := r.yield(); left.Pages != int64(k) {
				t.Errorf("the run was left with %d pages, want %d", left.Pages, k)
			} else {
				r.goesOn(left)
			}
			r.wantStoredOnce(pages)
		})
	}
}

// Nothing is in hand while the connector waits, says nothing, or connects.
func TestARunWhoseConnectorWaitsIsLeftAtOnce(t *testing.T) {
	for name, c := range map[string]struct {
		fault string
		pages int
	}{
		"for a rate limit": {"users:page=3:429=50s", 2},
		"silently":         {"users:page=3:hang-headers", 2},
		"before it starts": {"users:1:hang-headers", 0},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 50, c.fault)
			yield := make(chan struct{})
			r.syncer.Yield = yield
			stored := make(chan struct{})
			r.afterPage = func(pages int) error {
				if pages == c.pages {
					close(stored)
				}
				return nil
			}
			go func() {
				r.await(func(s oktatest.Stats) bool { return s.Struck > 0 })
				if c.pages > 0 {
					<-stored
				}
				close(yield)
			}()
			if left := r.yield(); left.Pages != int64(c.pages) {
				t.Errorf("the run was left with %d pages, want %d", left.Pages, c.pages)
			} else {
				r.goesOn(left)
			}
		})
	}
}

func TestARunThatIsCompleteIsNotLeft(t *testing.T) {
	r := newRig(t, 30)
	yield := make(chan struct{})
	r.syncer.Yield = yield
	r.afterPage = func(stored int) error {
		if stored == 3 {
			close(yield)
		}
		return nil
	}
	r.sync(store.RunPromoted)
	r.wantDirectory(r.everybody())
}

func TestNoRunBeginsThatIsToBeLeft(t *testing.T) {
	r := newRig(t, 30)
	yield := make(chan struct{})
	r.syncer.Yield = yield
	launch := r.syncer.Launch
	r.syncer.Launch = func(ctx context.Context, c store.Connection) (*host.Connector, error) {
		close(yield)
		<-ctx.Done()
		return launch(ctx, c)
	}
	if run, err := r.try(t.Context()); !errors.Is(err, syncer.ErrYielded) || run.ID != 0 {
		t.Errorf("run %d came with %v, want ErrYielded and none", run.ID, err)
	}
	if run, err := r.Running(t.Context(), r.job.Connection.ID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a run was begun: %+v (%v)", run, err)
	}
	r.syncer.Yield, r.syncer.Launch = nil, launch
	r.sync(store.RunPromoted)
}

// However short a slice is, it gets a page further.
func TestARunInSlicesIsTheSameRun(t *testing.T) {
	const pages = 5
	r := newRig(t, pages*pageSize)
	r.syncer.Slice = time.Nanosecond
	var left store.Run
	for k := 1; k < pages; k++ {
		left = r.yield()
		if left.Pages != int64(k) {
			t.Fatalf("slice %d left the run with %d pages", k, left.Pages)
		}
	}
	run := r.goesOn(left)
	if run.Epoch != pages || run.Pages != pages || run.Records != pages*pageSize {
		t.Errorf("the run is reported as %+v", run)
	}
	r.wantStoredOnce(pages)
}

func TestASliceDoesNotOutlastALongWait(t *testing.T) {
	r := newRig(t, 30, "users:page=2:429=50s")
	r.syncer.Slice = time.Nanosecond
	r.yield()
	r.yield() // it has stored no page, but waits
	r.syncer.Slice = 0
	r.sync(store.RunPromoted)
	r.wantDirectory(r.everybody())
}

// The deadline counts from the first slice.
func TestSlicesShareADeadline(t *testing.T) {
	r := newRig(t, 30)
	r.job.Connection.Deadline = time.Hour
	r.syncer.Slice = time.Nanosecond
	left := r.yield()
	r.pass(2 * time.Hour)
	r.syncer.Slice = 0
	run := r.sync(store.RunPromoted)
	old, err := r.Store.Run(t.Context(), left.ID)
	if err != nil || run.ID == left.ID || old.Status != store.RunAbandoned || old.Reason != syncer.ReasonDeadlinePassed {
		t.Errorf("after its deadline the run is %s for %s (%v)", old.Status, old.Reason, err)
	}
}

// A worker that ends, or is to yield, while it starts the connector gives back
// what it has taken over.
func TestARunIsGivenBackThatDidNotGetToStart(t *testing.T) {
	for name, end := range map[string]func(cancel context.CancelFunc, yield chan struct{}){
		"ended":   func(cancel context.CancelFunc, _ chan struct{}) { cancel() },
		"yielded": func(_ context.CancelFunc, yield chan struct{}) { close(yield) },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 40)
			left := r.interrupt(2)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			yield := make(chan struct{})
			r.syncer.Yield = yield
			launch := r.syncer.Launch
			r.syncer.Launch = func(ctx context.Context, c store.Connection) (*host.Connector, error) {
				end(cancel, yield)
				<-ctx.Done()
				return launch(ctx, c)
			}
			run, err := r.try(ctx)
			if err == nil || errors.Is(err, syncer.ErrYielded) != (name == "yielded") || run.ID != left.ID || run.Status != store.RunRunning || run.LeaseUntil.After(time.Now()) {
				t.Errorf("the run is %+v, with %v", run, err)
			}
			r.syncer.Launch = launch
			r.goesOn(run)
		})
	}
}
