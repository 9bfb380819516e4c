package oktaapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

// renewalPause is how long a token that still works is used on after its early renewal came to nothing.
const renewalPause = time.Minute

// Waiter waits for d, or returns an error at once when ctx ends or when the run may not wait that long. reason is one of
// the Reason constants; message says for people what is waited for.
type Waiter func(ctx context.Context, d time.Duration, reason, message string) error

// TokenSettings says which tokens to get and how.
type TokenSettings struct {
	// Base is the org's address, as [ParseDomain] gives it. Required.
	Base *url.URL
	// ClientID is the client id of the API Services app. Required.
	ClientID string
	// Key signs the client assertions. Required.
	Key *PrivateKey
	// Scopes are requested together; Okta has no default ones. Required.
	Scopes []string
	// HTTP sends the requests; nil means a client of its own. Redirects are never followed, whatever it says.
	HTTP *http.Client
	// UserAgent names product and version, as Okta asks for.
	UserAgent string
	// Now is the local clock; nil means [time.Now].
	Now func() time.Time
	// Log receives what happens to tokens, never a token; nil discards it.
	Log *slog.Logger
}

// TokenSource gets access tokens with the client credentials grant and private_key_jwt, and keeps the current one. Where
// the app demands DPoP they are bound to a key pair of the source's own. It is safe for concurrent use: of several
// callers one asks and the others wait for its result.
type TokenSource struct {
	settings TokenSettings
	client   http.Client
	turn     chan struct{} // holds one value while nobody asks for a token
	prover   *prover
	// What the token endpoint and the Management API want in proofs.
	tokenNonce, apiNonce nonce

	mu         sync.Mutex // guards what follows
	current    *Token
	flights    int   // requests for a token that have ended
	lastErr    error // how the last one ended
	skew       time.Duration
	clockKnown bool
	useService bool      // time is taken from the service's clock, after it refused ours
	pauseUntil time.Time // no early renewal before
}

// NewTokenSource returns a source that has not asked for anything yet. It does not check the settings; a missing one
// shows as an error of [TokenSource.Token].
func NewTokenSource(settings TokenSettings) *TokenSource {
	if settings.Now == nil {
		settings.Now = time.Now
	}
	if settings.Log == nil {
		settings.Log = slog.New(slog.DiscardHandler)
	}
	settings.Scopes = slices.Clone(settings.Scopes)
	s := &TokenSource{settings: settings, turn: make(chan struct{}, 1)}
	s.prover = newProver(s.serviceTime)
	if settings.HTTP != nil {
		s.client = *settings.HTTP
	}
	s.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	s.turn <- struct{}{}
	return s
}

// Token returns the current token, or gets one: at first, five minutes before the end of the current one, and after it.
// Waits between attempts go through wait; nil sleeps. Errors are those of ctx and of wait, or of type *[Error].
func (s *TokenSource) Token(ctx context.Context, wait Waiter) (*Token, error) {
	if token := s.usable(nil); token != nil {
		return token, nil
	}
	return s.get(ctx, nil, wait)
}

// Renew replaces a token that the service rejected with 401. When another caller has replaced stale already, that newer
// token is returned and nothing is asked. It counts per token, not per request: call it with the token that the request
// carried.
func (s *TokenSource) Renew(ctx context.Context, stale *Token, wait Waiter) (*Token, error) {
	if token := s.usable(stale); token != nil {
		return token, nil
	}
	return s.get(ctx, stale, wait)
}

// Skew returns the service's clock minus ours, to the second or two, from the Date of the last response of the token
// endpoint; 0 until there was one.
func (s *TokenSource) Skew() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.skew
}

// usable returns the current token unless it is due for renewal or is the stale one.
func (s *TokenSource) usable(stale *Token) *Token {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.settings.Now()
	switch {
	case s.current == nil, s.current == stale, !now.Before(s.current.expires):
		return nil
	case !now.Before(s.current.renewAt) && !now.Before(s.pauseUntil):
		return nil
	}
	return s.current
}

// get waits for its turn and asks for a token, unless the caller before it has got one or has failed to.
func (s *TokenSource) get(ctx context.Context, stale *Token, wait Waiter) (*Token, error) {
	before := s.ended()
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for an access token: %w", ctx.Err())
	case <-s.turn:
	}
	defer func() { s.turn <- struct{}{} }()
	if token := s.usable(stale); token != nil {
		return token, nil
	}
	if err := s.sharedFailure(before); err != nil {
		return nil, err
	}
	token, err := s.request(ctx, wait)
	return s.settle(ctx, token, stale, err)
}

func (s *TokenSource) ended() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.flights
}

// sharedFailure returns the refusal that another caller met while this one waited for its turn. Somebody else's
// cancellation is not shared.
func (s *TokenSource) sharedFailure(before int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, refused := errors.AsType[*Error](s.lastErr); refused && s.flights > before {
		return s.lastErr
	}
	return nil
}

// settle records how a request ended. A token that still works is used on when its early renewal met trouble that may
// pass.
func (s *TokenSource) settle(ctx context.Context, token, stale *Token, err error) (*Token, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flights++
	s.lastErr = err
	if err == nil {
		s.current, s.pauseUntil = token, time.Time{}
		return token, nil
	}
	now := s.settings.Now()
	refused, ok := errors.AsType[*Error](err)
	if ok && refused.Retry == RetryAfterDelay && s.current != nil && s.current != stale && now.Before(s.current.expires) {
		s.pauseUntil, s.lastErr = now.Add(renewalPause), nil
		s.settings.Log.WarnContext(ctx, "access token not renewed yet, the current one is used on",
			slog.Any("error", refused), slog.Time("expires", s.current.expires))
		return s.current, nil
	}
	return nil, err
}
