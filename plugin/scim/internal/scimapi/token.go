package scimapi

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// Tokens gives bearer tokens (RFC 6750).
type Tokens interface {
	// Token returns a token that is believed to be valid.
	Token(ctx context.Context) (string, error)
	// Renew returns another token than the one that the service has refused, or
	// false where there is none.
	Renew(ctx context.Context, refused string) (string, bool, error)
	// Secrets are the values that no text may repeat.
	Secrets() []string
}

// NewStaticToken reads a pasted bearer token, with or without the word Bearer.
func NewStaticToken(pasted string) (Tokens, error) {
	token := strings.Trim(strings.TrimSpace(pasted), "\"'`")
	if scheme, rest, ok := strings.Cut(token, " "); ok && strings.EqualFold(scheme, "Bearer") {
		token = strings.TrimSpace(rest)
	}
	switch {
	case token == "":
		return nil, &Error{Reason: ReasonTokenMissing, Detail: "no bearer token is given"}
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, &Error{Reason: ReasonTokenInvalid, Detail: "the bearer token holds blanks or characters that no token has (RFC 6750 section 2.1)"}
	}
	return staticToken(token), nil
}

type staticToken string

func (t staticToken) Token(context.Context) (string, error) { return string(t), nil }

func (staticToken) Renew(context.Context, string) (string, bool, error) { return "", false, nil }

func (t staticToken) Secrets() []string { return written(string(t)) }

// ClientSettings are OAuth client credentials (RFC 6749 section 4.4).
type ClientSettings struct {
	TokenURL, ClientID, ClientSecret string
	Scope                            string // scopes with blanks between; may be empty
	// InBody sends id and secret in the request's body (client_secret_post)
	// instead of its header (client_secret_basic, which RFC 6749 section 2.3.1
	// prefers).
	InBody bool
	HTTP   *http.Client
}

// NewClientCredentials returns tokens of a token endpoint. It asks for none yet.
func NewClientCredentials(s ClientSettings) (Tokens, error) {
	id, secret := strings.TrimSpace(s.ClientID), strings.TrimSpace(s.ClientSecret)
	for _, part := range []struct{ name, value string }{{"token URL", strings.TrimSpace(s.TokenURL)}, {"client id", id}, {"client secret", secret}} {
		if part.value == "" {
			return nil, &Error{Reason: ReasonClientIncomplete, Detail: "the " + part.name + " is missing"}
		}
	}
	address, err := ParseTokenURL(s.TokenURL)
	if err != nil {
		return nil, err
	}
	style := oauth2.AuthStyleInHeader
	if s.InBody {
		style = oauth2.AuthStyleInParams
	}
	return &clientCredentials{http: s.HTTP, host: address.Host, config: clientcredentials.Config{
		ClientID: id, ClientSecret: secret, TokenURL: address.String(),
		Scopes: strings.Fields(s.Scope), AuthStyle: style,
	}}, nil
}

// written are the ways in which a service may repeat a secret: as it is, escaped for
// an address, encoded. The longest come first, so that no rest of one stays.
func written(secret string) []string {
	text := []byte(secret)
	return []string{
		hex.EncodeToString(text), base64.StdEncoding.EncodeToString(text), base64.RawURLEncoding.EncodeToString(text),
		url.QueryEscape(secret), url.PathEscape(secret), secret,
	}
}

// expiryMargin is how long before its end a token is no longer used: a request
// takes a while.
const expiryMargin = 30 * time.Second

// tokenTimeout bounds a token request.
const tokenTimeout = 30 * time.Second

type clientCredentials struct {
	http   *http.Client
	host   string
	config clientcredentials.Config

	mu      sync.Mutex // guards current, and lets one request at a time be sent
	current *oauth2.Token
}

// Token implements [Tokens].
func (c *clientCredentials) Token(ctx context.Context) (string, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil && (c.current.Expiry.IsZero() || time.Until(c.current.Expiry) > expiryMargin) {
		return c.current.AccessToken, nil
	}
	return c.fetch(ctx)
}

// Renew implements [Tokens].
func (c *clientCredentials) Renew(ctx context.Context, refused string) (string, bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.current != nil && c.current.AccessToken != refused {
		return c.current.AccessToken, true, nil
	}
	token, err := c.fetch(ctx)
	return token, err == nil, err
}

// Secrets implements [Tokens]: the secret and the token, and how they look in a
// header.
func (c *clientCredentials) Secrets() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.secrets()
}

func (c *clientCredentials) secrets() []string {
	id, secret := c.config.ClientID, c.config.ClientSecret
	secrets := append(written(secret), written(url.QueryEscape(id)+":"+url.QueryEscape(secret))...)
	if c.current != nil {
		secrets = append(secrets, written(c.current.AccessToken)...)
	}
	return secrets
}

// fetch asks for a token. The caller holds mu.
func (c *clientCredentials) fetch(ctx context.Context) (string, error) {
	limited, cancel := context.WithTimeout(ctx, tokenTimeout)
	defer cancel()
	token, err := c.config.Token(context.WithValue(limited, oauth2.HTTPClient, c.http))
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err != nil:
		return "", c.tokenError(err)
	case strings.ContainsFunc(token.AccessToken, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", &Error{Reason: ReasonTokenAddressWrong, Detail: "the token that " + c.host + " gave can't be sent in a header"}
	}
	c.current = token
	return token.AccessToken, nil
}

// tokenError reads why there is no token. The library's own words are not used:
// they repeat the body, which may hold anything.
func (c *clientCredentials) tokenError(err error) error {
	failed, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		if _, isNetwork := errors.AsType[*url.Error](err); isNetwork {
			return networkError(err, c.host)
		}
		return &Error{Reason: ReasonTokenAddressWrong, Detail: "what answers at the token URL gives no access token"}
	}
	e := &Error{
		HTTPStatus: failed.Response.StatusCode, Code: unlessSecret(failed.ErrorCode, c.secrets()),
		Description: sanitise(failed.ErrorDescription, c.secrets()),
	}
	e.Reason, e.Detail, e.Retry = classifyTokenError(failed, c.host)
	e.Detail = withoutSecrets(e.Detail, c.secrets())
	if e.Retry == RetryAfterDelay {
		e.RetryAfter = retryAfter(failed.Response.Header)
	}
	return e
}

// classifyTokenError reads the codes of RFC 6749 section 5.2.
func classifyTokenError(failed *oauth2.RetrieveError, host string) (reason, detail string, retry RetryKind) {
	status := failed.Response.StatusCode
	switch code := failed.ErrorCode; {
	case code == "invalid_client", code == "unauthorized_client":
		return ReasonClientRejected, host + " does not accept the client id and secret", RetryNever
	case code == "invalid_scope":
		return ReasonScopeRefused, host + " does not grant the scope to this client", RetryNever
	case status == http.StatusTooManyRequests:
		return ReasonRateLimited, host + " wants fewer token requests", RetryAfterDelay
	case status >= 500, code == "temporarily_unavailable":
		return ReasonServiceUnavailable, host + " can't give tokens at the moment", RetryAfterDelay
	case code != "":
		return ReasonTokenRequestRefused, host + " refuses the request for a token", RetryNever
	case status >= 300 && status < 400:
		return ReasonRedirected, redirectDetail(failed.Response, host), RetryNever
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return ReasonClientRejected, host + " does not accept the client id and secret", RetryNever
	case !json.Valid(failed.Body):
		return ReasonTokenAddressWrong, "what answers at the token URL is no token endpoint", RetryNever
	}
	return ReasonTokenRequestRefused, fmt.Sprintf("%s refuses the request for a token", host), RetryNever
}
