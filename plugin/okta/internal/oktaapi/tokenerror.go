package oktaapi

import "net/http"

// TokenError reads a refusal of the token endpoint: any response that is not a 200 with a token. It decides by HTTP
// 429 first, then by the OAuth error, and by its description only to tell rows of one OAuth error apart; a wording
// that is not known here leads to a general reason of the same OAuth error. Source of the rows:
// https://developer.okta.com/docs/reference/error-codes/ (OAuth 2.0) and Okta's support articles.
//
// secrets are values that were sent and must not come back in the description, such as the client assertion. The
// response's body must have been read already and is given as body; it may be empty.
func TokenError(resp *http.Response, body []byte, secrets ...string) *Error {
	r := readRefusal(resp, body, secrets)
	if e := r.fromSomebodyElse(); e != nil {
		return e
	}
	if r.status == http.StatusTooManyRequests {
		return r.tooManyRequests(ReasonTokenRateLimited)
	}
	if r.oauthError != "" {
		return r.byOAuthError()
	}
	if r.errorCode != "" {
		return r.byErrorCode(ReasonTokenRateLimited)
	}
	switch {
	case r.status >= 500:
		return r.newError(ReasonTokenServerError, "Okta's token endpoint met an error of its own", RetryAfterDelay)
	case r.status < 300:
		return r.newError(ReasonTokenResponseUnreadable, "the token endpoint's answer holds no access token", RetryNever)
	}
	return r.newError(ReasonTokenRefused, "Okta's token endpoint refused the request without saying why", RetryNever)
}

func (r refusal) byOAuthError() *Error {
	switch r.oauthError {
	case "invalid_client":
		return r.invalidClient()
	case "invalid_request":
		return r.invalidRequest()
	case "invalid_scope":
		return r.invalidScope()
	case "consent_required":
		return r.newError(ReasonConsentMissing, "none of the requested scopes is granted to the app", RetryNever)
	case "unauthorized_client":
		return r.newError(ReasonGrantTypeNotAllowed, "the app may not use the client credentials grant", RetryNever)
	case "unsupported_grant_type":
		return r.newError(ReasonGrantTypeUnsupported, "the server does not know the client credentials grant", RetryNever)
	case "invalid_dpop_proof", "use_dpop_nonce":
		return r.proofRefused()
	case "access_denied":
		return r.accessDenied()
	case "temporarily_unavailable":
		return r.newError(ReasonTokenTemporarilyUnavailable, "Okta's token endpoint is overloaded or under maintenance", RetryAfterDelay)
	case "server_error":
		return r.newError(ReasonTokenServerError, "Okta's token endpoint met an error of its own", RetryAfterDelay)
	}
	return r.newError(ReasonTokenRefused, "Okta's token endpoint refused the request", RetryNever)
}

// invalidClient tells apart the rows of invalid_client. The first row that fits wins, so the order is from the most
// specific wording to the least.
func (r refusal) invalidClient() *Error {
	for _, row := range invalidClientRows {
		for _, words := range row.anyOf {
			if r.says(words...) {
				return r.newError(row.reason, row.detail, row.retry)
			}
		}
	}
	return r.newError(ReasonClientAuthenticationFailed, "Okta does not accept the app's credentials", RetryNever)
}

// invalidClientRow recognises one cause of invalid_client: a description that holds all words of one of the sets.
type invalidClientRow struct {
	anyOf  [][]string
	reason string
	detail string
	retry  RetryKind
}

var invalidClientRows = []invalidClientRow{
	{
		[][]string{{"already been used"}, {"already used"}, {"replay"}},
		ReasonAssertionReplayed,
		"Okta has seen the client assertion before", RetryWithNewAssertion,
	},
	{
		[][]string{{"too far", "future"}, {"is expired"}, {"has expired"}, {"issued before", "current time"}, {"not yet valid"}, {"issued", "future"}},
		ReasonClockSkew,
		"Okta does not accept the time in the client assertion: this machine's clock and Okta's differ", RetryWithServiceTime,
	},
	{
		[][]string{{"'exp' claim"}, {"exp claim"}, {"must contain", "exp"}},
		ReasonAssertionExpiryMissing,
		"Okta found no expiry time in the client assertion", RetryNever,
	},
	{
		[][]string{{"audience"}, {"'aud'"}},
		ReasonAssertionAudienceRejected,
		"Okta knows this org by another address than the configured domain", RetryNever,
	},
	{
		[][]string{{"issuer"}, {"subject"}, {"'iss'"}, {"'sub'"}},
		ReasonAssertionIssuerRejected,
		"Okta does not take the client id in the client assertion for one of this org", RetryNever,
	},
	{
		[][]string{{"signature algorithm"}, {"algorithm", "invalid"}},
		ReasonAssertionAlgorithmRejected,
		"the signature algorithm does not fit the public key registered for the app", RetryNever,
	},
	{
		[][]string{{"signature"}},
		ReasonSignatureInvalid,
		"the private key does not belong to the public key registered for the app", RetryNever,
	},
	{
		[][]string{{"jwks_uri", "retriev"}, {"jwks_uri", "fetch"}, {"jwks_uri", "connect"}, {"jwks_uri", "timed out"}},
		ReasonKeysURLUnreachable,
		"Okta could not fetch the app's public keys from their URL", RetryAfterDelay,
	},
	{
		[][]string{{"jwks_uri", "unique"}, {"jwks_uri", "ambiguous"}, {"jwks_uri", "multiple"}},
		ReasonKeysURLAmbiguous,
		"several public keys at the app's keys URL fit, and Okta cannot tell which one is meant", RetryNever,
	},
	{
		[][]string{{"jwks_uri"}},
		ReasonKeysURLNoKey,
		"the app's keys URL holds no public key that fits", RetryNever,
	},
	{
		[][]string{{"'use'"}, {"key use"}, {"signing key"}},
		ReasonClientKeyUse,
		"the public key registered for the app is not meant for signatures", RetryNever,
	},
	{
		[][]string{{"jwkset", "not have"}, {"jwkset", "not configured"}, {"no jwkset"}, {"jwkset", "requires"}},
		ReasonClientKeysMissing,
		"no public key is registered for the app", RetryNever,
	},
	{
		[][]string{{"jwkset"}},
		ReasonClientKeysInvalid,
		"the public keys registered for the app are unusable", RetryNever,
	},
	{
		[][]string{{"jwt kid"}, {"'kid'"}, {"kid is invalid"}},
		ReasonKeyIDUnknown,
		"the app has no active public key with this key id", RetryNever,
	},
	{
		[][]string{{"parsing"}, {"malformed"}},
		ReasonAssertionUnreadable,
		"Okta could not read the client assertion", RetryNever,
	},
	{
		[][]string{{"application_type"}, {"application type"}},
		ReasonClientNotServiceApp,
		"the app is not an API Services app", RetryNever,
	},
	{
		[][]string{{"private_key_jwt"}, {"token_endpoint_auth_method"}},
		ReasonClientAuthenticationMethod,
		"the app is set to a client secret and not to a public/private key", RetryNever,
	},
	{
		[][]string{{"no client credentials"}},
		ReasonClientCredentialsMissing,
		"Okta found no credentials in the request", RetryNever,
	},
	{
		[][]string{{"'client_id'"}, {"invalid value", "client_id"}},
		ReasonClientUnknown,
		"the org has no app with this client id", RetryNever,
	},
}

// accessDenied tells the network zones of an app from the policies of an org
// (https://support.okta.com/help/s/article/network-restrictions-for-oauth-token-endpoint).
func (r refusal) accessDenied() *Error {
	if r.says("network zone") {
		return r.newError(ReasonNetworkZoneBlocked, "this machine's address is outside the network zones that the app permits", RetryNever)
	}
	return r.newError(ReasonAccessDenied, "a policy of the org denies the app access", RetryNever)
}

func (r refusal) invalidRequest() *Error {
	switch {
	case r.says("dpop"):
		return r.proofLost()
	case r.status == http.StatusUnauthorized, r.says("multiple", "credentials"), r.says("more than one", "credentials"), r.says("several", "credentials"):
		return r.newError(ReasonClientCredentialsRepeated, "Okta saw several client credentials in one request", RetryNever)
	}
	return r.newError(ReasonTokenRequestInvalid, "Okta does not understand the token request", RetryNever)
}

func (r refusal) invalidScope() *Error {
	switch {
	case r.says("no scopes"):
		return r.newError(ReasonScopesNotRequested, "the token request names no scope", RetryNever)
	case r.says("not configured"), r.says("unknown"):
		return r.newError(ReasonScopeUnknown, "the org does not know one of the requested scopes", RetryNever)
	}
	return r.newError(ReasonScopeInvalid, "Okta does not give out one of the requested scopes in this way", RetryNever)
}
