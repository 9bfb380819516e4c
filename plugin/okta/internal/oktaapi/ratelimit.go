package oktaapi

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// DefaultShare is the part of a rate limit that this connector takes for
// itself: half, so that the org's other apps never notice a sync. Okta, too,
// gives one app half of a bucket unless the org says otherwise (Okta, "Rate
// limits", application rate limits).
const DefaultShare = 0.5

const (
	// reserve is the part of a bucket that is never touched, whoever used up
	// the rest: Okta mails the org's administrators when it runs low.
	reserve = 0.1

	// maxWindow bounds what is left of a window. Windows last 60 s; ten more
	// are for a clock that jumps. A Reset further away is nonsense.
	maxWindow = 70 * time.Second

	// windowMargin is added to the end of a window: Reset has whole seconds.
	windowMargin = time.Second

	// windowJitter spreads those who wait for the same end of a window.
	windowJitter = time.Second
)

// governor paces requests to one rate-limit bucket, from what the bucket's own
// headers say. It admits a request while this process has used less than its
// share of the bucket in the current window, and while more than the reserve
// remains. A bucket that says nothing is not limited.
type governor struct {
	share float64
	now   func() time.Time

	mu        sync.Mutex // guards everything below
	limit     int        // X-Rate-Limit-Limit; 0 while unknown
	remaining int        // X-Rate-Limit-Remaining
	reset     int64      // X-Rate-Limit-Reset of the current window
	ends      time.Time  // the same by our clock
	own       int        // requests of ours in the current window
	inFlight  int        // admitted, header not in yet
}

func newGovernor(share float64, now func() time.Time) *governor {
	return &governor{share: share, now: now}
}

// admit returns when the next request may be sent. Each admission is followed
// by exactly one call of answered.
func (g *governor) admit(ctx context.Context, wait Waiter) error {
	for {
		d, message := g.try()
		if d == 0 {
			return nil
		}
		if err := wait(ctx, d, ReasonPacing, message); err != nil {
			return err
		}
	}
}

// try admits a request, or says how long to wait before the next try.
func (g *governor) try() (time.Duration, string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	left := g.ends.Sub(g.now())
	if left <= 0 { // the window is over; the next header tells of the new one
		g.own = g.inFlight
		g.remaining = g.limit
	}
	ours := max(1, int(g.share*float64(g.limit)))
	switch {
	case g.limit == 0:
	case g.own >= ours:
		left = max(left, windowMargin) // a window that is over while requests of it are in flight
		return left + jitter(windowJitter), fmt.Sprintf("This minute's share of Okta's rate limit is used (%d of %d requests a minute).", g.own, g.limit)
	case float64(g.remaining) <= reserve*float64(g.limit):
		return left + jitter(windowJitter), fmt.Sprintf("Okta's rate limit is nearly used up by all its clients together (%d of %d requests left in this minute).", g.remaining, g.limit)
	}
	g.own++
	g.inFlight++
	return 0, ""
}

// answered takes what a response's header says of the bucket. header is nil
// when there was no response.
func (g *governor) answered(header http.Header) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inFlight--
	w, ok := readWindow(header)
	if !ok || w.limit <= 0 { // a limit of 0 is the concurrency limit, which has no window
		return
	}
	if w.reset < g.reset && g.now().Before(g.ends) { // a late answer of the window before
		return
	}
	if w.reset > g.reset {
		g.own = g.inFlight + 1
	}
	g.limit, g.remaining, g.reset = w.limit, w.remaining, w.reset
	g.ends = g.now().Add(w.left + windowMargin)
}

// window is what a response's rate-limit headers say.
type window struct {
	limit, remaining int
	reset            int64         // UTC epoch seconds
	left             time.Duration // until reset, by the service's own clock
}

// readWindow reads the X-Rate-Limit headers. The time left is measured against
// the response's own Date, never against our clock (Okta, "Rate limits").
func readWindow(header http.Header) (window, bool) {
	limit, errLimit := strconv.Atoi(header.Get("X-Rate-Limit-Limit"))
	remaining, errRemaining := strconv.Atoi(header.Get("X-Rate-Limit-Remaining"))
	reset, errReset := strconv.ParseInt(header.Get("X-Rate-Limit-Reset"), 10, 64)
	date, errDate := http.ParseTime(header.Get("Date"))
	if errLimit != nil || errRemaining != nil || errReset != nil || errDate != nil || reset < 0 {
		return window{}, false
	}
	left := time.Duration(0)
	if seconds := reset - date.Unix(); seconds > 0 {
		left = maxWindow
		if seconds < int64(maxWindow/time.Second) {
			left = time.Duration(seconds) * time.Second
		}
	}
	return window{limit: limit, remaining: remaining, reset: reset, left: left}, true
}

// jitter is a random time below limit.
func jitter(limit time.Duration) time.Duration {
	return time.Duration(rand.Int64N(int64(limit))) //nolint:gosec // spreading requests is no secret
}
