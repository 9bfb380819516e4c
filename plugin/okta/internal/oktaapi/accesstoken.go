package oktaapi

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Lifetimes of an access token.
const (
	// defaultTokenLifetime holds where the response has no expires_in: Okta's is fixed at one hour.
	defaultTokenLifetime = time.Hour
	// maxTokenLifetime protects from nonsense in expires_in.
	maxTokenLifetime = 24 * time.Hour
	// renewBefore is how long before its end a token is replaced, so that no page of a listing meets an expired one.
	renewBefore = 5 * time.Minute
	// renewFraction bounds renewBefore for short-lived tokens: the last quarter of the lifetime.
	renewFraction = 4
)

// Token is an access token of the org authorization server. It prints a placeholder, whatever the format. It is
// immutable and safe for concurrent use. The zero value authorizes nothing.
type Token struct {
	// reveal keeps the value out of reach of anything that prints by reflection.
	reveal func() string
	// prove makes the proof for a request with a token that is bound to a key; nil for a Bearer token.
	prove   func(method string, target *url.URL) (string, error)
	scopes  []string
	expires time.Time
	renewAt time.Time
}

// Authorize sets the request's Authorization header to the token: with the Bearer scheme (RFC 6750 section 2.1), or with
// the DPoP scheme and a proof for this very request (RFC 9449 section 7.1), which must not be sent twice. The caller makes
// sure that the request goes to the org that the token is for. The error is of signing.
func (t *Token) Authorize(r *http.Request) error {
	switch {
	case t.reveal == nil:
		return nil
	case t.prove == nil:
		r.Header.Set("Authorization", "Bearer "+t.reveal())
		return nil
	}
	proof, err := t.prove(r.Method, r.URL)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "DPoP "+t.reveal())
	r.Header.Set("DPoP", proof)
	return nil
}

// Scopes returns the granted scopes, sorted; a new slice.
func (t *Token) Scopes() []string { return slices.Clone(t.scopes) }

// Missing returns those of the requested scopes that were not granted, in the order of requested; nil when none is
// missing. Okta answers with fewer scopes than requested and without an error when some are granted.
func (t *Token) Missing(requested []string) []string {
	var missing []string
	for _, scope := range requested {
		if !slices.Contains(t.scopes, scope) {
			missing = append(missing, scope)
		}
	}
	return missing
}

// Expires returns when the token ends, by this machine's clock.
func (t *Token) Expires() time.Time { return t.expires }

// String gives scopes and expiry, never the token.
func (t *Token) String() string {
	if t == nil || t.reveal == nil {
		return "no access token"
	}
	return fmt.Sprintf("access token [redacted] for %s until %s", strings.Join(t.scopes, " "), t.expires.UTC().Format(time.RFC3339))
}

// GoString is [Token.String].
func (t *Token) GoString() string { return t.String() }

// Format prints [Token.String] for every verb.
func (t *Token) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// LogValue is [Token.String].
func (t *Token) LogValue() slog.Value { return slog.StringValue(t.String()) }

// MarshalJSON gives [Token.String] as a JSON string.
func (t *Token) MarshalJSON() ([]byte, error) { return json.Marshal(t.String()) }

// proveFunc makes a proof for a request with an access token.
type proveFunc func(method string, target *url.URL, accessToken string) (string, error)

// tokenAnswer is the body of a 200 (RFC 6749 section 5.1).
type tokenAnswer struct {
	TokenType   string      `json:"token_type"`
	AccessToken string      `json:"access_token"`
	ExpiresIn   json.Number `json:"expires_in"`
	Scope       *string     `json:"scope"`
}

// isTokenText checks the alphabet of a bearer token (RFC 6750 section 2.1), which keeps line breaks out of a header.
func isTokenText(text string) bool {
	return text != "" && strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~+/=") == "" &&
		!strings.ContainsFunc(text, func(r rune) bool { return r <= ' ' || r > '~' })
}

// readToken reads a 200 of the token endpoint, asked for at the given time. prove makes the proofs of a token that is
// bound to the key whose proof the request carried.
func readToken(resp *http.Response, body []byte, requested []string, asked time.Time, prove proveFunc) (*Token, *Error) {
	r := readRefusal(resp, body, nil)
	if r.webPage {
		return nil, r.newError(ReasonCaptivePortal, "a web page came from "+r.place()+" where Okta answers JSON", RetryNever)
	}
	if r.oauthError != "" || r.errorCode != "" {
		return nil, TokenError(resp, body)
	}
	var answer tokenAnswer
	if err := json.Unmarshal(body, &answer); err != nil {
		return nil, r.newError(ReasonTokenResponseUnreadable, "the token endpoint's answer is not the JSON that was expected", RetryNever)
	}
	switch {
	case !isTokenText(answer.AccessToken):
		return nil, r.newError(ReasonTokenResponseUnreadable, "the token endpoint's answer holds no access token", RetryNever)
	case answer.TokenType != "" && !strings.EqualFold(answer.TokenType, "Bearer") && !answer.isBound():
		return nil, r.newError(ReasonTokenResponseUnreadable, "the token endpoint gave a kind of token that this connector does not know", RetryNever)
	}
	token := newToken(answer, requested, asked)
	if answer.isBound() {
		token.prove = func(method string, target *url.URL) (string, error) { return prove(method, target, answer.AccessToken) }
	}
	return token, nil
}

// isBound reports whether the token is of use with DPoP proofs only.
func (a tokenAnswer) isBound() bool { return strings.EqualFold(a.TokenType, "DPoP") }

func newToken(answer tokenAnswer, requested []string, asked time.Time) *Token {
	lifetime := defaultTokenLifetime
	if seconds, err := answer.ExpiresIn.Int64(); err == nil && seconds > 0 {
		lifetime = min(time.Duration(min(seconds, int64(maxTokenLifetime/time.Second)))*time.Second, maxTokenLifetime)
	}
	granted := requested // RFC 6749 section 5.1: a response without scope means the scope requested
	if answer.Scope != nil {
		granted = strings.Fields(*answer.Scope)
	}
	expires := asked.Add(lifetime)
	return &Token{
		reveal:  func() string { return answer.AccessToken },
		scopes:  slices.Compact(slices.Sorted(slices.Values(granted))),
		expires: expires,
		renewAt: expires.Add(-min(renewBefore, lifetime/renewFraction)),
	}
}
