package oktatest

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// faultCases say, for each kind, what a client sees that asks for pages 1 and 2
// of ten users in pages of four, the fault being ordered for page 2 or, at the
// token endpoint, for the second request.
var faultCases = map[string]func(t *testing.T, c *client){
	"status":   refusedPage(500, "E0000009"),
	"error":    refusedPage(500, "E0000009"),
	"html":     answeredPage(502, func(a answer) bool { return isHTML(a) && bytes.Contains(a.body, []byte("502 Bad Gateway")) }),
	"portal":   answeredPage(200, isHTML),
	"empty":    answeredPage(503, func(a answer) bool { return len(a.body) == 0 }),
	"redirect": answeredPage(302, func(a answer) bool { return strings.HasPrefix(a.header.Get("Location"), "http://127.0.0.1:") }),
	"date-skew": func(t *testing.T, c *client) {
		date, err := http.ParseTime(c.page2().header.Get("Date"))
		if err != nil || time.Until(date) < 30*time.Second {
			t.Errorf("Date is %v (error %v), want about a minute ahead", date, err)
		}
	},
	"delay":        goodPage,
	"hang-headers": givenUp,
	"reset":        failedPage(syscall.ECONNRESET),
	"close":        failedPage(io.EOF),

	"429": answeredPage(429, func(a answer) bool {
		return a.errorCode() == "E0000047" && a.header.Get("X-Rate-Limit-Limit") == "600" && a.header.Get("X-Rate-Limit-Remaining") == "0" &&
			a.header.Get("X-Rate-Limit-Reset") != "" && a.header.Get("Retry-After") == ""
	}),
	"429-concurrency": answeredPage(429, func(a answer) bool {
		return a.header.Get("X-Rate-Limit-Limit") == "0" && a.header.Get("X-Rate-Limit-Remaining") == "0"
	}),
	"429-no-headers":  answeredPage(429, func(a answer) bool { return a.errorCode() == "E0000047" && a.header.Get("X-Rate-Limit-Limit") == "" }),
	"429-odd-headers": answeredPage(429, func(a answer) bool { return a.header.Get("X-Rate-Limit-Reset") == "soon" }),
	"429-retry-after": answeredPage(429, func(a answer) bool { return a.header.Get("Retry-After") == "2" }),
	"401-expired":     revokedToken(func(a answer) bool { return a.errorCode() == "E0000011" }),
	"401-invalid-token": revokedToken(func(a answer) bool {
		return len(a.body) == 0 && strings.Contains(a.header.Get("WWW-Authenticate"), `error="invalid_token"`)
	}),
	"401-feature": refusedPage(401, "E0000015"),
	"scope-missing": answeredPage(403, func(a answer) bool {
		return len(a.body) == 0 && strings.Contains(a.header.Get("WWW-Authenticate"), `scope="okta.users.read"`)
	}),
	"role-missing":       refusedPage(403, "E0000006"),
	"role-empty":         answeredPage(200, func(a answer) bool { return string(a.body) == "[]" && len(a.header.Values("Link")) == 1 }),
	"cursor-lost":        answeredPage(400, func(a answer) bool { return hasCause(a, "E0000031", "Invalid cursor.") }),
	"cursor-lost-search": answeredPage(400, func(a answer) bool { return hasCause(a, "E0000031", "Invalid search query.") }),
	"cursor-lost-paging": refusedPage(400, "E0000029"),

	"400-dpop": answeredPage(400, func(a answer) bool {
		challenge := a.header.Get("WWW-Authenticate")
		return len(a.body) == 0 && strings.HasPrefix(challenge, `DPoP algs="RS256 `) && strings.Contains(challenge, `error_description="'htu' claim`)
	}),
	"401-dpop-nonce": answeredPage(401, func(a answer) bool {
		return strings.Contains(a.header.Get("WWW-Authenticate"), `error="use_dpop_nonce"`) && a.header.Get("DPoP-Nonce") != ""
	}),

	"group-deleted": func(t *testing.T, c *client) {
		path := "/api/v1/groups/" + c.tenant.GroupID(1)
		for _, path := range []string{path + "/users", path} {
			if got := c.get(path); got.status != http.StatusNotFound || got.errorCode() != "E0000007" {
				t.Errorf("%s: got %v, want a group that is no more", path, got)
			}
		}
	},
	"stats-zero":    countedGroups(func(stats string) bool { return stats == `{"usersCount":0}` }),
	"stats-missing": countedGroups(func(stats string) bool { return stats == `{}` }),

	"next-elsewhere": func(t *testing.T, c *client) {
		next := c.page2().next()
		if !strings.HasPrefix(next, c.tenant.ElsewhereURL()) {
			t.Fatalf("next is %q", next)
		}
		c.get(next)
		if s := c.tenant.Stats(); s.Elsewhere != 1 || s.ElsewhereTokens != 1 {
			t.Errorf("a token sent elsewhere is not counted: %+v", s)
		}
	},
	"next-self": func(t *testing.T, c *client) {
		second := c.get("/api/v1/users?limit=4").next()
		if got := c.get(second).next(); got != second {
			t.Errorf("next is %q, want the page itself, %q", got, second)
		}
	},
	"next-cycle": func(t *testing.T, c *client) {
		first := c.get("/api/v1/users?limit=4")
		second := c.get(first.next())
		back := c.get(second.next())
		if !bytes.Equal(back.body, first.body) || back.next() != first.next() {
			t.Errorf("next of page 2 leads to %v with next %q, want page 1", back, back.next())
		}
	},
	"next-scheme":  linkedPage(func(_ *client, next string) bool { return strings.HasPrefix(next, "https://127.0.0.1:") }),
	"next-garbled": linkedPage(func(_ *client, next string) bool { _, err := url.Parse(next); return err != nil }),
	"next-empty": func(t *testing.T, c *client) {
		c.order(EndpointUsers, "*", "next-empty")
		var pages []int
		for path := "/api/v1/users?limit=5"; path != ""; {
			page := c.get(path)
			pages = append(pages, len(page.users(t)))
			path = page.next()
		}
		if len(pages) != 3 || pages[1] != 5 || pages[2] != 0 {
			t.Errorf("got pages of %v users, want two full ones and an empty one", pages)
		}
	},
	"link-missing": linkLines(func(lines []string) bool { return len(lines) == 0 }),
	"link-merged": linkLines(func(lines []string) bool {
		return len(lines) == 1 && strings.Contains(lines[0], `rel="self", <`) && strings.HasSuffix(lines[0], `rel="next"`)
	}),
	"link-reordered": linkLines(func(lines []string) bool { return len(lines) == 2 && strings.HasSuffix(lines[0], `rel="next"`) }),
	"link-uppercase": linkLines(func(lines []string) bool { return len(lines) == 2 && strings.HasSuffix(lines[1], `; REL="NEXT"`) }),

	"broken-json": answeredPage(200, func(a answer) bool { return !json.Valid(a.body) && len(a.body) > 1000 }),
	"body-object": answeredPage(200, func(a answer) bool { return string(a.body) == `{"users":[]}` }),
	"body-html": answeredPage(200, func(a answer) bool {
		return bytes.HasPrefix(a.body, []byte("<!DOCTYPE html>")) && a.header.Get("Content-Type") == "application/json"
	}),
	"body-null":         answeredPage(200, func(a answer) bool { return string(a.body) == "null" }),
	"body-empty":        answeredPage(200, func(a answer) bool { return len(a.body) == 0 && a.err == nil }),
	"member-not-object": changedMember(func(m, _ json.RawMessage) bool { return m[0] == '"' }),
	"member-null":       changedMember(func(m, _ json.RawMessage) bool { return string(m) == "null" }),
	"member-no-id": changedMember(func(m, was json.RawMessage) bool {
		return len(m) == len(was)-len(`"id":"00u01234567890123456",`) && json.Valid(m)
	}),
	"member-id-number": changedMember(func(m, _ json.RawMessage) bool {
		return bytes.HasPrefix(m, []byte(`{"id":42,"status":`)) && json.Valid(m)
	}),
	"member-id-path": changedMember(func(m, _ json.RawMessage) bool {
		return bytes.HasPrefix(m, []byte(`{"id":"../users",`)) && json.Valid(m)
	}),
	"member-huge": changedMember(func(m, was json.RawMessage) bool { return len(m) > len(was)+defaultHugeMember && json.Valid(m) }),
	"duplicate": func(t *testing.T, c *client) {
		if users := c.page2().users(t); len(users) != 5 || !bytes.Equal(users[0], users[4]) {
			t.Errorf("got %d users, want four and the first again", len(users))
		}
	},
	"repeat-across": func(t *testing.T, c *client) {
		if users := c.page2().users(t); len(users) != 5 || !bytes.Equal(users[0], c.tenant.User(0)) {
			t.Errorf("got %d users, want user 0 and page 2", len(users))
		}
	},

	"reset-body":       brokenBody(syscall.ECONNRESET),
	"truncate-chunked": brokenBody(io.ErrUnexpectedEOF),
	"truncate-length": func(t *testing.T, c *client) {
		second := c.get("/api/v1/users?limit=4").next()
		got := c.getWith(second, map[string]string{"Accept-Encoding": "identity"})
		if got.header.Get("Content-Length") == "" || !errors.Is(got.err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v with headers %v, want less than Content-Length", got, got.header)
		}
	},
	"truncate-gzip": func(t *testing.T, c *client) {
		got := c.page2() // net/http unpacks what it asked for itself
		if got.status != 200 || !errors.Is(got.err, io.ErrUnexpectedEOF) {
			t.Errorf("got %v, want a gzip stream that ends early", got)
		}
		c.order(EndpointUsers, "*", "truncate-gzip")
		got = c.getWith("/api/v1/users", map[string]string{"Accept-Encoding": "identity"})
		if got.err != nil || json.Valid(got.body) || len(got.body) == 0 {
			t.Errorf("without gzip: got %v, want half the JSON and a proper end", got)
		}
	},
	"hang": givenUp,
	"drip": goodPage,

	"scope-reduced": func(t *testing.T, c *client) {
		got := c.postForm(c.form(c.assertion(nil, nil)))
		var body struct{ Scope string }
		if err := json.Unmarshal(got.body, &body); err != nil || body.Scope != ScopeUsersRead {
			t.Errorf("got %v, want a token for %s only", got, ScopeUsersRead)
		}
	},
}

func TestEveryFaultKind(t *testing.T) {
	oauth := map[string]oauthError{}
	for _, e := range oauthErrors {
		oauth[e.name] = e
	}
	for _, kind := range FaultKinds() {
		t.Run(kind.Name, func(t *testing.T) {
			t.Parallel()
			c := signedIn(t, Settings{Users: 10})
			if e, isOAuth := oauth[kind.Name]; isOAuth {
				c.order(EndpointToken, "2", kind.Name+"=-90s")
				got := c.postForm(c.form(c.assertion(nil, nil)))
				wantOAuth(t, got, e)
				if date, err := http.ParseTime(got.header.Get("Date")); err != nil || time.Since(date) < time.Minute {
					t.Errorf("Date is %v (error %v), want it 90 seconds back", date, err)
				}
				return
			}
			check, known := faultCases[kind.Name]
			if !known {
				t.Fatal("no case says what this kind does")
			}
			switch kind.Name {
			case "scope-reduced":
				c.order(EndpointToken, "2", kind.Name)
			case "delay":
				c.order(EndpointUsers, "page=2", kind.Name+"=1ms")
			case "drip":
				c.order(EndpointUsers, "page=2", kind.Name+"=1ms")
			default:
				at := EndpointUsers
				if !slices.Contains(kind.Endpoints, at) {
					at = kind.Endpoints[0]
				}
				c.order(at, "page="+strconv.Itoa(faultPage(at)), kind.Name)
			}
			check(t, c)
			if c.tenant.Stats().Struck == 0 {
				t.Error("it never struck")
			}
		})
	}
}

// faultPage is which page the cases ask for: groups and members come on one.
func faultPage(at Endpoint) int {
	if at == EndpointUsers {
		return 2
	}
	return 1
}

// order orders a fault given as text.
func (c *client) order(endpoint Endpoint, when, kind string) {
	c.t.Helper()
	fault, err := ParseFault(string(endpoint) + ":" + when + ":" + kind)
	if err != nil {
		c.t.Fatal(err)
	}
	if err := c.tenant.Order(fault); err != nil {
		c.t.Fatal(err)
	}
}

// page2 asks for page 2 by way of page 1.
func (c *client) page2() answer {
	c.t.Helper()
	return c.get(c.get("/api/v1/users?limit=4").next())
}

func answeredPage(status int, good func(answer) bool) func(*testing.T, *client) {
	return func(t *testing.T, c *client) {
		if got := c.page2(); got.status != status || got.err != nil || !good(got) {
			t.Errorf("got %v with headers %v", got, got.header)
		}
		goodAgain(t, c)
	}
}

func refusedPage(status int, code string) func(*testing.T, *client) {
	return answeredPage(status, func(a answer) bool { return a.errorCode() == code && a.header.Get("X-Okta-Request-Id") != "" })
}

// goodAgain checks that a fault for one request struck one request.
func goodAgain(t *testing.T, c *client) {
	t.Helper()
	if got := c.page2(); got.status != 200 || len(got.users(t)) != 4 {
		t.Errorf("the next request got %v", got)
	}
}

func goodPage(t *testing.T, c *client) {
	if users := c.page2().users(t); len(users) != 4 || !bytes.Equal(users[0], c.tenant.User(4)) {
		t.Errorf("got %d users, want page 2", len(users))
	}
}

func failedPage(want error) func(*testing.T, *client) {
	return func(t *testing.T, c *client) {
		// Without a new connection net/http would repeat the request by itself.
		second := c.get("/api/v1/users?limit=4").next()
		c.http.CloseIdleConnections()
		if got := c.get(second); !errors.Is(got.err, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		goodAgain(t, c)
	}
}

func brokenBody(want error) func(*testing.T, *client) {
	return func(t *testing.T, c *client) {
		if got := c.page2(); got.status != 200 || !errors.Is(got.err, want) {
			t.Errorf("got %v, want a body that ends in %v", got, want)
		}
		goodAgain(t, c)
	}
}

func givenUp(t *testing.T, c *client) {
	second := c.get("/api/v1/users?limit=4").next()
	ended := make(chan answer)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		ended <- c.doContext(ctx, http.MethodGet, second, "", map[string]string{"Authorization": "Bearer " + c.token})
	}()
	if _, err := c.tenant.Await(t.Context(), func(s Stats) bool { return s.Struck == 1 }); err != nil {
		t.Fatal(err)
	}
	cancel()
	if got := <-ended; got.err == nil {
		t.Errorf("got %v, want no end", got)
	}
	// The tenant lets go of a client that has gone.
	if _, err := c.tenant.Await(t.Context(), func(s Stats) bool { return s.InFlight == 0 }); err != nil {
		t.Error(err)
	}
	goodAgain(t, c)
}

func revokedToken(good func(answer) bool) func(*testing.T, *client) {
	return func(t *testing.T, c *client) {
		if got := c.page2(); got.status != 401 || !good(got) {
			t.Errorf("got %v with headers %v", got, got.header)
		}
		if got := c.get("/api/v1/users"); got.status != 401 {
			t.Errorf("the revoked token still works: %v", got)
		}
		if n := c.tenant.Stats().Violations[RefusedTokenReused]; n != 1 {
			t.Errorf("%d reuses of the token were counted, want 1", n)
		}
		c.signIn()
		goodAgain(t, c)
	}
}

func linkedPage(good func(c *client, next string) bool) func(*testing.T, *client) {
	return func(t *testing.T, c *client) {
		if got := c.page2(); got.status != 200 || !good(c, got.next()) {
			t.Errorf("got next %q", got.next())
		}
	}
}

func linkLines(good func([]string) bool) func(*testing.T, *client) {
	return func(t *testing.T, c *client) {
		if got := c.page2(); len(got.users(t)) != 4 || !good(got.header.Values("Link")) {
			t.Errorf("got links %q", got.header.Values("Link"))
		}
	}
}

func changedMember(good func(member, was json.RawMessage) bool) func(*testing.T, *client) {
	return func(t *testing.T, c *client) {
		users := c.page2().users(t)
		if len(users) != 4 || !good(users[0], c.tenant.User(4)) || !bytes.Equal(users[1], c.tenant.User(5)) {
			t.Errorf("got %d users, the first %.200s", len(users), users[0])
		}
	}
}

func countedGroups(good func(stats string) bool) func(*testing.T, *client) {
	return func(t *testing.T, c *client) {
		var groups []struct {
			Embedded struct{ Stats json.RawMessage } `json:"_embedded"`
		}
		got := c.get("/api/v1/groups?expand=stats")
		if err := json.Unmarshal(got.body, &groups); err != nil || len(groups) == 0 {
			t.Fatalf("got %v (error %v), want groups", got, err)
		}
		for _, group := range groups {
			if !good(string(group.Embedded.Stats)) {
				t.Errorf("got the numbers %s", group.Embedded.Stats)
			}
		}
	}
}

func isHTML(a answer) bool { return strings.HasPrefix(a.header.Get("Content-Type"), "text/html") }

func hasCause(a answer, code, cause string) bool {
	return a.errorCode() == code && strings.Contains(string(a.body), `"errorCauses":[{"errorSummary":"`+cause+`"}]`)
}

func TestFaultsStrikeWhenTheyShould(t *testing.T) {
	statuses := func(t *testing.T, fault string, paths ...string) (got []int) {
		c := signedIn(t, Settings{Users: 10})
		second := c.get("/api/v1/users?limit=4").next()
		c.order(EndpointUsers, fault, "status=503")
		for _, path := range paths {
			if path == "2" {
				path = second
			}
			got = append(got, c.get(path).status)
		}
		return got
	}
	const first = "/api/v1/users?limit=4"
	for _, test := range []struct {
		fault string
		paths []string
		want  string
	}{
		{"3", []string{first, first, first}, "200 503 200"}, // the request for the cursor was the first
		{"3-4", []string{first, first, first, first}, "200 503 503 200"},
		{"3+", []string{first, first, "2"}, "200 503 503"},
		{"*", []string{first, "2"}, "503 503"},
		{"page=2", []string{first, "2", "2", first}, "200 503 200 200"},
		{"page=2x2", []string{"2", "2", "2"}, "503 503 200"},
		{"page=2x*", []string{"2", first, "2"}, "503 200 503"},
		{"page=1-2", []string{first, "2", first, "2"}, "503 503 200 200"},
		{"page=2+", []string{first, "2", "2"}, "200 503 503"},
		{"page=1", []string{first + "&after=lost", first}, "400 503"}, // which page was meant, nobody knows
		{"page=1+x1", []string{first, first, "2", "2"}, "503 200 503 200"},
	} {
		var got []string
		for _, status := range statuses(t, test.fault, test.paths...) {
			got = append(got, http.StatusText(status))
		}
		want := strings.NewReplacer("200", "OK,", "400", "Bad Request,", "503", "Service Unavailable,").Replace(test.want)
		if strings.Join(got, ", ")+"," != want {
			t.Errorf("%s: got %q, want %s", test.fault, got, test.want)
		}
	}
}

func TestFaultsOverTLSAndHTTP2(t *testing.T) {
	for _, settings := range []Settings{{Users: 10, TLS: true}, {Users: 10, TLS: true, HTTP2: true}} {
		for _, kind := range []string{"reset", "reset-body", "truncate-chunked", "truncate-length", "truncate-gzip"} {
			c := signedIn(t, settings)
			c.order(EndpointUsers, "page=2x*", kind)
			if got := c.page2(); got.err == nil {
				t.Errorf("%s (HTTP/2: %t): got %v, want an error", kind, settings.HTTP2, got)
			}
		}
	}
}

func TestFaultsTogether(t *testing.T) {
	c := signedIn(t, Settings{Users: 10})
	c.order(EndpointUsers, "*", "date-skew=1h")
	c.order(EndpointUsers, "1", "status=503")
	c.order(EndpointUsers, "1", "status=500")
	c.order(EndpointUsers, "2", "link-missing")
	c.order(EndpointUsers, "2", "body-null")
	if got := c.get("/api/v1/users"); got.status != 503 {
		t.Errorf("got %v, want the answer ordered first", got)
	}
	got := c.get("/api/v1/users")
	date, err := http.ParseTime(got.header.Get("Date"))
	if string(got.body) != "null" || len(got.header.Values("Link")) != 0 || err != nil || time.Until(date) < 50*time.Minute {
		t.Errorf("got %v with headers %v, want all three faults", got, got.header)
	}
}

func TestFaultsAtOtherEndpoints(t *testing.T) {
	c := signedIn(t, Settings{Users: 10})
	for _, fault := range []struct {
		endpoint   Endpoint
		path, kind string
	}{
		{EndpointUserTypes, "/api/v1/meta/types/user", "body-object"},
		{EndpointGroups, "/api/v1/groups", "body-object"},
		{EndpointMembers, "/api/v1/groups/" + c.tenant.groupID(0) + "/users", "body-object"},
		{EndpointUser, "/api/v1/users/" + c.tenant.people.id(1), "body-object"},
		{EndpointDeprovisioned, deprovisionedList, "body-object"},
		{EndpointFiltered, "/api/v1/users?filter=" + url.QueryEscape(`status eq "ACTIVE"`), "body-object"},
	} {
		c.order(fault.endpoint, "1", fault.kind)
		if got := c.get(fault.path); string(got.body) != `{"users":[]}` {
			t.Errorf("%s: got %v", fault.endpoint, got)
		}
		if got := c.get(fault.path); got.status != 200 || strings.HasPrefix(string(got.body), `{"users"`) {
			t.Errorf("%s, second time: got %v", fault.endpoint, got)
		}
	}
	c.order(EndpointToken, "2", "truncate-chunked")
	if got := c.postForm(c.form(c.assertion(nil, nil))); !errors.Is(got.err, io.ErrUnexpectedEOF) {
		t.Errorf("token: got %v", got)
	}
}
