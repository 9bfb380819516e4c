package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Bounds of getting one token.
const (
	// maxTokenAttempts bounds the requests for one token: with the back-off below, half a minute of trouble is
	// outlasted, and so are two rate-limit windows. A supervisor that starts us again does the rest.
	maxTokenAttempts = 5
	// tokenAttemptTimeout bounds one request from the dial to the last byte; Okta answers within a second.
	tokenAttemptTimeout = 30 * time.Second
	// maxTokenBody bounds what is read of a response; a token response has about 2 KiB.
	maxTokenBody = 64 << 10
	// firstTokenBackoff and maxTokenBackoff are the first and the longest wait between attempts when the service names none;
	// each wait is twice the one before, times a random factor between ½ and 1½.
	firstTokenBackoff = time.Second
	maxTokenBackoff   = 20 * time.Second
)

// request asks until it has a token, a refusal that waiting does not cure, or no attempts left.
//
// This is a plain loop and not the policy of a retry library: such a library sleeps by itself, while these waits are the
// caller's, who reports them, counts them against the run's budget and may refuse them; and what one attempt learned (a
// new jti, the service's clock, the refused request's id) decides the next.
func (s *TokenSource) request(ctx context.Context, wait Waiter) (*Token, error) {
	if wait == nil {
		wait = sleepFor
	}
	var last *Error
	for attempt := 1; attempt <= maxTokenAttempts; attempt++ {
		token, failed, err := s.attempt(ctx, attempt, last)
		if err != nil || failed == nil {
			return token, err
		}
		corrected := last != nil && last.Retry == RetryWithServiceTime
		last = failed
		again, delay := s.next(failed, attempt, corrected)
		if !again {
			break
		}
		s.settings.Log.WarnContext(ctx, "access token not given, asking again",
			slog.Any("error", failed), slog.Int("attempt", attempt), slog.Duration("delay", delay))
		if delay <= 0 {
			continue
		}
		if err := wait(ctx, delay, failed.Reason, failed.Error()+"."); err != nil {
			if ctx.Err() != nil {
				return nil, fmt.Errorf("wait before asking for an access token again: %w", err)
			}
			return nil, refusedToWait(failed, delay, err)
		}
	}
	return nil, last
}

// next decides whether and when to ask again; corrected says that this was asked by the service's clock as of just now.
func (s *TokenSource) next(failed *Error, attempt int, corrected bool) (again bool, delay time.Duration) {
	if attempt == maxTokenAttempts {
		return false, 0
	}
	switch failed.Retry {
	case RetryWithNewAssertion, RetryWithNewProof: // each attempt has both
		return true, 0
	case RetryWithServiceTime:
		return !corrected && s.adoptServiceClock(), 0
	case RetryAfterDelay:
		if failed.RetryAfter > 0 {
			return true, failed.RetryAfter
		}
		return true, tokenBackoff(attempt)
	}
	return false, 0
}

// adoptServiceClock makes the following assertions by the service's clock, as the last response told it; it reports
// false when that is not known.
func (s *TokenSource) adoptServiceClock() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.useService = s.useService || s.clockKnown
	return s.clockKnown
}

// adoptTimeOf goes over to the service's clock after it refused the time in a proof that came with a request sent at the
// given local time. It reports whether that changes anything worth another attempt.
func (s *TokenSource) adoptTimeOf(header http.Header, asked time.Time) bool {
	before := s.serviceTime()
	s.compareClocks(header, asked)
	return s.adoptServiceClock() && s.serviceTime().Sub(before).Abs() > clockMargin
}

// clockMargin is what a clock read from a Date header may be off by.
const clockMargin = 2 * time.Second

// attempt makes one request. It returns a token, or what the service or the network said, or an error that ends it all.
func (s *TokenSource) attempt(ctx context.Context, number int, last *Error) (*Token, *Error, error) {
	if s.settings.Base == nil || s.settings.Key == nil || s.settings.Key.method == nil || s.settings.ClientID == "" {
		return nil, nil, errors.New("get an access token: domain, client id and private key are all needed")
	}
	assertion, err := newAssertion(s.settings.Key, s.settings.ClientID, tokenURL(s.settings.Base), s.serviceTime())
	if err != nil {
		return nil, nil, err
	}
	limited, cancel := context.WithTimeout(ctx, tokenAttemptTimeout)
	defer cancel()
	request, err := s.newRequest(limited, assertion, number, last)
	if err != nil {
		return nil, nil, err
	}
	sentNonce := s.tokenNonce.current()
	proof, err := s.prover.proof(request.Method, request.URL, "", sentNonce)
	if err != nil {
		return nil, nil, err
	}
	request.Header.Set("DPoP", proof)
	asked := s.settings.Now()
	answer, err := s.send(request)
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, fmt.Errorf("get an access token: %w", ctx.Err())
		}
		return nil, NetworkError(err, s.settings.Base), nil
	}
	s.compareClocks(answer.head.Header, asked)
	s.tokenNonce.adopt(answer.head.Header)
	if answer.head.StatusCode != http.StatusOK {
		failed := s.explain(TokenError(answer.head, answer.body, assertion))
		if failed.Reason == ReasonDPoPNonceRequired && s.tokenNonce.current() == sentNonce { // nothing new to try
			failed.Retry = RetryNever
		}
		return nil, failed, nil
	}
	token, failed := readToken(answer.head, answer.body, s.settings.Scopes, asked, s.proveToAPI)
	if failed != nil {
		return nil, failed, nil
	}
	s.settings.Log.InfoContext(ctx, "access token given",
		slog.Any("scopes", token.scopes), slog.Bool("dpop", token.prove != nil), slog.Time("expires", token.expires), slog.String("request_id", sanitiseID(answer.head.Header.Get("X-Okta-Request-Id"))))
	return token, nil, nil
}

func (s *TokenSource) newRequest(ctx context.Context, assertion string, number int, last *Error) (*http.Request, error) {
	form := tokenForm(strings.Join(s.settings.Scopes, " "), assertion)
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenURL(s.settings.Base), strings.NewReader(form.Encode()))
	if err != nil {
		return nil, fmt.Errorf("get an access token: %w", err)
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if s.settings.UserAgent != "" {
		request.Header.Set("User-Agent", s.settings.UserAgent)
	}
	if last != nil && last.HTTPStatus == http.StatusTooManyRequests && last.RequestID != "" { // as Okta's SDKs do
		request.Header.Set("X-Okta-Retry-For", last.RequestID)
		request.Header.Set("X-Okta-Retry-Count", strconv.Itoa(number-1))
	}
	return request, nil
}

// received is a response whose body has been read and closed.
type received struct {
	head *http.Response
	body []byte
}

func (s *TokenSource) send(request *http.Request) (received, error) {
	resp, err := s.client.Do(request)
	if err != nil {
		return received{}, fmt.Errorf("ask the token endpoint: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxTokenBody))
	if err != nil {
		return received{}, fmt.Errorf("read the token endpoint's answer: %w", err)
	}
	return received{resp, body}, nil
}

// proveToAPI makes the proof for a request to the Management API.
func (s *TokenSource) proveToAPI(method string, target *url.URL, accessToken string) (string, error) {
	return s.prover.proof(method, target, accessToken, s.apiNonce.current())
}

// serviceTime is the local clock until the service refuses it, then the service's as far as we know it.
func (s *TokenSource) serviceTime() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.useService {
		return s.settings.Now().Add(s.skew)
	}
	return s.settings.Now()
}

// compareClocks remembers the service's clock minus ours. Our side is the middle between question and answer. Date is cut
// to the second, so the result may be a second low: the safe side, for an assertion must not be from the future.
func (s *TokenSource) compareClocks(header http.Header, asked time.Time) {
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return
	}
	answered := s.settings.Now()
	ours := asked.Add(answered.Sub(asked) / 2)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.skew, s.clockKnown = date.Sub(ours).Round(time.Second), true
}

// explain adds to a refusal of our time by how much the clocks differ.
func (s *TokenSource) explain(failed *Error) *Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if failed.Reason == ReasonClockSkew && s.clockKnown {
		what, _, _ := strings.Cut(failed.Detail, ":")
		failed.Detail = what + ": " + describeSkew(s.skew)
	}
	return failed
}

// tokenBackoff returns the wait after the given attempt, counted from 1. Its jitter needs no cryptographic randomness.
func tokenBackoff(attempt int) time.Duration {
	wait := min(firstTokenBackoff<<min(attempt-1, 10), maxTokenBackoff)
	return wait/2 + rand.N(wait)
}

func sleepFor(ctx context.Context, d time.Duration, _, _ string) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
