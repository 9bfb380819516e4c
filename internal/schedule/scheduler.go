package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/riverqueue/river"

	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

const (
	// DefaultTickEvery is how often a process looks at what is due: often enough
	// that a run whose lease of a minute is over goes on within two.
	DefaultTickEvery = 15 * time.Second
	// DefaultMaxRuns is how many runs a process works on at once. Each is a
	// connector's process, and mostly waits for its service.
	DefaultMaxRuns = 4
	// maxChores is how many deliveries and sweeps a process works on at once.
	maxChores = 3
	// cancelLimit bounds the wait for jobs that were cancelled: they give their
	// leases back, and end connectors.
	cancelLimit = 10 * time.Second
)

// Runner runs a connection once; [syncer.Syncer] does, with [Slice] as its
// Slice.
type Runner interface {
	Run(ctx context.Context, job syncer.Job) (store.Run, error)
}

var _ Runner = (*syncer.Syncer)(nil)

// Config is what a Scheduler needs. Store, Queue and Runner must be given.
type Config struct {
	Store  store.Store
	Queue  Queue
	Runner Runner
	// Webhook is the address that is told when a connection needs somebody;
	// empty: none is. It may hold a secret, and is not logged. All processes of an
	// installation should have the same.
	Webhook string
	// WebhookSecret signs what is sent ([Sign]); empty: it is not signed.
	WebhookSecret []byte
	// Origin is the address of the installation's pages, for notifications;
	// empty: unknown.
	Origin string
	// Worker names this process among River's clients, which get a random end to
	// it; empty: River makes a name.
	Worker string
	// Now is the clock that decides what is due; nil: time.Now.
	Now func() time.Time
	// TickEvery is how often to look at what is due; 0: [DefaultTickEvery].
	TickEvery time.Duration
	// Lease is that of the Runner; 0: [syncer.DefaultLease].
	Lease time.Duration
	// MaxRuns is how many runs this process works on at once; 0:
	// [DefaultMaxRuns].
	MaxRuns int
	// Keep is for how long what is over is kept.
	Keep Keep
	// Log takes what happens; nil discards it.
	Log *slog.Logger

	// For tests: how long River waits between looks for jobs at least, and a
	// notification before it is sent again.
	poll  time.Duration
	waits func(attempt int) time.Duration
}

// Scheduler is one process's part in running the schedule. Its methods may be
// called concurrently.
type Scheduler struct {
	Config
	client client
	http   *http.Client
	wake   chan struct{}
	swept  atomic.Int64 // the hour of the last sweep that was ordered
	stop   context.CancelFunc
	loop   sync.WaitGroup
}

// New brings River's tables up to date and makes a scheduler, which does nothing
// until it is started.
func New(ctx context.Context, c Config) (*Scheduler, error) {
	if c.Store == nil || c.Queue == nil || c.Runner == nil {
		return nil, errors.New("a scheduler needs a store, a queue and a runner")
	}
	s := &Scheduler{Config: withDefaults(c), http: newHTTP(), wake: make(chan struct{}, 1)}
	workers := river.NewWorkers()
	river.AddWorker(workers, &syncWorker{Scheduler: s})
	river.AddWorker(workers, &notifyWorker{Scheduler: s})
	river.AddWorker(workers, &sweepWorker{Scheduler: s})
	config := &river.Config{
		Queues:               map[string]river.QueueConfig{queueRuns: {MaxWorkers: s.MaxRuns}, queueChores: {MaxWorkers: maxChores}},
		Workers:              workers,
		JobTimeout:           syncTimeout,
		RescueStuckJobsAfter: rescueAfter,
		Logger:               slog.New(warnings{s.Log.Handler()}),
	}
	if c.Worker != "" {
		config.ID = fmt.Sprintf("%.64s %08x", c.Worker, rand.Uint32())
	}
	if c.poll > 0 {
		config.FetchCooldown, config.FetchPollInterval = c.poll, 10*c.poll
	}
	var err error
	if s.client, err = c.Queue.open(ctx, config); err != nil {
		return nil, err
	}
	return s, nil
}

func withDefaults(c Config) Config {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.TickEvery <= 0 {
		c.TickEvery = DefaultTickEvery
	}
	if c.Lease <= 0 {
		c.Lease = syncer.DefaultLease
	}
	if c.MaxRuns <= 0 {
		c.MaxRuns = DefaultMaxRuns
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	return c
}

// Start begins to run the schedule, until Stop: the end of ctx does not end it.
// It must be called once.
func (s *Scheduler) Start(ctx context.Context) error {
	ctx = context.WithoutCancel(ctx)
	if err := s.client.Start(ctx); err != nil {
		return fmt.Errorf("start the job queue: %w", err)
	}
	ticking, stop := context.WithCancel(ctx)
	s.stop = stop
	s.loop.Go(func() { s.tickUntil(ticking) })
	return nil
}

// Stop takes up no more work and waits for what is being done. The caller has
// told the Runner to yield before. When ctx ends first, jobs are cancelled:
// their runs keep their checkpoints and are given back. Its error says that some
// did not even end then. Without a start there is nothing to stop.
func (s *Scheduler) Stop(ctx context.Context) error {
	defer s.http.CloseIdleConnections()
	if s.stop == nil { // it was never started
		return nil
	}
	s.stop()
	s.loop.Wait()
	err := s.client.Stop(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "jobs are cancelled, for they did not end in time")
		cancelled, cancel := context.WithTimeout(context.WithoutCancel(ctx), cancelLimit)
		defer cancel()
		err = s.client.StopAndCancel(cancelled)
	}
	if err != nil {
		return fmt.Errorf("stop the job queue: %w", err)
	}
	return nil
}

// Wake has the scheduler look at what is due now. It does not wait.
func (s *Scheduler) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it is going to look anyway
	}
}

// tickUntil ticks until ctx ends.
func (s *Scheduler) tickUntil(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-s.wake:
		}
		if err := s.Tick(ctx); err != nil && ctx.Err() == nil {
			s.Log.WarnContext(ctx, "a look at what is due failed and is repeated", slog.Any("error", err))
		}
		timer.Reset(jittered(s.TickEvery))
	}
}

// jittered is a time between three quarters of d and d, so that processes which
// were started together do not look together for ever.
func jittered(d time.Duration) time.Duration {
	return d - rand.N(d/4+1)
}

// warnings passes on what River says of what is out of the ordinary: the rest is
// about its own housekeeping.
type warnings struct{ slog.Handler }

// Enabled implements [slog.Handler].
func (h warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

// WithAttrs implements [slog.Handler].
func (h warnings) WithAttrs(attrs []slog.Attr) slog.Handler {
	return warnings{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements [slog.Handler].
func (h warnings) WithGroup(name string) slog.Handler { return warnings{h.Handler.WithGroup(name)} }
