package scimapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Waiter waits for d and tells those who watch why: reason is one of this
// package's, message a sentence. It returns an error instead where the wait would
// be longer than allowed.
type Waiter func(ctx context.Context, d time.Duration, reason, message string) error

// Bounds of repeating one request, which is an idempotent GET.
const (
	// maxFailures is how many failures in a row one request may meet: with the
	// back-off below they span about a minute.
	maxFailures = 6
	// maxLimited is how many 429s in a row one request may meet: somebody else
	// uses all of the limit by then.
	maxLimited = 15

	firstBackoff = time.Second
	maxBackoff   = 30 * time.Second
)

// retries decides what follows the failures of one request. The delays come from
// package backoff; the sleeping is the waiter's, since a wait is announced to the
// host and counted against its budget.
type retries struct {
	delays            *backoff.ExponentialBackOff
	failures, limited int
}

func newRetries() *retries {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval, delays.MaxInterval, delays.Multiplier = firstBackoff, maxBackoff, 2
	return &retries{delays: delays}
}

// next returns nil when the request should be repeated now, after having waited
// as long as that takes, and the error to give up with otherwise.
func (r *retries) next(ctx context.Context, err error, wait Waiter, log *slog.Logger) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Retry != RetryAfterDelay {
		return err
	}
	delay, ok := r.delay(e)
	if !ok {
		return err
	}
	log.Info("request will be repeated", slog.String("reason", e.Reason), slog.Int("status", e.HTTPStatus), slog.Duration("delay", delay))
	waitErr := wait(ctx, delay, e.Reason, e.Error()+".")
	if waitErr == nil || ctx.Err() != nil {
		return waitErr
	}
	final := *e
	final.Detail = fmt.Sprintf("%s; trying again would take a wait of %s, longer than allowed", e.Detail, delay.Round(time.Second))
	final.RetryAfter = delay
	final.Cause = errors.Join(e.Cause, waitErr)
	return &final
}

// delay is how long to wait after e; false to give up.
func (r *retries) delay(e *Error) (time.Duration, bool) {
	if e.Reason == ReasonRateLimited {
		r.limited++
	} else {
		r.failures++
	}
	if r.limited > maxLimited || r.failures >= maxFailures {
		return 0, false
	}
	if e.RetryAfter > 0 {
		return e.RetryAfter, true
	}
	return r.delays.NextBackOff(), true
}
