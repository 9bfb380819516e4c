package schedule

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/riverqueue/river"

	"patchbay.example/internal/store"
)

const (
	// deliveryTimeout bounds one attempt: a receiver should note the event and
	// answer.
	deliveryTimeout = 10 * time.Second
	// notifyTimeout bounds a job: the attempt, and what is read and written
	// about it.
	notifyTimeout = deliveryTimeout + 20*time.Second
	// answerLimit is how much of an answer is read, so that its connection can be
	// used again.
	answerLimit = 4 << 10
)

// deliveryWaits are the waits between attempts, a little less than a day in all:
// a receiver that is restarted is told soon, and one that is down over night the
// next morning.
var deliveryWaits = [...]time.Duration{
	5 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour,
	2 * time.Hour, 4 * time.Hour, 6 * time.Hour, 10 * time.Hour,
}

// maxDeliveries is how often a notification is sent before it is given up.
const maxDeliveries = len(deliveryWaits) + 1

// notifyWorker does notify jobs.
type notifyWorker struct {
	river.WorkerDefaults[notifyArgs]
	*Scheduler
}

// Timeout ends a job.
func (*notifyWorker) Timeout(*river.Job[notifyArgs]) time.Duration { return notifyTimeout }

// NextRetry is when the notification is sent again.
func (w *notifyWorker) NextRetry(job *river.Job[notifyArgs]) time.Time {
	return time.Now().Add(w.deliveryWait(job.Attempt))
}

// Work sends a notification once, and notes what came of it.
func (w *notifyWorker) Work(ctx context.Context, job *river.Job[notifyArgs]) error {
	n, err := w.Store.Notification(ctx, job.Args.Notification)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!n.Delivered.IsZero() || !n.GivenUp.IsZero()) {
		return nil // gone with its connection, or done
	}
	if err != nil {
		return fmt.Errorf("read the notification: %w", err)
	}
	return w.deliver(ctx, n)
}

// tellAtOnce delivers what a run gave cause to tell. What fails is left for
// whoever serves the installation.
func (s *Scheduler) tellAtOnce(ctx context.Context, run store.Run) {
	if s.Webhook == "" {
		return
	}
	pending, err := s.Store.Pending(ctx, tickLimit)
	if err != nil {
		s.Log.WarnContext(ctx, "notifications could not be read", slog.Any("error", err))
	}
	for _, n := range pending {
		if n.Run == run.ID {
			_ = s.deliver(ctx, n) // it was noted and logged
		}
	}
}

// deliver sends a notification once, and notes what came of it. It returns an
// error where it is to be sent again.
func (s *Scheduler) deliver(ctx context.Context, n store.Notification) error {
	sent := s.send(ctx, n)
	if sent == nil {
		return ignoreNotFound(s.Store.Delivered(ctx, n.ID, s.Now()))
	}
	if ctx.Err() != nil {
		return river.JobSnooze(0) // this process stops: no fault of the receiver's
	}
	last := errors.Is(sent, errRefused) || n.Attempts+1 >= maxDeliveries
	s.Log.WarnContext(ctx, "a notification could not be delivered", slog.Int64("notification", n.ID), slog.String("cause", n.Cause), slog.Bool("given_up", last), slog.Any("error", sent))
	if err := ignoreNotFound(s.Store.Undelivered(ctx, n.ID, sent.Error(), last, s.Now())); err != nil {
		return errors.Join(sent, err)
	}
	if last {
		return nil
	}
	return sent
}

// errRefused: the receiver will not take the notification, ever.
var errRefused = errors.New("the receiver refuses it, so that it is not sent again")

// send posts a notification. Its errors do not hold the address, of which a part
// may be a secret.
func (s *Scheduler) send(ctx context.Context, n store.Notification) error {
	ctx, cancel := context.WithTimeout(ctx, deliveryTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, s.Webhook, bytes.NewReader(n.Body))
	if err != nil {
		return errors.New("the webhook's address can't be read: write it as https://example.com/path")
	}
	now := s.Now()
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "patchbay")
	request.Header.Set(headerID, messageID(n))
	request.Header.Set(headerTimestamp, strconv.FormatInt(now.Unix(), 10))
	if len(s.WebhookSecret) > 0 {
		request.Header.Set(headerSignature, Sign(s.WebhookSecret, messageID(n), now, n.Body))
	}
	response, err := s.http.Do(request)
	if err != nil {
		if failure, ok := errors.AsType[*url.Error](err); ok {
			err = failure.Err
		}
		return fmt.Errorf("the webhook could not be reached: %w", err)
	}
	defer response.Body.Close()                                            //nolint:errcheck // only read
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, answerLimit)) // the status alone matters
	return judge(response.StatusCode)
}

// judge says what a receiver's answer means. A redirect is a failure: what is
// signed for one place is not carried to another.
func judge(status int) error {
	switch {
	case status >= 200 && status < 300:
		return nil
	case status >= 400 && status < 500 && status != http.StatusRequestTimeout && status != http.StatusTooManyRequests:
		return fmt.Errorf("the webhook answered %d %s: %w", status, http.StatusText(status), errRefused)
	case status >= 300 && status < 400:
		return fmt.Errorf("the webhook answered %d %s, and redirects are not followed: set the address that it points to", status, http.StatusText(status))
	default:
		return fmt.Errorf("the webhook answered %d %s", status, http.StatusText(status))
	}
}

// newHTTP is the client of deliveries.
func newHTTP() *http.Client {
	return &http.Client{
		Transport:     &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConns: maxChores, IdleConnTimeout: time.Minute},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

func ignoreNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// deliveryWait is the wait after so many attempts.
func (s *Scheduler) deliveryWait(attempt int) time.Duration {
	if s.waits != nil {
		return s.waits(attempt)
	}
	return deliveryWaits[min(max(attempt, 1), len(deliveryWaits))-1]
}
