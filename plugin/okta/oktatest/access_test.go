package oktatest

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestAuthorizationHeader(t *testing.T) {
	c := signedIn(t, Settings{Users: 1})
	for name, test := range map[string]struct {
		header string
		status int
		code   string
	}{
		"none":          {"", 403, "E0000005"},
		"API token":     {"SSWS " + c.token, 401, "E0000011"},
		"DPoP":          {"DPoP " + c.token, 401, "E0000011"},
		"bare":          {c.token, 401, "E0000011"},
		"another token": {"Bearer " + c.token[:len(c.token)-8] + "AAAAAAAA", 401, "E0000011"},
		"nonsense":      {"Bearer nonsense", 401, "E0000011"},
	} {
		got := c.getWith("/api/v1/users", map[string]string{"Authorization": test.header})
		if got.status != test.status || got.errorCode() != test.code {
			t.Errorf("%s: got %v, want %d %s", name, got, test.status, test.code)
		}
	}
}

func TestTokenExpires(t *testing.T) {
	for _, form := range []Refusal401{RefuseWithBody, RefuseWithHeader} {
		var ahead atomic.Int64
		c := signedIn(t, Settings{
			Users: 1, Expired: form,
			Clock: func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) },
		})
		if got := c.get("/api/v1/users"); got.status != http.StatusOK {
			t.Fatalf("fresh token: got %v", got)
		}
		ahead.Store(int64(DefaultTokenLifetime + time.Second))
		got := c.get("/api/v1/users")
		challenge := got.header.Get("WWW-Authenticate")
		switch form {
		case RefuseWithBody:
			if got.status != http.StatusUnauthorized || got.errorCode() != "E0000011" {
				t.Errorf("got %v, want 401 E0000011", got)
			}
		case RefuseWithHeader:
			if got.status != http.StatusUnauthorized || len(got.body) > 0 || !strings.Contains(challenge, `error="invalid_token"`) {
				t.Errorf("got %v with challenge %q, want 401 without body", got, challenge)
			}
		}
		c.get("/api/v1/users")
		if n := c.tenant.Stats().Violations[RefusedTokenReused]; n != 1 {
			t.Errorf("got %d reuses of a refused token, want 1", n)
		}
		c.signIn()
		if got := c.get("/api/v1/users"); got.status != http.StatusOK {
			t.Errorf("renewed token: got %v", got)
		}
	}
}

func TestScopeMissing(t *testing.T) {
	c := signedIn(t, Settings{Users: 1, Grants: []string{ScopeUsersRead}})
	if got := c.get("/api/v1/users"); got.status != http.StatusOK {
		t.Errorf("users: got %v", got)
	}
	for path, scope := range map[string]string{"/api/v1/groups": ScopeGroupsRead, "/api/v1/meta/types/user": ScopeUserTypesRead} {
		got := c.get(path)
		challenge := got.header.Get("WWW-Authenticate")
		if got.status != http.StatusForbidden || len(got.body) != 0 {
			t.Errorf("%s: got %v, want 403 without body", path, got)
		}
		for _, part := range []string{"Bearer ", `error="insufficient_scope"`, `scope="` + scope + `"`, `resource="` + path + `"`} {
			if !strings.Contains(challenge, part) {
				t.Errorf("%s: challenge %q lacks %q", path, challenge, part)
			}
		}
	}
}

func TestRoleMissing(t *testing.T) {
	c := signedIn(t, Settings{Users: 9, Role: RoleMissing403})
	for _, path := range []string{"/api/v1/users", "/api/v1/groups", "/api/v1/users/" + c.tenant.people.id(0)} {
		if got := c.get(path); got.status != http.StatusForbidden || got.errorCode() != "E0000006" {
			t.Errorf("%s: got %v, want 403 E0000006", path, got)
		}
	}
	c = signedIn(t, Settings{Users: 9, Role: RoleMissingEmpty})
	for _, path := range []string{"/api/v1/users", "/api/v1/groups", deprovisionedList} {
		got := c.get(path)
		if len(got.users(t)) != 0 || got.next() != "" || len(got.header.Values("Link")) != 1 {
			t.Errorf("%s: got %v with links %q, want [] and a self link", path, got, got.header.Values("Link"))
		}
	}
	if got := c.get("/api/v1/users/" + c.tenant.people.id(0)); got.status != http.StatusNotFound {
		t.Errorf("one user: got %v, want 404", got)
	}
}

func TestUnknownPathsAndMethods(t *testing.T) {
	c := signedIn(t, Settings{Users: 1})
	for _, path := range []string{"/", "/api/v1/nothing", "/api/v1/users/a/b/c", "/api/v1/", "/api/v2/users"} {
		if got := c.get(path); got.status != http.StatusNotFound || got.errorCode() != "E0000008" {
			t.Errorf("%s: got %v, want 404 E0000008", path, got)
		}
	}
	got := c.do(http.MethodDelete, c.tenant.URL()+"/api/v1/users", "", map[string]string{"Authorization": "Bearer " + c.token})
	if got.status != http.StatusMethodNotAllowed || got.errorCode() != "E0000022" {
		t.Errorf("DELETE: got %v, want 405 E0000022", got)
	}
}

func TestEveryResponseHasRequestIDAndDate(t *testing.T) {
	clock := time.Date(2031, 5, 6, 7, 8, 9, 0, time.UTC)
	c := signedIn(t, Settings{Users: 1, Clock: func() time.Time { return clock }})
	seen := map[string]bool{}
	for _, path := range []string{"/api/v1/users", "/api/v1/users", "/nothing", tokenPath, "/api/v1/users?after=x"} {
		got := c.get(path)
		id := got.header.Get("X-Okta-Request-Id")
		if id == "" || seen[id] {
			t.Errorf("%s: request id %q is missing or was there before", path, id)
		}
		seen[id] = true
		if date := got.header.Get("Date"); date != "Tue, 06 May 2031 07:08:09 GMT" {
			t.Errorf("%s: Date is %q, not the tenant's time", path, date)
		}
	}
}
