package oktaapi

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"patchbay.example/plugin/okta/oktatest"
)

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
			case RetryWithNewAssertion, RetryWithNewProof:
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
