package scimapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Bounds of a wait that a response asks for.
const (
	// minRetryAfter keeps us from asking again within the second in which a
	// limit's window turns.
	minRetryAfter = time.Second
	// maxRetryAfter protects from nonsense in a header. Whether a run waits that
	// long is the host's to say, by its wait budget.
	maxRetryAfter = time.Hour
)

// errorBody is SCIM's error message (RFC 7644 section 3.12). A member of an
// unexpected type must not hide the others, hence raw messages; encoding/json
// takes names in any case, as RFC 7643 section 2.1 asks.
type errorBody struct {
	ScimType json.RawMessage `json:"scimType"`
	Detail   json.RawMessage `json:"detail"`
	// Gateways and sign-in services in front of SCIM have words of their own.
	Message     json.RawMessage `json:"message"`
	OAuthError  json.RawMessage `json:"error"`
	Description json.RawMessage `json:"error_description"`
}

// refused reads an answer whose status is not 200.
func refused(resp *http.Response, body []byte, secrets []string) *Error {
	var b errorBody
	_ = json.Unmarshal(body, &b) // what is no SCIM error has its status all the same
	e := &Error{
		HTTPStatus:  resp.StatusCode,
		Code:        unlessSecret(firstText(b.ScimType, b.OAuthError), secrets),
		Description: sanitise(firstText(b.Detail, b.Description, b.Message), secrets),
		RequestID:   unlessSecret(requestID(resp.Header), secrets),
	}
	host := hostOf(resp)
	e.Reason, e.Detail, e.Retry = classifyStatus(resp, isWebPage(resp.Header, body), strings.ToLower(e.Code), host)
	e.Detail = withoutSecrets(e.Detail, secrets) // it may name where a redirect leads to
	if e.Retry == RetryAfterDelay {
		e.RetryAfter = retryAfter(resp.Header)
	}
	return e
}

// classifyStatus reads a status by RFC 7644 table 8 and, for 400, the scimType by
// table 9 and RFC 9865 section 2.1. The code is in lower case.
func classifyStatus(resp *http.Response, webPage bool, code, host string) (reason, detail string, retry RetryKind) {
	status := resp.StatusCode
	switch {
	case status == http.StatusProxyAuthRequired:
		return ReasonProxyFailed, "the proxy that leads to " + host + " wants a user name and a password", RetryNever
	case status >= 300 && status < 400:
		return ReasonRedirected, redirectDetail(resp, host), RetryNever
	case code == "invalidcursor", code == "expiredcursor", status == http.StatusGone:
		return ReasonPlaceLost, "the service has lost our place in the list", RetryFromStart
	case code == "invalidfilter":
		return ReasonFilterRefused, "the service does not take the filter", RetryNever
	case code == "toomany", status == http.StatusRequestEntityTooLarge:
		return ReasonTooMany, "the service does not list as much as was asked for", RetryNever
	case status == http.StatusUnauthorized:
		return ReasonTokenRejected, host + " does not accept the token", RetryNever
	case status == http.StatusForbidden:
		return ReasonAccessDenied, host + " knows the token and does not let it read this", RetryNever
	case status == http.StatusTooManyRequests:
		return ReasonRateLimited, host + " wants fewer requests", RetryAfterDelay
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return ReasonAddressWrong, fmt.Sprintf("there is nothing at %s%s", host, pathOf(resp)), RetryNever
	case status == http.StatusNotImplemented:
		return ReasonRequestRefused, host + " does not implement this request", RetryNever
	case status == http.StatusRequestTimeout, status >= 500:
		return ReasonServiceUnavailable, host + " can't serve at the moment", RetryAfterDelay
	case webPage:
		return ReasonNotSCIM, "a web page came from " + host + " where a SCIM service answers JSON", RetryNever
	}
	return ReasonRequestRefused, host + " refuses the request", RetryNever
}

// redirectDetail names the host that the redirect leads to, and nothing else of it:
// the rest may hold a session or repeat the token.
func redirectDetail(resp *http.Response, host string) string {
	where := ""
	switch target, err := url.Parse(resp.Header.Get("Location")); {
	case err != nil:
	case target.Host == "" || strings.EqualFold(target.Host, host):
		where = " to another path of the same host"
	case plainHost.MatchString(target.Hostname()):
		where = " to " + target.Hostname()
	}
	return fmt.Sprintf("the answer of %s is a redirect%s, which is not followed because the request carries credentials", host, where)
}

// plainHost is the form of a host that may be shown.
var plainHost = regexp.MustCompile(`^[A-Za-z0-9.-]{1,100}$`)

// retryAfter reads Retry-After (RFC 9110 section 10.2.3) in both its forms; 0 for
// none. A date counts against the response's own.
func retryAfter(header http.Header) time.Duration {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(max(time.Duration(seconds)*time.Second, minRetryAfter), maxRetryAfter)
	}
	until, err := http.ParseTime(value)
	date, dateErr := http.ParseTime(header.Get("Date"))
	if err != nil || dateErr != nil {
		return 0
	}
	return min(max(until.Sub(date), minRetryAfter), maxRetryAfter)
}

// isWebPage reports whether an answer is meant for a browser.
func isWebPage(header http.Header, body []byte) bool {
	mediaType, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return mediaType == "text/html" || mediaType == "application/xhtml+xml" || bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<"))
}

// requestID finds the id under the names that services give it.
func requestID(header http.Header) string {
	for _, name := range []string{"X-Request-Id", "Request-Id", "X-Correlation-Id", "X-Amzn-Requestid", "X-Okta-Request-Id"} {
		if id := header.Get(name); id != "" {
			return id
		}
	}
	return ""
}

func hostOf(resp *http.Response) string {
	if resp.Request == nil || resp.Request.URL == nil {
		return "the service"
	}
	return resp.Request.URL.Host
}

func pathOf(resp *http.Response) string {
	if resp.Request == nil || resp.Request.URL == nil {
		return ""
	}
	return sanitise(resp.Request.URL.Path, nil)
}

// firstText is the first of the values that is a text and not empty.
func firstText(values ...json.RawMessage) string {
	for _, raw := range values {
		var text string
		if json.Unmarshal(raw, &text) == nil && text != "" {
			return text
		}
	}
	return ""
}
