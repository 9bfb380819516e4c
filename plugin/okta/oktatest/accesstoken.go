package oktatest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// accessClaims are those of an org authorization server's access token. Clients
// must not look inside; the tenant does, instead of remembering its tokens.
type accessClaims struct {
	jwt.RegisteredClaims
	Version  int      `json:"ver"`
	ClientID string   `json:"cid"`
	Scopes   []string `json:"scp"`
	// Bound is set for a token that is of use with DPoP proofs only.
	Bound *confirmation `json:"cnf,omitempty"`
}

// maxRefusedTokens bounds the memory for tokens that faults revoked. An hour at
// the token endpoint's rate brings 9,000.
const maxRefusedTokens = 10_000

// issue answers with a new access token: bound to the key of a thumbprint, or a
// Bearer token where that is empty.
func (x *exchange) issue(scopes []string, thumbprint string) {
	now, life := x.t.settings.Clock(), x.t.settings.TokenLifetime
	kind := "Bearer"
	var bound *confirmation
	if thumbprint != "" {
		kind, bound = "DPoP", &confirmation{thumbprint}
		x.w.Header().Set("DPoP-Nonce", x.t.nonces()[0])
	}
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, accessClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			ID:        "AT." + newRequestID(),
			Issuer:    x.origin(),
			Audience:  jwt.ClaimStrings{x.origin()},
			Subject:   x.t.app.clientID,
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(life)),
		},
		Version:  1,
		ClientID: x.t.app.clientID,
		Scopes:   scopes,
		Bound:    bound,
	})
	token.Header["typ"], token.Header["kid"] = "application/okta-internal-at+jwt", "org-signing-key"
	signed, err := token.SignedString(x.t.app.signer)
	if err != nil {
		x.refuseToken(errUnavailable)
		return
	}
	x.t.stats.count(func(s *Stats) { s.TokensIssued++ })
	x.json(http.StatusOK, mustJSON(struct {
		TokenType   string `json:"token_type"`
		ExpiresIn   int    `json:"expires_in"`
		AccessToken string `json:"access_token"`
		Scope       string `json:"scope"`
	}{kind, int(life / time.Second), signed, strings.Join(scopes, " ")}))
}

// authenticate checks the request's access token. If it is not good the request
// has been answered.
func (x *exchange) authenticate() (*accessClaims, bool) {
	scheme, signed := credentialsOf(x.r)
	switch {
	case scheme == "":
		x.refuse(apiError("E0000005"))
		return nil, false
	case scheme != "Bearer" && scheme != "DPoP": // SSWS is for API tokens
		x.refuse(apiError("E0000011"))
		return nil, false
	}
	if x.t.app.isRefused(signed) {
		x.t.stats.violation(RefusedTokenReused)
		x.refuseExpired(x.t.settings.Expired)
		return nil, false
	}
	claims := &accessClaims{}
	parser := jwt.NewParser(jwt.WithValidMethods([]string{"RS256"}), jwt.WithExpirationRequired(), jwt.WithTimeFunc(x.t.settings.Clock))
	_, err := parser.ParseWithClaims(signed, claims, func(*jwt.Token) (any, error) { return &x.t.app.signer.PublicKey, nil })
	if err != nil || claims.ClientID != x.t.app.clientID {
		x.refuseToken401()
		return nil, false
	}
	switch {
	case claims.Bound == nil && scheme != "Bearer":
		x.refuse(apiError("E0000011"))
		return nil, false
	case claims.Bound != nil && !x.proveAccess(signed, scheme, *claims.Bound):
		return nil, false
	}
	return claims, true
}

// refuseToken401 refuses the request's token and remembers that.
func (x *exchange) refuseToken401() {
	_, signed := credentialsOf(x.r)
	x.t.app.refuse(signed)
	x.refuseExpired(x.t.settings.Expired)
}

func (x *exchange) refuseExpired(as Refusal401) {
	x.resetRates()
	if as == RefuseWithBody {
		x.refuse(apiError("E0000011"))
		return
	}
	x.challenge(x.scheme(), "", "invalid_token", "The token has expired.")
	x.empty(http.StatusUnauthorized)
}

// scheme is the one by which the request's token should be used.
func (x *exchange) scheme() string {
	if scheme, _ := credentialsOf(x.r); scheme == "DPoP" {
		return scheme
	}
	return "Bearer"
}

// challenge sets WWW-Authenticate in the form that Okta documents, http and all.
// For DPoP it names the algorithms of proofs first (okta/okta-sdk-golang issue 468).
func (x *exchange) challenge(scheme, scope, code, description string) {
	if scheme == "DPoP" {
		scheme = fmt.Sprintf("DPoP algs=%q,", strings.Join(assertionAlgorithms, " "))
	}
	host := x.r.Host
	value := fmt.Sprintf(`%s authorization_uri="http://%s/oauth2/v1/authorize", realm="http://%s"`, scheme, host, host)
	if scope != "" {
		value += fmt.Sprintf(`, scope=%q`, scope)
	}
	value += fmt.Sprintf(`, error=%q, error_description=%q, resource=%q`, code, description, x.r.URL.Path)
	x.w.Header().Set("WWW-Authenticate", value)
}

// refuseScope answers as Okta does when the token lacks a scope: no body.
func (x *exchange) refuseScope(scope string) {
	x.challenge(x.scheme(), scope, "insufficient_scope", "The access token provided does not contain the required scopes.")
	x.empty(http.StatusForbidden)
}

// authorize checks scope and role. If they do not suffice the request has been
// answered.
func (x *exchange) authorize(token *accessClaims) bool {
	scope := neededScope(x.endpoint)
	if scope != "" && !slices.Contains(token.Scopes, scope) {
		x.refuseScope(scope)
		return false
	}
	switch {
	case x.t.settings.Role == RoleMissing403:
		x.refuse(apiError("E0000006"))
		return false
	case x.t.settings.Role == RoleMissingEmpty && x.listing != nil && x.listing.err == nil:
		x.emptyList()
		return false
	case x.t.settings.Role == RoleMissingEmpty && (x.endpoint == EndpointUser || x.endpoint == EndpointGroups):
		x.refuse(notFound(x.path[1], "Resource"))
		return false
	}
	return true
}

func neededScope(endpoint Endpoint) string {
	switch endpoint {
	case EndpointUsers, EndpointDeprovisioned, EndpointFiltered, EndpointUser:
		return ScopeUsersRead
	case EndpointGroups, EndpointMembers:
		return ScopeGroupsRead
	case EndpointUserTypes:
		return ScopeUserTypesRead
	}
	return ""
}

func (a *app) refuse(token string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.refused) >= maxRefusedTokens {
		clear(a.refused) // they are checked by signature and time anyway
	}
	a.refused[token] = true
}

func (a *app) isRefused(token string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.refused[token]
}
