package oktatest

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	tokenPath = "/oauth2/v1/token"
	// maxFormBytes is some ten times an assertion signed with a large RSA key.
	maxFormBytes = 64 << 10

	assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" // RFC 7523 section 2.2
)

// grantTypes are those that Okta knows but an API Services app is not set up for.
var grantTypes = []string{
	"authorization_code", "refresh_token", "password", "implicit",
	"urn:ietf:params:oauth:grant-type:device_code",
	"urn:ietf:params:oauth:grant-type:token-exchange",
	"urn:ietf:params:oauth:grant-type:jwt-bearer",
}

// oktaScope is the form of the scopes of Okta's own API. The full list is long
// and grows, so the form decides whether a scope is known.
var oktaScope = regexp.MustCompile(`^okta\.[a-zA-Z]+(\.[a-zA-Z]+)*\.(read|manage)$`)

// token answers POST /oauth2/v1/token.
func (x *exchange) token() {
	if x.r.Method != http.MethodPost {
		x.refuse(apiError("E0000022"))
		return
	}
	if !x.countAgainstLimit() {
		return
	}
	scopes, thumbprint, refusal := x.t.authorizeClient(x)
	if refusal != nil {
		x.refuseToken(*refusal)
		return
	}
	if x.plan.grants != nil {
		scopes = intersect(scopes, x.plan.grants)
	}
	x.issue(scopes, thumbprint)
}

// readForm reads the request's body, and reports whether it was a form within
// the limit.
func readForm(r *http.Request) (url.Values, bool) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return url.Values{}, false
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxFormBytes+1))
	if err != nil || len(body) > maxFormBytes {
		return url.Values{}, false
	}
	form, err := url.ParseQuery(string(body))
	return form, err == nil
}

// authorizeClient decides a request for a token: the scopes to grant and the
// thumbprint of the key to bind it to, empty for none, or the refusal.
func (t *Tenant) authorizeClient(x *exchange) (scopes []string, thumbprint string, refusal *oauthError) {
	if refusal := checkForm(x); refusal != nil {
		return nil, "", refusal
	}
	if refusal := checkGrantType(x.body.Get("grant_type")); refusal != nil {
		return nil, "", refusal
	}
	if refusal := t.authenticateClient(x, x.body); refusal != nil {
		return nil, "", refusal
	}
	if thumbprint, refusal = t.bind(x); refusal != nil {
		return nil, "", refusal
	}
	scopes, refusal = t.grant(x.body.Get("scope"))
	return scopes, thumbprint, refusal
}

func checkForm(x *exchange) *oauthError {
	if len(x.query) > 0 {
		return &errInQuery
	}
	if !x.bodyRead {
		return &errInvalidRequest
	}
	for _, values := range x.body {
		if len(values) > 1 {
			return &errRepeated
		}
	}
	return nil
}

func checkGrantType(grantType string) *oauthError {
	switch {
	case grantType == "client_credentials":
		return nil
	case grantType == "":
		return &errInvalidRequest
	case slices.Contains(grantTypes, grantType):
		return &errUnauthorizedClient
	}
	return &errUnsupportedGrant
}

// authenticateClient checks that the client proves itself by an assertion and
// by nothing else.
func (t *Tenant) authenticateClient(x *exchange, body url.Values) *oauthError {
	header, secret := x.r.Header.Get("Authorization") != "", body.Has("client_secret")
	assertion := body.Get("client_assertion")
	switch {
	case assertion != "" && (header || secret), header && secret:
		return &errMultipleAuth
	case header || secret:
		return &errSecretAuth
	case assertion == "" && body.Has("client_id") && body.Get("client_id") != t.app.clientID:
		return &errUnknownClient
	case assertion == "":
		return &errNoCredentials
	case body.Get("client_assertion_type") != assertionType:
		return &errInvalidRequest
	case body.Has("client_id") && body.Get("client_id") != t.app.clientID:
		return &errUnknownClient
	}
	return t.checkAssertion(assertion, x.origin()+tokenPath)
}

// grant cuts the requested scopes down to the consented ones.
func (t *Tenant) grant(requested string) ([]string, *oauthError) {
	scopes := strings.Fields(requested)
	if len(scopes) == 0 {
		return nil, &errNoScopes
	}
	for _, scope := range scopes {
		if !oktaScope.MatchString(scope) {
			return nil, &errInvalidScope
		}
	}
	granted := intersect(scopes, t.settings.Grants)
	if len(granted) == 0 {
		return nil, &errConsentRequired
	}
	return granted, nil
}

func intersect(scopes, allowed []string) []string {
	var both []string
	for _, scope := range scopes {
		if slices.Contains(allowed, scope) && !slices.Contains(both, scope) {
			both = append(both, scope)
		}
	}
	return both
}
