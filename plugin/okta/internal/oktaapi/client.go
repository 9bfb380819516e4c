package oktaapi

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Time limits of a request. Each is far above what Okta takes on a bad day, and
// far below what a person would call a hang.
const (
	dialTimeout   = 15 * time.Second
	tlsTimeout    = 15 * time.Second
	headerTimeout = 60 * time.Second // from the request's end to the header's
	bodyIdleLimit = 30 * time.Second // between two reads of a body
	bodyTimeout   = 90 * time.Second // all of a body

	// With HTTP/2 all requests share a connection. One that has died silently
	// is given up before the header's limit, so that the next attempt has another.
	pingAfter   = 20 * time.Second // of silence while a request waits
	pingTimeout = 15 * time.Second

	refusalTimeout = 10 * time.Second // all of a refusal's body: less than a packet
)

const (
	// maxBodyBytes bounds a decompressed page. 200 users of 160 KB each fit.
	maxBodyBytes = 32 << 20

	// maxErrorBytes is what is read of a refusal's body.
	maxErrorBytes = 64 << 10

	// maxHeaderBytes bounds a response's header.
	maxHeaderBytes = 256 << 10
)

// NewHTTPClient returns the client that all requests to an org go through: it
// follows no redirect, for each request carries credentials, and keeps every
// time limit that net/http can keep. Proxies come from the environment.
func NewHTTPClient() *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Client{
		Transport: &gunzip{next: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    tlsTimeout,
			ResponseHeaderTimeout:  headerTimeout,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        90 * time.Second,
			ForceAttemptHTTP2:      true,
			HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingAfter, PingTimeout: pingTimeout},
		}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// ClientSettings say how to reach an org.
type ClientSettings struct {
	Base      *url.URL     // from [ParseDomain]
	HTTP      *http.Client // from [NewHTTPClient]
	Tokens    *TokenSource
	UserAgent string
	Share     float64          // of each rate limit; 0 means [DefaultShare]
	Now       func() time.Time // nil means time.Now
	Log       *slog.Logger     // nil discards
}

// Client reads lists of an org's Management API. It may be used from several
// goroutines.
type Client struct {
	*connection
	meter func() error // nil where requests are not counted
}

// connection is what the clients of one org share.
type connection struct {
	base      *url.URL
	http      *http.Client
	tokens    *TokenSource
	userAgent string
	share     float64
	now       func() time.Time
	log       *slog.Logger

	bodies buffers

	mu        sync.Mutex // guards everything below
	governors map[string]*governor
	unproven  *Token // got after a 401, and not accepted by Okta yet
}

// NewClient returns a client for the org.
func NewClient(s ClientSettings) *Client {
	if s.Share <= 0 {
		s.Share = DefaultShare
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
	return &Client{connection: &connection{
		base: s.Base, http: s.HTTP, tokens: s.Tokens, userAgent: s.UserAgent,
		share: s.Share, now: s.Now, log: s.Log, governors: map[string]*governor{},
		bodies: make(buffers, maxIdleBuffers),
	}}
}

// Metered returns a client that calls meter before each request that it sends to
// the Management API, repeats included, and sends none when that returns an
// error, which List and First then return as it is. Everything else is shared
// with c. meter is called from several goroutines.
func (c *Client) Metered(meter func() error) *Client {
	return &Client{connection: c.connection, meter: meter}
}

// governor returns the governor of a list's bucket.
func (c *Client) governor(path string) *governor {
	c.mu.Lock()
	defer c.mu.Unlock()
	bucket := bucketPath(path)
	g, ok := c.governors[bucket]
	if !ok {
		g = newGovernor(c.share, c.now)
		c.governors[bucket] = g
	}
	return g
}

// bucketPath names the rate-limit bucket of a list. Buckets go by method and path:
// the list of users has one of its own, and that of groups is also the members'
// of each group (Okta, "Rate limits").
func bucketPath(path string) string {
	if bucket := "/api/v1/groups"; strings.HasPrefix(path, bucket+"/") {
		return bucket
	}
	return path
}

// retryOf says which refused request a request repeats, as Okta asks of its
// clients after a 429.
type retryOf struct {
	requestID string
	count     int
}

// get sends one request and returns its response once the header is in, with
// status 200. Anything else is an error, of type *Error where Okta or the
// network is the cause. The response's body must be closed, and cancel, which
// stops it, called after it.
func (c *Client) get(ctx context.Context, path, query string, repeats retryOf, wait Waiter) (*http.Response, context.CancelFunc, error) {
	g := c.governor(path)
	if err := g.admit(ctx, wait); err != nil {
		return nil, nil, err
	}
	var header http.Header
	defer func() { g.answered(header) }()
	token, err := c.tokens.Token(ctx, wait)
	if err != nil {
		return nil, nil, err
	}
	requestCtx, cancel := context.WithCancel(ctx)
	request, err := c.request(requestCtx, path, query, repeats)
	if err != nil {
		cancel()
		return nil, nil, err
	}
	sentNonce := c.tokens.apiNonce.current()
	if err := token.Authorize(request); err != nil {
		cancel()
		return nil, nil, err
	}
	if c.meter != nil {
		if err := c.meter(); err != nil {
			cancel()
			return nil, nil, err
		}
	}
	asked := c.tokens.settings.Now()
	response, err := c.http.Do(request)
	if err != nil {
		cancel()
		return nil, nil, NetworkError(err, c.base)
	}
	header = response.Header
	c.tokens.apiNonce.adopt(header)
	if response.StatusCode == http.StatusOK {
		c.accepted(token)
		return response, cancel, nil
	}
	refusal := APIError(response, readRefusalBody(response, cancel))
	switch refusal.Retry {
	case RetryWithNewToken:
		return nil, nil, c.rejected(ctx, token, refusal, wait)
	case RetryWithNewProof:
		if refusal.Reason != ReasonDPoPNonceRequired || c.tokens.apiNonce.current() != sentNonce {
			return nil, nil, renewed(refusal)
		}
	case RetryWithServiceTime:
		if c.tokens.adoptTimeOf(header, asked) {
			return nil, nil, renewed(refusal)
		}
		refusal = c.tokens.explain(refusal)
	}
	c.accepted(token)
	return nil, nil, refusal
}

// readRefusalBody reads the body of a refusal to its end, and ends the request.
// One that is cut short, or that does not come in time, still has its status.
func readRefusalBody(response *http.Response, cancel context.CancelFunc) []byte {
	defer cancel()
	defer response.Body.Close()
	late := time.AfterFunc(refusalTimeout, cancel)
	defer late.Stop()
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBytes))
	return body
}

func (c *Client) request(ctx context.Context, path, query string, repeats retryOf) (*http.Request, error) {
	target := *c.base
	target.Path, target.RawQuery = path, query
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, target.String(), nil)
	if err != nil {
		return nil, err
	}
	request.Header.Set("Accept", "application/json")
	request.Header.Set("Content-Type", contentTypeHint)
	request.Header.Set("User-Agent", c.userAgent)
	if repeats.requestID != "" {
		request.Header.Set("X-Okta-Retry-For", repeats.requestID)
		request.Header.Set("X-Okta-Retry-Count", strconv.Itoa(repeats.count))
	}
	return request, nil
}

// contentTypeHint asks Okta to leave out credentials, and with them the users'
// recovery questions: a Content-Type on a GET, not an Accept (Okta, "Users",
// list all users). All three values together also make the list faster.
const contentTypeHint = `application/json; okta-response="omitCredentials,omitCredentialsLinks,omitTransitioningToStatus"`

// errRetryNow marks a refused token or proof that can be replaced: the same
// request may be repeated at once.
var errRetryNow = errors.New("the request can be repeated with a new token or a new proof")

// renewed marks a refusal so.
func renewed(refusal *Error) error { return fmt.Errorf("%w: %w", errRetryNow, refusal) }

// rejected handles a 401. It counts per token, not per request: two requests
// may be in flight with the same old token. A token that was got because of a
// 401 and meets a 401 itself ends the matter.
func (c *Client) rejected(ctx context.Context, token *Token, refusal *Error, wait Waiter) error {
	c.mu.Lock()
	hopeless := c.unproven == token
	c.mu.Unlock()
	if hopeless {
		refusal.Retry = RetryNever
		return refusal
	}
	fresh, err := c.tokens.Renew(ctx, token, wait)
	if err != nil {
		return err
	}
	c.mu.Lock()
	c.unproven = fresh
	c.mu.Unlock()
	c.log.Info("access token renewed after a 401", slog.String("request_id", refusal.RequestID))
	return renewed(refusal)
}

func (c *Client) accepted(token *Token) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.unproven == token {
		c.unproven = nil
	}
}

// requestIDOf is Okta's id of a request, as it may be shown.
func requestIDOf(response *http.Response) string {
	return sanitiseID(response.Header.Get("X-Okta-Request-Id"))
}
