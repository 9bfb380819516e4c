package oktatest

import (
	"crypto"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"
)

// Defaults and limits of [Settings].
const (
	// DefaultAddr lets the system choose a free loopback port.
	DefaultAddr = "127.0.0.1:0"
	// DefaultPageLimit is the largest page of users that Okta serves, and the
	// size of a page when the request does not say.
	DefaultPageLimit = 200
	// DefaultTokenLifetime is the fixed life of an org authorization server's
	// access token.
	DefaultTokenLifetime = time.Hour
	// MaxUsers keeps indices, employee numbers and cursors within their widths.
	MaxUsers = 100_000_000
	// MaxGroups bounds what is counted for a page of groups with their numbers of
	// members.
	MaxGroups = 100_000
)

// ErrNotLoopback is returned by [Start] for an address that other machines
// could reach: a tenant with a known key has no business on a network.
var ErrNotLoopback = errors.New("not a loopback address")

// RoleMode says whether the app has been given an admin role, and what the
// tenant answers if not: Okta is known to do either.
type RoleMode int

// The role modes.
const (
	// RoleGranted: the app holds Read-only Administrator.
	RoleGranted RoleMode = iota
	// RoleMissing403: no role; users and groups answer 403 E0000006.
	RoleMissing403
	// RoleMissingEmpty: no role; users and groups answer 200 with an empty
	// array and a self link only.
	RoleMissingEmpty
)

// Refusal401 is the form in which a token that has expired or was revoked is
// refused. Okta documents both.
type Refusal401 int

// The forms of a 401.
const (
	// RefuseWithBody answers 401 with a body of code E0000011.
	RefuseWithBody Refusal401 = iota
	// RefuseWithHeader answers 401 with an empty body and the reason,
	// invalid_token, in WWW-Authenticate.
	RefuseWithHeader
)

// Scopes that the tenant's endpoints ask for.
const (
	ScopeUsersRead     = "okta.users.read"
	ScopeGroupsRead    = "okta.groups.read"
	ScopeUserTypesRead = "okta.userTypes.read"
)

// Settings describe a tenant. The zero value is a tenant without people, which
// no real org is: set Users or CustomUsers.
type Settings struct {
	// Users is how many the plain list returns. DEPROVISIONED ones, 5 %
	// rounded up, come on top and are only listed by a filter.
	Users int
	// Seed selects the company; the client id and cursors derive from it too.
	Seed uint64
	// CustomUsers replace the generated company when not nil. They are served
	// byte for byte, whatever they are; those whose status is DEPROVISIONED
	// are listed like the generated ones. Users is then ignored.
	CustomUsers []json.RawMessage
	// Untidy gives a share of the generated users records as real orgs have
	// them: managers written in several ways, wrong, missing or in circles;
	// departments spelt differently; people with two accounts. [Tenant.Truth]
	// says what is so of each. It also gives people teams, in the custom
	// attribute teamName, and more different names.
	Untidy bool
	// PageLimit caps limit= of the list of users. 0 means DefaultPageLimit.
	PageLimit int
	// Groups are further groups beside Everyone, the departments and the one of a
	// directory. Every fifth of them has no members.
	Groups int
	// GroupPageLimit caps limit= of the lists of groups and of their members. 0
	// means what Okta serves: 10,000 groups, 1,000 members.
	GroupPageLimit int
	// Prerender renders all pages of the plain list at PageLimit a page, with
	// and without credentials, plain and compressed, before Start returns. It
	// costs about 3.5 KB a person and is for benchmarks.
	Prerender bool

	// Grants are the scopes that an administrator consented to. nil means the
	// three that a connector asks for; empty means none.
	Grants []string
	// Role is the app's admin role.
	Role RoleMode
	// DPoPRequired is the console's "Require Demonstrating Proof of Possession
	// (DPoP) header in token requests", on by default for apps made there. Tokens
	// are bound to the key of the proof, which must hold a nonce of the token
	// endpoint's. Without it Okta passes over proofs and gives Bearer tokens.
	DPoPRequired bool
	// DPoPOffered binds the tokens of those who send a proof although the app
	// does not require it: what RFC 9449 section 5 expects of a server, and Okta
	// is not known to do.
	DPoPOffered bool
	// DPoPNonceForAPI demands a nonce, the management API's own, in the proofs
	// for its requests as well: Okta announces that it may.
	DPoPNonceForAPI bool
	// DPoPNonceLifetime is how often nonces are renewed. The token endpoint's work
	// for three lifetimes, the management API's for one. 0 means
	// DefaultDPoPNonceLifetime.
	DPoPNonceLifetime time.Duration
	// KidRequired refuses assertions without a key id also while the app has
	// one key. With several keys they are always refused.
	KidRequired bool
	// TokenLifetime is the life of access tokens. 0 means DefaultTokenLifetime.
	TokenLifetime time.Duration
	// Expired is the form in which an expired token is refused.
	Expired Refusal401
	// ClientKey is the app's key pair: *rsa.PrivateKey of at least 2048 bits
	// or *ecdsa.PrivateKey on P-256, P-384 or P-521. nil means an RSA pair of
	// 2048 bits that is made once per process, for making one takes long.
	ClientKey crypto.Signer

	// Latency is added to every response of /api before its headers.
	Latency time.Duration
	// UsersPerMinute is the rate limit of the list of users. 0 means
	// DefaultUsersPerMinute; NoRateLimit means none, and no headers about it.
	UsersPerMinute int
	// GroupsPerMinute is the same for groups and their members together, with
	// DefaultGroupsPerMinute.
	GroupsPerMinute int
	// TokensPerMinute is the same for the token endpoint, with
	// DefaultTokensPerMinute.
	TokensPerMinute int
	// Concurrency is how many requests may be in flight at once. 0 means
	// DefaultConcurrency.
	Concurrency int
	// Faults are ordered before the first request.
	Faults []Fault

	// TLS serves https with a certificate made at the start; see CertPEM.
	TLS bool
	// HTTP2 also offers HTTP/2 when TLS is set. Faults that cut a connection
	// then reset the stream.
	HTTP2 bool
	// Addr is where to listen, host:port on the loopback interface. Empty
	// means DefaultAddr.
	Addr string
	// Clock is the tenant's idea of the time, for assertions, tokens, rate
	// limits and the Date header. nil means time.Now.
	Clock func() time.Time
}

func (s Settings) withDefaults() (Settings, error) {
	if s.Users < 0 || s.Users > MaxUsers {
		return s, fmt.Errorf("%d users: want 0 to %d", s.Users, MaxUsers)
	}
	if s.Groups < 0 || s.Groups > MaxGroups || s.GroupPageLimit < 0 {
		return s, fmt.Errorf("%d groups, %d a page: want 0 to %d, and no negative limit", s.Groups, s.GroupPageLimit, MaxGroups)
	}
	if s.DPoPNonceLifetime < 0 {
		return s, errors.New("the lifetime of DPoP nonces must not be negative")
	}
	if s.PageLimit < 0 || s.Latency < 0 || s.TokenLifetime < 0 || s.Concurrency < 0 {
		return s, errors.New("page limit, latency, token lifetime and concurrency must not be negative")
	}
	if s.UsersPerMinute < NoRateLimit || s.GroupsPerMinute < NoRateLimit || s.TokensPerMinute < NoRateLimit {
		return s, fmt.Errorf("a rate limit must be positive, 0 for the default or %d for none", NoRateLimit)
	}
	if s.Role < RoleGranted || s.Role > RoleMissingEmpty {
		return s, fmt.Errorf("role mode %d is not one of the three", s.Role)
	}
	if s.Grants == nil {
		s.Grants = []string{ScopeUsersRead, ScopeGroupsRead, ScopeUserTypesRead}
	}
	setDefault(&s.PageLimit, DefaultPageLimit)
	setDefault(&s.TokenLifetime, DefaultTokenLifetime)
	setDefault(&s.DPoPNonceLifetime, DefaultDPoPNonceLifetime)
	setDefault(&s.UsersPerMinute, DefaultUsersPerMinute)
	setDefault(&s.GroupsPerMinute, DefaultGroupsPerMinute)
	setDefault(&s.TokensPerMinute, DefaultTokensPerMinute)
	setDefault(&s.Concurrency, DefaultConcurrency)
	setDefault(&s.Addr, DefaultAddr)
	if s.Clock == nil {
		s.Clock = time.Now
	}
	return s, requireLoopback(s.Addr)
}

func setDefault[T comparable](value *T, fallback T) {
	var zero T
	if *value == zero {
		*value = fallback
	}
}

func requireLoopback(addr string) error {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return fmt.Errorf("address %q must be host:port, such as %s: %w", addr, DefaultAddr, err)
	}
	if host == "localhost" {
		return nil
	}
	if ip, err := netip.ParseAddr(host); err != nil || !ip.IsLoopback() {
		return fmt.Errorf("address %q would let other machines in; use 127.0.0.1, [::1] or localhost: %w", addr, ErrNotLoopback)
	}
	return nil
}
