package scimapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// networkError reads why a request to host got no answer, or not all of one: an
// error of [http.Client.Do] or of reading a body. A context that was cancelled by
// the caller is no refusal: look at ctx.Err() before calling this.
func networkError(err error, host string) *Error {
	e := classifyNetwork(err, host)
	e.Cause = withoutQuery(err)
	return e
}

func classifyNetwork(err error, host string) *Error {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "proxyconnect" {
		return refusedBy(ReasonProxyFailed, RetryAfterDelay, "the proxy that leads to %s cannot be reached", host)
	}
	// net/http has no type for a CONNECT that was answered with 407.
	if strings.Contains(err.Error(), http.StatusText(http.StatusProxyAuthRequired)) {
		return refusedBy(ReasonProxyFailed, RetryNever, "the proxy that leads to %s wants a user name and a password", host)
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok {
		if dns.IsNotFound {
			return refusedBy(ReasonHostNotFound, RetryNever, "there is no host named %s", host)
		}
		return refusedBy(ReasonNameServiceUnavailable, RetryAfterDelay, "the name service did not answer when asked for %s", host)
	}
	if e := classifyTLS(err, host); e != nil {
		return e
	}
	var timeout interface{ Timeout() bool }
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return refusedBy(ReasonConnectionFailed, RetryAfterDelay, "%s refuses connections", host)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, errBodyLate),
		errors.As(err, &timeout) && timeout.Timeout():
		return refusedBy(ReasonTimedOut, RetryAfterDelay, "no complete answer came from %s in time", host)
	}
	return refusedBy(ReasonConnectionFailed, RetryAfterDelay, "the connection to %s failed or broke", host)
}

func classifyTLS(err error, host string) *Error {
	_, record := errors.AsType[tls.RecordHeaderError](err)
	if record || errors.Is(err, http.ErrSchemeMismatch) {
		return refusedBy(ReasonTLSFailed, RetryNever, "what answers at %s does not speak TLS", host)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return refusedBy(ReasonCertificateRefused, RetryNever, "the certificate of %s is signed by an authority that this machine does not trust", host)
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return refusedBy(ReasonCertificateRefused, RetryNever, "the certificate that came from %s is for another host name", host)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return refusedBy(ReasonCertificateRefused, RetryNever, "the certificate of %s is expired or not yet valid by this machine's clock", host)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return refusedBy(ReasonCertificateRefused, RetryNever, "the certificate of %s cannot be verified", host)
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok || strings.Contains(err.Error(), "remote error: tls:") {
		return refusedBy(ReasonTLSFailed, RetryNever, "%s broke off the TLS handshake", host)
	}
	return nil
}

func refusedBy(reason string, retry RetryKind, format, host string) *Error {
	return &Error{Reason: reason, Detail: fmt.Sprintf(format, host), Retry: retry}
}

// withoutQuery removes the query, which may hold a cursor, from the URL that
// net/http puts into its errors.
func withoutQuery(err error) error {
	failed, ok := errors.AsType[*url.Error](err)
	if !ok {
		return err
	}
	clean := *failed
	clean.URL, _, _ = strings.Cut(failed.URL, "?")
	return &clean
}
