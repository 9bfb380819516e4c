package oktaapi

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
)

// A connection may die without a word: a router forgets it, a laptop changes
// its network. With HTTP/2 all requests share it, so that repeating one is of
// no use unless the connection is given up.
func TestAConnectionThatDiesSilentlyIsGivenUp(t *testing.T) {
	key := bubbleKey()
	certificates := httptest.NewTLSServer(nil)
	defer certificates.Close()
	synctest.Test(t, func(t *testing.T) {
		pipes := &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
		var dead atomic.Bool
		server := &http.Server{
			TLSConfig: &tls.Config{Certificates: certificates.TLS.Certificates, NextProtos: []string{"h2"}},
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					_, _ = fmt.Fprint(w, `{"token_type":"Bearer","expires_in":3600,"access_token":"token","scope":"okta.users.read"}`)
					return
				}
				if r.ProtoMajor != 2 {
					t.Errorf("asked with %s", r.Proto)
				}
				page, _ := strconv.Atoi(pageOf(r))
				if page < 3 {
					w.Header().Add("Link", fmt.Sprintf(`<https://%s%s?limit=200&after=%d>; rel="next"`, r.Host, r.URL.Path, page+1))
				}
				_, _ = fmt.Fprintf(w, "[%d]", page)
			}),
		}
		served := make(chan struct{})
		go func() {
			defer close(served)
			_ = server.ServeTLS(pipes, "", "") // ends when it is closed below
		}()
		httpClient := NewHTTPClient()
		transport := httpClient.Transport.(*gunzip).next.(*http.Transport)
		transport.Proxy = nil
		transport.TLSClientConfig.RootCAs = certificates.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
		dials := 0
		transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := pipes.dial(ctx, network, address)
			dials++
			if dials > 1 {
				return conn, err
			}
			return &mortalConn{Conn: conn, dead: &dead, never: make(chan struct{})}, err
		}
		base := &url.URL{Scheme: "https", Host: "127.0.0.1"}
		client := NewClient(ClientSettings{Base: base, HTTP: httpClient, Tokens: NewTokenSource(TokenSettings{
			Base: base, ClientID: "0oa1", Key: key, Scopes: []string{"okta.users.read"}, HTTP: httpClient,
		})})
		pages := 0
		err := client.List(t.Context(), bubblePath, "limit=200", sleepFor, nil, func(Page) error {
			pages++
			dead.Store(true)
			return nil
		})
		if err != nil || pages != 3 || dials < 2 {
			t.Errorf("%d pages over %d connections, %v; want 3 pages over a new connection", pages, dials, err)
		}
		transport.CloseIdleConnections()
		_ = server.Close()
		<-served
	})
}

// mortalConn is a connection that, once dead, swallows what is sent and brings
// nothing.
type mortalConn struct {
	net.Conn
	dead  *atomic.Bool
	never chan struct{} // closed with the connection
	once  sync.Once
}

func (c *mortalConn) Write(p []byte) (int, error) {
	if c.dead.Load() {
		return len(p), nil
	}
	return c.Conn.Write(p)
}

func (c *mortalConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.dead.Load() && err == nil {
		<-c.never
		return 0, net.ErrClosed
	}
	return n, err
}

func (c *mortalConn) Close() error {
	c.once.Do(func() { close(c.never) })
	return c.Conn.Close()
}
