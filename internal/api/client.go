package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"patchbay.example/internal/service"
)

const (
	// maxAnswerBytes bounds an answer that is held in memory: a page of the
	// largest 1,000 people without their sources has a few megabytes, and one
	// person with the largest source 3.
	maxAnswerBytes = 32 << 20

	// readTimeout bounds what only reads or writes the store: far more than a
	// busy store takes.
	readTimeout = 30 * time.Second

	// connectTimeout bounds what starts a connector. A test may take 2 minutes,
	// and several connectors may be asked one after the other.
	connectTimeout = 3 * time.Minute
)

// Client implements [service.Operations] over the API of a running
// installation. Its methods may be called concurrently. Errors are the
// operation's own, as far as errors.Is, errors.As and their text go (see
// [RemoteError]); where no answer came, or none of the API, they say what was
// asked of whom.
type Client struct {
	base  *url.URL
	token string
	http  *http.Client
}

var _ service.Operations = (*Client)(nil)

// NewClient makes a client of the API at base ("http://127.0.0.1:8080"), to
// which it authenticates by token. The token goes nowhere else: no proxy is used
// and no redirect followed.
func NewClient(base *url.URL, token string) *Client {
	return &Client{
		base: base, token: token,
		http: &http.Client{
			Transport:     &http.Transport{Proxy: nil, ResponseHeaderTimeout: connectTimeout, IdleConnTimeout: readTimeout},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// Close lets go of connections that stand by for further calls, which may follow
// nevertheless.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// call is one request.
type call struct {
	method, path string // path is escaped, below Prefix
	query        url.Values
	body         any // nil: none
	timeout      time.Duration
}

// do makes a call and decodes its answer into T.
func do[T any](ctx context.Context, c *Client, call call) (T, error) {
	var answer T
	ctx, cancel := context.WithTimeoutCause(ctx, call.timeout, fmt.Errorf("no answer within %s: %w", call.timeout, context.DeadlineExceeded))
	defer cancel()
	response, err := c.send(ctx, call)
	if err != nil {
		return answer, err
	}
	defer func() { _ = response.Body.Close() }()
	body, err := readAnswer(response.Body)
	if err != nil {
		return answer, c.failed(ctx, call, err)
	}
	if len(body) == 0 {
		return answer, nil
	}
	if err := json.Unmarshal(body, &answer); err != nil {
		return answer, c.failed(ctx, call, fmt.Errorf("the answer is not of this API: %w", err))
	}
	return answer, nil
}

// send makes the request. An answer that is an error becomes one; of another,
// the caller closes the body.
func (c *Client) send(ctx context.Context, call call) (*http.Response, error) {
	request, err := c.request(ctx, call)
	if err != nil {
		return nil, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.failed(ctx, call, err)
	}
	if response.StatusCode/100 == 2 {
		return response, nil
	}
	defer func() { _ = response.Body.Close() }()
	body, err := readAnswer(response.Body)
	if err != nil {
		return nil, c.failed(ctx, call, err)
	}
	if problem, ok := decodeProblem(body); ok {
		return nil, newRemoteError(problem)
	}
	return nil, c.failed(ctx, call, refusedStatus(response.StatusCode))
}

// refusedStatus is an answer that is not the API's, in words.
func refusedStatus(status int) error {
	what := strings.TrimSpace(fmt.Sprintf("HTTP status %d %s", status, http.StatusText(status)))
	if status == http.StatusUnauthorized || status == http.StatusForbidden {
		return errors.New(what + ": the token is not that of the running service")
	}
	return errors.New(what + ", which is no answer of this API")
}

func (c *Client) request(ctx context.Context, call call) (*http.Request, error) {
	address, err := c.address(call)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if call.body != nil {
		var text bytes.Buffer
		if err := marshalBody(&text, call.body); err != nil {
			return nil, err
		}
		body = &text
	}
	request, err := http.NewRequestWithContext(ctx, call.method, address, body)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", call.method, call.path, err)
	}
	if body != nil {
		request.Header.Set("Content-Type", jsonType)
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	return request, nil
}

// address is where the call goes.
func (c *Client) address(call call) (string, error) {
	u := *c.base
	u.RawPath = strings.TrimRight(c.base.EscapedPath(), "/") + Prefix + call.path
	path, err := url.PathUnescape(u.RawPath)
	if err != nil {
		return "", fmt.Errorf("the address %s%s: %w", c.base.Redacted(), call.path, err)
	}
	u.Path, u.RawQuery = path, call.query.Encode()
	return u.String(), nil
}

// marshalBody writes a body. What can't be written is a configuration that is no
// JSON; the encoder's words are not repeated, for they may quote it.
func marshalBody(w io.Writer, body any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(body); err != nil {
		return &service.InputError{Field: "config", Problem: "is not JSON"}
	}
	return nil
}

// failed says what was asked of whom when no answer of the API came. Names of
// paths are the installation's own; queries are left out, for they may hold ids.
func (c *Client) failed(ctx context.Context, call call, err error) error {
	if urlError, ok := errors.AsType[*url.Error](err); ok {
		err = urlError.Err // it repeats the address with its query
	}
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return fmt.Errorf("ask the service at %s (%s %s): %w", c.base.Redacted(), call.method, call.path, err)
}

func readAnswer(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxAnswerBytes+1))
	if err != nil {
		return nil, err
	}
	if len(body) > maxAnswerBytes {
		return nil, fmt.Errorf("the answer has more than %d bytes", maxAnswerBytes)
	}
	return body, nil
}
