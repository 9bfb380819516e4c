package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFailuresThatMayPassAreRepeatedAfterGrowingWaits(t *testing.T) {
	for name, fail := range map[string]func(w http.ResponseWriter){
		"E0000009":       func(w http.ResponseWriter) { refuse(w, http.StatusInternalServerError, "E0000009") },
		"E0000010":       func(w http.ResponseWriter) { refuse(w, http.StatusServiceUnavailable, "E0000010") },
		"gateway":        func(w http.ResponseWriter) { http.Error(w, "<html>bad gateway</html>", http.StatusBadGateway) },
		"cut connection": cutHeader,
	} {
		t.Run(name, func(t *testing.T) {
			answer := func(w http.ResponseWriter, r *http.Request, n int) {
				if n < maxFailures {
					fail(w)
					return
				}
				servePage(w, r, 1)
			}
			inBubble(t, answer, func(b *bubble) {
				if ids, err := b.list(); err != nil || ids != "1" {
					t.Errorf("pages %s, %v; want page 1", ids, err)
				}
				b.wantBackoff(maxFailures - 1)
			})
		})
	}
}

// wantBackoff expects n waits, each about twice as long as the one before.
func (b *bubble) wantBackoff(n int) {
	b.t.Helper()
	if len(b.waits) != n {
		b.t.Fatalf("%d waits, want %d: %v", len(b.waits), n, b.waits)
	}
	want := firstBackoff
	for i, w := range b.waits {
		if w.d < want/2 || w.d > want*3/2 {
			b.t.Errorf("wait %d takes %s, want about %s", i+1, w.d, want)
		}
		want = min(2*want, maxBackoff)
	}
}

func TestFailuresThatStayEndTheListing(t *testing.T) {
	answer := func(w http.ResponseWriter, _ *http.Request, _ int) {
		refuse(w, http.StatusServiceUnavailable, "E0000010")
	}
	inBubble(t, answer, func(b *bubble) {
		if _, err := b.list(); !errors.Is(err, &Error{Reason: ReasonReadOnlyMode}) {
			t.Errorf("%v; want %s", err, ReasonReadOnlyMode)
		}
		if n := len(b.requests()); n != maxFailures {
			t.Errorf("%d requests, want %d", n, maxFailures)
		}
	})
}

func TestALimitIsWaitedOutByTheServicesClock(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 2 || n == 3 {
			theirs := time.Now().Add(3 * time.Hour) // their clock is off, or ours
			w.Header().Set("Date", theirs.UTC().Format(http.TimeFormat))
			limits(w, 600, 0, theirs.Add(42*time.Second))
			w.Header().Set("X-Okta-Request-Id", fmt.Sprint("limited-", n))
			refuse(w, http.StatusTooManyRequests, "E0000047")
			return
		}
		servePage(w, r, 2)
	}
	inBubble(t, answer, func(b *bubble) {
		if ids, err := b.list(); err != nil || ids != "1 2" {
			t.Fatalf("pages %s, %v; want 1 2", ids, err)
		}
		limited := slices.DeleteFunc(b.waits, func(w wait) bool { return w.reason != ReasonRateLimited })
		if len(limited) != 2 {
			t.Fatalf("%d waits for the limit, want 2: %v", len(limited), b.waits)
		}
		for _, w := range limited {
			if w.d < 43*time.Second || w.d >= 43*time.Second+windowJitter {
				t.Errorf("waited %s for a window that ends in 42 s; want a second more, and less than %s of jitter", w.d, windowJitter)
			}
		}
		for i, want := range []string{"", "", "limited-2/1", "limited-3/2"} {
			header := b.requests()[i].header
			got := strings.Trim(header.Get("X-Okta-Retry-For")+"/"+header.Get("X-Okta-Retry-Count"), "/")
			if got != want {
				t.Errorf("request %d repeats %q, want %q", i+1, got, want)
			}
		}
	})
}

func TestALimitWithoutATimeIsWaitedOutByBackoff(t *testing.T) {
	for name, headers := range map[string]struct {
		reason string
		set    func(w http.ResponseWriter)
	}{
		"concurrency": {ReasonConcurrencyLimited, func(w http.ResponseWriter) { limits(w, 0, 0, time.Now().Add(time.Minute)) }},
		"no headers":  {ReasonRateLimited, func(http.ResponseWriter) {}},
		"odd headers": {ReasonRateLimited, func(w http.ResponseWriter) { w.Header().Set("X-Rate-Limit-Reset", "soon") }},
	} {
		t.Run(name, func(t *testing.T) {
			answer := func(w http.ResponseWriter, r *http.Request, n int) {
				if n <= 3 {
					headers.set(w)
					refuse(w, http.StatusTooManyRequests, "E0000047")
					return
				}
				servePage(w, r, 1)
			}
			inBubble(t, answer, func(b *bubble) {
				if ids, err := b.list(); err != nil || ids != "1" {
					t.Errorf("pages %s, %v; want page 1", ids, err)
				}
				b.wantBackoff(3)
				if got := b.waits[0].reason; got != headers.reason {
					t.Errorf("it waits because of %s, want %s", got, headers.reason)
				}
			})
		})
	}
}

func TestALimitThatStaysEndsTheListing(t *testing.T) {
	answer := func(w http.ResponseWriter, _ *http.Request, _ int) {
		limits(w, 600, 0, time.Now().Add(time.Minute))
		refuse(w, http.StatusTooManyRequests, "E0000047")
	}
	inBubble(t, answer, func(b *bubble) {
		began := time.Now()
		if _, err := b.list(); !errors.Is(err, &Error{Reason: ReasonRateLimited}) {
			t.Errorf("%v; want %s", err, ReasonRateLimited)
		}
		if n := len(b.requests()); n != maxLimited+1 {
			t.Errorf("%d requests in %s, want %d", n, time.Since(began), maxLimited+1)
		}
	})
}

func TestInternalErrorsMakePagesSmaller(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		if n <= 4 {
			refuse(w, http.StatusInternalServerError, "E0000009")
			return
		}
		servePage(w, r, 2)
	}
	inBubble(t, answer, func(b *bubble) {
		if ids, err := b.list(); err != nil || ids != "1 2" {
			t.Errorf("pages %s, %v; want 1 2", ids, err)
		}
		var limits []string
		for _, r := range b.requests() {
			limits = append(limits, r.limit)
		}
		if got, want := strings.Join(limits, " "), "200 200 100 50 25 25"; got != want {
			t.Errorf("asked for %s users a page, want %s", got, want)
		}
	})
}

func TestAWaitThatIsRefusedEndsTheListingAtOnce(t *testing.T) {
	answer := func(w http.ResponseWriter, _ *http.Request, _ int) {
		limits(w, 600, 0, time.Now().Add(time.Minute))
		refuse(w, http.StatusTooManyRequests, "E0000047")
	}
	inBubble(t, answer, func(b *bubble) {
		spent := errors.New("the budget is spent")
		refuseWait := func(context.Context, time.Duration, string, string) error { return spent }
		err := b.client.List(b.t.Context(), bubblePath, "limit=200", refuseWait, nil, func(Page) error { return nil })
		e, ok := errors.AsType[*Error](err)
		if !ok || e.Reason != ReasonRateLimited || !errors.Is(err, spent) {
			t.Fatalf("%v; want %s, and beneath it why the wait was refused", err, ReasonRateLimited)
		}
		if e.RetryAfter < time.Minute {
			t.Errorf("trying again makes sense after %s, want a minute or more", e.RetryAfter)
		}
		if n := len(b.requests()); n != 1 {
			t.Errorf("%d requests, want one", n)
		}
	})
}

func TestTooManyRenewalsEndInTheRefusal(t *testing.T) {
	r := newRetries()
	refused := &Error{Reason: ReasonAccessTokenRejected, Detail: "no", Retry: RetryWithNewToken}
	log := slog.New(slog.DiscardHandler)
	for range maxRenewals {
		if err := r.next(t.Context(), renewed(refused), nil, log); err != nil {
			t.Fatalf("%v; want the request to be repeated", err)
		}
	}
	err := r.next(t.Context(), renewed(refused), nil, log)
	if e, ok := errors.AsType[*Error](err); !ok || e.Reason != ReasonAccessTokenRejected || e.Retry != RetryNever {
		t.Errorf("%v; want the refusal itself, and no further try", err)
	}
}
