package oktaapi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"patchbay.example/plugin/okta/internal/jsonscan"
)

// Page is one page of a list.
type Page struct {
	// Elements are the members of the page's array, byte for byte. They are
	// valid until the function that was given the page returns.
	Elements [][]byte
	// Next is the query of the next page, "" on the last.
	Next string
	// RequestID is the response's X-Okta-Request-Id.
	RequestID string
}

// Room tells when the page after the one in hand may be asked for: as soon as
// the channel is closed. It is called before the page in hand is emitted.
type Room func() <-chan struct{}

// List reads a list from the page at query to its end and hands each page to
// emit, in order. The next page is asked for as soon as the header of this one
// is in and there is room, and no page beyond that before emit has returned:
// one page is read ahead, into memory, so that a slow emit never holds a
// response open. A nil room is one that there always is.
//
// Failures that may pass are repeated, within limits. An error of emit or of
// wait is returned as it is; anything that Okta or the network did wrong is an
// [*Error]. With [RetryFromStart], Okta has lost the place in the list.
func (c *Client) List(ctx context.Context, path, query string, wait Waiter, room Room, emit func(Page) error) error {
	ctx, cancel := context.WithCancel(ctx)
	l := list{client: c, path: path, wait: wait, room: room}
	var current, successor *fetch
	defer func() {
		cancel()
		current.close()
		successor.close()
	}()
	current = c.fetch(ctx, path, query, wait, nil)
	for {
		next, err := current.header()
		if err != nil {
			return err
		}
		if successor, err = l.successor(ctx, query, next); err != nil {
			return err
		}
		page, err := current.page(ctx)
		if err != nil {
			return err
		}
		// A page that had to be repeated may have another successor by now.
		// Going on with the old one could leave somebody out.
		if page.Next != next {
			successor.close()
			if successor, err = l.successor(ctx, query, page.Next); err != nil {
				return err
			}
		}
		if err := emit(page); err != nil {
			return err
		}
		current.close()
		if successor == nil {
			return nil
		}
		query = page.Next
		current, successor = successor, nil
	}
}

// First reads the first page of a list only. Its elements are the caller's to
// keep.
func (c *Client) First(ctx context.Context, path, query string, wait Waiter) (Page, error) {
	f := c.fetch(ctx, path, query, wait, nil)
	defer f.close()
	if _, err := f.header(); err != nil {
		return Page{}, err
	}
	page, err := f.page(ctx)
	if err == nil {
		f.reply.body = nil // not to be used for another page
	}
	return page, err
}

// list is a list being read.
type list struct {
	client *Client
	path   string
	wait   Waiter
	room   Room
	links  cycle
}

// successor begins to read the page after the one at query; nil when there is
// none.
func (l *list) successor(ctx context.Context, query, next string) (*fetch, error) {
	if next == "" {
		return nil, nil //nolint:nilnil // the list ends here
	}
	if next == query || l.links.closedBy(next) {
		return nil, &Error{Reason: ReasonListingLoop, Detail: "the link to the next page leads back to a page that was read before"}
	}
	var room <-chan struct{}
	if l.room != nil {
		room = l.room()
	}
	return l.client.fetch(ctx, l.path, next, l.wait, room), nil
}

// fetch is one page being read: its header in one goroutine, its body in the
// next, and all again when either breaks.
type fetch struct {
	client      *Client
	path, query string
	wait        Waiter
	retries     *retries
	cancel      context.CancelFunc // of the goroutine that waits for the first header

	opened chan struct{} // closed when the first header is in, or will never be
	err    error         // why it will never be
	reply  *reply        // the latest response
}

// fetch begins to read a page, as soon as there is room; nil for at once.
func (c *Client) fetch(ctx context.Context, path, query string, wait Waiter, room <-chan struct{}) *fetch {
	f := &fetch{client: c, path: path, query: query, wait: wait, retries: newRetries(), opened: make(chan struct{})}
	ctx, f.cancel = context.WithCancel(ctx)
	go func() {
		defer close(f.opened)
		if room != nil {
			select {
			case <-room:
			case <-ctx.Done():
				f.err = context.Cause(ctx)
				return
			}
		}
		f.err = f.open(ctx)
	}()
	return f
}

// header waits for the page's header and returns the next page's query.
func (f *fetch) header() (next string, err error) {
	<-f.opened
	if f.err != nil {
		return "", f.err
	}
	return f.reply.next, nil
}

// page waits for the page's body. A body that breaks is asked for again.
func (f *fetch) page(ctx context.Context) (Page, error) {
	for {
		<-f.reply.done
		if f.reply.err == nil {
			return Page{Elements: f.reply.elements, Next: f.reply.next, RequestID: f.reply.requestID}, nil
		}
		if err := f.again(ctx, f.reply.err); err != nil {
			return Page{}, err
		}
		if err := f.open(ctx); err != nil {
			return Page{}, err
		}
	}
}

// close stops whatever is still going on and waits for its end. It may be
// called twice, and on nil.
func (f *fetch) close() {
	if f == nil {
		return
	}
	f.cancel()
	<-f.opened
	if f.reply != nil {
		f.reply.cancel()
		<-f.reply.done
		f.client.bodies.give(f.reply.body)
		f.reply.body = nil
	}
}

// open asks until a header with status 200 is in, and leaves the body to a
// goroutine.
func (f *fetch) open(ctx context.Context) error {
	for {
		reply, err := f.attempt(ctx)
		if err == nil {
			f.reply = reply
			return nil
		}
		if err := f.again(ctx, err); err != nil {
			return err
		}
	}
}

// again waits until the request may be repeated, or returns why it may not.
func (f *fetch) again(ctx context.Context, err error) error {
	if err := f.retries.next(ctx, err, f.wait, f.client.log); err != nil {
		return err
	}
	f.query = f.retries.smaller(f.query, err)
	return nil
}

// attempt sends the request once and returns when its header is in, with the
// body still being read.
func (f *fetch) attempt(ctx context.Context) (*reply, error) {
	response, cancel, err := f.client.get(ctx, f.path, f.query, f.retries.last, f.wait) //nolint:bodyclose // closed where it is read, or below
	if err != nil {
		return nil, withoutPlace(f.query, err)
	}
	reply := &reply{requestID: requestIDOf(response), cancel: cancel, done: make(chan struct{})}
	if reply.next, err = nextPage(f.client.base, f.path, response.Header); err != nil {
		cancel()
		_ = response.Body.Close()
		return nil, err
	}
	query := f.query
	go func() {
		defer close(reply.done)
		defer cancel()
		defer response.Body.Close()
		reply.body = f.client.bodies.take()
		reply.elements, reply.err = f.client.readPage(cancel, response, reply.body)
		if reply.err == nil && linksLost(response.Header, query, len(reply.elements)) {
			reply.err = linksMissing(response)
		}
	}()
	return reply, nil
}

// withoutPlace is err, unless Okta says that it has lost a place which the
// query does not name: then beginning again would end in the same refusal.
func withoutPlace(query string, err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Retry != RetryFromStart {
		return err
	}
	if values, parseErr := url.ParseQuery(query); parseErr != nil || values.Has("after") {
		return err
	}
	final := *e
	final.Reason, final.Retry = ReasonSearchCriteriaInvalid, RetryNever
	final.Detail = "Okta does not accept a request for the first page of a list"
	return &final
}

// reply is one response to a fetch.
type reply struct {
	next      string
	requestID string
	cancel    context.CancelFunc // stops the body

	done     chan struct{} // closed when the body was read; guards what follows
	body     *bytes.Buffer // what elements are slices of
	elements [][]byte
	err      error
}

// errBodyStalled ends a body that stopped coming, or that takes too long.
var errBodyStalled = errors.New("the body stopped coming in time")

// readPage reads a response's body to its end and finds its elements.
func (c *Client) readPage(cancel context.CancelFunc, response *http.Response, body *bytes.Buffer) ([][]byte, error) {
	var stalled atomic.Bool
	stop := func() { stalled.Store(true); cancel() }
	idle, total := time.AfterFunc(bodyIdleLimit, stop), time.AfterFunc(bodyTimeout, stop)
	defer idle.Stop()
	defer total.Stop()
	reader := &progressReader{reader: io.LimitReader(response.Body, maxBodyBytes+1), progress: func() { idle.Reset(bodyIdleLimit) }}
	if _, err := body.ReadFrom(reader); err != nil {
		if stalled.Load() {
			err = errBodyStalled
		}
		return nil, broken(response, fmt.Sprintf("the page broke off after %d bytes", body.Len()), err)
	}
	if body.Len() > maxBodyBytes {
		e := broken(response, fmt.Sprintf("the page is larger than %d MiB", maxBodyBytes>>20), nil)
		e.Reason, e.Retry = ReasonPageTooLarge, RetryNever
		return nil, e
	}
	elements, err := jsonscan.Array(body.Bytes())
	if err != nil {
		return nil, notAPage(response, body.Bytes(), err)
	}
	return elements, nil
}

// broken is the error of a body that is not whole; asking again may help.
func broken(response *http.Response, detail string, cause error) *Error {
	return &Error{
		Reason: ReasonPageUnreadable, Detail: detail, HTTPStatus: response.StatusCode,
		RequestID: requestIDOf(response), Retry: RetryAfterDelay, Cause: cause,
	}
}

// notAPage tells a body that is whole and wrong from one that is not whole.
func notAPage(response *http.Response, body []byte, err error) *Error {
	found := jsonscan.Describe(body)
	if errors.Is(err, jsonscan.ErrNotArray) {
		e := broken(response, fmt.Sprintf("a page of a list is a JSON array, and %s came instead", found), err)
		e.Reason, e.Retry = ReasonPageNotArray, RetryNever
		return e
	}
	if errors.Is(err, jsonscan.ErrTooManyElements) {
		e := broken(response, fmt.Sprintf("the page has more than %d elements", jsonscan.MaxElements), err)
		e.Reason, e.Retry = ReasonPageTooLarge, RetryNever
		return e
	}
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '<' {
		e := broken(response, fmt.Sprintf("a page of a list is a JSON array, and %s came instead", found), err)
		e.Reason = ReasonCaptivePortal
		return e
	}
	return broken(response, fmt.Sprintf("a page of a list is a JSON array, and this is none: %v", err), err)
}

// linksLost reports whether a page that holds as many elements as were asked
// for came without any link. Okta names at least the page itself, so that
// something on the way took the links away, and with them the next page.
func linksLost(header http.Header, query string, elements int) bool {
	values, err := url.ParseQuery(query)
	limit, limitErr := strconv.Atoi(values.Get("limit"))
	return err == nil && limitErr == nil && elements >= limit && len(header.Values("Link")) == 0
}

func linksMissing(response *http.Response) error {
	e := broken(response, "a full page came without the links that say whether another one follows", nil)
	e.Reason, e.Retry = ReasonNextLinkInvalid, RetryNever
	return e
}

// progressReader reports each read.
type progressReader struct {
	reader   io.Reader
	progress func()
}

func (r *progressReader) Read(p []byte) (int, error) {
	n, err := r.reader.Read(p)
	r.progress()
	return n, err
}

// buffers are bodies' buffers that wait for the next page: a listing has two
// pages in hand, the one that is being sent and the one read ahead.
type buffers chan *bytes.Buffer

// maxIdleBuffers is one for each page in hand.
const maxIdleBuffers = 2

// maxKeptBuffer is four times what a page of 200 users takes; a larger buffer
// is not kept.
const maxKeptBuffer = 1 << 20

func (b buffers) take() *bytes.Buffer {
	select {
	case buffer := <-b:
		return buffer
	default:
		return &bytes.Buffer{}
	}
}

func (b buffers) give(buffer *bytes.Buffer) {
	if buffer == nil || buffer.Cap() > maxKeptBuffer {
		return
	}
	buffer.Reset()
	select {
	case b <- buffer:
	default:
	}
}
