package oktatest

import (
	"crypto/rand"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// Endpoint names a group of paths that are counted together, in [Stats] and for
// faults.
type Endpoint string

// The endpoints.
const (
	EndpointToken         Endpoint = "token"         // POST /oauth2/v1/token
	EndpointUsers         Endpoint = "users"         // the plain list of users
	EndpointDeprovisioned Endpoint = "deprovisioned" // the list of users with filter=status eq "DEPROVISIONED"
	EndpointFiltered      Endpoint = "filtered"      // the list of users with any other filter
	EndpointUser          Endpoint = "user"          // one user, and a user's groups
	EndpointUserTypes     Endpoint = "usertypes"     // user types
	EndpointGroups        Endpoint = "groups"        // groups, one or all
	EndpointMembers       Endpoint = "members"       // a group's users
	EndpointOther         Endpoint = "other"         // any other path
)

// endpoints are those that a fault may name.
var endpoints = []Endpoint{
	EndpointToken, EndpointUsers, EndpointDeprovisioned, EndpointFiltered, EndpointUser,
	EndpointUserTypes, EndpointGroups, EndpointMembers, EndpointOther,
}

// exchange is one request and what becomes of it.
type exchange struct {
	t         *Tenant
	w         http.ResponseWriter
	r         *http.Request
	control   *http.ResponseController
	requestID string
	endpoint  Endpoint
	path      []string // of a path below /api/v1, in pieces
	query     url.Values
	listing   *listing   // what a list request asks for; nil for other requests
	body      url.Values // of a request for a token
	bodyRead  bool       // it was a form within the limit
	plan      plan       // what faults make of it
}

// plan is what the faults that struck a request have laid down for it.
type plan struct {
	delay  time.Duration
	skew   time.Duration         // of the Date header
	grants []string              // the scopes a token is cut down to, if not nil
	answer func()                // given instead of the endpoint's own
	links  []func()              // changes to the Link header
	bodies []func([]byte) []byte // changes to the body
	send   func(body []byte)     // how a changed response leaves
}

// handle is the tenant's only handler: count, wait, strike, answer.
func (t *Tenant) handle(w http.ResponseWriter, r *http.Request) {
	x := t.newExchange(w, r)
	n, inFlight := t.stats.begin(x)
	defer t.stats.end(x)
	t.noteManners(x)
	if x.endpoint == EndpointToken {
		// Before anything else: net/http notices that a client has gone only
		// once the body is read.
		x.body, x.bodyRead = readForm(r)
		t.noteAssertion(x.body.Get("client_assertion"))
	}
	t.faults.strike(x, n)
	if !t.pause(r, x.latency()+x.plan.delay) {
		return
	}
	x.shiftDate(x.plan.skew)
	switch {
	case x.plan.answer != nil:
		x.plan.answer()
	case inFlight > t.settings.Concurrency:
		x.refuseConcurrency()
	case x.endpoint == EndpointToken:
		x.token()
	default:
		x.api()
	}
}

// shiftDate sets the Date header as a tenant with another clock would send it.
// It is the time of the answer, not of the request.
func (x *exchange) shiftDate(skew time.Duration) {
	x.w.Header().Set("Date", x.t.settings.Clock().Add(skew).UTC().Format(http.TimeFormat))
}

// latency is what the settings add to every response of the management API.
func (x *exchange) latency() time.Duration {
	if x.endpoint == EndpointToken {
		return 0
	}
	return x.t.settings.Latency
}

func (t *Tenant) newExchange(w http.ResponseWriter, r *http.Request) *exchange {
	x := &exchange{t: t, w: w, r: r, control: http.NewResponseController(w), requestID: newRequestID(), query: r.URL.Query()}
	h := w.Header()
	h.Set("X-Okta-Request-Id", x.requestID)
	h.Set("Cache-Control", "no-cache, no-store")
	h.Set("Pragma", "no-cache")
	h.Set("Expires", "0")
	h.Set("Vary", "Accept-Encoding")
	x.endpoint = EndpointOther
	if r.URL.Path == tokenPath {
		x.endpoint = EndpointToken
	}
	if rest, ok := strings.CutPrefix(r.URL.Path, "/api/v1/"); ok {
		x.path = strings.Split(rest, "/")
		x.endpoint = apiEndpoint(x.path)
	}
	if listed := x.newListing(); listed != nil {
		x.listing = listed
		x.endpoint = listed.endpoint
	}
	return x
}

func apiEndpoint(path []string) Endpoint {
	switch {
	case path[0] == "users" && len(path) == 1:
		return EndpointUsers // or one of the filtered lists, which newListing tells apart
	case path[0] == "users":
		return EndpointUser
	case path[0] == "groups" && len(path) == 3 && path[2] == "users":
		return EndpointMembers
	case path[0] == "groups":
		return EndpointGroups
	case len(path) >= 3 && path[0] == "meta" && path[1] == "types" && path[2] == "user":
		return EndpointUserTypes
	}
	return EndpointOther
}

// api answers the management API: method, token, rate limit, scope, role, and
// then the resource.
func (x *exchange) api() {
	if x.path == nil {
		x.unknownPath()
		return
	}
	if x.r.Method != http.MethodGet {
		x.refuse(apiError("E0000022"))
		return
	}
	token, ok := x.authenticate()
	if !ok || !x.countAgainstLimit() || !x.authorize(token) {
		return
	}
	switch x.endpoint {
	case EndpointUsers, EndpointDeprovisioned, EndpointFiltered, EndpointMembers:
		x.list()
	case EndpointUser:
		x.user()
	case EndpointUserTypes:
		x.userTypes()
	case EndpointGroups:
		x.groups()
	default:
		x.refuse(apiError("E0000008"))
	}
}

// unknownPath answers what lies outside the token endpoint and /api/v1. Custom
// authorization servers need a licence that this org does not have; they could
// not issue okta.* scopes if it had.
func (x *exchange) unknownPath() {
	if strings.HasPrefix(x.r.URL.Path, "/oauth2/") {
		x.refuse(apiError("E0000015"))
		return
	}
	x.refuse(apiError("E0000008"))
}

// pause waits, and reports whether the request is still worth an answer.
func (t *Tenant) pause(r *http.Request, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
	case <-t.stopped:
	}
	return false
}

// handleElsewhere answers for the host that must never see a token.
func (t *Tenant) handleElsewhere(w http.ResponseWriter, r *http.Request) {
	t.stats.elsewhere(r)
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte("[]")) // the client may have gone
}

// newRequestID looks like Okta's: 16 random bytes in base64url.
func newRequestID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see crypto/rand
	return base64.RawURLEncoding.EncodeToString(b[:])
}
