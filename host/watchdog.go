package host

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	goplugin "github.com/hashicorp/go-plugin"
)

const (
	// maxWaitNotice is how far ahead a single Wait is believed. A connector
	// repeats it at least every 30 s, so a wait of hours needs no watchdog of
	// hours.
	maxWaitNotice = 2 * time.Minute

	// probeInterval is how often a silent process is asked whether it lives,
	// and probeTimeout how long it may take to say so: a process that is stopped
	// or deadlocked is found long before the idle limit. A machine that is
	// merely busy answers a call without work in less.
	probeInterval = 15 * time.Second
	probeTimeout  = 15 * time.Second

	// ticksPerIdle is how often the watchdog looks within one idle limit.
	ticksPerIdle = 4
)

// watchdog bites when a wait for the connector takes too long, or the process
// does not answer. It watches only between watch and rest: a consumer may take
// its time.
type watchdog struct {
	idle  time.Duration
	probe func(context.Context) error
	bite  func()
	done  chan struct{}

	mu       sync.Mutex // guards what follows
	watching bool
	extra    time.Duration // on top of idle, after a Wait
	since    time.Time
	probed   time.Time
	found    string // what made it bite
}

// startWatchdog watches until ctx ends; then wait for done.
func startWatchdog(ctx context.Context, idle time.Duration, probe func(context.Context) error, bite func()) *watchdog {
	w := &watchdog{idle: idle, probe: probe, bite: bite, done: make(chan struct{})}
	go w.run(ctx)
	return w
}

// watch begins a wait for the connector; rest ends it.
func (w *watchdog) watch() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watching, w.since, w.probed = true, time.Now(), time.Now()
}

func (w *watchdog) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.watching = false
}

// announce takes a Wait of that length; 0 for any other event.
func (w *watchdog) announce(wait time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.extra = min(max(0, wait), maxWaitNotice)
}

// finding says what made it bite, empty if it did not.
func (w *watchdog) finding() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.found
}

func (w *watchdog) run(ctx context.Context) {
	defer close(w.done)
	ticker := time.NewTicker(min(probeInterval, max(w.idle/ticksPerIdle, time.Millisecond)))
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		if w.look(ctx) {
			w.bite()
			return
		}
	}
}

// look reports whether it is time to bite.
func (w *watchdog) look(ctx context.Context) bool {
	silent, limit, probe := w.state()
	if silent >= limit {
		return w.find(fmt.Sprintf("gave no sign of life for %s", limit))
	}
	if !probe {
		return false
	}
	limited, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if err := w.probe(limited); err != nil && ctx.Err() == nil && status.Code(err) == codes.DeadlineExceeded {
		return w.find(fmt.Sprintf("did not answer for %s", probeTimeout))
	}
	return false
}

// state tells how long the wait has lasted, how long it may, and whether it is
// time to ask.
func (w *watchdog) state() (silent, limit time.Duration, probe bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	limit = w.idle + w.extra
	if !w.watching {
		return 0, limit, false
	}
	now := time.Now()
	if probe = now.Sub(w.probed) >= probeInterval; probe {
		w.probed = now
	}
	return now.Sub(w.since), limit, probe
}

// find keeps what was found, unless an event came meanwhile.
func (w *watchdog) find(what string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.watching {
		w.found = what
	}
	return w.watching
}

// probe asks go-plugin's health service, which answers as long as the process
// runs. Whatever it answers is an answer.
func (p *process) probe(ctx context.Context) error {
	_, err := grpc_health_v1.NewHealthClient(p.conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{Service: goplugin.GRPCServiceName})
	return err
}
