//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io"
	stdlog "log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
)

// strangerHost is a name of others that leads to this machine for the witness,
// as it does once its owner has changed the address behind it.
const strangerHost = "stranger.example.com"

// witness is a proxy between a browser and this machine: it keeps all that is
// sent and answered, and lets nothing go elsewhere.
type witness struct {
	address string

	mu       sync.Mutex   // guards all below
	sent     bytes.Buffer // bodies of requests
	answered bytes.Buffer // headers and bodies of responses
	statuses []string     // METHOD URL STATUS
	pages    map[string]string
}

func newWitness(t *testing.T) *witness {
	t.Helper()
	w := &witness{pages: map[string]string{}}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(p *httputil.ProxyRequest) {
			p.Out.Host = p.In.Host
			p.Out.Header.Del("Accept-Encoding") // what is compressed can't be searched
			if p.Out.URL.Hostname() == strangerHost {
				p.Out.URL.Host = "127.0.0.1:" + p.Out.URL.Port()
			}
			if p.In.Body != nil {
				p.Out.Body = w.keep(&w.sent, p.In.Body)
			}
		},
		ModifyResponse: w.note,
		Transport:      &http.Transport{DisableCompression: true},
		ErrorLog:       stdlog.New(io.Discard, "", 0), // of pages that were left while they loaded
	}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, r *http.Request) {
		if host := r.URL.Hostname(); r.Method == http.MethodConnect || host != "127.0.0.1" && host != strangerHost {
			http.Error(out, "nothing leaves this machine", http.StatusForbidden) // the browser's own, such as for updates
			return
		}
		if text, ok := w.page(r.URL.String()); ok {
			out.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(out, text)
			return
		}
		proxy.ServeHTTP(out, r)
	}))
	// A stream that the browser still reads would keep it from closing.
	t.Cleanup(func() { server.CloseClientConnections(); server.Close() })
	w.address = server.URL
	return w
}

// serve makes the witness answer for an address itself, with a page.
func (w *witness) serve(address, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pages[address] = text
}

func (w *witness) page(address string) (text string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text, ok = w.pages[address]
	return text, ok
}

// note keeps the head of an answer, and its body as it is read.
func (w *witness) note(r *http.Response) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.statuses = append(w.statuses, fmt.Sprint(r.Request.Method, " http://", r.Request.Host, r.Request.URL.Path, " ", r.StatusCode))
	if err := r.Header.Write(&w.answered); err != nil {
		return err
	}
	r.Body = w.keep(&w.answered, r.Body)
	return nil
}

// keep is a body that is written to a buffer of w's as it is read.
func (w *witness) keep(to *bytes.Buffer, body io.ReadCloser) io.ReadCloser {
	return struct {
		io.Reader
		io.Closer
	}{io.TeeReader(body, lockedWriter{&w.mu, to}), body}
}

// said is all that was answered so far.
func (w *witness) said() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.answered.Bytes())
}

// posted is all that was sent so far: forms as they were typed, with the line
// ends of this machine.
func (w *witness) posted() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	text, err := url.QueryUnescape(w.sent.String())
	if err != nil {
		return w.sent.String()
	}
	return strings.ReplaceAll(text, "\r\n", "\n")
}

// wantStatus checks that the service was asked so, and answered always so.
func (w *witness) wantStatus(t *testing.T, request string, status int) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	asked := 0
	for _, line := range w.statuses {
		if strings.HasPrefix(line, request+" ") {
			asked++
			if line != fmt.Sprint(request, " ", status) {
				t.Errorf("answered %s, want %d", line, status)
			}
		}
	}
	if asked == 0 {
		t.Errorf("%s never came to the service", request)
	}
}

// lockedWriter writes under a lock.
type lockedWriter struct {
	mu *sync.Mutex
	to io.Writer
}

func (l lockedWriter) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(text)
}
