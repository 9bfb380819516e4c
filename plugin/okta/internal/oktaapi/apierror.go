package oktaapi

import (
	"net/http"
	"regexp"
	"strings"
)

// APIError reads a refusal of the Management API: any response that is not the expected 2xx. It decides by HTTP 429
// first, then by errorCode, the only stable part of a body (https://developer.okta.com/docs/reference/error-codes/),
// then by the OAuth layer's WWW-Authenticate header, then by status.
//
// The response's body must have been read already and is given as body; it may be empty. What the request's
// Authorization header held never comes back in the description.
func APIError(resp *http.Response, body []byte) *Error {
	r := readRefusal(resp, body, nil)
	challenge := readChallenge(resp.Header)
	if r.oauthError == "" && r.errorCode == "" {
		r.oauthError, r.description = challenge.oauthError, challenge.description
	}
	if e := r.fromSomebodyElse(); e != nil {
		return e
	}
	if r.status == http.StatusTooManyRequests {
		return r.tooManyRequests(ReasonRateLimited)
	}
	if r.errorCode != "" {
		return r.byErrorCode(ReasonRateLimited)
	}
	switch r.oauthError {
	case "insufficient_scope":
		e := r.newError(ReasonScopeMissing, "the access token lacks a scope that this request needs", RetryNever)
		if e.Scope = unlessSecret(challenge.scope, r.secrets); e.Scope != "" {
			e.Detail = "the access token lacks the scope " + e.Scope
		}
		return e
	case "invalid_token":
		return r.newError(ReasonAccessTokenRejected, "Okta no longer accepts the access token", RetryWithNewToken)
	case "invalid_dpop_proof", "use_dpop_nonce": // with HTTP 400 (okta/okta-sdk-golang issue 468) or 401 (RFC 9449 section 9)
		return r.proofRefused()
	case "invalid_request":
		if r.says("dpop") {
			return r.proofLost()
		}
	case "access_denied": // an app's network zones hold for the Management API too
		return r.accessDenied()
	case "temporarily_unavailable":
		return r.newError(ReasonServiceUnavailable, "Okta is not available at the moment", RetryAfterDelay)
	}
	return r.byStatus()
}

// codeRow is one row of Okta's table of errors.
type codeRow struct {
	reason string
	detail string
	retry  RetryKind
}

const (
	ourFault      = "Okta does not understand a request of this connector"
	mediaRejected = "Okta does not accept the media types of a request of this connector"
	badParameter  = "Okta misses a parameter or cannot read a date in a request of this connector"
)

var codeRows = map[string]codeRow{
	"E0000001": {ReasonRequestInvalid, "Okta finds a parameter of a request of this connector invalid", RetryNever},
	"E0000003": {ReasonRequestMalformed, ourFault, RetryNever},
	"E0000004": {ReasonAuthenticationFailed, "Okta does not accept the credentials of the request", RetryNever},
	"E0000005": {ReasonTokenKindNotAllowed, "Okta does not open this endpoint to the access tokens of API Services apps", RetryNever},
	"E0000006": {ReasonRoleMissing, "the app has the scope, but no admin role that allows this", RetryNever},
	"E0000007": {ReasonRecordGone, "the record no longer exists", RetryNever},
	"E0000008": {ReasonPathNotFound, "Okta has nothing at the requested path", RetryNever},
	"E0000009": {ReasonServiceError, "Okta met an error of its own", RetryAfterDelay},
	"E0000010": {ReasonReadOnlyMode, "the org is in read-only mode", RetryAfterDelay},
	"E0000011": {ReasonAccessTokenRejected, "Okta no longer accepts the access token", RetryWithNewToken},
	"E0000012": {ReasonMediaTypeRejected, mediaRejected, RetryNever},
	"E0000013": {ReasonClientAppInvalid, "Okta does not accept the app that the access token was given to", RetryNever},
	"E0000015": {ReasonFeatureUnavailable, "the feature is not available to this org or to this app", RetryNever},
	"E0000018": {ReasonMediaTypeRejected, mediaRejected, RetryNever},
	"E0000019": {ReasonMediaTypeRejected, mediaRejected, RetryNever},
	"E0000020": {ReasonMediaTypeRejected, mediaRejected, RetryNever},
	"E0000021": {ReasonMediaTypeRejected, mediaRejected, RetryNever},
	"E0000022": {ReasonMethodNotSupported, "Okta does not support the method of a request of this connector", RetryNever},
	"E0000026": {ReasonEndpointDeprecated, "Okta has withdrawn the endpoint that this connector uses", RetryNever},
	"E0000028": {ReasonParameterInvalid, badParameter, RetryNever},
	"E0000029": {ReasonCursorLost, "Okta has lost the place in the listing", RetryFromStart},
	"E0000030": {ReasonParameterInvalid, badParameter, RetryNever},
	"E0000031": {ReasonSearchCriteriaInvalid, "Okta does not accept the search criteria of a request of this connector", RetryNever},
	"E0000038": {ReasonUserStatusForbids, "the user's current status does not allow this", RetryNever},
	"E0000060": {ReasonOperationUnsupported, "Okta does not support the operation", RetryNever},
	"E0000063": {ReasonParametersConflict, "Okta does not accept the combination of parameters in a request of this connector", RetryNever},
	"E0000100": {ReasonSearchUnavailable, "Okta's search is not available at the moment", RetryAfterDelay},
	"E0000239": {ReasonRecordReconciling, "Okta is reconciling the record at the moment", RetryAfterDelay},
	"E0000260": {ReasonOrgDeactivated, "the org is deactivated", RetryNever},
}

// byErrorCode reads one of Okta's own codes; an unknown one is judged by its status.
func (r refusal) byErrorCode(rateLimitReason string) *Error {
	if r.errorCode == "E0000047" {
		return r.tooManyRequests(rateLimitReason)
	}
	// Okta words a lost cursor as invalid search criteria; the cause tells (seen in recordings: "Invalid cursor." on
	// lists, "Invalid search query." on the users list, okta/okta-sdk-dotnet issue 323).
	if r.errorCode == "E0000031" && (r.says("cursor") || r.says("invalid search query")) {
		return r.newError(ReasonCursorLost, "Okta has lost the place in the listing", RetryFromStart)
	}
	if row, ok := codeRows[r.errorCode]; ok {
		return r.newError(row.reason, row.detail, row.retry)
	}
	return r.byStatus()
}

func (r refusal) byStatus() *Error {
	switch {
	case r.status == http.StatusUnauthorized:
		return r.newError(ReasonAccessTokenRejected, "Okta does not accept the access token", RetryWithNewToken)
	case r.status == http.StatusForbidden:
		return r.newError(ReasonForbidden, "Okta forbids the request without saying why", RetryNever)
	case r.status == http.StatusRequestTimeout, r.status == http.StatusTooEarly:
		return r.newError(ReasonServiceUnavailable, "Okta gave up on the request before it was complete", RetryAfterDelay)
	case r.status == http.StatusBadGateway, r.status == http.StatusServiceUnavailable, r.status == http.StatusGatewayTimeout:
		return r.newError(ReasonServiceUnavailable, "Okta is not available at the moment", RetryAfterDelay)
	case r.status >= 500 && r.status != http.StatusNotImplemented:
		return r.newError(ReasonServiceError, "Okta met an error of its own", RetryAfterDelay)
	case r.status >= 400:
		return r.newError(ReasonRequestRefused, "Okta refuses the request", RetryNever)
	}
	return r.newError(ReasonResponseUnexpected, "Okta gave an answer that has no place in this API", RetryNever)
}

// challenge is what a WWW-Authenticate header says (RFC 6750 section 3).
type challenge struct {
	oauthError  string
	description string
	scope       string
}

// challengeParameter matches name="value" (quoted-string, RFC 9110 section 5.6.4) or name=token.
var challengeParameter = regexp.MustCompile(`([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))`)

// maxChallenge bounds what is read of the header; a recorded one has 300 characters.
const maxChallenge = 4 << 10

func readChallenge(header http.Header) challenge {
	text := strings.Join(header.Values("WWW-Authenticate"), ", ")
	if len(text) > maxChallenge {
		text = text[:maxChallenge]
	}
	var c challenge
	for _, match := range challengeParameter.FindAllStringSubmatch(text, -1) {
		value := strings.ReplaceAll(match[2], `\"`, `"`) + match[3]
		switch strings.ToLower(match[1]) {
		case "error":
			// A server may challenge for Bearer and for DPoP in one header; what it says of the proof comes first.
			if !isProofError(c.oauthError) {
				c.oauthError = cleanCode(value)
			}
		case "error_description":
			c.description = value
		case "scope":
			c.scope = cleanScope(value)
		}
	}
	return c
}

func isProofError(code string) bool { return code == "invalid_dpop_proof" || code == "use_dpop_nonce" }

// scopeText is the alphabet of Okta's scopes, and the blanks between several.
var scopeText = regexp.MustCompile(`^[A-Za-z0-9_.:-]+(?: [A-Za-z0-9_.:-]+)*$`)

func cleanScope(scope string) string {
	if len(scope) > maxDescription || !scopeText.MatchString(scope) {
		return ""
	}
	return scope
}
