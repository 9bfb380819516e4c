package directory

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	ber "github.com/go-asn1-ber/asn1-ber"
	"github.com/go-ldap/ldap/v3"
)

func init() {
	ldap.Logger(log.New(io.Discard, "", 0)) // it would write to standard error; what matters comes as errors
}

// Settings are how to reach a server and as whom.
type Settings struct {
	Address Address
	// RootCAs are the authorities that may sign the server's certificate; nil for
	// those that the system trusts.
	RootCAs *x509.CertPool
	// Timeout is how long to wait for the next thing that a server sends.
	Timeout time.Duration
	// BindName is a DN, or in Active Directory also a user principal name. Password
	// returns the password; it is called where that is sent and nowhere else.
	BindName string
	Password func() string
}

// Conn is one connection to a server. Dial, Secure and Bind are its first three
// calls, in this order; [Open] makes them. It is for one goroutine, and is closed
// by its owner.
type Conn struct {
	settings Settings
	wire     *watchedConn
	ldap     *ldap.Conn // nil until Secure
	expired  atomic.Bool
}

// Open connects, secures and binds, at a server that was spoken with before. Errors
// are of type [*Error] or the context's.
func Open(ctx context.Context, settings Settings) (*Conn, error) {
	c, err := Dial(ctx, settings)
	if err != nil {
		return nil, err
	}
	if err = c.Secure(ctx); err == nil {
		err = c.Bind(ctx)
	} else if errors.Is(err, &Error{Reason: ReasonTLSNotSpoken}) && endedOff(err) {
		// A load balancer does so while it has no server to pass us on to.
		err = transient(ReasonConnectionBroke, "%s ended the connection instead of a TLS handshake", settings.Address)
	}
	if err != nil {
		c.Close()
		return nil, err
	}
	return c, nil
}

// Dial opens a connection over TCP.
func Dial(ctx context.Context, settings Settings) (*Conn, error) {
	dialer := net.Dialer{Timeout: settings.Timeout}
	raw, err := dialer.DialContext(ctx, "tcp", settings.Address.String())
	switch {
	case ctx.Err() != nil:
		if err == nil {
			_ = raw.Close() // nothing was sent
		}
		return nil, ctx.Err()
	case err != nil:
		return nil, networkError(err, settings.Address)
	}
	return &Conn{settings: settings, wire: watch(raw)}, nil
}

// Secure makes the TLS handshake that the address asks for; nothing where it asks
// for none.
func (c *Conn) Secure(ctx context.Context) error {
	at := c.settings.Address
	err := c.within(ctx, func(ctx context.Context) error {
		if at.StartTLS {
			if err := c.startTLS(); err != nil {
				return err
			}
		}
		if !at.Protected() {
			return nil
		}
		secured := tls.Client(c.wire.Conn, &tls.Config{ServerName: at.Host, RootCAs: c.settings.RootCAs, MinVersion: tls.VersionTLS12})
		if err := secured.HandshakeContext(ctx); err != nil {
			return handshakeError(err, at)
		}
		c.wire = watch(secured)
		return nil
	})
	if err != nil {
		return err
	}
	c.ldap = ldap.NewConn(c.wire, at.Protected())
	c.ldap.Start()
	return nil
}

// handshakeError: whoever closes a connection on the first bytes of a handshake
// does not speak TLS.
func handshakeError(err error, at Address) error {
	if endedOff(err) {
		return &Error{Reason: ReasonTLSNotSpoken, Detail: "what answers at " + at.String() + " ended the connection instead of a TLS handshake", Cause: err}
	}
	return networkError(err, at)
}

// endedOff reports whether the other side ended the connection.
func endedOff(err error) bool {
	return errors.Is(err, io.EOF) || isAny(err, syscall.ECONNRESET, wsaConnectionReset) || strings.Contains(err.Error(), "connection reset")
}

// startTLSOID is the name of the StartTLS operation (RFC 4511 §4.14.1).
const startTLSOID = "1.3.6.1.4.1.1466.20037"

// startTLS asks for TLS on the bare connection: go-ldap's own StartTLS loses the
// type of what goes wrong in the handshake.
func (c *Conn) startTLS() error {
	request := ber.Encode(ber.ClassUniversal, ber.TypeConstructed, ber.TagSequence, nil, "")
	request.AppendChild(ber.NewInteger(ber.ClassUniversal, ber.TypePrimitive, ber.TagInteger, 1, ""))
	operation := ber.Encode(ber.ClassApplication, ber.TypeConstructed, ldap.ApplicationExtendedRequest, nil, "")
	operation.AppendChild(ber.NewString(ber.ClassContext, ber.TypePrimitive, 0, startTLSOID, ""))
	request.AppendChild(operation)
	at := c.settings.Address
	if _, err := c.wire.Write(request.Bytes()); err != nil {
		return networkError(err, at)
	}
	// What follows the answer in clear is never read: it could be anybody's.
	answer, err := ber.ReadPacket(c.wire)
	if err != nil {
		return c.result(err, stepStartTLS, "")
	}
	return c.result(ldap.GetLDAPError(answer), stepStartTLS, "")
}

// Bind signs in with name and password (RFC 4513 §5.1.3).
func (c *Conn) Bind(ctx context.Context) error {
	return c.within(ctx, func(context.Context) error {
		return c.result(c.ldap.Bind(c.settings.BindName, c.settings.Password()), stepBind, "")
	})
}

// closeTimeout is how long go-ldap may take to end its goroutines after the
// connection is gone.
const closeTimeout = 5 * time.Second

// Close ends the connection at once.
func (c *Conn) Close() {
	c.sever()
	if c.ldap != nil {
		c.ldap.SetTimeout(closeTimeout)
		_ = c.ldap.Close() // it closes what is closed already
	}
}

// sever closes the socket, which ends whatever waits for it.
func (c *Conn) sever() { _ = c.wire.Close() } // nothing is lost: the server keeps no changes of ours

// within runs a request with the time limit. When that or ctx ends, the connection
// is closed, and the error says which.
func (c *Conn) within(ctx context.Context, request func(context.Context) error) error {
	limited, cancel := context.WithTimeout(ctx, c.settings.Timeout)
	defer cancel()
	wire := c.wire
	stop := context.AfterFunc(limited, func() { _ = wire.Close() })
	defer stop()
	err := request(limited)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case limited.Err() != nil:
		return networkError(limited.Err(), c.settings.Address)
	}
	return err
}

// result makes an [*Error] of what go-ldap returned.
func (c *Conn) result(err error, doing step, base string) error {
	if err == nil {
		return nil
	}
	if e := resultError(err, c.settings.Address, doing, base, c.settings.Password()); e != nil {
		return e
	}
	if refused := c.wire.refusal(); refused != nil {
		return &Error{Reason: refused.Reason, Detail: c.settings.Address.String() + " " + refused.Detail, Cause: refused}
	}
	if c.expired.Load() {
		return networkError(context.DeadlineExceeded, c.settings.Address)
	}
	if failure := c.wire.failure(); failure != nil {
		return networkError(failure, c.settings.Address)
	}
	return &Error{Reason: ReasonResponseUnreadable, Detail: "what " + c.settings.Address.String() + " answered is not LDAP", Cause: err}
}
