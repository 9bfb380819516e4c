package oktatest

// oauthError is a refusal of the token endpoint.
type oauthError struct {
	name        string // how a fault asks for it
	status      int
	code        string // the "error" member
	description string
}

// The refusals that the tenant gives of its own accord. Wordings are those of
// https://developer.okta.com/docs/reference/error-codes/ (OAuth 2.0 errors).
var (
	errUnknownClient      = oauthError{"unknown-client", 401, "invalid_client", "Invalid value for 'client_id' parameter."}
	errNoCredentials      = oauthError{"no-credentials", 401, "invalid_client", "No client credentials found."}
	errSecretAuth         = oauthError{"secret-auth", 401, "invalid_client", "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method."}
	errIssuer             = oauthError{"issuer", 401, "invalid_client", "The issuer claim for client_assertion is not a valid client_id."}
	errSubject            = oauthError{"subject", 401, "invalid_client", "The subject claim for client_assertion is not a valid client_id."}
	errAudience           = oauthError{"audience", 401, "invalid_client", "The audience claim for client_assertion must be the endpoint invoked for the request."}
	errExpMissing         = oauthError{"exp-missing", 401, "invalid_client", "The client_assertion must contain the 'exp' claim as seconds since epoch."}
	errAssertionExpired   = oauthError{"assertion-expired", 401, "invalid_client", "The client_assertion token is expired."}
	errExpTooFar          = oauthError{"exp-too-far", 401, "invalid_client", "The client_assertion token has an expiration too far into the future."}
	errIssuedInFuture     = oauthError{"issued-in-future", 401, "invalid_client", "The client_assertion token must be issued before the current time."}
	errAssertionUsed      = oauthError{"assertion-used", 401, "invalid_client", "The client_assertion token has already been used."}
	errSignature          = oauthError{"signature", 401, "invalid_client", "The client_assertion signature is invalid."}
	errUnparsable         = oauthError{"unparsable", 401, "invalid_client", "The parsing of the client_assertion failed."}
	errKid                = oauthError{"kid", 401, "invalid_client", "The client_assertion JWT kid is invalid."}
	errAlgorithm          = oauthError{"algorithm", 401, "invalid_client", "The client_assertion JWT signature algorithm is invalid."}
	errMultipleAuth       = oauthError{"multiple-credentials", 401, "invalid_request", "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body."}
	errInvalidRequest     = oauthError{"invalid_request", 400, "invalid_request", "Invalid request"}
	errRepeated           = oauthError{"repeated-parameter", 400, "invalid_request", "The request contained multiple parameters with the same name."}
	errInQuery            = oauthError{"credentials-in-query", 400, "invalid_request", "Client credentials cannot be supplied via query parameters."}
	errNoScopes           = oauthError{"no-scopes", 400, "invalid_scope", "No scopes were requested."}
	errInvalidScope       = oauthError{"invalid_scope", 400, "invalid_scope", "One or more scopes are not configured for the authorization server resource."}
	errConsentRequired    = oauthError{"consent_required", 400, "consent_required", "You are not allowed any of the requested scopes."}
	errUnauthorizedClient = oauthError{"unauthorized_client", 400, "unauthorized_client", "The client is not authorized to use the provided grant type."}
	errUnsupportedGrant   = oauthError{"unsupported_grant_type", 400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server."}
	errDPoPMissing        = oauthError{"invalid_dpop_proof", 400, "invalid_dpop_proof", "The DPoP proof JWT header is missing."}
	errDPoPNonce          = oauthError{"use_dpop_nonce", 400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof."}
	errUnavailable        = oauthError{"temporarily_unavailable", 400, "temporarily_unavailable", "The server is temporarily unable to handle the request due to maintenance or overloading."}
)

// oauthErrors are all refusals that can be ordered: the ones above, and those
// that depend on how an app or an org is set up.
var oauthErrors = []oauthError{
	errUnknownClient, errNoCredentials,
	{"invalid_client", 401, "invalid_client", "Client authentication failed. Either the client or the client credentials are invalid."},
	errSecretAuth,
	{"not-service-app", 401, "invalid_client", "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server."},
	errIssuer, errSubject, errAudience, errExpMissing, errAssertionExpired, errExpTooFar, errIssuedInFuture,
	errAssertionUsed, errSignature, errUnparsable, errKid, errAlgorithm,
	{"jwkset-invalid", 401, "invalid_client", "The client JWKSet is invalid."},
	{"jwkset-missing", 401, "invalid_client", "The client does not have a JWKSet configured, but the client_assertion requires one."},
	{"key-use", 401, "invalid_client", "The public key being used for client assertion has an invalid 'use' parameter. Valid values for the 'use' parameter are sig."},
	{"jwks-fetch", 401, "invalid_client", "Error retrieving the client JWKSet from jwks_uri."},
	{"jwks-empty", 401, "invalid_client", "The client JWKSet from jwks_uri must contain at least one key."},
	{"jwks-ambiguous", 401, "invalid_client", "All keys in the client JWKSet from jwks_uri must have a unique kid."},
	errMultipleAuth, errInvalidRequest, errRepeated, errInQuery, errNoScopes, errInvalidScope, errConsentRequired,
	errUnauthorizedClient, errUnsupportedGrant, errDPoPMissing, errDPoPNonce,
	{"dpop-htu", 400, "invalid_dpop_proof", wrongClaim("htu").description},
	{"dpop-iat", 400, "invalid_dpop_proof", wrongClaim("iat").description},
	{"access_denied", 403, "access_denied", "The request is made from outside the client's permitted network zones."},
	errUnavailable,
	{"server_error", 500, "server_error", "The authorization server encountered an unexpected condition that prevented it from fulfilling the request."},
}

// refuseToken answers with an error of the token endpoint.
func (x *exchange) refuseToken(e oauthError) {
	if e.code == errDPoPNonce.code {
		nonce := x.t.nonces()[0]
		if x.plan.answer != nil { // by order: another one each time
			nonce = "nonce-" + x.requestID
		}
		x.w.Header().Set("DPoP-Nonce", nonce)
	}
	x.json(e.status, mustJSON(struct {
		Error            string `json:"error"`
		ErrorDescription string `json:"error_description"`
	}{e.code, e.description}))
}
