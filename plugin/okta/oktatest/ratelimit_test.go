package oktatest

import (
	"context"
	"net/http"
	"strconv"
	"sync/atomic"
	"testing"
	"time"
)

// settableClock is a clock that a test moves.
type settableClock struct{ now atomic.Pointer[time.Time] }

func clockAt(at time.Time) *settableClock {
	c := &settableClock{}
	c.now.Store(&at)
	return c
}

func (c *settableClock) time() time.Time { return *c.now.Load() }

func (c *settableClock) advance(d time.Duration) {
	later := c.time().Add(d)
	c.now.Store(&later)
}

func rates(t *testing.T, got answer) (limit, remaining int, reset int64) {
	t.Helper()
	number := func(name string) int64 {
		n, err := strconv.ParseInt(got.header.Get(name), 10, 64)
		if err != nil {
			t.Fatalf("%s is %q", name, got.header.Get(name))
		}
		return n
	}
	return int(number("X-Rate-Limit-Limit")), int(number("X-Rate-Limit-Remaining")), number("X-Rate-Limit-Reset")
}

func TestUsersWindow(t *testing.T) {
	begin := time.Date(2026, 2, 3, 4, 5, 17, 0, time.UTC)
	clock := clockAt(begin)
	c := signedIn(t, Settings{Users: 5, UsersPerMinute: 2, Clock: clock.time})
	for want := 1; want >= 0; want-- {
		got := c.get("/api/v1/users")
		limit, remaining, reset := rates(t, got)
		if got.status != http.StatusOK || limit != 2 || remaining != want || reset != begin.Unix()+60 {
			t.Errorf("got %d, limit %d, remaining %d, reset %d; want 200, 2, %d, %d", got.status, limit, remaining, reset, want, begin.Unix()+60)
		}
	}
	clock.advance(59 * time.Second)
	got := c.get(deprovisionedList) // the same bucket
	if _, remaining, reset := rates(t, got); got.status != http.StatusTooManyRequests || got.errorCode() != "E0000047" || remaining != 0 || reset != begin.Unix()+60 {
		t.Errorf("got %v, remaining %d, reset %d; want 429 E0000047", got, remaining, reset)
	}
	if got.header.Get("Retry-After") != "" {
		t.Error("Okta sends no Retry-After")
	}
	if got := c.get("/api/v1/users/" + c.tenant.people.id(0)); got.status != http.StatusOK {
		t.Errorf("one user has a bucket of their own: got %v", got)
	}
	clock.advance(time.Second)
	if got := c.get("/api/v1/users"); got.status != http.StatusOK {
		t.Errorf("in the next window: got %v", got)
	}
	if s := c.tenant.Stats(); s.RateLimited != 1 || s.Violations[AskedTooEarly] != 0 {
		t.Errorf("got %d refusals and %d early requests, want 1 and 0", s.RateLimited, s.Violations[AskedTooEarly])
	}
}

func TestAskingBeforeTheResetIsCounted(t *testing.T) {
	clock := clockAt(time.Unix(1_770_000_000, 0))
	c := signedIn(t, Settings{Users: 5, Clock: clock.time, Faults: []Fault{{Endpoint: EndpointUsers, First: 1, Kind: "429", Argument: "5s"}}})
	got := c.get("/api/v1/users")
	if limit, remaining, reset := rates(t, got); got.status != http.StatusTooManyRequests || limit != 600 || remaining != 0 || reset != 1_770_000_005 {
		t.Errorf("got %v, limit %d, remaining %d, reset %d", got, limit, remaining, reset)
	}
	clock.advance(4 * time.Second)
	c.get("/api/v1/users")
	clock.advance(time.Second)
	c.get("/api/v1/users")
	if n := c.tenant.Stats().Violations[AskedTooEarly]; n != 1 {
		t.Errorf("got %d early requests, want 1", n)
	}
}

func TestNoRateLimitHasNoHeaders(t *testing.T) {
	c := signedIn(t, Settings{Users: 5, UsersPerMinute: NoRateLimit})
	if got := c.get("/api/v1/users"); got.header.Get("X-Rate-Limit-Limit") != "" {
		t.Errorf("got %q", got.header)
	}
	for path, want := range map[string]int{"/api/v1/groups": DefaultGroupsPerMinute, "/api/v1/meta/types/user": otherPerMinute, "/api/v1/users/x": userPerMinute} {
		if limit, _, _ := rates(t, c.get(path)); limit != want {
			t.Errorf("%s: limit %d, want %d", path, limit, want)
		}
	}
}

func TestConcurrencyLimit(t *testing.T) {
	c := signedIn(t, Settings{Users: 5, Concurrency: 1, Faults: []Fault{{Endpoint: EndpointUsers, First: 1, Kind: "hang-headers"}}})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan answer)
	go func() { ended <- c.doContext(ctx, http.MethodGet, c.tenant.URL()+"/api/v1/users", "") }()
	if _, err := c.tenant.Await(t.Context(), func(s Stats) bool { return s.InFlight == 1 }); err != nil {
		t.Fatal(err)
	}
	got := c.get("/api/v1/groups")
	if limit, remaining, _ := rates(t, got); got.status != http.StatusTooManyRequests || got.errorCode() != "E0000047" || limit != 0 || remaining != 0 {
		t.Errorf("got %v, limit %d, remaining %d; want 429 with both 0", got, limit, remaining)
	}
	cancel()
	if got := <-ended; got.err == nil {
		t.Errorf("the hung request got %v", got)
	}
	s, err := c.tenant.Await(t.Context(), func(s Stats) bool { return s.InFlight == 0 })
	if err != nil || s.Peak != 2 {
		t.Errorf("peak is %d, want 2 (error %v)", s.Peak, err)
	}
	if got := c.get("/api/v1/groups"); got.status != http.StatusOK {
		t.Errorf("with nothing else in flight: got %v", got)
	}
}
