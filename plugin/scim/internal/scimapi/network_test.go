package scimapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

func TestNetworkErrorsAreTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err    error
		reason string
		retry  RetryKind
	}{
		"no host":        {&net.DNSError{IsNotFound: true}, ReasonHostNotFound, RetryNever},
		"no resolver":    {&net.DNSError{IsTemporary: true}, ReasonNameServiceUnavailable, RetryAfterDelay},
		"deadline":       {context.DeadlineExceeded, ReasonTimedOut, RetryAfterDelay},
		"slow body":      {errBodyLate, ReasonTimedOut, RetryAfterDelay},
		"another host":   {x509.HostnameError{Certificate: &x509.Certificate{}}, ReasonCertificateRefused, RetryNever},
		"expired":        {x509.CertificateInvalidError{Reason: x509.Expired}, ReasonCertificateRefused, RetryNever},
		"no certificate": {&tls.CertificateVerificationError{Err: io.EOF}, ReasonCertificateRefused, RetryNever},
		"alert":          {tls.AlertError(40), ReasonTLSFailed, RetryNever},
		"sign-in":        {errors.New(http.StatusText(http.StatusProxyAuthRequired)), ReasonProxyFailed, RetryNever},
		"broken":         {io.ErrUnexpectedEOF, ReasonConnectionFailed, RetryAfterDelay},
	} {
		e := networkError(&url.Error{Op: "Get", URL: "https://example.com/Users?cursor=canary", Err: fmt.Errorf("wrapped: %w", c.err)}, "example.com")
		if e.Reason != c.reason || e.Retry != c.retry || !strings.Contains(e.Detail, "example.com") || strings.Contains(fmt.Sprint(e.Cause), "canary") {
			t.Errorf("%s is told as %s (%d): %v, because of %v", name, e.Reason, e.Retry, e, e.Cause)
		}
	}
}

// never is a waiter that allows no wait.
func never(context.Context, time.Duration, string, string) error { return errors.New("no waits") }

func TestRealNetworks(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	proxy, err := url.Parse(closed.URL)
	if err != nil {
		t.Fatal(err)
	}
	through := NewHTTPClient()
	through.Transport.(*http.Transport).Proxy = http.ProxyURL(proxy)
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hanging.Close)
	hasty := NewHTTPClient()
	hasty.Transport.(*http.Transport).ResponseHeaderTimeout = 50 * time.Millisecond
	for want, c := range map[string]struct {
		base string
		http *http.Client
	}{
		ReasonProxyFailed:      {"https://example.com", through}, // nothing leaves: the proxy is on loopback, and closed
		ReasonConnectionFailed: {closed.URL, NewHTTPClient()},
		ReasonTimedOut:         {hanging.URL, hasty},
	} {
		base, err := ParseBase(c.base)
		if err != nil {
			t.Fatal(err)
		}
		client := &Client{Base: base, HTTP: c.http, Log: slog.New(slog.DiscardHandler)}
		if _, err := client.Get(t.Context(), "/Users", nil, never); !errors.Is(err, &Error{Reason: want}) {
			t.Errorf("%s fails with %v, want %s", c.base, err, want)
		}
	}
}

func TestRetryAfterHasTwoForms(t *testing.T) {
	t.Parallel()
	const now = "Mon, 01 Jan 2024 00:00:00 GMT"
	for value, want := range map[string]time.Duration{
		"30": 30 * time.Second, "0": minRetryAfter, "99999999": maxRetryAfter, "": 0, "soon": 0, "-5": 0,
		"Mon, 01 Jan 2024 00:00:20 GMT": 20 * time.Second, "Sun, 31 Dec 2023 00:00:00 GMT": minRetryAfter,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}, "Date": {now}}); got != want {
			t.Errorf("%q is %s, want %s", value, got, want)
		}
	}
}

func TestRetriesEnd(t *testing.T) {
	t.Parallel()
	waits := 0
	patient := func(context.Context, time.Duration, string, string) error { waits++; return nil }
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }))
	t.Cleanup(server.Close)
	base, err := ParseBase(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	client := &Client{Base: base, HTTP: NewHTTPClient(), Log: slog.New(slog.DiscardHandler)}
	if _, err := client.Get(t.Context(), "/Users", nil, patient); !errors.Is(err, &Error{Reason: ReasonServiceUnavailable}) || waits != maxFailures-1 {
		t.Errorf("given up with %v after %d waits, want %d", err, waits, maxFailures-1)
	}
}

func TestTheServicesWordsAreFitToBeShown(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"plain words":                     "plain words",
		"two\nlines\tand \x1b[31mred":     "two lines and [31mred",
		"turned \u202e text":              "turned text",
		"the secret is hunter2-canary ok": "the secret is [redacted] ok",
		"Bearer abcdefgh12345":            "[redacted]",
		"eyJhbGciOiJub25lIn0.e30.":        "[redacted]",
		strings.Repeat("w ", 400):         strings.TrimSuffix(strings.Repeat("w ", 150), " ") + "…",
	} {
		if got := sanitise(text, []string{"hunter2-canary", "ok"}); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}
