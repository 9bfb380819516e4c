package oktaapi

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbay.example/plugin/okta/oktatest"
)

// clientFor lists users of a tenant by a clock of the test's; nil for the machine's.
func clientFor(t *testing.T, tenant *oktatest.Tenant, now func() time.Time) *Client {
	t.Helper()
	tokens := sourceFor(t, tenant, now)
	return NewClient(ClientSettings{Base: tokens.settings.Base, HTTP: NewHTTPClient(), Tokens: tokens, UserAgent: "patchbay-test/1", Share: 1, Now: now})
}

// listUsers reads the list of users and returns how many there were; each is called after each page, and may be nil.
func listUsers(t *testing.T, client *Client, each func(page int)) (int, error) {
	t.Helper()
	users, pages := 0, 0
	wait := func(context.Context, time.Duration, string, string) error { return nil }
	err := client.List(t.Context(), "/api/v1/users", "limit=5", wait, nil, func(page Page) error {
		users += len(page.Elements)
		if pages++; each != nil {
			each(pages)
		}
		return nil
	})
	return users, err
}

func TestAnAppThatDemandsDPoPIsServed(t *testing.T) {
	tenant := startTenant(t, oktatest.Settings{Users: 22, DPoPRequired: true})
	users, err := listUsers(t, clientFor(t, tenant, nil), nil)
	if err != nil || users != 22 {
		t.Fatalf("%d users, %v; want 22", users, err)
	}
	stats := tenant.Stats()
	if stats.Requests[oktatest.EndpointToken] != 2 || stats.TokensIssued != 1 {
		t.Errorf("%d requests for %d tokens, want one that learns the nonce and one that is served", stats.Requests[oktatest.EndpointToken], stats.TokensIssued)
	}
	if want := 2 + stats.Requests[oktatest.EndpointUsers]; stats.Proofs != want || stats.ProofsReplayed > 0 {
		t.Errorf("%d proofs, %d of them replayed; want one of its own for each of %d requests", stats.Proofs, stats.ProofsReplayed, want)
	}
	if len(stats.Violations) > 0 {
		t.Errorf("Okta asks its clients not to do this: %v", stats.Violations)
	}
}

// Okta passes over the proof of an app that does not demand it; a server may also bind the token to it.
func TestTheTokensTypeDecidesHowItIsUsed(t *testing.T) {
	for name, c := range map[string]struct {
		settings oktatest.Settings
		scheme   string
	}{
		"passed over": {oktatest.Settings{Users: 12}, "Bearer "},
		"taken up":    {oktatest.Settings{Users: 12, DPoPOffered: true}, "DPoP "},
		"demanded":    {oktatest.Settings{Users: 12, DPoPRequired: true}, "DPoP "},
	} {
		t.Run(name, func(t *testing.T) {
			tenant := startTenant(t, c.settings)
			request := must(http.NewRequestWithContext(t.Context(), http.MethodGet, tenant.URL()+"/api/v1/users", nil))
			client := clientFor(t, tenant, nil)
			if err := mustToken(t, client.tokens).Authorize(request); err != nil {
				t.Fatal(err)
			}
			if got := request.Header.Get("Authorization"); !strings.HasPrefix(got, c.scheme) || (request.Header.Get("DPoP") != "") != (c.scheme == "DPoP ") {
				t.Errorf("the scheme is %.6s with a proof: %t; want %s", got, request.Header.Get("DPoP") != "", c.scheme)
			}
			if users, err := listUsers(t, client, nil); err != nil || users != 12 {
				t.Errorf("%d users, %v; want 12", users, err)
			}
		})
	}
}

func TestNoncesThatChangeAreTakenUp(t *testing.T) {
	t.Run("at the token endpoint", func(t *testing.T) {
		var now manualClock
		tenant := startTenant(t, oktatest.Settings{DPoPRequired: true, Clock: now.Now})
		source := sourceFor(t, tenant, now.Now)
		if mustToken(t, source); tokenRequests(tenant) != 2 {
			t.Errorf("%d requests, want one that learns the nonce and one that is served", tokenRequests(tenant))
		}
		now.Advance(2 * 24 * time.Hour) // an old nonce works for three days, and the answer names the new one
		if mustToken(t, source); tokenRequests(tenant) != 3 {
			t.Errorf("%d requests, want no more than one with the nonce that was known", tokenRequests(tenant))
		}
		now.Advance(4 * 24 * time.Hour)
		if mustToken(t, source); tokenRequests(tenant) != 5 {
			t.Errorf("%d requests, want another one that learns the new nonce", tokenRequests(tenant))
		}
	})
	t.Run("at the API", func(t *testing.T) {
		var now manualClock
		tenant := startTenant(t, oktatest.Settings{Users: 40, DPoPRequired: true, DPoPNonceForAPI: true, DPoPNonceLifetime: time.Minute, Clock: now.Now})
		users, err := listUsers(t, clientFor(t, tenant, now.Now), func(page int) {
			if page%3 == 0 {
				now.Advance(time.Minute)
			}
		})
		if err != nil || users != 40 {
			t.Errorf("%d users, %v; want 40", users, err)
		}
		if tokens := tenant.Stats().TokensIssued; tokens != 1 {
			t.Errorf("%d tokens for a nonce, want 1", tokens)
		}
	})
}

func TestAClockThatIsSetMeanwhileDoesNoHarm(t *testing.T) {
	for name, change := range map[string]time.Duration{"back": -5 * time.Minute, "forward": 10 * time.Minute} {
		t.Run(name, func(t *testing.T) {
			var ours, theirs manualClock
			tenant := startTenant(t, oktatest.Settings{Users: 40, DPoPRequired: true, Clock: theirs.Now})
			users, err := listUsers(t, clientFor(t, tenant, ours.Now), func(page int) {
				if page == 3 {
					ours.Advance(change)
				}
			})
			if err != nil || users != 40 {
				t.Errorf("%d users, %v; want 40", users, err)
			}
		})
	}
}

func TestRefusedProofsAreSentAgainWhereItHelps(t *testing.T) {
	for name, c := range map[string]struct{ fault, reason string }{
		"counted as used once":      {"users:page=3:400-dpop=jti", ""},
		"counted as used each time": {"users:page=3x*:400-dpop=jti", ReasonDPoPProofRefused},
		"nonce once":                {"users:page=3:401-dpop-nonce", ""},
		"nonce each time":           {"users:page=3x*:401-dpop-nonce", ReasonDPoPNonceRequired},
		"another address":           {"users:page=3x*:400-dpop=htu", ReasonDPoPProofRefused},
		"another token":             {"users:page=3x*:400-dpop=ath", ReasonDPoPProofRefused},
		"time, by equal clocks":     {"users:page=3x*:400-dpop=iat", ReasonClockSkew},
	} {
		t.Run(name, func(t *testing.T) {
			tenant := startTenant(t, oktatest.Settings{Users: 40, DPoPRequired: true, Faults: faults(t, c.fault)})
			_, err := listUsers(t, clientFor(t, tenant, nil), nil)
			if ReasonOf(err) != c.reason {
				t.Errorf("%v, want %q", err, c.reason)
			}
			if asked := tenant.Stats().Requests[oktatest.EndpointUsers]; asked > 8+maxRenewals {
				t.Errorf("%d requests, want no more than %d for one page", asked, 1+maxRenewals)
			}
		})
	}
}

func TestATokenForAProofOfAnotherTimeIsAskedForByOktasClock(t *testing.T) {
	tenant := startTenant(t, oktatest.Settings{DPoPRequired: true, Faults: faults(t, "token:1:dpop-iat", "token:4+:dpop-iat")})
	source := sourceFor(t, tenant, nil)
	token := mustToken(t, source)
	if _, err := source.Renew(t.Context(), token, nil); ReasonOf(err) != ReasonClockSkew || !strings.Contains(err.Error(), "DPoP proof: this machine's clock") {
		t.Errorf("%v, want %s with what is known of the clocks", err, ReasonClockSkew)
	}
}

func TestANonceThatIsNoneIsNotSent(t *testing.T) {
	var n nonce
	for _, bad := range []string{"", "a b", "a\"b", `a\b`, "ä", strings.Repeat("x", maxNonce+1)} {
		n.adopt(http.Header{"Dpop-Nonce": {bad}})
		if got := n.current(); got != "" {
			t.Errorf("%q was taken for a nonce: %q", bad, got)
		}
	}
	n.adopt(http.Header{"Dpop-Nonce": {"8NLZUUhVawx1ns8AjrC4F6j8D2phvaw7"}})
	n.adopt(http.Header{}) // an answer without one changes nothing
	if got := n.current(); got != "8NLZUUhVawx1ns8AjrC4F6j8D2phvaw7" {
		t.Errorf("the nonce is %q", got)
	}
}

// A proof that Okta misses something in has reached it.
func TestAProofThatLacksAClaimIsNotLost(t *testing.T) {
	for description, want := range map[string]string{
		"The DPoP proof JWT header is missing.":       ReasonDPoPRequired,
		"'ath' claim in the DPoP proof is missing.":   ReasonDPoPProofRefused,
		"The DPoP proof JWT is missing a nonce claim": ReasonDPoPProofRefused,
	} {
		atTokens := TokenError(response(http.StatusBadRequest), []byte(`{"error":"invalid_dpop_proof","error_description":"`+description+`"}`), "")
		atAPI := APIError(response(http.StatusBadRequest, "WWW-Authenticate", `DPoP error="invalid_dpop_proof", error_description="`+description+`"`), nil)
		if atTokens.Reason != want || atAPI.Reason != want {
			t.Errorf("%q is %s at the token endpoint and %s at the API, want %s", description, atTokens.Reason, atAPI.Reason, want)
		}
	}
}

// With a nonce that Okta has just given there is nothing new to try.
func TestANonceThatOktaDoesNotTakeIsTriedOnce(t *testing.T) {
	var nonces []string
	source := sourceAt(t, func(w http.ResponseWriter, r *http.Request) {
		var claims struct{ Nonce string }
		_, rest, _ := strings.Cut(r.Header.Get("DPoP"), ".")
		payload, _, _ := strings.Cut(rest, ".")
		if err := json.Unmarshal(must(base64.RawURLEncoding.DecodeString(payload)), &claims); err != nil {
			t.Error(err)
		}
		nonces = append(nonces, claims.Nonce)
		w.Header().Set("DPoP-Nonce", "always-this-one")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"use_dpop_nonce"}`))
	}, nil)
	if _, err := source.Token(t.Context(), nil); ReasonOf(err) != ReasonDPoPNonceRequired {
		t.Errorf("%v, want %s", err, ReasonDPoPNonceRequired)
	}
	if !slices.Equal(nonces, []string{"", "always-this-one"}) {
		t.Errorf("the proofs had the nonces %q, want none and then Okta's", nonces)
	}
}

func TestAProofThatIsLostOnTheWayIsNamed(t *testing.T) {
	source := sourceAt(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("DPoP") == "" {
			t.Error("the first request for a token has no proof")
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_dpop_proof","error_description":"The DPoP proof JWT header is missing."}`))
	}, nil)
	if _, err := source.Token(t.Context(), nil); ReasonOf(err) != ReasonDPoPRequired {
		t.Errorf("%v, want %s", err, ReasonDPoPRequired)
	}
}
