package oktaapi

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
)

// NetworkError reads why a request to base got no answer, or not all of one: an error of [http.Client.Do] or of reading
// a body. base may be nil. Its Cause is err without the query of the URL. A context that was cancelled by the caller is
// no refusal: look at ctx.Err() before calling this.
func NetworkError(err error, base *url.URL) *Error {
	host := "Okta"
	if base != nil {
		host = base.Hostname()
	}
	e := classifyNetwork(err, host)
	e.Cause = withoutQuery(err)
	return e
}

func classifyNetwork(err error, host string) *Error {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Op == "proxyconnect" {
		return networkError(ReasonProxyFailed, RetryAfterDelay, "the proxy that leads to %s cannot be reached", host)
	}
	if isProxyAuthentication(err) {
		return networkError(ReasonProxyAuthenticationRequired, RetryNever, "the proxy that leads to %s wants a user name and a password", host)
	}
	if e := classifyDNS(err, host); e != nil {
		return e
	}
	if e := classifyTLS(err, host); e != nil {
		return e
	}
	return classifyConnection(err, host)
}

// isProxyAuthentication looks at the text because net/http has no type for a CONNECT that was answered with 407.
func isProxyAuthentication(err error) bool {
	return strings.Contains(err.Error(), http.StatusText(http.StatusProxyAuthRequired))
}

func classifyDNS(err error, host string) *Error {
	dns, ok := errors.AsType[*net.DNSError](err)
	switch {
	case !ok:
		return nil
	case dns.IsNotFound:
		return networkError(ReasonHostNotFound, RetryNever, "there is no host named %s", host)
	}
	return networkError(ReasonNameServiceUnavailable, RetryAfterDelay, "the name service did not answer when asked for %s", host)
}

func classifyTLS(err error, host string) *Error {
	if errors.Is(err, http.ErrSchemeMismatch) {
		return tlsNotSpoken(host)
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return tlsNotSpoken(host)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return networkError(ReasonTLSUnknownAuthority, RetryNever, "the certificate of %s is signed by an authority that this machine does not trust", host)
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return networkError(ReasonTLSNameMismatch, RetryNever, "the certificate that came from %s is for another host name", host)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return networkError(ReasonTLSCertificateExpired, RetryNever, "the certificate of %s is expired or not yet valid by this machine's clock", host)
		}
		return networkError(ReasonTLSFailed, RetryNever, "the certificate of %s is not valid", host)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return networkError(ReasonTLSFailed, RetryNever, "the certificate of %s cannot be verified", host)
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok || strings.Contains(err.Error(), "remote error: tls:") {
		return networkError(ReasonTLSFailed, RetryNever, "%s broke off the TLS handshake", host)
	}
	return nil
}

func tlsNotSpoken(host string) *Error {
	return networkError(ReasonTLSNotSpoken, RetryNever, "what answers at %s does not speak TLS", host)
}

// Windows names its socket errors by numbers of its own, which package syscall maps only in part.
const (
	wsaConnectionReset   = syscall.Errno(10054)
	wsaConnectionAborted = syscall.Errno(10053)
	wsaConnectionRefused = syscall.Errno(10061)
	wsaHostUnreachable   = syscall.Errno(10065)
	wsaNetUnreachable    = syscall.Errno(10051)
)

func classifyConnection(err error, host string) *Error {
	switch {
	case isAny(err, syscall.ECONNREFUSED, wsaConnectionRefused):
		return networkError(ReasonConnectionRefused, RetryAfterDelay, "%s refuses connections", host)
	case isAny(err, syscall.EHOSTUNREACH, syscall.ENETUNREACH, wsaHostUnreachable, wsaNetUnreachable):
		return networkError(ReasonHostUnreachable, RetryAfterDelay, "there is no route from this machine to %s", host)
	case isTimeout(err):
		return networkError(ReasonTimedOut, RetryAfterDelay, "no complete answer came from %s in time", host)
	case isAny(err, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, wsaConnectionReset, wsaConnectionAborted),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return networkError(ReasonConnectionReset, RetryAfterDelay, "the connection to %s broke", host)
	}
	return networkError(ReasonNetworkFailed, RetryAfterDelay, "the request to %s failed on the network", host)
}

func isAny(err error, numbers ...syscall.Errno) bool {
	for _, number := range numbers {
		if errors.Is(err, number) {
			return true
		}
	}
	return false
}

func isTimeout(err error) bool {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return true
	}
	var timeout interface{ Timeout() bool }
	return errors.As(err, &timeout) && timeout.Timeout()
}

func networkError(reason string, retry RetryKind, format, host string) *Error {
	return &Error{Reason: reason, Detail: fmt.Sprintf(format, host), Retry: retry}
}

// withoutQuery removes the query, which may hold a cursor, and any user information from the URL that net/http puts
// into its errors.
func withoutQuery(err error) error {
	failed, ok := errors.AsType[*url.Error](err)
	if !ok {
		return err
	}
	clean := *failed
	if parsed, parseErr := url.Parse(failed.URL); parseErr == nil {
		parsed.RawQuery, parsed.Fragment, parsed.User = "", "", nil
		clean.URL = parsed.String()
	} else {
		clean.URL = ""
	}
	return &clean
}
