package oktatest

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func TestStartRefuses(t *testing.T) {
	for name, settings := range map[string]Settings{
		"all interfaces":   {Addr: ":0"},
		"any address":      {Addr: "0.0.0.0:0"},
		"another machine":  {Addr: "192.0.2.1:0"},
		"another name":     {Addr: "tenant.example.com:0"},
		"no port":          {Addr: "127.0.0.1"},
		"fewer than none":  {Users: -1},
		"too many":         {Users: MaxUsers + 1},
		"rate":             {UsersPerMinute: -2},
		"role":             {Role: 9},
		"latency":          {Latency: -1},
		"fault of nothing": {Faults: []Fault{{}}},
	} {
		tenant, err := Start(settings)
		if err == nil {
			tenant.Close()
			t.Errorf("%s: started", name)
			continue
		}
		reachable := strings.HasSuffix(settings.Addr, ":0")
		if errors.Is(err, ErrNotLoopback) != reachable {
			t.Errorf("%s: got error %v", name, err)
		}
	}
}

func TestStartOnATakenAddress(t *testing.T) {
	c := start(t, Settings{})
	address := strings.TrimPrefix(c.tenant.URL(), "http://")
	if second, err := Start(Settings{Addr: address}); err == nil {
		second.Close()
		t.Errorf("two tenants on %s", address)
	}
}

func TestCloseEndsHungRequestsAndIsIdempotent(t *testing.T) {
	c := signedIn(t, Settings{Users: 3, Faults: []Fault{{Endpoint: EndpointUsers, First: 1, Kind: "hang"}}})
	ended := make(chan answer)
	go func() { ended <- c.get("/api/v1/users") }()
	if _, err := c.tenant.Await(t.Context(), func(s Stats) bool { return s.Struck == 1 }); err != nil {
		t.Fatal(err)
	}
	c.tenant.Close()
	if got := <-ended; got.err == nil {
		t.Errorf("got %v, want the connection cut", got)
	}
	c.tenant.Close()
	if got := c.get("/api/v1/users"); got.err == nil {
		t.Errorf("a closed tenant answered %v", got)
	}
}

func TestKeysAreTheSameInBothForms(t *testing.T) {
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for _, settings := range []Settings{{}, {ClientKey: ec}} {
		c := start(t, settings)
		key, err := x509.ParsePKCS8PrivateKey(pemBlock(t, c.tenant.PrivateKeyPEM()).Bytes)
		if err != nil {
			t.Fatal(err)
		}
		var jwk jose.JSONWebKey
		if err := json.Unmarshal(c.tenant.PrivateKeyJWK(), &jwk); err != nil || jwk.KeyID != c.tenant.KeyID() {
			t.Fatalf("JWK has kid %q, want %q (error %v)", jwk.KeyID, c.tenant.KeyID(), err)
		}
		if !jwk.Valid() || jwk.IsPublic() {
			t.Error("JWK is not a valid private key")
		}
		private, ok := key.(interface {
			Equal(other crypto.PrivateKey) bool
		})
		if !ok || !private.Equal(jwk.Key) || !private.Equal(c.tenant.app.key) {
			t.Error("the PEM and the JWK hold different keys")
		}
	}
}

func TestClientIDsDiffer(t *testing.T) {
	one, two := start(t, Settings{Seed: 1}), start(t, Settings{Seed: 2})
	if id := one.tenant.ClientID(); len(id) != 20 || !strings.HasPrefix(id, "0oa") || id == two.tenant.ClientID() {
		t.Errorf("client ids are %q and %q", id, two.tenant.ClientID())
	}
}

func TestLatencyIsForTheAPIOnly(t *testing.T) {
	// Longer than the test may take: the token endpoint must not wait for it,
	// and the list must still be waiting when the client gives up.
	c := signedIn(t, Settings{Users: 1, Latency: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan answer)
	go func() {
		ended <- c.doContext(ctx, http.MethodGet, c.tenant.URL()+"/api/v1/users", "", map[string]string{"Authorization": "Bearer " + c.token})
	}()
	if _, err := c.tenant.Await(t.Context(), func(s Stats) bool { return s.UsersFirst == 1 }); err != nil {
		t.Fatal(err)
	}
	cancel()
	if got := <-ended; got.err == nil {
		t.Errorf("got %v before the latency was over", got)
	}
}

func TestCustomUsersComeByteForByte(t *testing.T) {
	users := []json.RawMessage{
		[]byte(`{"id":"00u1", "status":"ACTIVE","profile":{"b":1.0,"a":9007199254740993}}`),
		[]byte(`{"status" : "DEPROVISIONED","id":"00u2","profile":{"z":"\u00e9<"}}`),
		[]byte(`7`),
		[]byte(`{"id":3}`),
	}
	c := signedIn(t, Settings{CustomUsers: users, Users: 99})
	if got, want := string(c.get("/api/v1/users").body), "["+string(users[0])+",7,"+string(users[3])+"]"; got != want {
		t.Errorf("plain list\n got %s\nwant %s", got, want)
	}
	if got, want := string(c.get(deprovisionedList).body), "["+string(users[1])+"]"; got != want {
		t.Errorf("deprovisioned\n got %s\nwant %s", got, want)
	}
	if got := c.get("/api/v1/users/00u2"); string(got.body) != string(users[1]) {
		t.Errorf("one user: got %v", got)
	}
	empty := signedIn(t, Settings{CustomUsers: []json.RawMessage{}})
	if got := empty.get("/api/v1/users"); string(got.body) != "[]" {
		t.Errorf("nobody: got %v", got)
	}
}

func TestCredentialsAreLeftOutOnlyWhenAsked(t *testing.T) {
	for _, settings := range []Settings{{Users: 1000}, {Users: 1000, Prerender: true}} {
		c := signedIn(t, settings)
		for hint, want := range map[string]struct{ credentials, transitions bool }{
			"": {true, true}, "application/json": {true, true},
			omitHint: {false, false},
			`application/json; okta-response=omitCredentials`:                        {false, true},
			`application/json; okta-response="omitTransitioningToStatus"; charset=u`: {true, false},
		} {
			got := c.getWith("/api/v1/users", map[string]string{"Content-Type": hint})
			if has := strings.Count(string(got.body), RecoveryQuestion) == 200; has != want.credentials {
				t.Errorf("%s: credentials are there: %t", hint, has)
			}
			if has := strings.Contains(string(got.body), "transitioningToStatus"); has != want.transitions {
				t.Errorf("%s: transitioningToStatus is there: %t", hint, has)
			}
		}
		if n := c.tenant.Stats().Violations[CredentialsAsked]; n != 3 {
			t.Errorf("%d requests asked for credentials, want 3", n)
		}
	}
}

func TestMannersAreCounted(t *testing.T) {
	c := signedIn(t, Settings{Users: 1})
	c.getWith("/api/v1/users", map[string]string{"Accept": "*/*"})
	c.getWith("/api/v1/users", map[string]string{"User-Agent": "Go-http-client/1.1"})
	c.getWith("/api/v1/users", map[string]string{"User-Agent": "connector"})
	s := c.tenant.Stats()
	if s.Violations[AcceptMissing] != 1 || s.Violations[UserAgentMissing] != 2 || len(s.Violations) != 2 {
		t.Errorf("got %v", s.Violations)
	}
}

func TestStats(t *testing.T) {
	c := signedIn(t, Settings{Users: 5, PageLimit: 2})
	if s := c.tenant.Stats(); !s.FirstUsers.IsZero() {
		t.Errorf("first users request at %v before there was one", s.FirstUsers)
	}
	before := time.Now()
	c.walk("/api/v1/users")
	c.get(deprovisionedList)
	c.getWith("/api/v1/meta/types/user", map[string]string{"X-Okta-Retry-For": "an id", "X-Okta-Retry-Count": "1"})
	s := c.tenant.Stats()
	if s.UsersFirst != 2 || s.UsersContinued != 2 || s.LastPage != 3 {
		t.Errorf("got %d first, %d continued, last page %d; want 2, 2, 3", s.UsersFirst, s.UsersContinued, s.LastPage)
	}
	if s.Requests[EndpointUsers] != 3 || s.Requests[EndpointDeprovisioned] != 1 || s.Requests[EndpointUserTypes] != 1 || s.Requests[EndpointToken] != 1 {
		t.Errorf("got %v", s.Requests)
	}
	if s.MarkedRetries != 1 {
		t.Errorf("%d retries were counted, want 1", s.MarkedRetries)
	}
	if s.Peak != 1 || s.PeakUsers != 1 || s.FirstUsers.Before(before) || s.LastUsers.Before(s.FirstUsers) {
		t.Errorf("got %+v", s)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.tenant.Await(ctx, func(Stats) bool { return false }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}
