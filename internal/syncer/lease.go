package syncer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"patchbay.example/internal/store"
)

const (
	// DefaultLease is how long a worker may show no sign of life before another
	// one takes its run over. A minute outlasts a pause of the garbage
	// collector, a failover of the database and a loaded machine.
	DefaultLease = time.Minute
	// renewals is how often a lease is renewed while it lasts: every 15 s of a
	// minute, so that three may be lost.
	renewals = 4
	// handOverLimit bounds the last words of a worker that was interrupted.
	// Without them the next one waits until the lease has run out.
	handOverLimit = 5 * time.Second
)

// errDeadline is the cause with which a run ends that takes too long.
var errDeadline = errors.New("the run took longer than its deadline")

// hold renews the lease until release is called. The returned context ends
// with [store.ErrFenced] as its cause when the lease is lost, and with
// errDeadline when the run has taken too long.
func (w *worker) hold(ctx context.Context) (held context.Context, release func()) {
	left := w.run.Started.Add(w.deadline()).Sub(w.now())
	limited, stop := context.WithTimeoutCause(ctx, left, errDeadline)
	limited, lose := context.WithCancelCause(limited)
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.renewUntil(limited, lose)
	}()
	return limited, func() {
		lose(nil)
		<-done
		stop()
	}
}

// withCause adds to an error why ctx ended, if it did and the error does not
// say.
func withCause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// renewUntil renews the lease until ctx ends.
func (w *worker) renewUntil(ctx context.Context, lose context.CancelCauseFunc) {
	ticker := time.NewTicker(max(w.lease()/renewals, time.Millisecond))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if err := w.renew(ctx, 0); errors.Is(err, store.ErrFenced) {
			lose(err)
			return
		}
	}
}

// renew renews the lease and adds to the time waited. Only [store.ErrFenced]
// matters to its callers: after any other error the lease lasts a while, and
// the next write tells.
func (w *worker) renew(ctx context.Context, waited time.Duration) error {
	err := w.Store.Renew(ctx, w.fence(), w.leaseUntil(), waited)
	if err == nil {
		return nil
	}
	if ctx.Err() == nil {
		w.log.WarnContext(ctx, "the lease of the run could not be renewed", slog.Any("error", err))
	}
	return fmt.Errorf("renew the lease: %w", err)
}

// handOver gives the lease back, so that the next worker need not wait for its
// end. ctx may have ended.
func (w *worker) handOver(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), handOverLimit)
	defer cancel()
	if err := w.Store.Release(ctx, w.fence(), w.now()); err != nil {
		w.log.WarnContext(ctx, "the lease of the run could not be given back", slog.Any("error", err))
	}
}

func (s *Syncer) lease() time.Duration {
	if s.Lease > 0 {
		return s.Lease
	}
	return DefaultLease
}

func (w *worker) leaseUntil() time.Time { return w.now().Add(w.lease()) }
