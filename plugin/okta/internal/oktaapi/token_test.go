package oktaapi

import (
	"context"
	"errors"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"patchbay.example/plugin/okta/oktatest"
)

var allScopes = []string{oktatest.ScopeUsersRead, oktatest.ScopeGroupsRead, oktatest.ScopeUserTypesRead}

var discardLog = log.New(io.Discard, "", 0)

// manualClock is a clock that only moves when told to.
type manualClock struct{ offset atomic.Int64 }

var clockStart = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

func (c *manualClock) Now() time.Time          { return clockStart.Add(time.Duration(c.offset.Load())) }
func (c *manualClock) Advance(d time.Duration) { c.offset.Add(int64(d)) }

// waits records waits instead of waiting.
type waits struct {
	mu      sync.Mutex
	delays  []time.Duration
	reasons []string
}

func (w *waits) wait(ctx context.Context, d time.Duration, reason, message string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.delays = append(w.delays, d)
	w.reasons = append(w.reasons, reason)
	if message == "" {
		return errors.New("a wait without a message")
	}
	return ctx.Err()
}

func startTenant(t *testing.T, settings oktatest.Settings) *oktatest.Tenant {
	t.Helper()
	if settings.Users == 0 {
		settings.Users = 3
	}
	tenant, err := oktatest.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tenant.Close)
	return tenant
}

func sourceFor(t *testing.T, tenant *oktatest.Tenant, now func() time.Time) *TokenSource {
	t.Helper()
	key, err := ParsePrivateKey(string(tenant.PrivateKeyPEM()), tenant.KeyID())
	if err != nil {
		t.Fatal(err)
	}
	base, err := ParseDomain(tenant.URL())
	if err != nil {
		t.Fatal(err)
	}
	return NewTokenSource(TokenSettings{Base: base, ClientID: tenant.ClientID(), Key: key, Scopes: allScopes, Now: now, UserAgent: "patchbay-test/1"})
}

// sourceAt asks a handler of the test's own.
func sourceAt(t *testing.T, handler http.HandlerFunc, logger *slog.Logger) *TokenSource {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return NewTokenSource(TokenSettings{
		Base: must(ParseDomain(server.URL)), ClientID: "0oa1", Key: must(ParsePrivateKey(pkcs8("p256"), "kid-1")), Scopes: allScopes, Log: logger,
	})
}

func faults(t *testing.T, texts ...string) []oktatest.Fault {
	t.Helper()
	var all []oktatest.Fault
	for _, text := range texts {
		fault, err := oktatest.ParseFault(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, fault)
	}
	return all
}

func tokenRequests(tenant *oktatest.Tenant) int {
	return tenant.Stats().Requests[oktatest.EndpointToken]
}

func TestTokenOpensTheAPI(t *testing.T) {
	for name, key := range map[string]string{"RSA": "rsa2048", "P-256": "p256", "P-384": "p384", "P-521": "p521"} {
		t.Run(name, func(t *testing.T) {
			tenant := startTenant(t, oktatest.Settings{ClientKey: testKeys()[key]})
			token, err := sourceFor(t, tenant, nil).Token(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := tenant.Stats().Violations; len(got) != 0 {
				t.Errorf("the token request has bad manners: %v", got)
			}
			request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, tenant.URL()+"/api/v1/users?limit=1", nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := token.Authorize(request); err != nil {
				t.Fatal(err)
			}
			resp, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				t.Errorf("the tenant answers the token with %s", resp.Status)
			}
			if missing := token.Missing(allScopes); missing != nil {
				t.Errorf("scopes %q are missing", missing)
			}
		})
	}
}

func TestTokenReportsScopesThatWereNotGranted(t *testing.T) {
	tenant := startTenant(t, oktatest.Settings{Grants: []string{oktatest.ScopeUsersRead}})
	token, err := sourceFor(t, tenant, nil).Token(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := token.Missing(allScopes), allScopes[1:]; !slices.Equal(got, want) {
		t.Errorf("missing %q, want %q", got, want)
	}
	if got := token.Scopes(); !slices.Equal(got, allScopes[:1]) {
		t.Errorf("granted %q, want %q", got, allScopes[:1])
	}
}

func TestManyCallersGetOneToken(t *testing.T) {
	tenant := startTenant(t, oktatest.Settings{})
	source := sourceFor(t, tenant, nil)
	tokens := make([]*Token, 32)
	var running sync.WaitGroup
	for i := range tokens {
		running.Go(func() { tokens[i], _ = source.Token(t.Context(), nil) })
	}
	running.Wait()
	for i, token := range tokens {
		if token == nil || token != tokens[0] {
			t.Fatalf("caller %d got another token than caller 0: %v, %v", i, token, tokens[0])
		}
	}
	if got := tokenRequests(tenant); got != 1 {
		t.Errorf("%d requests for one token", got)
	}
}

// In a bubble it is certain that the other callers wait before the first one is refused.
func TestManyCallersShareOneRefusal(t *testing.T) {
	key := must(ParsePrivateKey(pkcs8("p256"), ""))
	synctest.Test(t, func(t *testing.T) {
		proceed := make(chan struct{})
		requests := 0
		source := NewTokenSource(TokenSettings{Base: must(ParseDomain("example.okta.com")), ClientID: "0oa1", Key: key, Scopes: allScopes, HTTP: &http.Client{
			Transport: roundTripper(func(*http.Request) (*http.Response, error) {
				requests++
				<-proceed
				resp := response(http.StatusBadRequest)
				resp.Body = io.NopCloser(strings.NewReader(`{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT header is missing."}`))
				return resp, nil
			}),
		}})
		results := make(chan error, 8)
		for range cap(results) {
			go func() { _, err := source.Token(t.Context(), nil); results <- err }()
		}
		synctest.Wait()
		close(proceed)
		for range cap(results) {
			if err := <-results; ReasonOf(err) != ReasonDPoPRequired {
				t.Errorf("got %v, want %s", err, ReasonDPoPRequired)
			}
		}
		if requests != 1 {
			t.Errorf("%d requests, want 1", requests)
		}
		if _, err := source.Token(t.Context(), nil); ReasonOf(err) != ReasonDPoPRequired || requests != 2 {
			t.Errorf("a later caller must ask anew: %v after %d requests", err, requests)
		}
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestTokenIsRenewedFiveMinutesBeforeItsEnd(t *testing.T) {
	for name, c := range map[string]struct{ lifetime, early, late time.Duration }{
		"of an hour":    {time.Hour, 54 * time.Minute, 2 * time.Minute},
		"short-lived":   {time.Minute, 44 * time.Second, 2 * time.Second},
		"after its end": {time.Hour, 54 * time.Minute, time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			var now manualClock
			tenant := startTenant(t, oktatest.Settings{Clock: now.Now, TokenLifetime: c.lifetime})
			source := sourceFor(t, tenant, now.Now)
			first := mustToken(t, source)
			now.Advance(c.early)
			if mustToken(t, source) != first {
				t.Error("the token is renewed too early")
			}
			now.Advance(c.late)
			if second := mustToken(t, source); second == first || !second.Expires().After(first.Expires()) {
				t.Error("the token is not renewed")
			}
			if got := tokenRequests(tenant); got != 2 {
				t.Errorf("%d requests, want 2", got)
			}
		})
	}
}

func mustToken(t *testing.T, source *TokenSource) *Token {
	t.Helper()
	token, err := source.Token(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestRenewCountsPerToken(t *testing.T) {
	tenant := startTenant(t, oktatest.Settings{})
	source := sourceFor(t, tenant, nil)
	stale := mustToken(t, source)
	first, err := source.Renew(t.Context(), stale, nil)
	if err != nil {
		t.Fatal(err)
	}
	second, err := source.Renew(t.Context(), stale, nil)
	if err != nil {
		t.Fatal(err)
	}
	if first == stale || second != first || mustToken(t, source) != first {
		t.Error("the rejected token must be replaced once, for all callers")
	}
	if got := tokenRequests(tenant); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

func TestTokenOutlivesATroubledRenewal(t *testing.T) {
	var now manualClock
	tenant := startTenant(t, oktatest.Settings{Clock: now.Now, Faults: faults(t, "token:2+:server_error")})
	source := sourceFor(t, tenant, now.Now)
	var w waits
	first := mustToken(t, source)
	now.Advance(56 * time.Minute)
	for range 3 {
		token, err := source.Token(t.Context(), w.wait)
		if err != nil || token != first {
			t.Fatalf("the working token is not used on: %v, %v", token, err)
		}
	}
	if got := tokenRequests(tenant); got != 1+maxTokenAttempts {
		t.Errorf("%d requests, want one and a single round of %d", got, maxTokenAttempts)
	}
	if _, err := source.Renew(t.Context(), first, w.wait); ReasonOf(err) != ReasonTokenServerError {
		t.Errorf("a rejected token must not be used on: %v", err)
	}
	now.Advance(5 * time.Minute)
	if _, err := source.Token(t.Context(), w.wait); ReasonOf(err) != ReasonTokenServerError {
		t.Errorf("an expired token must not be used on: %v", err)
	}
}
