package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"
)

const (
	// quarantinePercent and quarantineLeast: a run that could not read more
	// than this share of the records, and at least this many, fails.
	quarantinePercent = 1
	quarantineLeast   = 10

	// maxRelistings bounds how often a run's listing may begin again. A
	// connector has a smaller limit of its own, which ends with its process.
	maxRelistings = 10

	// maxExits bounds Summary.Exits.
	maxExits = 16
)

// Sync streams a resource to the consumer, and returns when everything was
// sent, or when it can't go on. Call Connect first.
//
// A process that dies or hangs is started again and goes on after the last page
// that the consumer accepted. Where that page was the last of the listing, and
// only its end was not confirmed, it comes a second time.
//
// The error is nil exactly when the run is complete. Otherwise it is a
// [*RefusedError] or a [*Fault] (CONNECTOR_CRASHED and CONNECTOR_HUNG after the
// restarts allowed, MESSAGE_TOO_LARGE, PAGE_TOO_LARGE, CONTRACT_BROKEN,
// RECORDS_UNREADABLE, WAIT_BUDGET_SPENT, RESTARTED_TOO_OFTEN, and those of
// [Launch]), or wraps the consumer's error or ctx's. When ctx ends, the request
// to the service is stopped, and the process stays for the next call. The
// summary is always filled.
func (c *Connector) Sync(ctx context.Context, request SyncRequest, consumer Consumer) (Summary, error) {
	empty := Summary{Cursor: request.Cursor}
	if consumer.Page == nil {
		return empty, faultf(CallOutOfOrder, "Sync was called without a consumer of pages")
	}
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return empty, err
	}
	defer end()
	select {
	case c.syncing <- struct{}{}:
		defer c.give(c.syncing)
	default:
		return empty, faultf(CallOutOfOrder, "Sync was called while another is running")
	}
	r := &run{
		connector: c, consumer: consumer, resource: request.Resource, window: request.Window,
		resume: request.Cursor, waits: waits{budget: request.WaitBudget},
		summary: empty,
	}
	err = r.supervise(ctx)
	return r.finish(err), err
}

// run is one Sync over all the processes that it takes.
type run struct {
	connector *Connector
	consumer  Consumer
	resource  string
	window    uint32 // see SyncRequest

	summary     Summary
	waits       waits
	resume      string // where the next process goes on
	pages       uint64 // accepted since the run's beginning or its last Restarted
	unconfirmed uint64 // quarantined since the last accepted page
	failures    int    // since the last accepted page
	relistings  int
	measured    time.Time // when the memory was last looked at
}

// supervise runs streams until one completes, or can't be repeated.
func (r *run) supervise(ctx context.Context) error {
	for {
		err := r.stream(ctx)
		if err == nil {
			return r.checkQuarantine()
		}
		if ctx.Err() != nil || !isTransient(err) {
			return err
		}
		limits := r.connector.starter.settings.Limits
		if r.failures == limits.MaxRestarts {
			return fmt.Errorf("sync %s, given up after %d restarts without a page in between: %w", r.resource, r.failures, err)
		}
		r.failures++
		r.summary.Restarts++
		r.forgetUnconfirmed()
		if err := r.backOff(ctx, err, limits.backoff(r.failures)); err != nil {
			return err
		}
	}
}

// backOff waits before a restart.
func (r *run) backOff(ctx context.Context, cause error, wait time.Duration) error {
	r.connector.starter.settings.Log.LogAttrs(ctx, slog.LevelWarn, "connector will be started again",
		slog.Int("attempt", r.failures), slog.Duration("after", wait), slog.Any("cause", cause))
	if r.consumer.ConnectorRestarting != nil {
		r.consumer.ConnectorRestarting(ConnectorRestart{Attempt: r.failures, Cause: cause, After: wait})
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("sync %s: %w", r.resource, contextError(ctx))
	}
}

// forgetUnconfirmed drops the quarantined records of a page that was not
// accepted: the next process reports them again.
func (r *run) forgetUnconfirmed() {
	r.summary.Quarantined -= r.unconfirmed
	r.unconfirmed = 0
}

// isTransient reports whether another process may do better.
func isTransient(err error) bool {
	var fault *Fault
	if !errors.As(err, &fault) {
		return false
	}
	switch fault.Reason {
	case ConnectorCrashed, ConnectorHung, StartTimeout, StartFailed:
		return true
	default:
		return false
	}
}

// checkQuarantine fails a run that left out too much.
func (r *run) checkQuarantine() error {
	left, all := r.summary.Quarantined, r.summary.Quarantined+r.summary.Records
	if left < quarantineLeast || left*100 <= all*quarantinePercent {
		return nil
	}
	return faultf(RecordsUnreadable, "%d of %d records could not be read, more than %d %%", left, all, quarantinePercent)
}

// finish closes the summary.
func (r *run) finish(err error) Summary {
	r.waits.end(time.Now())
	r.summary.Waited = r.waits.by
	r.summary.Completed = err == nil
	if err != nil {
		r.summary.Cursor = r.resume
	}
	r.measure(r.connector.current(), true)
	return r.summary
}

// measure looks at the process's memory, not too often: its peak is lost when
// it dies.
func (r *run) measure(p *process, now bool) {
	const interval = time.Second
	if !now && time.Since(r.measured) < interval {
		return
	}
	r.measured = time.Now()
	r.summary.PeakRSS = max(r.summary.PeakRSS, p.run.PeakRSS())
}

// noteExit keeps how a process ended.
func (r *run) noteExit(p *process) {
	r.measure(p, true)
	if len(r.summary.Exits) < maxExits {
		r.summary.Exits = append(r.summary.Exits, fmt.Sprintf("process %d %s", p.run.Pid(), p.run.Exit()))
	}
}
