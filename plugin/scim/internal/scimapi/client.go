package scimapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"time"
)

// Time limits of a request. Each is far above what a service takes on a bad day,
// and far below what a person would call a hang.
const (
	dialTimeout   = 15 * time.Second
	tlsTimeout    = 15 * time.Second
	headerTimeout = 60 * time.Second // from the request's end to the header's
	bodyTimeout   = 90 * time.Second // all of a body
)

const (
	// MaxBodyBytes bounds a decompressed page: 1,000 users of 32 KB each fit.
	MaxBodyBytes = 32 << 20
	// maxErrorBytes is what is read of a refusal's body.
	maxErrorBytes = 64 << 10
	// maxHeaderBytes bounds a response's header.
	maxHeaderBytes = 256 << 10
)

// NewHTTPClient returns the client that all requests go through. It follows no
// redirect, for each request carries credentials. Proxies come from the
// environment.
func NewHTTPClient() *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout}
	return &http.Client{
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			DialContext:            dialer.DialContext,
			TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12},
			TLSHandshakeTimeout:    tlsTimeout,
			ResponseHeaderTimeout:  headerTimeout,
			MaxResponseHeaderBytes: maxHeaderBytes,
			MaxIdleConnsPerHost:    2,
			IdleConnTimeout:        90 * time.Second,
			ForceAttemptHTTP2:      true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Client reads from one service provider. It may be used from several goroutines.
type Client struct {
	Base      *url.URL // from [ParseBase]
	HTTP      *http.Client
	Tokens    Tokens // nil sends no token
	UserAgent string
	Log       *slog.Logger
}

// Get reads the JSON text at an endpoint below the base; path begins with a
// slash. Failures that may pass are repeated, within limits, with waits between;
// a token that is refused is renewed once. Errors are of type [*Error], except
// those of ctx.
func (c *Client) Get(ctx context.Context, path string, query url.Values, wait Waiter) ([]byte, error) {
	retries := newRetries()
	for {
		body, err := c.withToken(ctx, path, query)
		if err == nil {
			return body, nil
		}
		if err := retries.next(ctx, err, wait, c.Log); err != nil {
			return nil, err
		}
	}
}

// Authenticate gets a token, with the retries of Get.
func (c *Client) Authenticate(ctx context.Context, wait Waiter) error {
	retries := newRetries()
	for {
		_, err := c.Tokens.Token(ctx)
		if err == nil {
			return nil
		}
		if err := retries.next(ctx, err, wait, c.Log); err != nil {
			return err
		}
	}
}

// withToken sends a request, and again with another token if the first is refused.
func (c *Client) withToken(ctx context.Context, path string, query url.Values) ([]byte, error) {
	if c.Tokens == nil {
		return c.send(ctx, path, query, "")
	}
	token, err := c.Tokens.Token(ctx)
	if err != nil {
		return nil, err
	}
	body, err := c.send(ctx, path, query, token)
	if !errors.Is(err, &Error{Reason: ReasonTokenRejected}) {
		return body, err
	}
	fresh, ok, renewErr := c.Tokens.Renew(ctx, token)
	if renewErr != nil {
		return nil, renewErr
	}
	if !ok {
		return nil, err
	}
	c.Log.Info("access token renewed after a 401")
	return c.send(ctx, path, query, fresh)
}

// errBodyLate ends a body that takes too long.
var errBodyLate = errors.New("the body did not come in time")

// send sends one request and reads its answer.
func (c *Client) send(ctx context.Context, path string, query url.Values, token string) ([]byte, error) {
	requestCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	request, err := http.NewRequestWithContext(requestCtx, http.MethodGet, Below(c.Base, path, query).String(), nil)
	if err != nil {
		return nil, &Error{Reason: ReasonAddressInvalid, Detail: "the base URL can't be asked", Cause: err}
	}
	// RFC 7644 section 3.1: services may take the general type only.
	request.Header.Set("Accept", "application/scim+json, application/json;q=0.9")
	request.Header.Set("User-Agent", c.UserAgent)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := c.HTTP.Do(request)
	if err != nil {
		return nil, c.broken(ctx, err)
	}
	defer response.Body.Close()
	late := time.AfterFunc(bodyTimeout, func() { cancel(errBodyLate) })
	defer late.Stop()
	if response.StatusCode != http.StatusOK {
		// A body that is cut short still has its status.
		body, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBytes))
		return nil, refused(response, body, c.secrets())
	}
	return c.read(ctx, requestCtx, response)
}

// read reads the body of an answer that is not a refusal.
func (c *Client) read(ctx, requestCtx context.Context, response *http.Response) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(response.Body, MaxBodyBytes+1))
	answer := Error{HTTPStatus: response.StatusCode, RequestID: unlessSecret(requestID(response.Header), c.secrets())}
	switch {
	case err != nil:
		if errors.Is(context.Cause(requestCtx), errBodyLate) {
			err = errBodyLate
		}
		return nil, c.broken(ctx, err)
	case len(body) > MaxBodyBytes:
		answer.Reason, answer.Detail = ReasonAnswerTooLarge, fmt.Sprintf("a page of %s is larger than %d MiB", c.Base.Host, MaxBodyBytes>>20)
		return nil, &answer
	case isWebPage(response.Header, body):
		answer.Reason, answer.Detail = ReasonNotSCIM, "a web page came from "+c.Base.Host+" where a SCIM service answers JSON"
		return nil, &answer
	}
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if !json.Valid(body) {
		answer.Reason, answer.Detail = ReasonAnswerUnreadable, fmt.Sprintf("the answer of %s is not JSON, or not whole (%d bytes)", c.Base.Host, len(body))
		answer.Retry = RetryAfterDelay // a proxy or a restart may have cut it
		return nil, &answer
	}
	return body, nil
}

// broken is the error of a request that got no whole answer.
func (c *Client) broken(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return networkError(err, c.Base.Host)
}

func (c *Client) secrets() []string {
	if c.Tokens == nil {
		return nil
	}
	return c.Tokens.Secrets()
}
