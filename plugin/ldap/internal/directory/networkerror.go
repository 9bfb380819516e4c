package directory

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
)

// networkError reads why no connection to a server came about, or why it ended. A
// context that the caller cancelled is no refusal: look at ctx.Err() first.
func networkError(err error, at Address) *Error {
	e := classifyDNS(err, at)
	if e == nil {
		e = classifyTLS(err, at)
	}
	if e == nil {
		e = classifyConnection(err, at)
	}
	e.Cause = err
	return e
}

func classifyDNS(err error, at Address) *Error {
	dns, ok := errors.AsType[*net.DNSError](err)
	switch {
	case !ok:
		return nil
	case dns.IsNotFound:
		return fail(ReasonHostNotFound, "there is no host named %s", at.Host)
	}
	return transient(ReasonNameServiceUnavailable, "the name service did not answer when asked for %s", at.Host)
}

func classifyTLS(err error, at Address) *Error {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return fail(ReasonTLSNotSpoken, "what answers at %s does not speak TLS", at)
	}
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return fail(ReasonTLSUnknownAuthority, "the certificate of %s is signed by an authority that is not trusted here", at)
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return fail(ReasonTLSNameMismatch, "the certificate that came from %s is for another host name", at)
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok {
		if invalid.Reason == x509.Expired {
			return fail(ReasonTLSCertificateExpired, "the certificate of %s is expired or not yet valid by this machine's clock", at)
		}
		return fail(ReasonTLSFailed, "the certificate of %s is not valid", at)
	}
	_, unverified := errors.AsType[*tls.CertificateVerificationError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	if unverified || alert || strings.Contains(err.Error(), "tls: ") {
		return fail(ReasonTLSFailed, "the TLS handshake with %s failed", at)
	}
	return nil
}

// Windows names its socket errors by numbers of its own, which package syscall maps
// only in part.
const (
	wsaConnectionReset   = syscall.Errno(10054)
	wsaConnectionAborted = syscall.Errno(10053)
	wsaConnectionRefused = syscall.Errno(10061)
	wsaHostUnreachable   = syscall.Errno(10065)
	wsaNetUnreachable    = syscall.Errno(10051)
)

func classifyConnection(err error, at Address) *Error {
	switch {
	case isAny(err, syscall.ECONNREFUSED, wsaConnectionRefused):
		return transient(ReasonConnectionRefused, "%s refuses connections", at)
	case isAny(err, syscall.EHOSTUNREACH, syscall.ENETUNREACH, wsaHostUnreachable, wsaNetUnreachable):
		return transient(ReasonHostUnreachable, "there is no route from this machine to %s", at)
	case isTimeout(err):
		return transient(ReasonTimedOut, "no complete answer came from %s in time", at)
	case isAny(err, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, wsaConnectionReset, wsaConnectionAborted),
		errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed):
		return transient(ReasonConnectionBroke, "the connection to %s broke", at)
	}
	return transient(ReasonNetworkFailed, "the connection to %s failed on the network", at)
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

func transient(reason, format string, args ...any) *Error {
	e := fail(reason, format, args...)
	e.Transient = true
	return e
}
