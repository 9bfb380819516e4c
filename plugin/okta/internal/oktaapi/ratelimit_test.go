package oktaapi

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// bucketOf counts requests in windows of a minute, as Okta does, and says so
// in its headers.
type bucketOf struct {
	limit   int
	ends    time.Time
	used    int   // by everybody
	windows []int // requests of ours in each window
}

// take counts one of our requests.
func (b *bucketOf) take(h http.Header) {
	if now := time.Now(); !now.Before(b.ends) {
		b.ends, b.used, b.windows = now.Truncate(time.Second).Add(time.Minute), 0, append(b.windows, 0)
	}
	b.used++
	b.windows[len(b.windows)-1]++
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(b.limit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(max(0, b.limit-b.used)))
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(b.ends.Unix(), 10))
}

// paced sends requests through a governor until there are enough.
func paced(t *testing.T, g *governor, b *bucketOf, requests int, between func(n int)) (waited time.Duration) {
	t.Helper()
	wait := func(ctx context.Context, d time.Duration, reason, message string) error {
		if d <= 0 || d > maxWindow+windowMargin+windowJitter {
			t.Errorf("a wait of %s", d)
		}
		if reason != ReasonPacing || !strings.HasSuffix(message, ".") {
			t.Errorf("it waits because of %s, saying %q", reason, message)
		}
		waited += d
		return sleepFor(ctx, d, reason, message)
	}
	for n := range requests {
		between(n)
		if err := g.admit(t.Context(), wait); err != nil {
			t.Fatal(err)
		}
		header := http.Header{}
		b.take(header)
		time.Sleep(100 * time.Millisecond)
		g.answered(header)
	}
	return waited
}

func TestNeverMoreThanItsShareOfAWindow(t *testing.T) {
	for _, c := range []struct {
		limit int
		share float64
		most  int
	}{{600, 0.5, 300}, {100, 0.5, 50}, {50, 0.1, 5}, {600, 0.01, 6}, {10, 0.01, 1}} {
		t.Run(fmt.Sprintf("%g of %d", c.share, c.limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &bucketOf{limit: c.limit}
				paced(t, newGovernor(c.share, time.Now), b, 5*c.most, func(int) {})
				for i, n := range b.windows {
					if n > c.most {
						t.Errorf("%d requests in window %d, at most %d are its share", n, i+1, c.most)
					}
				}
				if n := len(b.windows); n > 7 {
					t.Errorf("%d requests took %d windows; it waits too long", 5*c.most, n)
				}
			})
		})
	}
}

func TestTheReserveIsLeftToOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bucketOf{limit: 100}
		paced(t, newGovernor(1, time.Now), b, 250, func(int) {
			if left := b.limit - b.used; time.Now().Before(b.ends) && left < 10 {
				t.Errorf("a request with %d of %d left", left, b.limit)
			}
		})
		for i, n := range b.windows {
			if n > 90 {
				t.Errorf("%d of 100 requests in window %d were ours, at most 90 may be", n, i+1)
			}
		}
	})
}

func TestOthersUsingUpALimitStopUs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &bucketOf{limit: 100}
		waited := paced(t, newGovernor(0.5, time.Now), b, 12, func(n int) {
			if n == 9 {
				b.used += 85 // somebody else
			}
		})
		if n := b.windows[0]; n != 10 {
			t.Errorf("%d requests of ours in the window that others used up, want 10", n)
		}
		if waited < 55*time.Second {
			t.Errorf("it waited %s for a window that lasts a minute", waited)
		}
	})
}

func TestABucketThatSaysNothingIsNotLimited(t *testing.T) {
	g := newGovernor(0.5, time.Now)
	for range 1000 {
		if err := g.admit(t.Context(), nil); err != nil { // a wait would panic
			t.Fatal(err)
		}
		g.answered(http.Header{})
	}
}

func TestAConcurrencyRefusalIsNoLimitOfZero(t *testing.T) {
	g := newGovernor(0.5, time.Now)
	if err := g.admit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
	g.answered(rateHeader("0", "0", "1767600060", "Mon, 05 Jan 2026 08:00:00 GMT"))
	if err := g.admit(t.Context(), nil); err != nil {
		t.Fatal(err)
	}
}

func TestALateAnswerOfAnOldWindowForgetsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGovernor(0.5, time.Now)
		noWait := func(context.Context, time.Duration, string, string) error { return context.DeadlineExceeded }
		const date = "Mon, 05 Jan 2026 08:00:00 GMT"
		inWindow := rateHeader("10", "9", "1767600060", date)
		admitted := 0
		for g.admit(t.Context(), noWait) == nil {
			if admitted++; admitted > 10 {
				break
			}
			switch admitted {
			case 1: // its answer comes late
			case 3:
				g.answered(inWindow)
				g.answered(rateHeader("10", "5", "1767600001", date))
			default:
				g.answered(inWindow)
			}
		}
		if admitted > 5 {
			t.Errorf("%d requests were admitted to a window of which 5 are ours", admitted)
		}
	})
}

func TestNoWaitIsShorterThanNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		// One request is ours, and it is still in flight when the window ends.
		g := newGovernor(0.01, time.Now)
		if d, _ := g.try(); d != 0 {
			t.Fatalf("the first request waits %s", d)
		}
		g.answered(rateHeader("10", "9", "1767600002", "Mon, 05 Jan 2026 08:00:00 GMT"))
		time.Sleep(10 * time.Second)
		if d, _ := g.try(); d != 0 {
			t.Fatalf("a request after the end of the window waits %s", d)
		}
		time.Sleep(10 * time.Second)
		for range 100 {
			if d, _ := g.try(); d < minServiceWait {
				t.Fatalf("a request beside the one in flight waits %s, want %s or more", d, minServiceWait)
			}
		}
	})
}

func rateHeader(limit, remaining, reset, date string) http.Header {
	h := http.Header{}
	for name, value := range map[string]string{"X-Rate-Limit-Limit": limit, "X-Rate-Limit-Remaining": remaining, "X-Rate-Limit-Reset": reset, "Date": date} {
		if value != "" {
			h.Set(name, value)
		}
	}
	return h
}

func TestAWindowIsMeasuredByTheResponsesOwnDate(t *testing.T) {
	const date = "Mon, 05 Jan 2026 08:00:00 GMT" // 1767600000
	for name, c := range map[string]struct {
		header http.Header
		want   window
		ok     bool
	}{
		"usual":             {rateHeader("600", "599", "1767600042", date), window{600, 599, 1767600042, 42 * time.Second}, true},
		"over already":      {rateHeader("600", "599", "1767599990", date), window{600, 599, 1767599990, 0}, true},
		"nonsense far away": {rateHeader("600", "599", "99999999999", date), window{600, 599, 99999999999, maxWindow}, true},
		"no limit":          {rateHeader("", "599", "1767600042", date), window{}, false},
		"no remaining":      {rateHeader("600", "", "1767600042", date), window{}, false},
		"no reset":          {rateHeader("600", "599", "", date), window{}, false},
		"no date":           {rateHeader("600", "599", "1767600042", ""), window{}, false},
		"no numbers":        {rateHeader("many", "few", "soon", date), window{}, false},
		"negative reset":    {rateHeader("600", "599", "-1", date), window{}, false},
	} {
		if got, ok := readWindow(c.header); got != c.want || ok != c.ok {
			t.Errorf("%s: %+v, %t; want %+v, %t", name, got, ok, c.want, c.ok)
		}
	}
}

func FuzzReadWindow(f *testing.F) {
	f.Add("600", "599", "1767600042", "Mon, 05 Jan 2026 08:00:00 GMT")
	f.Add("0", "0", "1767600042", "Mon, 05 Jan 2026 08:00:00 GMT")
	f.Add("many", "-1", "soon", "yesterday")
	f.Add("1", "1", "9223372036854775807", "Mon, 01 Jan 0001 00:00:00 GMT")
	f.Fuzz(func(t *testing.T, limit, remaining, reset, date string) {
		header := rateHeader(limit, remaining, reset, date)
		if w, ok := readWindow(header); ok && (w.left < 0 || w.left > maxWindow || w.reset < 0) {
			t.Errorf("%v: a window that ends in %s", header, w.left)
		}
		g := newGovernor(DefaultShare, time.Now)
		if d, _ := g.try(); d != 0 {
			t.Fatalf("the first request waits %s", d)
		}
		g.answered(header)
		if d, _ := g.try(); d < 0 || d > maxWindow+windowMargin+windowJitter {
			t.Errorf("%v: the next request waits %s", header, d)
		}
	})
}
