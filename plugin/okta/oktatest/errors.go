package oktatest

import (
	"encoding/json"
	"net/http"
	"strings"
)

// oktaError is a refusal of the management API.
// See https://developer.okta.com/docs/reference/error-codes/.
type oktaError struct {
	status  int
	code    string
	summary string
	causes  []string
}

// oktaErrors are the codes that a connector which reads users may meet.
var oktaErrors = map[string]oktaError{
	"E0000001": {status: 400, summary: "Api validation failed"},
	"E0000003": {status: 400, summary: "The request body was not well-formed."},
	"E0000004": {status: 401, summary: "Authentication failed"},
	"E0000005": {status: 403, summary: "Invalid session"},
	"E0000006": {status: 403, summary: "You do not have permission to perform the requested action"},
	"E0000007": {status: 404, summary: "Not found: Resource not found"},
	"E0000008": {status: 404, summary: "The requested path was not found"},
	"E0000009": {status: 500, summary: "Internal Server Error"},
	"E0000010": {status: 503, summary: "Service is in read only mode"},
	"E0000011": {status: 401, summary: "Invalid token provided"},
	"E0000012": {status: 404, summary: "Unsupported media type"},
	"E0000013": {status: 403, summary: "Invalid client app id"},
	"E0000015": {status: 401, summary: "You do not have permission to access the feature you are requesting"},
	"E0000018": {status: 400, summary: "Bad request.  Accept and/or Content-Type headers are likely not set."},
	"E0000019": {status: 400, summary: "Bad request.  Accept and/or Content-Type headers likely do not match supported values."},
	"E0000020": {status: 400, summary: "Bad request."},
	"E0000021": {status: 400, summary: "Bad request.  Accept and/or Content-Type headers likely do not match supported values."},
	"E0000022": {status: 405, summary: "The endpoint does not support the provided HTTP method"},
	"E0000026": {status: 404, summary: "This endpoint has been deprecated."},
	"E0000028": {status: 400, summary: "The request is missing a required parameter."},
	"E0000029": {status: 400, summary: "Invalid paging request."},
	"E0000030": {status: 400, summary: "Bad request. Invalid date. Dates must be of the form yyyy-MM-dd'T'HH:mm:ss.SSSZZ."},
	"E0000031": {status: 400, summary: "Invalid search criteria."},
	"E0000038": {status: 403, summary: "This operation is not allowed in the user's current status."},
	"E0000047": {status: 429, summary: "API call exceeded rate limit due to too many requests."},
	"E0000060": {status: 501, summary: "Unsupported operation."},
	"E0000063": {status: 400, summary: "Invalid combination of parameters specified."},
	"E0000100": {status: 503, summary: "Unable to process the search request at this time."},
	"E0000239": {status: 423, summary: "This resource is being reconciled. Try again later."},
	"E0000260": {status: 403, summary: "This developer organization has been deactivated."},
}

// apiError returns the error of a code, with causes.
func apiError(code string, causes ...string) oktaError {
	e := oktaErrors[code]
	e.code, e.causes = code, causes
	return e
}

// notFound is E0000007 as Okta words it: with the id that was asked for.
func notFound(id, kind string) oktaError {
	e := apiError("E0000007")
	e.summary += ": " + id + " (" + kind + ")"
	return e
}

func (e oktaError) body(errorID string) []byte {
	type cause struct {
		ErrorSummary string `json:"errorSummary"`
	}
	body := struct {
		ErrorCode    string  `json:"errorCode"`
		ErrorSummary string  `json:"errorSummary"`
		ErrorLink    string  `json:"errorLink"`
		ErrorID      string  `json:"errorId"`
		ErrorCauses  []cause `json:"errorCauses"`
	}{e.code, e.summary, e.code, errorID, []cause{}}
	for _, c := range e.causes {
		body.ErrorCauses = append(body.ErrorCauses, cause{c})
	}
	return mustJSON(body)
}

// refuse answers with an error of the management API.
func (x *exchange) refuse(e oktaError) {
	x.json(e.status, e.body("oae"+x.requestID))
}

// json answers with a small JSON body. Faults spoil it if it is a good answer.
func (x *exchange) json(status int, body []byte) {
	if status == http.StatusOK && (x.plan.send != nil || len(x.plan.bodies) > 0) {
		x.sendPage(func(dst []byte) []byte { return append(dst, body...) })
		return
	}
	x.w.Header().Set("Content-Type", "application/json")
	x.w.WriteHeader(status)
	_, _ = x.w.Write(body) // the client may have gone
}

// empty answers without a body.
func (x *exchange) empty(status int) {
	x.w.Header().Set("Content-Length", "0")
	x.w.WriteHeader(status)
}

// html answers like a proxy or a portal in between would: nothing of it is
// Okta's.
func (x *exchange) html(status int, body string) {
	for name := range x.w.Header() {
		if strings.HasPrefix(name, "X-Okta-") || strings.HasPrefix(name, "X-Rate-Limit-") {
			x.w.Header().Del(name)
		}
	}
	x.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	x.w.WriteHeader(status)
	_, _ = x.w.Write([]byte(body)) // the client may have gone
}

// mustJSON encodes values made of strings, numbers and slices of them, which
// cannot fail.
func mustJSON(value any) []byte {
	body, err := json.Marshal(value)
	if err != nil {
		return []byte(http.StatusText(http.StatusInternalServerError))
	}
	return body
}
