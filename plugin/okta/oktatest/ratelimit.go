package oktatest

import (
	"strconv"
	"sync"
	"time"
)

// Rate limits: requests a minute for the whole org, from Okta's published tables
// and recorded headers.
// See https://developer.okta.com/docs/reference/rate-limits/.
const (
	// NoRateLimit switches a limit off; responses then carry no headers about it.
	NoRateLimit = -1
	// DefaultUsersPerMinute is the limit of GET /api/v1/users.
	DefaultUsersPerMinute = 600
	// DefaultTokensPerMinute is the limit of POST /oauth2/v1/token.
	DefaultTokensPerMinute = 150
	// DefaultConcurrency is how many requests an org serves at once.
	DefaultConcurrency = 75

	// DefaultGroupsPerMinute is the limit of GET /api/v1/groups and of what is
	// below it.
	DefaultGroupsPerMinute = 500

	userPerMinute  = 2000
	otherPerMinute = 1000

	// rateWindow starts with a bucket's first request and is not aligned to
	// the minute.
	rateWindow = time.Minute
	// concurrencyReset is the estimate that Okta gives with a concurrency 429.
	concurrencyReset = 10 * time.Second
)

// bucket counts requests in fixed windows.
type bucket struct {
	limit int
	ends  time.Time // of the running window; zero before the first request
	used  int
	quiet time.Time // a 429 named this as its reset
}

type rateLimits struct {
	mu      sync.Mutex // guards the buckets
	buckets map[Endpoint]*bucket
}

func newRateLimits(s Settings) *rateLimits {
	users := &bucket{limit: s.UsersPerMinute}
	groups := &bucket{limit: s.GroupsPerMinute}
	return &rateLimits{buckets: map[Endpoint]*bucket{
		EndpointToken:         {limit: s.TokensPerMinute},
		EndpointUsers:         users,
		EndpointDeprovisioned: users,
		EndpointFiltered:      users,
		EndpointUser:          {limit: userPerMinute},
		EndpointGroups:        groups,
		EndpointMembers:       groups,
		EndpointUserTypes:     {limit: otherPerMinute},
		EndpointOther:         {limit: otherPerMinute},
	}}
}

// allowance is what a bucket has to say about one request.
type allowance struct {
	limited   bool // the bucket has a limit
	allowed   bool
	limit     int
	remaining int
	reset     time.Time
	early     bool // the request came before the reset of an earlier 429
}

func (l *rateLimits) take(endpoint Endpoint, now time.Time) allowance {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[endpoint]
	early := now.Before(b.quiet)
	if b.limit == NoRateLimit {
		return allowance{allowed: true, early: early}
	}
	if !now.Before(b.ends) {
		// Whole seconds, because that is all the Reset header can say.
		b.ends, b.used = now.Truncate(time.Second).Add(rateWindow), 0
	}
	a := allowance{limited: true, limit: b.limit, reset: b.ends, early: early}
	if a.allowed = b.used < b.limit; a.allowed {
		b.used++
	} else {
		b.quiet = b.ends
	}
	a.remaining = b.limit - b.used
	return a
}

// hold notes that a 429 told clients to stay away until reset.
func (l *rateLimits) hold(endpoint Endpoint, reset time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.buckets[endpoint].quiet = reset
}

// limit is what the bucket's Limit header says.
func (l *rateLimits) limit(endpoint Endpoint) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if limit := l.buckets[endpoint].limit; limit != NoRateLimit {
		return limit
	}
	return DefaultUsersPerMinute
}

// countAgainstLimit counts the request and reports whether it may go on; if not,
// it has been answered with 429.
func (x *exchange) countAgainstLimit() bool {
	a := x.t.limits.take(x.endpoint, x.t.settings.Clock())
	if a.early {
		x.t.stats.violation(AskedTooEarly)
	}
	if a.limited {
		x.rateHeaders(a.limit, a.remaining, a.reset)
	}
	if !a.allowed {
		x.refuseTooMany()
	}
	return a.allowed
}

func (x *exchange) rateHeaders(limit, remaining int, reset time.Time) {
	h := x.w.Header()
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(reset.Unix(), 10))
}

// refuseTooMany answers 429 with whatever rate headers were set.
func (x *exchange) refuseTooMany() {
	x.t.stats.count(func(s *Stats) { s.RateLimited++ })
	x.refuse(apiError("E0000047"))
}

// refuseConcurrency answers 429 as Okta does when an org has too many requests
// in flight: the same body, but both numbers 0 and the reset an estimate.
func (x *exchange) refuseConcurrency() {
	x.rateHeaders(0, 0, x.t.settings.Clock().Add(concurrencyReset))
	x.refuseTooMany()
}

// resetRates clears the rate headers that an earlier step may have set.
func (x *exchange) resetRates() {
	for _, name := range []string{"X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"} {
		x.w.Header().Del(name)
	}
}
