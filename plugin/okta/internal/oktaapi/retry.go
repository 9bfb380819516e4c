package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// Bounds of repeating one request. A page is an idempotent GET.
const (
	// maxFailures is how many failures in a row one request may meet: with the
	// back-off below they span about a minute.
	maxFailures = 6

	// maxLimited is how many 429s in a row one request may meet. Each is
	// followed by a wait of up to maxWindow, so that the last comes a quarter
	// of an hour after the first: by then somebody else uses all of the limit.
	maxLimited = 15

	// maxRenewals is how many new tokens and DPoP proofs together one request
	// may need; the second new token in a row is already refused by
	// Client.rejected.
	maxRenewals = 3

	firstBackoff = time.Second
	maxBackoff   = 30 * time.Second

	// failuresBeforeSmaller is how many internal errors (E0000009) of a list
	// make its pages smaller: Okta's advice for slow lists. minLimit is the
	// smallest page asked for.
	failuresBeforeSmaller = 2
	minLimit              = 25
)

// retries decides what follows the failures of one request. The delays come
// from package backoff; the sleeping is ours, since a wait is announced to the
// host and counted against its budget.
type retries struct {
	delays                      *backoff.ExponentialBackOff
	failures, limited, renewals int
	last                        retryOf
}

func newRetries() *retries {
	delays := backoff.NewExponentialBackOff()
	delays.InitialInterval = firstBackoff
	delays.MaxInterval = maxBackoff
	delays.Multiplier = 2
	return &retries{delays: delays}
}

// next returns nil when the request should be repeated now, after having
// waited as long as that takes, and the error to give up with otherwise.
func (r *retries) next(ctx context.Context, err error, wait Waiter, log *slog.Logger) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	e, ok := errors.AsType[*Error](err)
	if ok && errors.Is(err, errRetryNow) {
		if r.renewals++; r.renewals <= maxRenewals {
			return nil
		}
		final := *e
		final.Retry = RetryNever
		return &final
	}
	if !ok || e.Retry != RetryAfterDelay {
		return err
	}
	delay := r.delay(e)
	if delay < 0 {
		return err
	}
	log.Info("request will be repeated", slog.Any("cause", e), slog.Duration("delay", delay))
	waitErr := wait(ctx, delay, e.Reason, e.Error()+".")
	if waitErr != nil && ctx.Err() == nil {
		return refusedToWait(e, delay, waitErr)
	}
	return waitErr
}

// delay is how long to wait after e, negative to give up.
func (r *retries) delay(e *Error) time.Duration {
	switch e.Reason {
	case ReasonRateLimited, ReasonConcurrencyLimited:
		r.limited++
		r.last = retryOf{requestID: e.RequestID, count: r.limited}
		if r.limited > maxLimited {
			return -1
		}
	default:
		if r.failures++; r.failures >= maxFailures {
			return -1
		}
	}
	if e.RetryAfter > 0 {
		return e.RetryAfter + jitter(windowJitter)
	}
	return r.delays.NextBackOff()
}

// refusedToWait is e, saying that the wait after which it might pass was
// longer than allowed. Code that looks for the wait's refusal finds it too.
func refusedToWait(e *Error, delay time.Duration, waitErr error) error {
	final := *e
	final.Detail = fmt.Sprintf("%s; trying again would take a wait of %s, longer than allowed", e.Detail, delay.Round(time.Second))
	final.RetryAfter = delay
	final.Cause = errors.Join(e.Cause, waitErr)
	return &final
}

// smaller returns the query with half its limit, when err is one that smaller
// pages may cure.
func (r *retries) smaller(query string, err error) string {
	if ReasonOf(err) != ReasonServiceError || r.failures < failuresBeforeSmaller {
		return query
	}
	values, parseErr := url.ParseQuery(query)
	limit, limitErr := strconv.Atoi(values.Get("limit"))
	if parseErr != nil || limitErr != nil || limit <= minLimit {
		return query
	}
	values.Set("limit", strconv.Itoa(max(minLimit, limit/2)))
	return values.Encode()
}
