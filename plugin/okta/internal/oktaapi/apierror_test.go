package oktaapi

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
)

// apiRows is Okta's table of errors as far as a users connector can meet them.
var apiRows = []struct {
	status int
	code   string
	cause  string
	reason string
	retry  RetryKind
}{
	{400, "E0000001", "", ReasonRequestInvalid, RetryNever},
	{400, "E0000003", "", ReasonRequestMalformed, RetryNever},
	{401, "E0000004", "", ReasonAuthenticationFailed, RetryNever},
	{403, "E0000005", "", ReasonTokenKindNotAllowed, RetryNever},
	{403, "E0000006", "", ReasonRoleMissing, RetryNever},
	{404, "E0000007", "", ReasonRecordGone, RetryNever},
	{404, "E0000008", "", ReasonPathNotFound, RetryNever},
	{500, "E0000009", "", ReasonServiceError, RetryAfterDelay},
	{503, "E0000010", "", ReasonReadOnlyMode, RetryAfterDelay},
	{401, "E0000011", "", ReasonAccessTokenRejected, RetryWithNewToken},
	{404, "E0000012", "", ReasonMediaTypeRejected, RetryNever},
	{400, "E0000018", "", ReasonMediaTypeRejected, RetryNever},
	{400, "E0000019", "", ReasonMediaTypeRejected, RetryNever},
	{400, "E0000020", "", ReasonMediaTypeRejected, RetryNever},
	{400, "E0000021", "", ReasonMediaTypeRejected, RetryNever},
	{403, "E0000013", "", ReasonClientAppInvalid, RetryNever},
	{401, "E0000015", "", ReasonFeatureUnavailable, RetryNever},
	{405, "E0000022", "", ReasonMethodNotSupported, RetryNever},
	{404, "E0000026", "", ReasonEndpointDeprecated, RetryNever},
	{400, "E0000028", "", ReasonParameterInvalid, RetryNever},
	{400, "E0000030", "", ReasonParameterInvalid, RetryNever},
	{400, "E0000029", "Invalid cursor.", ReasonCursorLost, RetryFromStart},
	{400, "E0000031", "Invalid cursor.", ReasonCursorLost, RetryFromStart},
	{400, "E0000031", "Invalid search query.", ReasonCursorLost, RetryFromStart},
	{400, "E0000031", "Unrecognized attribute 'x' in filter.", ReasonSearchCriteriaInvalid, RetryNever},
	{403, "E0000038", "", ReasonUserStatusForbids, RetryNever},
	{429, "E0000047", "", ReasonRateLimited, RetryAfterDelay},
	{501, "E0000060", "", ReasonOperationUnsupported, RetryNever},
	{400, "E0000063", "", ReasonParametersConflict, RetryNever},
	{503, "E0000100", "", ReasonSearchUnavailable, RetryAfterDelay},
	{423, "E0000239", "", ReasonRecordReconciling, RetryAfterDelay},
	{403, "E0000260", "", ReasonOrgDeactivated, RetryNever},
	// Codes that are not known here are judged by their status.
	{400, "E0000999", "", ReasonRequestRefused, RetryNever},
	{401, "E0000999", "", ReasonAccessTokenRejected, RetryWithNewToken},
	{403, "E0000999", "", ReasonForbidden, RetryNever},
	{404, "E0000999", "", ReasonRequestRefused, RetryNever},
	{429, "E0000999", "", ReasonRateLimited, RetryAfterDelay},
	{500, "E0000999", "", ReasonServiceError, RetryAfterDelay},
	{501, "E0000999", "", ReasonRequestRefused, RetryNever},
	{502, "E0000999", "", ReasonServiceUnavailable, RetryAfterDelay},
	{503, "E0000999", "", ReasonServiceUnavailable, RetryAfterDelay},
}

func TestAPIErrorKnowsEachRow(t *testing.T) {
	for _, row := range apiRows {
		t.Run(fmt.Sprint(row.code, " ", row.status, " ", row.cause), func(t *testing.T) {
			body := fmt.Appendf(nil, `{"errorCode":%q,"errorSummary":"Summary.","errorLink":%[1]q,"errorId":"oae1","errorCauses":[{"errorSummary":%q}]}`, row.code, row.cause)
			got := APIError(response(row.status, "X-Okta-Request-Id", "req1"), body)
			if got.Reason != row.reason || got.Retry != row.retry {
				t.Errorf("got %s (retry %d), want %s (retry %d)", got.Reason, got.Retry, row.reason, row.retry)
			}
			if got.Code != row.code || got.HTTPStatus != row.status || got.RequestID != "req1" {
				t.Errorf("the facts are lost: %+v", got)
			}
		})
	}
}

func TestMissingScopeIsReadFromTheHeaderOfAnEmpty403(t *testing.T) {
	got := APIError(response(403, "WWW-Authenticate", `Bearer authorization_uri="http://example.okta.com/oauth2/v1/authorize", realm="http://example.okta.com", `+
		`scope="okta.groups.read", error="insufficient_scope", error_description="The access token provided does not contain the required scopes.", resource="/api/v1/groups/a"`), nil)
	if got.Reason != ReasonScopeMissing || got.Scope != "okta.groups.read" || got.Code != "insufficient_scope" {
		t.Errorf("got %s, scope %q, code %q", got.Reason, got.Scope, got.Code)
	}
	if !errors.Is(got, &Error{Reason: ReasonScopeMissing}) || errors.Is(got, &Error{Reason: ReasonForbidden}) {
		t.Error("errors.Is must compare reasons")
	}
}

func TestExpiredTokenIsKnownInEachForm(t *testing.T) {
	for name, c := range map[string]struct {
		response *http.Response
		body     string
	}{
		"body":              {response(401), `{"errorCode":"E0000011","errorSummary":"Invalid token provided"}`},
		"header expired":    {response(401, "WWW-Authenticate", `Bearer error="invalid_token", error_description="The token has expired."`), ""},
		"header revoked":    {response(401, "Www-Authenticate", `Bearer realm="x", error=invalid_token, error_description="The access token has been revoked."`), ""},
		"header with DPoP":  {response(401, "WWW-Authenticate", `DPoP algs="RS256 ES256", error="invalid_token"`), ""},
		"OAuth body":        {response(401), `{"error":"invalid_token","error_description":"The token has expired."}`},
		"nothing at all":    {response(401), ""},
		"an HTML-less body": {response(401), "go away"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := APIError(c.response, []byte(c.body)); got.Reason != ReasonAccessTokenRejected || got.Retry != RetryWithNewToken {
				t.Errorf("got %s (retry %d), want a renewal of the token", got.Reason, got.Retry)
			}
		})
	}
}

func TestAPIErrorWithoutACode(t *testing.T) {
	for name, c := range map[string]struct {
		response *http.Response
		body     string
		want     string
		retry    RetryKind
	}{
		"DPoP-bound token":      {response(400), `{"error":"invalid_request","error_description":"The resource must use the DPoP authentication scheme."}`, ReasonDPoPRequired, RetryNever},
		"network zone":          {response(403), `{"error":"access_denied","error_description":"The request is made from outside the client's permitted network zones."}`, ReasonNetworkZoneBlocked, RetryNever},
		"network zone, header":  {response(403, "WWW-Authenticate", `Bearer error="access_denied", error_description="outside the permitted network zones"`), "", ReasonNetworkZoneBlocked, RetryNever},
		"empty 403":             {response(403), "", ReasonForbidden, RetryNever},
		"firewall page":         {response(403, "Content-Type", "text/html"), "<html>", ReasonCaptivePortal, RetryNever},
		"portal page":           {response(200, "Content-Type", "text/html"), "<html>", ReasonCaptivePortal, RetryNever},
		"redirect":              {response(307, "Location", "/login"), "", ReasonRedirected, RetryNever},
		"404 page":              {response(404, "Content-Type", "text/html"), "<html>", ReasonAddressWrong, RetryNever},
		"empty 502":             {response(502), "", ReasonServiceUnavailable, RetryAfterDelay},
		"504 page":              {response(504, "Content-Type", "text/html"), "<html>", ReasonServiceUnavailable, RetryAfterDelay},
		"500 page":              {response(500, "Content-Type", "text/html"), "<html>", ReasonServiceError, RetryAfterDelay},
		"408":                   {response(408), "", ReasonServiceUnavailable, RetryAfterDelay},
		"204":                   {response(204), "", ReasonResponseUnexpected, RetryNever},
		"single cause":          {response(400), `{"errorCode":"E0000031","errorCauses":{"errorSummary":"Invalid cursor."}}`, ReasonCursorLost, RetryFromStart},
		"causes of wrong kind":  {response(400), `{"errorCode":"E0000031","errorCauses":7}`, ReasonSearchCriteriaInvalid, RetryNever},
		"429 without headers":   {response(429), "", ReasonRateLimited, RetryAfterDelay},
		"429 page":              {response(429, "Content-Type", "text/html"), "<html>", ReasonRateLimited, RetryAfterDelay},
		"concurrency":           {response(429, "X-Rate-Limit-Limit", "0", "X-Rate-Limit-Remaining", "0"), "", ReasonConcurrencyLimited, RetryAfterDelay},
		"code with a line feed": {response(400), `{"errorCode":"E0000031\nfake log line"}`, ReasonRequestRefused, RetryNever},
	} {
		t.Run(name, func(t *testing.T) {
			if got := APIError(c.response, []byte(c.body)); got.Reason != c.want || got.Retry != c.retry {
				t.Errorf("got %s (retry %d), want %s (retry %d)", got.Reason, got.Retry, c.want, c.retry)
			}
		})
	}
}

// Rows that an admin mends in different places must not share a reason.
func TestRowsWithTheirOwnFixHaveTheirOwnReason(t *testing.T) {
	meanings := map[string]string{}
	for _, row := range tokenRows {
		if known, ok := meanings[row.reason]; ok && known != row.code {
			t.Errorf("%s stands for both %s and %s", row.reason, known, row.code)
		}
		meanings[row.reason] = row.code
	}
	for _, row := range apiRows {
		if known, ok := meanings[row.reason]; ok && known[0] != 'E' {
			t.Errorf("%s stands for both %s and %s", row.reason, known, row.code)
		}
		meanings[row.reason] = row.code
	}
}
