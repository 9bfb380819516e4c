package syncer

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// DefaultDeadline bounds a run of a connection that names no deadline. A
// million people take a quarter of an hour; the rest is for waits.
const DefaultDeadline = 12 * time.Hour

// Store is what a run needs of an engine. [store.Store] has the contract of
// each method.
type Store interface {
	Running(ctx context.Context, connection int64) (store.Run, error)
	TakeOver(ctx context.Context, run int64, worker string, now, leaseUntil time.Time) (store.Run, error)
	BeginRun(ctx context.Context, b store.Begin) (store.Run, error)
	Run(ctx context.Context, id int64) (store.Run, error)
	Note(ctx context.Context, run int64, n store.Note) error

	Renew(ctx context.Context, f store.Fence, until time.Time, waited time.Duration) error
	Release(ctx context.Context, f store.Fence, now time.Time) error
	StagePage(ctx context.Context, f store.Fence, p store.StagedPage) error
	Quarantine(ctx context.Context, f store.Fence, q store.Quarantine) error
	Restart(ctx context.Context, f store.Fence) error

	Compare(ctx context.Context, f store.Fence) (store.Comparison, error)
	Vanishing(ctx context.Context, run int64, limit int) ([]store.Person, error)
	Finish(ctx context.Context, f store.Fence, end store.Finish) error
	Promote(ctx context.Context, f store.Fence, now time.Time) (store.Run, error)
}

var _ Store = store.Store(nil)

// Syncer runs runs. Store, Launch and Configure are needed. Run may be called
// concurrently.
type Syncer struct {
	Store Store
	// Launch starts a connection's connector; Run closes it. Errors that
	// [host.Explain] does not know end a run as one whose connector could not be
	// started, unless it has pages to lose. They must not quote a secret.
	Launch func(context.Context, store.Connection) (*host.Connector, error)
	// Configure makes a connection's configuration, secrets resolved. Its error
	// fails the run as a configuration that can't be right; it must not quote a
	// secret.
	Configure func(context.Context, store.Connection) (host.Configuration, error)
	// Now is the clock of leases and deadlines; nil: time.Now.
	Now func() time.Time
	// Worker names this process in the runs that it owns.
	Worker string
	// Yield, when it is closed, has runs stop after the page in hand and give
	// their lease up, so that another worker, or a later slice, goes on at once:
	// Run returns [ErrYielded]. Where no page is in hand, because the connector
	// waits or fetches, they stop at once; a run whose listing is complete goes on
	// to its end. nil: never. Slice is the same by time, counted from the call of
	// Run, but a run stops for it only when it has stored a page or the connector
	// waits: a short slice gets on as well. 0: no limit.
	Yield <-chan struct{}
	Slice time.Duration
	// Connected is told what the connector found when it connected, or was
	// refused; nil: nobody.
	Connected func(ctx context.Context, connection store.Connection, response *connectorv1.ConnectResponse)
	// Lease is how long a worker may show no sign of life before another takes
	// its run over; 0: [DefaultLease].
	Lease time.Duration
	// WaitBudget bounds the sum of the waits that a connector announces, for
	// rate limits and for a service that is down; 0: the deadline does.
	WaitBudget time.Duration
	// Log takes what happens; nil discards it.
	Log *slog.Logger
}

// Job is an order for a run.
type Job struct {
	Connection store.Connection
	// Trigger says why the run begins. A run of [store.WhyPlan] is always held.
	Trigger store.Why
	// Slot, Next and NextWhy are as in [store.Begin].
	Slot, Next time.Time
	NextWhy    store.Why
}

// Run runs a connection once: it goes on with the run that was interrupted, or
// begins one. The returned run is as stored, its zero value when there is none.
//
// The error is nil when the run is complete: promoted, or held for review. When
// it failed, the error is the connector's *[host.RefusedError] or *[host.Fault],
// wrapped, or why it was given up; the run says the same for people. When it was
// interrupted, the run is still running, and the error wraps ctx's or the
// store's, or says what the machine could not do. [store.ErrRunning]: another
// worker has the connection. [store.ErrSlotTaken]: the run that the job orders
// has begun already, or was planned anew. [store.ErrFenced]: another worker has
// taken the run over, or somebody ended it. [ErrYielded]: it was left as Yield
// and Slice say.
func (s *Syncer) Run(ctx context.Context, job Job) (store.Run, error) {
	w := &worker{
		Syncer: s, Store: points{s.Store}, job: job, called: s.now(),
		log: s.logger().With(slog.String("connection", job.Connection.Name)),
	}
	if err := w.takeOver(ctx); err != nil {
		return store.Run{}, fmt.Errorf("sync %s: %w", job.Connection.Name, err)
	}
	connector, launchErr := w.launch(ctx)
	err := w.begin(ctx, connector, launchErr)
	if err == nil {
		err = w.work(ctx, connector)
	}
	// Before the lease is given back: a connection has one connector at a time.
	w.endConnector(ctx, connector)
	if w.run.ID == 0 {
		return store.Run{}, fmt.Errorf("sync %s: %w", job.Connection.Name, err)
	}
	run, err := w.conclude(ctx, err)
	if err != nil {
		err = fmt.Errorf("sync %s, run %d: %w", job.Connection.Name, run.ID, err)
	}
	return run, err
}

// worker works on one run.
type worker struct {
	*Syncer
	Store   points // in place of Syncer's
	job     Job
	hash    []byte    // of what decides what is listed; nil where the connector was not launched
	called  time.Time // when Run was
	log     *slog.Logger
	run     store.Run    // its zero value before it is begun
	resumed bool         // the run was begun by another worker
	stored  bool         // a page of the run is stored
	summary host.Summary // of the listing, as far as this worker had a part in it
}

// work stages, guards and promotes, while the lease lasts and the deadline has
// not passed.
func (w *worker) work(ctx context.Context, connector *host.Connector) error {
	limited, release := w.hold(ctx)
	defer release()
	err := w.stage(limited, connector)
	if err == nil {
		err = w.checkListed(limited)
	}
	var v verdict
	if err == nil {
		v, err = w.guard(limited)
	}
	if err != nil {
		return withCause(limited, err)
	}
	// From here the run's end is one transaction, which the store fences. The
	// lease is renewed meanwhile, and when that is refused, because the run has
	// just ended, the transaction must not be torn away: hence ctx.
	if v.plan != nil {
		return w.finish(ctx, store.Finish{
			Status: store.RunHeld, Reason: v.reason, Message: v.plan.Headline + " " + v.plan.Cause, Fix: v.fix,
			Plan: v.plan.encode(),
		})
	}
	return w.promote(ctx)
}

// promote makes what was staged the directory.
func (w *worker) promote(ctx context.Context) error {
	if _, err := w.Store.Promote(ctx, w.fence(), w.now()); err != nil {
		return fmt.Errorf("promote: %w", err)
	}
	return nil
}

func (w *worker) fence() store.Fence { return store.Fence{Run: w.run.ID, Epoch: w.run.Epoch} }

func (s *Syncer) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Syncer) logger() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.New(slog.DiscardHandler)
}
