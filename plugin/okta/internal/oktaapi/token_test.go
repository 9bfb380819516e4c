package oktaapi

import (
	"bytes"
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
			token.Authorize(request)
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
				resp.Body = io.NopCloser(strings.NewReader(`{"error":"invalid_dpop_proof"}`))
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

func TestWrongClockIsPutRightOnce(t *testing.T) {
	for name, skew := range map[string]time.Duration{"behind": 10 * time.Minute, "far behind": 30 * time.Hour, "ahead": -10 * time.Minute, "far ahead": -30 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			var now manualClock
			tenant := startTenant(t, oktatest.Settings{Clock: func() time.Time { return now.Now().Add(skew) }})
			source := sourceFor(t, tenant, now.Now)
			first := mustToken(t, source)
			if got := source.Skew(); (got - skew).Abs() > 2*time.Second {
				t.Errorf("the skew is %s, want %s", got, skew)
			}
			if got := tokenRequests(tenant); got != 2 {
				t.Errorf("%d requests, want a refused and an accepted one", got)
			}
			if _, err := source.Renew(t.Context(), first, nil); err != nil {
				t.Fatal(err)
			}
			if got := tokenRequests(tenant); got != 3 {
				t.Errorf("the skew is not remembered: %d requests, want 3", got)
			}
		})
	}
}

func TestSmallSkewDoesNoHarm(t *testing.T) {
	for _, skew := range []time.Duration{-25 * time.Second, 25 * time.Second, 4 * time.Minute} {
		var now manualClock
		tenant := startTenant(t, oktatest.Settings{Clock: func() time.Time { return now.Now().Add(skew) }})
		mustToken(t, sourceFor(t, tenant, now.Now))
		if got := tokenRequests(tenant); got != 1 {
			t.Errorf("skew %s: %d requests, want 1", skew, got)
		}
	}
}

func TestHopelessClockIsNamed(t *testing.T) {
	var now manualClock
	tenant := startTenant(t, oktatest.Settings{Clock: func() time.Time { return now.Now().Add(time.Hour) }, Faults: faults(t, "token:*:assertion-expired")})
	_, err := sourceFor(t, tenant, now.Now).Token(t.Context(), nil)
	if ReasonOf(err) != ReasonClockSkew || !strings.Contains(err.Error(), "1h0m0s behind Okta's") {
		t.Errorf("got %v, want the difference named", err)
	}
	if got := tokenRequests(tenant); got != 2 {
		t.Errorf("%d requests, want 2", got)
	}
}

// What waiting does not cure is asked once; what it cures, a bounded number of times, each with a fresh assertion.
func TestTokenRequestsAreRepeatedOnlyWhereItHelps(t *testing.T) {
	kinds := slices.DeleteFunc(oktatest.FaultKinds(), func(kind oktatest.FaultKind) bool {
		return !slices.Equal(kind.Endpoints, []oktatest.Endpoint{oktatest.EndpointToken}) || kind.Name == "scope-reduced"
	})
	if len(kinds) < 30 {
		t.Fatalf("the tenant knows only %d refusals of the token endpoint", len(kinds))
	}
	for _, kind := range kinds {
		t.Run(kind.Name, func(t *testing.T) {
			tenant := startTenant(t, oktatest.Settings{Faults: faults(t, "token:*:"+kind.Name)})
			var w waits
			_, err := sourceFor(t, tenant, nil).Token(t.Context(), w.wait)
			refused, ok := errors.AsType[*Error](err)
			if !ok {
				t.Fatalf("got %v", err)
			}
			wantRequests, wantWaits := 1, 0
			switch refused.Retry {
			case RetryAfterDelay:
				wantRequests, wantWaits = maxTokenAttempts, maxTokenAttempts-1
			case RetryWithNewAssertion:
				wantRequests = maxTokenAttempts
			case RetryWithServiceTime:
				wantRequests = 2
			}
			if got := tokenRequests(tenant); got != wantRequests || len(w.delays) != wantWaits {
				t.Errorf("%s: %d requests and %d waits, want %d and %d", refused.Reason, got, len(w.delays), wantRequests, wantWaits)
			}
			if got := tenant.Stats().Violations[oktatest.AssertionReused]; got != 0 {
				t.Errorf("%d assertions were sent twice", got)
			}
		})
	}
}

func TestTokenSurvivesPassingTrouble(t *testing.T) {
	for name, fault := range map[string]string{
		"overload": "token:1-2:temporarily_unavailable", "error": "token:1-3:server_error", "replay": "token:1:assertion-used", "clock": "token:1:issued-in-future",
		"keys URL": "token:1:jwks-fetch", "reset": "token:1-2:reset", "rate limit": "token:1:429", "concurrency": "token:1:429-concurrency",
	} {
		t.Run(name, func(t *testing.T) {
			tenant := startTenant(t, oktatest.Settings{Faults: faults(t, fault)})
			var w waits
			if _, err := sourceFor(t, tenant, nil).Token(t.Context(), w.wait); err != nil {
				t.Fatal(err)
			}
			if got := tenant.Stats(); got.Struck == 0 || got.TokensIssued != 1 || got.Violations[oktatest.AssertionReused] != 0 {
				t.Errorf("%d requests struck, %d tokens issued, %v", got.Struck, got.TokensIssued, got.Violations)
			}
			for i, delay := range w.delays {
				if delay <= 0 || delay > maxServiceWait {
					t.Errorf("wait %d (%s) lasts %s", i, w.reasons[i], delay)
				}
			}
		})
	}
}

func TestRateLimitedTokenWaitsForTheServicesReset(t *testing.T) {
	var retryFor, retryCount string
	first := true
	source := sourceAt(t, func(w http.ResponseWriter, r *http.Request) {
		if !first {
			retryFor, retryCount = r.Header.Get("X-Okta-Retry-For"), r.Header.Get("X-Okta-Retry-Count")
			_, _ = io.WriteString(w, `{"token_type":"Bearer","access_token":"abc","expires_in":3600}`)
			return
		}
		first = false
		w.Header().Set("Date", clockStart.Format(http.TimeFormat))
		w.Header().Set("X-Rate-Limit-Limit", "150")
		w.Header().Set("X-Rate-Limit-Remaining", "0")
		w.Header().Set("X-Rate-Limit-Reset", "1795608041") // 41 s after clockStart
		w.Header().Set("X-Okta-Request-Id", "req-limited")
		w.WriteHeader(http.StatusTooManyRequests)
	}, nil)
	var w waits
	token, err := source.Token(t.Context(), w.wait)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(w.delays, []time.Duration{42 * time.Second}) || !slices.Equal(w.reasons, []string{ReasonTokenRateLimited}) {
		t.Errorf("waits %v for %v, want 42 s", w.delays, w.reasons)
	}
	if retryFor != "req-limited" || retryCount != "1" {
		t.Errorf("the repetition does not say what it repeats: %q, %q", retryFor, retryCount)
	}
	if missing := token.Missing(allScopes); missing != nil {
		t.Errorf("an answer without scope grants what was requested, but %q are missing", missing)
	}
}

func TestRefusedWaitEndsTheRequest(t *testing.T) {
	tenant := startTenant(t, oktatest.Settings{Faults: faults(t, "token:*:429")})
	spent := errors.New("wait budget spent")
	_, err := sourceFor(t, tenant, nil).Token(t.Context(), func(context.Context, time.Duration, string, string) error { return spent })
	if !errors.Is(err, spent) || ReasonOf(err) != ReasonTokenRateLimited {
		t.Errorf("got %v", err)
	}
	if got := tokenRequests(tenant); got != 1 {
		t.Errorf("%d requests, want 1", got)
	}
}

func TestCancelledContextEndsEverything(t *testing.T) {
	asked := make(chan struct{}, 1)
	source := sourceAt(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the client has gone
		asked <- struct{}{}
		<-r.Context().Done()
	}, nil)
	ctx, cancel := context.WithCancel(t.Context())
	results := make(chan error, 2)
	go func() { _, err := source.Token(ctx, nil); results <- err }()
	<-asked
	go func() { _, err := source.Token(ctx, nil); results <- err }() // waits for its turn
	cancel()
	for range 2 {
		if err := <-results; !errors.Is(err, context.Canceled) || ReasonOf(err) != "" {
			t.Errorf("got %v, want the cancellation and no refusal", err)
		}
	}
}

func TestTokenRefusesWhatIsNoToken(t *testing.T) {
	for name, c := range map[string]struct{ contentType, body, want string }{
		"DPoP token":        {"application/json", `{"token_type":"DPoP","access_token":"abc"}`, ReasonDPoPRequired},
		"other token type":  {"application/json", `{"token_type":"MAC","access_token":"abc"}`, ReasonTokenResponseUnreadable},
		"no token":          {"application/json", `{"token_type":"Bearer","scope":"x"}`, ReasonTokenResponseUnreadable},
		"token with a feed": {"application/json", `{"token_type":"Bearer","access_token":"abc\r\nX-Evil: 1"}`, ReasonTokenResponseUnreadable},
		"token of a number": {"application/json", `{"token_type":"Bearer","access_token":5}`, ReasonTokenResponseUnreadable},
		"an array":          {"application/json", `[]`, ReasonTokenResponseUnreadable},
		"nothing":           {"application/json", ``, ReasonTokenResponseUnreadable},
		"text":              {"text/plain", `welcome`, ReasonTokenResponseUnreadable},
		"beyond the limit":  {"application/json", `{"x":"` + strings.Repeat("x", maxTokenBody) + `","access_token":"abc"}`, ReasonTokenResponseUnreadable},
		"web page":          {"text/html", `<html>sign in</html>`, ReasonCaptivePortal},
		"hidden web page":   {"application/json", "\n<!DOCTYPE html>", ReasonCaptivePortal},
		"error with 200":    {"application/json", `{"error":"consent_required"}`, ReasonConsentMissing},
	} {
		t.Run(name, func(t *testing.T) {
			source := sourceAt(t, func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.contentType)
				_, _ = io.WriteString(w, c.body)
			}, nil)
			token, err := source.Token(t.Context(), nil)
			if token != nil || ReasonOf(err) != c.want {
				t.Errorf("got %v, %v; want %s", token, err, c.want)
			}
		})
	}
}

func TestRedirectIsNeverFollowed(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		source := sourceAt(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, other.URL, status) }, nil)
		if _, err := source.Token(t.Context(), nil); ReasonOf(err) != ReasonRedirected {
			t.Errorf("%d: got %v", status, err)
		}
	}
	if got := elsewhere.Load(); got != 0 {
		t.Errorf("%d requests went to the other host", got)
	}
}

func TestUnreachableTokenEndpointIsGivenUp(t *testing.T) {
	source := NewTokenSource(TokenSettings{Base: must(ParseDomain("http://" + closedAddress(t))), ClientID: "0oa1", Key: must(ParsePrivateKey(pkcs8("p256"), "")), Scopes: allScopes})
	var w waits
	if _, err := source.Token(t.Context(), w.wait); ReasonOf(err) != ReasonConnectionRefused {
		t.Errorf("got %v", err)
	}
	if len(w.delays) != maxTokenAttempts-1 {
		t.Errorf("%d waits, want %d", len(w.delays), maxTokenAttempts-1)
	}
}

func TestMissingSettingsAreNoRefusal(t *testing.T) {
	if _, err := NewTokenSource(TokenSettings{}).Token(t.Context(), nil); err == nil || ReasonOf(err) != "" {
		t.Errorf("got %v, want a plain error", err)
	}
}

// Nothing that prints or logs may hold a key, an assertion or a token, even when the service sends them back.
func TestSecretsStayInside(t *testing.T) {
	const accessToken = "CANARY-token-1" // too short to be taken for a credential by its looks
	var assertions []string
	reply := atomic.Value{}
	reply.Store("refuse")
	var logged bytes.Buffer
	source := sourceAt(t, func(w http.ResponseWriter, r *http.Request) {
		assertion := r.PostFormValue("client_assertion")
		assertions = append(assertions, assertion)
		w.Header().Set("X-Okta-Request-Id", assertion)
		switch reply.Load() {
		case "token":
			_, _ = io.WriteString(w, `{"token_type":"Bearer","access_token":"`+accessToken+`"}`)
		case "html":
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, "<html>"+assertion)
		default:
			w.WriteHeader(http.StatusServiceUnavailable)
			_, _ = io.WriteString(w, `{"error":"temporarily_unavailable","error_description":"you sent `+assertion+` and `+strings.ReplaceAll(assertion, ".", " ")+`"}`)
		}
	}, slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	var printed bytes.Buffer
	var w waits
	for _, mode := range []string{"refuse", "html", "token"} {
		reply.Store(mode)
		token, err := source.Token(t.Context(), w.wait)
		printEachWay(&printed, err, token, source, source.settings, source.settings.Key)
	}
	resp := response(401, "WWW-Authenticate", `Bearer error="invalid_token", error_description="`+accessToken+` has expired", scope="`+accessToken+`"`)
	resp.Header.Set("X-Okta-Request-Id", accessToken)
	resp.Request = must(http.NewRequestWithContext(t.Context(), http.MethodGet, "https://example.okta.com", nil))
	mustToken(t, source).Authorize(resp.Request)
	printEachWay(&printed, APIError(resp, []byte(`{"errorCode":"E0000011","errorSummary":"Bearer `+accessToken+`"}`)), APIError(resp, nil),
		APIError(resp, []byte(`{"errorCode":"`+accessToken+`"}`)))
	resp.Header.Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+accessToken+`"`)
	printEachWay(&printed, APIError(resp, nil),
		TokenError(response(400), []byte(`{"error":"`+accessToken+`","error_description":"it was `+accessToken+`"}`), "x."+accessToken))

	text := printed.String() + logged.String()
	if !strings.Contains(text, "invalid_token") || !strings.Contains(text, "temporarily_unavailable") || !strings.Contains(logged.String(), "access token given") {
		t.Fatalf("the test prints too little: %s", text)
	}
	secrets := []string{accessToken, base64Of(source.settings.Key)}
	for _, assertion := range assertions {
		secrets = append(secrets, strings.Split(assertion, ".")...)
	}
	for _, secret := range secrets {
		if strings.Contains(text, secret) {
			t.Errorf("a secret is shown: %.12s…", secret)
		}
	}
}
