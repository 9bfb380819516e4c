package directory

import (
	"errors"
	"fmt"
	"net"
	"syscall"
	"testing"
)

// What a test can't make a network do.
func TestNetworkErrors(t *testing.T) {
	at := Address{Host: "ldap.example.com", Port: "636"}
	for reason, err := range map[string]error{
		ReasonHostUnreachable:        &net.OpError{Op: "dial", Err: syscall.EHOSTUNREACH},
		ReasonNetworkFailed:          &net.OpError{Op: "dial", Err: errors.New("something new")},
		ReasonHostNotFound:           &net.DNSError{Err: "no such host", Name: at.Host, IsNotFound: true},
		ReasonNameServiceUnavailable: &net.DNSError{Err: "server misbehaving", Name: at.Host, IsTemporary: true},
		ReasonConnectionBroke:        &net.OpError{Op: "read", Err: syscall.ECONNRESET},
	} {
		got := networkError(fmt.Errorf("open: %w", err), at)
		if got.Reason != reason || !errors.Is(got, err) {
			t.Errorf("%v is %s, want %s", err, got.Reason, reason)
		}
	}
}
