package oktatest

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Violation names something that a client did which Okta would let pass, but
// asks clients not to do.
type Violation string

// The violations.
const (
	// AssertionReused: a jti came in a second request for a token. Okta refuses
	// that only if the first one was accepted.
	AssertionReused Violation = "assertion reused"
	// AcceptMissing: a request without Accept: application/json.
	AcceptMissing Violation = "accept missing"
	// UserAgentMissing: no User-Agent with a product and version of its own.
	UserAgentMissing Violation = "user agent missing"
	// CredentialsAsked: a list of users without the okta-response hint that
	// leaves credentials out.
	CredentialsAsked Violation = "credentials asked"
	// RefusedTokenReused: a token came again after it was refused with 401.
	RefusedTokenReused Violation = "refused token reused"
	// AskedTooEarly: a request came before the reset that a 429 had named.
	AskedTooEarly Violation = "asked before rate limit reset"
)

// Stats are counts since the start.
type Stats struct {
	// Requests by endpoint, whatever became of them.
	Requests map[Endpoint]int
	// TokensIssued counts access tokens.
	TokensIssued int
	// AssertionsReplayed counts refusals because of a jti used before.
	AssertionsReplayed int
	// Proofs counts DPoP proofs that were accepted, ProofsReplayed refusals
	// because of a jti used before.
	Proofs, ProofsReplayed int
	// UsersFirst and UsersContinued are requests for any list of users without
	// and with a cursor.
	UsersFirst, UsersContinued int
	// LastPage is the highest page of the plain list that was asked for, from 1.
	LastPage int
	// InFlight is how many requests are being answered now, Peak the most at
	// any time, PeakUsers the most for lists of users.
	InFlight, Peak, PeakUsers int
	// FirstUsers and LastUsers are when the first and the last request for a
	// list of users came, on the machine's clock. Zero if none did.
	FirstUsers, LastUsers time.Time
	// RateLimited counts responses 429 of the tenant's own accord or by order.
	RateLimited int
	// MarkedRetries counts requests that name themselves a retry, with
	// X-Okta-Retry-For and X-Okta-Retry-Count as Okta's SDKs send them.
	MarkedRetries int
	// Struck counts requests that a fault struck.
	Struck int
	// Elsewhere counts requests at ElsewhereURL, ElsewhereTokens those with an
	// Authorization header.
	Elsewhere, ElsewhereTokens int
	// Violations by kind.
	Violations map[Violation]int
}

type statsBook struct {
	mu       sync.Mutex // guards all below
	s        Stats
	users    int           // lists of users in flight
	happened chan struct{} // closed and replaced whenever something is counted
}

// Stats returns a copy of the counts.
func (t *Tenant) Stats() Stats { return t.stats.snapshot() }

// Await waits until the counts satisfy done, and returns them. It returns the
// context's error, with the last counts, if that ends first.
func (t *Tenant) Await(ctx context.Context, done func(Stats) bool) (Stats, error) {
	for {
		s, happened := t.stats.watch()
		if done(s) {
			return s, nil
		}
		select {
		case <-happened:
		case <-ctx.Done():
			return s, fmt.Errorf("await requests at the fake tenant: %w", context.Cause(ctx))
		}
	}
}

func (b *statsBook) init() {
	b.s.Requests, b.s.Violations = map[Endpoint]int{}, map[Violation]int{}
	b.happened = make(chan struct{})
}

func (b *statsBook) snapshot() Stats {
	s, _ := b.watch()
	return s
}

func (b *statsBook) watch() (Stats, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.s
	s.Requests, s.Violations = maps.Clone(s.Requests), maps.Clone(s.Violations)
	return s, b.happened
}

// count changes the counts and wakes those who wait for them.
func (b *statsBook) count(change func(*Stats)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	change(&b.s)
	close(b.happened)
	b.happened = make(chan struct{})
}

// begin counts a request in. It returns its number at its endpoint, from 1, and
// how many requests are in flight with it.
func (b *statsBook) begin(x *exchange) (n, inFlight int) {
	b.count(func(s *Stats) {
		s.Requests[x.endpoint]++
		s.InFlight++
		s.Peak = max(s.Peak, s.InFlight)
		n, inFlight = s.Requests[x.endpoint], s.InFlight
		if x.r.Header.Get("X-Okta-Retry-For") != "" && x.r.Header.Get("X-Okta-Retry-Count") != "" {
			s.MarkedRetries++
		}
		if !x.listsUsers() {
			return
		}
		b.users++
		s.PeakUsers = max(s.PeakUsers, b.users)
		s.LastUsers = time.Now()
		if s.FirstUsers.IsZero() {
			s.FirstUsers = s.LastUsers
		}
		if x.query.Has("after") {
			s.UsersContinued++
		} else {
			s.UsersFirst++
		}
		if x.endpoint == EndpointUsers && x.listing != nil {
			s.LastPage = max(s.LastPage, x.listing.page)
		}
	})
	return n, inFlight
}

func (b *statsBook) end(x *exchange) {
	b.count(func(s *Stats) {
		s.InFlight--
		if x.listsUsers() {
			b.users--
		}
	})
}

func (b *statsBook) elsewhere(r *http.Request) {
	b.count(func(s *Stats) {
		s.Elsewhere++
		if r.Header.Get("Authorization") != "" {
			s.ElsewhereTokens++
		}
	})
}

func (b *statsBook) violation(v Violation) {
	b.count(func(s *Stats) { s.Violations[v]++ })
}

func (x *exchange) listsUsers() bool {
	return x.endpoint == EndpointUsers || x.endpoint == EndpointDeprovisioned || x.endpoint == EndpointFiltered
}

// noteManners counts what a request lacks although Okta asks for it.
// See https://developer.okta.com/docs/reference/core-okta-api/.
func (t *Tenant) noteManners(x *exchange) {
	if !strings.Contains(x.r.Header.Get("Accept"), "application/json") {
		t.stats.violation(AcceptMissing)
	}
	agent := x.r.Header.Get("User-Agent")
	if !strings.Contains(agent, "/") || strings.HasPrefix(agent, "Go-http-client/") {
		t.stats.violation(UserAgentMissing)
	}
	if x.listsUsers() && x.form().credentials {
		t.stats.violation(CredentialsAsked)
	}
}
