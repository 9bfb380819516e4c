package syncer

import (
	"context"
	"errors"
	"sync"

	"patchbay.example/internal/store"
)

// ErrYielded says that a run was left between two pages, for its next slice.
var ErrYielded = errors.New("the run was left for its next slice")

// untilYield is a context that ends with [ErrYielded] as its cause when Yield is
// closed, but not while hand is locked: that is how a write that has begun gets
// to its end, and how a connector that waits or fetches is left at once. Call
// stop in the end, with hand unlocked.
func (w *worker) untilYield(ctx context.Context, hand sync.Locker) (limited context.Context, leave context.CancelCauseFunc, stop func()) {
	limited, leave = context.WithCancelCause(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		select {
		case <-w.Yield:
		case <-limited.Done():
			return
		}
		hand.Lock()
		defer hand.Unlock()
		leave(ErrYielded)
	}()
	return limited, leave, func() {
		leave(nil)
		<-done
	}
}

// leaves reports whether the run is to be left, now that nothing is in hand.
func (w *worker) leaves() bool {
	select {
	case <-w.Yield:
		return true
	default:
		return w.sliceOver()
	}
}

func (w *worker) sliceOver() bool { return w.Slice > 0 && w.now().Sub(w.called) >= w.Slice }

// yielded is [ErrYielded] where that is why err came about: what a call says
// that was torn away explains nothing. ctx is as of untilYield.
func yielded(ctx context.Context, err error) error {
	switch {
	case err == nil, errors.Is(err, store.ErrFenced):
		return err
	case errors.Is(err, ErrYielded), errors.Is(context.Cause(ctx), ErrYielded):
		return ErrYielded
	default:
		return withCause(ctx, err)
	}
}
