package oktatest

import (
	"net/http"
	"strings"
)

// form says which parts of a user object a response leaves in.
type form struct {
	credentials bool // with the recovery question
	transitions bool // with transitioningToStatus
}

// form reads the hint by which a client asks for less, in the odd place where
// Okta looks for it: the Content-Type of a GET, as in
// application/json; okta-response="omitCredentials,omitCredentialsLinks,omitTransitioningToStatus".
// See https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/.
func (x *exchange) form() form {
	f := form{credentials: true, transitions: true}
	_, hint, found := strings.Cut(x.r.Header.Get("Content-Type"), "okta-response=")
	if !found {
		return f
	}
	hint, _, _ = strings.Cut(hint, ";")
	for part := range strings.SplitSeq(strings.Trim(strings.TrimSpace(hint), `"`), ",") {
		switch strings.TrimSpace(part) {
		case "omitCredentials":
			f.credentials = false
		case "omitTransitioningToStatus":
			f.transitions = false
		}
	}
	return f
}

// newListing returns the list that the request asks for, nil if it asks for
// something else.
func (x *exchange) newListing() *listing {
	var l *listing
	switch {
	case x.endpoint == EndpointUsers:
		l = x.t.usersList(x.query.Get("filter"), x.form())
		x.refuseUnsupported(l, "search", "q", "sortBy", "sortOrder", "expand", "fields")
	case x.endpoint == EndpointMembers:
		l = x.t.membersList(x.path[1], x.form())
		x.refuseUnsupported(l)
	case x.endpoint == EndpointGroups && len(x.path) == 1:
		l = x.t.groupsList(x.origin(), x.query.Get("filter"), x.query.Get("expand"))
		x.refuseUnsupported(l, "search", "q", "sortBy", "sortOrder")
	case x.endpoint == EndpointUser && len(x.path) == 3 && x.path[2] == "groups":
		l = x.t.userGroupsList(x.path[1], x.origin())
	default:
		return nil
	}
	l.place(x.query, x.t.cursors)
	return l
}

// refuseUnsupported refuses what Okta has and the tenant has not, rather than
// pass over it in silence.
func (x *exchange) refuseUnsupported(l *listing, parameters ...string) {
	for _, parameter := range parameters {
		if x.query.Has(parameter) {
			l.refuse(apiError("E0000031", "The fake tenant does not support the parameter "+parameter+"."))
		}
	}
}

// plainList is GET /api/v1/users: everybody but the DEPROVISIONED.
func (t *Tenant) plainList(f form) *listing {
	return &listing{
		endpoint: EndpointUsers,
		path:     "/api/v1/users",
		key:      "users",
		to:       t.people.listed(),
		append:   func(dst []byte, i int) []byte { return t.people.appendUser(dst, i, f) },
		fallback: min(DefaultPageLimit, t.settings.PageLimit),
		most:     t.settings.PageLimit,
	}
}

// usersList is GET /api/v1/users with its filter, if any.
func (t *Tenant) usersList(expression string, f form) *listing {
	l := t.plainList(f)
	if expression == "" {
		return l
	}
	l.filter, l.key, l.to = expression, "users?"+expression, t.people.total()
	l.endpoint = EndpointFiltered
	parsed, err := parseFilter(expression)
	switch {
	case err != nil:
		l.refuse(apiError("E0000031", "Invalid filter: "+err.Error()))
	case parsed == filter{attribute: "status", operator: "eq", value: statusDeprovisioned}:
		l.endpoint = EndpointDeprovisioned
		l.from = t.people.listed()
	default:
		l.match = func(i int) bool { return parsed.matches(t.people, i) }
	}
	return l
}

// user answers the paths below /api/v1/users/.
func (x *exchange) user() {
	if x.listing != nil {
		x.list()
		return
	}
	if len(x.path) != 2 {
		x.refuse(apiError("E0000008"))
		return
	}
	// users/me is not open to an app, which is no user: Okta finds nobody.
	i, found := x.t.people.find(x.path[1])
	if !found {
		x.refuse(notFound(x.path[1], "User"))
		return
	}
	x.json(http.StatusOK, x.t.people.appendUser(nil, i, x.form()))
}
