package directory

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// Address is where a server listens, and how the way there is protected.
type Address struct {
	Host     string // a name in lower case, or an IP address without brackets
	Port     string
	TLS      bool // from the first byte (ldaps)
	StartTLS bool // after a request in clear (RFC 4511 §4.14)
}

// The ports of LDAP (IANA; ldaps is by convention).
const (
	portLDAP  = "389"
	portLDAPS = "636"
)

// ParseAddress reads a URL of the form ldap://HOST[:PORT] or ldaps://HOST[:PORT].
// A way that nothing protects is refused with [ReasonPlaintextRefused], unless it
// leads to this machine itself. Errors are of type [*Error].
func ParseAddress(text string, startTLS bool) (Address, error) {
	text = strings.TrimSpace(text)
	u, err := url.Parse(text)
	if err != nil || u.Hostname() == "" {
		return Address{}, fail(ReasonAddressInvalid, "the address is not a URL such as ldaps://ldap.example.com")
	}
	a := Address{Host: lowerHost(u.Hostname()), Port: u.Port(), StartTLS: startTLS}
	switch strings.ToLower(u.Scheme) {
	case "ldap":
	case "ldaps":
		a.TLS = true
	default:
		return Address{}, fail(ReasonAddressInvalid, "the address begins with neither ldaps:// nor ldap://")
	}
	switch {
	case u.User != nil:
		return Address{}, fail(ReasonAddressInvalid, "the address holds a user name or a password, which have fields of their own")
	case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
		return Address{}, fail(ReasonAddressInvalid, "the address goes on after the port; base DN and filter have fields of their own")
	case strings.ContainsFunc(a.Host, notInHost):
		return Address{}, fail(ReasonAddressInvalid, "the host in the address holds characters that no host name has")
	case a.TLS && startTLS:
		return Address{}, fail(ReasonStartTLSOverTLS, "the address begins with ldaps://, and StartTLS is for ldap:// only")
	case !a.TLS && !startTLS && !isLoopback(a.Host):
		return Address{}, fail(ReasonPlaintextRefused, "ldap:// without StartTLS would send the password and everybody's data in clear to %s", a.Host)
	}
	if a.Port == "" {
		a.Port = portLDAP
		if a.TLS {
			a.Port = portLDAPS
		}
	}
	if port, err := strconv.ParseUint(a.Port, 10, 16); err != nil || port == 0 {
		return Address{}, fail(ReasonAddressInvalid, "the port in the address is not a number between 1 and 65535")
	}
	return a, nil
}

// String is host and port.
func (a Address) String() string { return net.JoinHostPort(a.Host, a.Port) }

// Protected reports whether TLS protects the way.
func (a Address) Protected() bool { return a.TLS || a.StartTLS }

func isLoopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// lowerHost makes a name lower case: host names have no case (RFC 4343), but the zone
// of an IPv6 address has one.
func lowerHost(host string) string {
	name, zone, hasZone := strings.Cut(host, "%")
	if hasZone {
		zone = "%" + zone
	}
	return strings.ToLower(name) + zone
}

func notInHost(r rune) bool {
	return r <= ' ' || r > '~' || strings.ContainsRune(`"'<>{}\/,;=@`, r)
}
