package oktaapi

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// tokenRow is one row of Okta's table of errors of the token endpoint.
type tokenRow struct {
	status      int
	code        string
	description string
	reason      string
	retry       RetryKind
}

var tokenRows = []tokenRow{
	{401, "invalid_client", "Invalid value for 'client_id' parameter.", ReasonClientUnknown, RetryNever},
	{401, "invalid_client", "No client credentials found.", ReasonClientCredentialsMissing, RetryNever},
	{401, "invalid_client", "Client authentication failed. Either the client or the client credentials are invalid.", ReasonClientAuthenticationFailed, RetryNever},
	{401, "invalid_client", "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.", ReasonClientAuthenticationMethod, RetryNever},
	{401, "invalid_client", "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.", ReasonClientNotServiceApp, RetryNever},
	{401, "invalid_client", "The issuer claim for client_assertion is not a valid client_id.", ReasonAssertionIssuerRejected, RetryNever},
	{401, "invalid_client", "The subject claim for client_assertion is not a valid client_id.", ReasonAssertionIssuerRejected, RetryNever},
	{401, "invalid_client", "The audience claim for client_assertion must be the endpoint invoked for the request.", ReasonAssertionAudienceRejected, RetryNever},
	{401, "invalid_client", "The client_assertion must contain the 'exp' claim as seconds since epoch.", ReasonAssertionExpiryMissing, RetryNever},
	{401, "invalid_client", "The client_assertion token is expired.", ReasonClockSkew, RetryWithServiceTime},
	{401, "invalid_client", "The client_assertion token has an expiration too far into the future.", ReasonClockSkew, RetryWithServiceTime},
	{401, "invalid_client", "The client_assertion token must be issued before the current time.", ReasonClockSkew, RetryWithServiceTime},
	{401, "invalid_client", "The client_assertion token has already been used.", ReasonAssertionReplayed, RetryWithNewAssertion},
	{401, "invalid_client", "The client_assertion signature is invalid.", ReasonSignatureInvalid, RetryNever},
	{401, "invalid_client", "The parsing of the client_assertion failed.", ReasonAssertionUnreadable, RetryNever},
	{401, "invalid_client", "The client_assertion JWT kid is invalid.", ReasonKeyIDUnknown, RetryNever},
	{401, "invalid_client", "The client_assertion JWT signature algorithm is invalid.", ReasonAssertionAlgorithmRejected, RetryNever},
	{401, "invalid_client", "The client JWKSet is invalid.", ReasonClientKeysInvalid, RetryNever},
	{401, "invalid_client", "The client does not have a JWKSet configured, but the client_assertion requires one.", ReasonClientKeysMissing, RetryNever},
	{401, "invalid_client", "The public key being used for client assertion has an invalid 'use' parameter. Valid values for the 'use' parameter are sig.", ReasonClientKeyUse, RetryNever},
	{401, "invalid_client", "The client_assertion JWT needs to be signed using a signing key.", ReasonClientKeyUse, RetryNever},
	{401, "invalid_client", "Error retrieving the client JWKSet from jwks_uri.", ReasonKeysURLUnreachable, RetryAfterDelay},
	{401, "invalid_client", "The client JWKSet from jwks_uri must contain at least one key.", ReasonKeysURLNoKey, RetryNever},
	{401, "invalid_client", "All keys in the client JWKSet from jwks_uri must have a unique kid.", ReasonKeysURLAmbiguous, RetryNever},
	{401, "invalid_client", "A sentence that nobody has seen yet.", ReasonClientAuthenticationFailed, RetryNever},
	{401, "invalid_client", "", ReasonClientAuthenticationFailed, RetryNever},
	{401, "invalid_request", "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.", ReasonClientCredentialsRepeated, RetryNever},
	{400, "invalid_request", "Invalid value for 'client_assertion_type' parameter.", ReasonTokenRequestInvalid, RetryNever},
	{400, "invalid_request", "The request contained multiple parameters with the same name.", ReasonTokenRequestInvalid, RetryNever},
	{400, "invalid_request", "Client credentials cannot be supplied via query parameters.", ReasonTokenRequestInvalid, RetryNever},
	{400, "invalid_scope", "No scopes were requested.", ReasonScopesNotRequested, RetryNever},
	{400, "invalid_scope", "One or more scopes are not configured for the authorization server resource.", ReasonScopeUnknown, RetryNever},
	{400, "invalid_scope", "The openid scope cannot be used with the client credentials grant.", ReasonScopeInvalid, RetryNever},
	{400, "consent_required", "You are not allowed any of the requested scopes.", ReasonConsentMissing, RetryNever},
	{400, "unauthorized_client", "The client is not authorized to use the provided grant type.", ReasonGrantTypeNotAllowed, RetryNever},
	{400, "unsupported_grant_type", "The authorization grant type is not supported by the authorization server.", ReasonGrantTypeUnsupported, RetryNever},
	{400, "invalid_dpop_proof", "The DPoP proof JWT header is missing.", ReasonDPoPRequired, RetryNever},
	{400, "use_dpop_nonce", "Authorization server requires nonce in DPoP proof.", ReasonDPoPNonceRequired, RetryWithNewProof},
	{400, "invalid_dpop_proof", "'htu' claim in the DPoP proof JWT is invalid.", ReasonDPoPProofRefused, RetryNever},
	{400, "invalid_dpop_proof", "The DPoP proof has already been used.", ReasonDPoPProofRefused, RetryWithNewProof},
	{403, "access_denied", "The request is made from outside the client's permitted network zones.", ReasonNetworkZoneBlocked, RetryNever},
	{403, "access_denied", "Policy evaluation failed for this request.", ReasonAccessDenied, RetryNever},
	{400, "temporarily_unavailable", "The server is overloaded.", ReasonTokenTemporarilyUnavailable, RetryAfterDelay},
	{500, "server_error", "Unexpected condition.", ReasonTokenServerError, RetryAfterDelay},
	{400, "some_new_error", "Nobody knows.", ReasonTokenRefused, RetryNever},
}

func TestTokenErrorKnowsEachRow(t *testing.T) {
	for _, row := range tokenRows {
		t.Run(row.code+" "+row.description, func(t *testing.T) {
			body := fmt.Appendf(nil, `{"error":%q,"error_description":%q}`, row.code, row.description)
			got := TokenError(response(row.status, "X-Okta-Request-Id", "req1"), body)
			if got.Reason != row.reason || got.Retry != row.retry {
				t.Errorf("got %s (retry %d), want %s (retry %d)", got.Reason, got.Retry, row.reason, row.retry)
			}
			if got.Code != row.code || got.Description != row.description || got.HTTPStatus != row.status || got.RequestID != "req1" {
				t.Errorf("the facts are lost: %+v", got)
			}
			if got.Detail == "" || strings.HasSuffix(got.Detail, ".") {
				t.Errorf("the detail %q is not a sentence without full stop", got.Detail)
			}
		})
	}
}

// Wording is Okta's to change: letter case and a sentence around it must not matter, and the OAuth error decides before
// any word of the description.
func TestTokenErrorTrustsCodesBeforeWords(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`{"error":"invalid_client","error_description":"THE CLIENT_ASSERTION SIGNATURE IS INVALID, sorry"}`, ReasonSignatureInvalid},
		{`{"error":"consent_required","error_description":"The client_assertion signature is invalid."}`, ReasonConsentMissing},
		{`{"error":"temporarily_unavailable","error_description":"The DPoP proof JWT header is missing."}`, ReasonTokenTemporarilyUnavailable},
		{`{"error":"invalid_request","error_description":"The resource must use the DPoP authentication scheme"}`, ReasonDPoPRequired},
		{`{"error":"invalid_client","error_description":{"no":"text"}}`, ReasonClientAuthenticationFailed},
		{`{"error":17,"errorCode":"E0000015","errorSummary":"You do not have permission to access the feature"}`, ReasonFeatureUnavailable},
	} {
		if got := TokenError(response(400), []byte(c.body)); got.Reason != c.want {
			t.Errorf("%s: got %s, want %s", c.body, got.Reason, c.want)
		}
	}
}

func TestTokenErrorKnowsOthersThanOkta(t *testing.T) {
	const page = "<!DOCTYPE html><title>Sign in to the guest network</title>"
	for name, c := range map[string]struct {
		response *http.Response
		body     string
		want     string
		retry    RetryKind
	}{
		"portal with 200":        {response(200, "Content-Type", "text/html; charset=utf-8"), page, ReasonCaptivePortal, RetryNever},
		"portal without a type":  {response(403), page, ReasonCaptivePortal, RetryNever},
		"portal with 511":        {response(511), page, ReasonCaptivePortal, RetryNever},
		"redirect":               {response(302, "Location", "https://portal.example.com/?secret=1"), "", ReasonRedirected, RetryNever},
		"not an org":             {response(404, "Content-Type", "text/html"), page, ReasonAddressWrong, RetryNever},
		"gateway page":           {response(502, "Content-Type", "text/html"), page, ReasonServiceUnavailable, RetryAfterDelay},
		"gateway without a body": {response(503), "", ReasonServiceUnavailable, RetryAfterDelay},
		"proxy":                  {response(407), "", ReasonProxyAuthenticationRequired, RetryNever},
		"500 page":               {response(500, "Content-Type", "text/html"), page, ReasonTokenServerError, RetryAfterDelay},
		"empty 200":              {response(200), "", ReasonTokenResponseUnreadable, RetryNever},
		"empty 400":              {response(400), "", ReasonTokenRefused, RetryNever},
	} {
		t.Run(name, func(t *testing.T) {
			got := TokenError(c.response, []byte(c.body))
			if got.Reason != c.want || got.Retry != c.retry {
				t.Errorf("got %s (retry %d), want %s (retry %d)", got.Reason, got.Retry, c.want, c.retry)
			}
		})
	}
	redirect := TokenError(response(302, "Location", "https://portal.example.com/path?secret=1"), nil)
	if text := redirect.Error(); !strings.Contains(text, "portal.example.com") || strings.Contains(text, "secret") {
		t.Errorf("a redirect must name the host it leads to and nothing else of it: %s", text)
	}
}

func TestRateLimitIsMeasuredByTheServicesClock(t *testing.T) {
	const date = "Wed, 25 Nov 2026 12:00:00 GMT" // 1795608000
	at := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC).Unix()
	limit := func(pairs ...string) *http.Response {
		return response(429, append([]string{"Date", date, "X-Rate-Limit-Limit", "150", "X-Rate-Limit-Remaining", "0"}, pairs...)...)
	}
	for name, c := range map[string]struct {
		response *http.Response
		reason   string
		wait     time.Duration
	}{
		"until the reset and a second": {limit("X-Rate-Limit-Reset", fmt.Sprint(at+17)), ReasonTokenRateLimited, 18 * time.Second},
		"reset in the past":            {limit("X-Rate-Limit-Reset", fmt.Sprint(at-90)), ReasonTokenRateLimited, time.Second},
		"reset far away":               {limit("X-Rate-Limit-Reset", fmt.Sprint(at+9000)), ReasonTokenRateLimited, 70 * time.Second},
		"reset is nonsense":            {limit("X-Rate-Limit-Reset", "soon"), ReasonTokenRateLimited, 0},
		"no headers":                   {response(429), ReasonTokenRateLimited, 0},
		"retry-after in seconds":       {limit("Retry-After", "7", "X-Rate-Limit-Reset", fmt.Sprint(at+50)), ReasonTokenRateLimited, 7 * time.Second},
		"retry-after as a date":        {limit("Retry-After", "Wed, 25 Nov 2026 12:00:09 GMT"), ReasonTokenRateLimited, 9 * time.Second},
		"concurrency": {
			response(429, "Date", date, "X-Rate-Limit-Limit", "0", "X-Rate-Limit-Remaining", "0", "X-Rate-Limit-Reset", fmt.Sprint(at+40)),
			ReasonConcurrencyLimited, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := TokenError(c.response, []byte(`{"errorCode":"E0000047","errorSummary":"API call exceeded rate limit due to too many requests."}`))
			if got.Reason != c.reason || got.RetryAfter != c.wait || got.Retry != RetryAfterDelay {
				t.Errorf("got %s, wait %s (retry %d); want %s, wait %s", got.Reason, got.RetryAfter, got.Retry, c.reason, c.wait)
			}
		})
	}
}

// response makes a response with the given status and pairs of header names and values.
func response(status int, header ...string) *http.Response {
	r := &http.Response{StatusCode: status, Header: http.Header{}}
	for i := 0; i < len(header); i += 2 {
		r.Header.Add(header[i], header[i+1])
	}
	return r
}
