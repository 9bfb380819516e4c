package oktaapi

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// bubble is an org within a [synctest] bubble, where time passes only while
// everybody waits: what takes minutes takes none, and what must not happen can
// be told from what has not happened yet. Its connections are pipes, for a
// socket would let time stand still. Tests on sockets are those with oktatest.
//
// It gives tokens named token-1, token-2 and so on; a test's own function
// answers the requests for the list.
type bubble struct {
	t      *testing.T
	client *Client
	answer func(w http.ResponseWriter, r *http.Request, n int)

	handlers sync.WaitGroup

	mu     sync.Mutex // guards all below
	tokens int
	asked  []request
	waits  []wait
}

// request is a request for the list, as it arrived.
type request struct {
	page   string // after=, or 1
	limit  string
	token  string
	header http.Header
	at     time.Time
}

// wait is a wait that the client announced.
type wait struct {
	d      time.Duration
	reason string
}

const bubblePath = "/api/v1/users"

// inBubble runs a test against an org that answers the n-th request for the
// list, from 1, by answer.
func inBubble(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, n int), test func(b *bubble)) {
	t.Helper()
	key := bubbleKey()
	synctest.Test(t, func(t *testing.T) {
		b := &bubble{t: t, answer: answer}
		pipes := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		server := &http.Server{Handler: http.HandlerFunc(b.handle)}
		served := make(chan struct{})
		go func() {
			defer close(served)
			_ = server.Serve(pipes) // ends when it is closed below
		}()
		httpClient := NewHTTPClient()
		transport := httpClient.Transport.(*gunzip).next.(*http.Transport)
		transport.Proxy, transport.DialContext = nil, pipes.dial
		base := &url.URL{Scheme: "http", Host: "127.0.0.1"}
		b.client = NewClient(ClientSettings{Base: base, HTTP: httpClient, UserAgent: "test/1", Share: 1, Tokens: NewTokenSource(TokenSettings{
			Base: base, ClientID: "0oa1", Key: key, Scopes: []string{"okta.users.read"}, HTTP: httpClient, UserAgent: "test/1",
		})})
		defer func() {
			transport.CloseIdleConnections()
			_ = server.Close() // cuts what is left
			<-served
			b.handlers.Wait()
		}()
		test(b)
	})
}

var bubbleKey = sync.OnceValue(func() *PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		panic(err)
	}
	parsed, err := ParsePrivateKey(string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})), "")
	if err != nil {
		panic(err)
	}
	return parsed
})

func (b *bubble) handle(w http.ResponseWriter, r *http.Request) {
	b.handlers.Add(1)
	defer b.handlers.Done()
	w.Header().Set("X-Okta-Request-Id", "request-id")
	if r.Method == http.MethodPost {
		b.mu.Lock()
		b.tokens++
		n := b.tokens
		b.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprintf(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"token-%d","scope":"okta.users.read"}`, n)
		return
	}
	n := b.note(r)
	b.answer(w, r, n)
}

func (b *bubble) note(r *http.Request) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.asked = append(b.asked, request{
		page: pageOf(r), limit: r.URL.Query().Get("limit"), header: r.Header, at: time.Now(),
		token: strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "),
	})
	return len(b.asked)
}

func pageOf(r *http.Request) string {
	if after := r.URL.Query().Get("after"); after != "" {
		return after
	}
	return "1"
}

// requests returns what was asked so far.
func (b *bubble) requests() []request {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]request(nil), b.asked...)
}

// pagesAsked are the pages asked for so far, in order.
func (b *bubble) pagesAsked() string {
	var pages []string
	for _, r := range b.requests() {
		pages = append(pages, r.page)
	}
	return strings.Join(pages, " ")
}

// wait is the client's Waiter: it notes each wait and waits.
func (b *bubble) wait(ctx context.Context, d time.Duration, reason, message string) error {
	b.mu.Lock()
	b.waits = append(b.waits, wait{d, reason})
	b.mu.Unlock()
	return sleepFor(ctx, d, reason, message)
}

// list reads the list and returns the ids of its elements, in order.
func (b *bubble) list() (string, error) {
	return b.listWith(func(string) error { return nil })
}

// listWith calls emitted with the ids of each page.
func (b *bubble) listWith(emitted func(ids string) error) (string, error) {
	var all []string
	err := b.client.List(b.t.Context(), bubblePath, "limit=200", b.wait, nil, func(page Page) error {
		var ids []string
		for _, element := range page.Elements {
			ids = append(ids, strings.Trim(string(element), `"`))
		}
		all = append(all, ids...)
		return emitted(strings.Join(ids, " "))
	})
	return strings.Join(all, " "), err
}

// linkNext sends the two links of a page, as Okta does.
func linkNext(w http.ResponseWriter, r *http.Request, next string) {
	query := r.URL.Query()
	w.Header().Add("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="self"`, r.Host, r.URL.Path, query.Encode()))
	if next != "" {
		query.Set("after", next)
		w.Header().Add("Link", fmt.Sprintf(`<http://%s%s?%s>; rel="next"`, r.Host, r.URL.Path, query.Encode()))
	}
}

// servePage answers with the page that was asked for, of a list of last pages
// whose only element is the page's number.
func servePage(w http.ResponseWriter, r *http.Request, last int) {
	openPage(w, r, last)
	_, _ = fmt.Fprintf(w, "[%q]", pageOf(r))
}

// openPage is the header of servePage, sent.
func openPage(w http.ResponseWriter, r *http.Request, last int) {
	page, err := strconv.Atoi(pageOf(r))
	if err != nil {
		panic(err)
	}
	next := ""
	if page < last {
		next = strconv.Itoa(page + 1)
	}
	linkNext(w, r, next)
	w.WriteHeader(http.StatusOK)
	_ = http.NewResponseController(w).Flush()
}

// breakBody sends half a body and cuts the connection.
func breakBody(w http.ResponseWriter) {
	_, _ = w.Write([]byte(`["half`))
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// cutHeader sends half a header and cuts the connection. Without that half,
// net/http would ask again by itself on another connection.
func cutHeader(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(err)
	}
	_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\nDate"))
	_ = conn.Close()
}

// refuse answers with one of Okta's errors.
func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = fmt.Fprintf(w, `{"errorCode":%q,"errorSummary":"A summary.","errorCauses":[]}`, code)
}

// limits sets the headers of a rate limit.
func limits(w http.ResponseWriter, limit, remaining int, reset time.Time) {
	w.Header().Set("X-Rate-Limit-Limit", strconv.Itoa(limit))
	w.Header().Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	w.Header().Set("X-Rate-Limit-Reset", strconv.FormatInt(reset.Unix(), 10))
}

// pipeListener accepts connections that are pipes.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case l.conns <- theirs:
		return ours, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }
