package oktaapi

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func readOrgAt(t *testing.T, handler http.HandlerFunc, now func() time.Time) (Org, error) {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	base, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := NewHTTPClient()
	t.Cleanup(client.CloseIdleConnections)
	return ReadOrg(t.Context(), client, base, "test/1", now)
}

func TestAnOrgSaysWhoItIs(t *testing.T) {
	t.Parallel()
	org, err := readOrgAt(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/okta-organization" || r.Header.Get("Authorization") != "" {
			t.Errorf("asked for %s with Authorization %q", r.URL.Path, r.Header.Get("Authorization"))
		}
		_, _ = w.Write([]byte(`{"id":"00o1abc","pipeline":"idx","_links":{}}`))
	}, time.Now)
	if err != nil || org.ID != "00o1abc" || !org.SkewKnown || org.Skew.Abs() > 2*time.Second {
		t.Errorf("%+v, %v; want org 00o1abc and a clock like ours", org, err)
	}
}

func TestAnOrgThatSaysNothingIsOktaAllTheSame(t *testing.T) {
	t.Parallel()
	org, err := readOrgAt(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Okta-Request-Id", "request-id")
		refuse(w, http.StatusNotFound, "E0000008")
	}, time.Now)
	if err != nil || org.ID != "" {
		t.Errorf("%+v, %v; want an org without an id", org, err)
	}
}

func TestClocksThatDifferAreMeasured(t *testing.T) {
	t.Parallel()
	for _, skew := range []time.Duration{-10 * time.Minute, 10 * time.Minute} {
		org, err := readOrgAt(t, func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"id":"00o1abc"}`))
		}, func() time.Time { return time.Now().Add(-skew) })
		if err != nil || !org.SkewKnown || (org.Skew-skew).Abs() > 2*time.Second {
			t.Errorf("%+v, %v; want a skew of %s", org, err, skew)
		}
	}
}

func TestSomebodyElseIsNotOkta(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		handler http.HandlerFunc
		reason  string
	}{
		"web page": {func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte("<!DOCTYPE html><html>Please sign in</html>"))
		}, ReasonCaptivePortal},
		"other JSON": {func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(`{"hello":"world"}`)) }, ReasonAddressWrong},
		"nothing there": {func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "404 page not found", http.StatusNotFound)
		}, ReasonAddressWrong},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "https://portal.example.com/", http.StatusFound)
		}, ReasonRedirected},
		"gateway": {func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "<html>bad gateway</html>", http.StatusBadGateway)
		}, ReasonServiceUnavailable},
		"cut short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "1000")
			_, _ = w.Write([]byte(`{"id":"00o1`))
		}, ReasonAddressWrong},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			org, err := readOrgAt(t, c.handler, time.Now)
			if ReasonOf(err) != c.reason {
				t.Errorf("%+v, %v; want reason %s", org, err, c.reason)
			}
		})
	}
}

func TestNobodyAtTheAddressIsNamed(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0") //nolint:noctx // it is closed at once
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, err = ReadOrg(t.Context(), NewHTTPClient(), &url.URL{Scheme: "http", Host: address}, "test/1", time.Now)
	if ReasonOf(err) != ReasonConnectionRefused || !strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("%v; want %s and the host", err, ReasonConnectionRefused)
	}
}
