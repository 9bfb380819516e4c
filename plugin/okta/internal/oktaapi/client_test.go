package oktaapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestRequestsSayWhatOktaAsksFor(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, _ int) { servePage(w, r, 1) }
	inBubble(t, answer, func(b *bubble) {
		if _, err := b.list(); err != nil {
			t.Fatal(err)
		}
		header := b.requests()[0].header
		for name, want := range map[string]string{
			"Accept":          "application/json",
			"Content-Type":    `application/json; okta-response="omitCredentials,omitCredentialsLinks,omitTransitioningToStatus"`,
			"User-Agent":      "test/1",
			"Accept-Encoding": "gzip",
			"Authorization":   "Bearer token-1",
		} {
			if got := header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
	})
}

// unauthorized answers 401 in one of the forms that Okta documents.
func unauthorized(w http.ResponseWriter, withBody bool) {
	if withBody {
		refuse(w, http.StatusUnauthorized, "E0000011")
		return
	}
	w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", error_description="The token has expired."`)
	w.WriteHeader(http.StatusUnauthorized)
}

func TestATokenThatIsRefusedIsRenewedOnce(t *testing.T) {
	for _, withBody := range []bool{true, false} {
		t.Run(fmt.Sprintf("with a body %t", withBody), func(t *testing.T) {
			answer := func(w http.ResponseWriter, r *http.Request, n int) {
				if n >= 2 && r.Header.Get("Authorization") == "Bearer token-1" {
					unauthorized(w, withBody)
					return
				}
				servePage(w, r, 4)
			}
			inBubble(t, answer, func(b *bubble) {
				if ids, err := b.list(); err != nil || ids != "1 2 3 4" {
					t.Errorf("pages %s, %v; want 1 2 3 4", ids, err)
				}
				if b.tokens != 2 {
					t.Errorf("%d tokens were asked for, want 2", b.tokens)
				}
				if got, want := b.pagesAsked(), "1 2 2 3 4"; got != want {
					t.Errorf("pages %s were asked for, want %s: the same page again", got, want)
				}
			})
		})
	}
}

func TestARefusedTokenInTwoRequestsIsRenewedOnce(t *testing.T) {
	var both chan struct{} // closed when both requests are in
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		switch {
		case n == 1: // its body breaks once its successor has been asked for
			openPage(w, r, 4)
			time.Sleep(time.Second)
			breakBody(w)
		case r.Header.Get("Authorization") == "Bearer token-1":
			if n == 3 {
				close(both)
			}
			<-both
			unauthorized(w, true)
		default:
			servePage(w, r, 4)
		}
	}
	inBubble(t, answer, func(b *bubble) {
		both = make(chan struct{})
		if ids, err := b.list(); err != nil || ids != "1 2 3 4" {
			t.Errorf("pages %s, %v; want 1 2 3 4", ids, err)
		}
		if b.tokens != 2 {
			t.Errorf("%d tokens were asked for, want 2", b.tokens)
		}
	})
}

func TestASecondRefusalInARowEndsTheListing(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, n int) {
		if n >= 2 {
			unauthorized(w, true)
			return
		}
		servePage(w, r, 4)
	}
	inBubble(t, answer, func(b *bubble) {
		ids, err := b.list()
		if ids != "1" || !errors.Is(err, &Error{Reason: ReasonAccessTokenRejected}) {
			t.Errorf("pages %s and %v; want page 1 and %s", ids, err, ReasonAccessTokenRejected)
		}
		if n := len(b.requests()); b.tokens != 2 || n != 3 {
			t.Errorf("%d tokens and %d requests, want 2 and 3", b.tokens, n)
		}
	})
}

func TestATokenMayBeRefusedAgainAfterItHasWorked(t *testing.T) {
	used := map[string]int{}
	answer := func(w http.ResponseWriter, r *http.Request, _ int) {
		token := r.Header.Get("Authorization")
		if used[token]++; used[token] > 2 { // each works for two pages
			unauthorized(w, true)
			return
		}
		servePage(w, r, 8)
	}
	inBubble(t, answer, func(b *bubble) {
		if ids, err := b.list(); err != nil || ids != "1 2 3 4 5 6 7 8" {
			t.Errorf("pages %s, %v; want all eight", ids, err)
		}
	})
}

func TestAFeatureThatIsOffIsNoRefusedToken(t *testing.T) {
	answer := func(w http.ResponseWriter, _ *http.Request, _ int) { refuse(w, http.StatusUnauthorized, "E0000015") }
	inBubble(t, answer, func(b *bubble) {
		if _, err := b.list(); !errors.Is(err, &Error{Reason: ReasonFeatureUnavailable}) {
			t.Errorf("%v; want %s", err, ReasonFeatureUnavailable)
		}
		if b.tokens != 1 || len(b.requests()) != 1 {
			t.Errorf("%d tokens and %d requests, want one of each", b.tokens, len(b.requests()))
		}
	})
}

func TestATokenIsRenewedBeforeItEnds(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, _ int) { servePage(w, r, 6) }
	inBubble(t, answer, func(b *bubble) {
		_, err := b.listWith(func(string) error {
			time.Sleep(20 * time.Minute) // tokens last an hour
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range b.requests() {
			n := 0
			if _, err := fmt.Sscanf(r.token, "token-%d", &n); err != nil {
				t.Fatal(err)
			}
			if age := r.at.Sub(b.requests()[0].at) - time.Duration(n-1)*time.Hour; age >= time.Hour {
				t.Errorf("page %s was asked for with a token %s old", r.page, age)
			}
		}
		if b.tokens != 2 {
			t.Errorf("%d tokens for 100 minutes, want 2", b.tokens)
		}
	})
}

func TestRedirectsAreNeverFollowed(t *testing.T) {
	answer := func(w http.ResponseWriter, r *http.Request, _ int) {
		http.Redirect(w, r, "http://other.example.com/?session=secret", http.StatusFound)
	}
	inBubble(t, answer, func(b *bubble) {
		_, err := b.list()
		if !errors.Is(err, &Error{Reason: ReasonRedirected}) {
			t.Fatalf("%v; want %s", err, ReasonRedirected)
		}
		if len(b.requests()) != 1 {
			t.Errorf("%d requests, want one", len(b.requests()))
		}
		if !strings.Contains(err.Error(), "other.example.com") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q; want the host that the redirect leads to and nothing else of it", err)
		}
	})
}
