package oktaapi

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestNetworkErrorKnowsEachFailure(t *testing.T) {
	plain := httptest.NewServer(http.NotFoundHandler())
	defer plain.Close()
	secure := newQuietTLSServer(&tls.Config{MinVersion: tls.VersionTLS13})
	defer secure.Close()
	roots := x509.NewCertPool()
	roots.AddCert(secure.Certificate())
	trusting := func(change func(*tls.Config)) *http.Client {
		config := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
		change(config)
		return &http.Client{Transport: &http.Transport{TLSClientConfig: config}}
	}
	_, port, _ := net.SplitHostPort(secure.Listener.Addr().String())

	for name, c := range map[string]struct {
		client *http.Client
		url    string
		want   string
	}{
		"refused":           {http.DefaultClient, "http://" + closedAddress(t), ReasonConnectionRefused},
		"unknown authority": {trusting(func(c *tls.Config) { c.RootCAs = x509.NewCertPool() }), secure.URL, ReasonTLSUnknownAuthority},
		"name mismatch":     {trusting(func(*tls.Config) {}), "https://localhost:" + port, ReasonTLSNameMismatch},
		"expired": {trusting(func(c *tls.Config) {
			c.Time = func() time.Time { return time.Date(2200, 1, 1, 0, 0, 0, 0, time.UTC) }
		}), secure.URL, ReasonTLSCertificateExpired},
		"no TLS":               {http.DefaultClient, strings.Replace(plain.URL, "http:", "https:", 1), ReasonTLSNotSpoken},
		"handshake broken off": {trusting(func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }), secure.URL, ReasonTLSFailed},
		"proxy refused":        {proxied("http://" + closedAddress(t)), "https://example.okta.com", ReasonProxyFailed},
		"proxy wants sign-in":  {proxied(refusingProxy(t)), "https://example.okta.com", ReasonProxyAuthenticationRequired},
		"no header in time":    {&http.Client{Timeout: 20 * time.Millisecond}, misbehavingServer(t, neverAnswer), ReasonTimedOut},
		"reset":                {http.DefaultClient, misbehavingServer(t, resetConnection), ReasonConnectionReset},
		"closed":               {http.DefaultClient, misbehavingServer(t, hangUp), ReasonConnectionReset},
		"body cut off":         {http.DefaultClient, misbehavingServer(t, cutBody), ReasonConnectionReset},
	} {
		t.Run(name, func(t *testing.T) {
			base, err := url.Parse(c.url)
			if err != nil {
				t.Fatal(err)
			}
			err = getAll(t, c.client, c.url+"/api/v1/users?after=CURSOR&limit=200")
			if err == nil {
				t.Fatal("the request succeeded")
			}
			got := NetworkError(fmt.Errorf("list users: %w", err), base)
			if got.Reason != c.want {
				t.Errorf("got %s for %v, want %s", got.Reason, err, c.want)
			}
			if !strings.Contains(got.Detail, base.Hostname()) {
				t.Errorf("the detail %q does not name %s", got.Detail, base.Hostname())
			}
			if text := fmt.Sprintf("%v %+v %v", got, got, errors.Unwrap(got)); strings.Contains(text, "CURSOR") {
				t.Errorf("the query is repeated: %s", text)
			}
		})
	}
}

func TestNetworkErrorTellsNamesThatDoNotExistFromNameServersThatDoNotAnswer(t *testing.T) {
	base := &url.URL{Scheme: "https", Host: "example.okta.com"}
	for want, dns := range map[string]*net.DNSError{
		ReasonHostNotFound:           {Err: "no such host", Name: "example.okta.com", IsNotFound: true},
		ReasonNameServiceUnavailable: {Err: "server misbehaving", Name: "example.okta.com", IsTemporary: true},
	} {
		err := &url.Error{Op: "Get", URL: "https://example.okta.com/x", Err: &net.OpError{Op: "dial", Net: "tcp", Err: dns}}
		if got := NetworkError(err, base); got.Reason != want {
			t.Errorf("%v: got %s, want %s", err, got.Reason, want)
		}
	}
	if got := NetworkError(errors.New("something else"), nil); got.Reason != ReasonNetworkFailed || got.Retry != RetryAfterDelay {
		t.Errorf("an unknown error must be worth another try, got %s (retry %d)", got.Reason, got.Retry)
	}
}

func getAll(t *testing.T, client *http.Client, address string) error {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(request)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	return err
}

// closedAddress returns an address of which nobody listens.
func closedAddress(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func newQuietTLSServer(config *tls.Config) *httptest.Server {
	server := httptest.NewUnstartedServer(http.NotFoundHandler())
	server.TLS = config
	server.Config.ErrorLog = discardLog
	server.StartTLS()
	return server
}

func proxied(proxy string) *http.Client {
	address := must(url.Parse(proxy))
	return &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(address)}}
}

func refusingProxy(t *testing.T) string {
	t.Helper()
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	t.Cleanup(proxy.Close)
	return proxy.URL
}

// misbehavingServer serves one kind of misbehaviour on a real socket.
func misbehavingServer(t *testing.T, handler http.HandlerFunc) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

func neverAnswer(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func hangUp(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

func resetConnection(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.(*net.TCPConn).SetLinger(0)
		_ = conn.Close()
	}
}

func cutBody(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Length", "100")
	_, _ = io.WriteString(w, "[{")
}
