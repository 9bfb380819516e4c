package oktaapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Bounds of a wait that a response asks for (Okta's window is 60 s; the rest is rounding).
const (
	// minServiceWait keeps us from asking again within the second in which the window turns.
	minServiceWait = time.Second
	// maxServiceWait protects from nonsense in a header: no window of Okta's lasts longer than a minute.
	maxServiceWait = 70 * time.Second
)

// answer is what both kinds of error bodies may hold. A member of an unexpected type must not hide the others, hence
// raw messages.
type answer struct {
	OAuthError       json.RawMessage `json:"error"`
	OAuthDescription json.RawMessage `json:"error_description"`
	ErrorCode        json.RawMessage `json:"errorCode"`
	ErrorSummary     json.RawMessage `json:"errorSummary"`
	ErrorID          json.RawMessage `json:"errorId"`
	ErrorCauses      json.RawMessage `json:"errorCauses"`
}

// refusal is a response read leniently.
type refusal struct {
	status      int
	header      http.Header
	host        string // that was asked; empty when unknown
	oauthError  string
	errorCode   string
	description string
	causes      string
	webPage     bool // HTML instead of JSON
	secrets     []string
}

func readRefusal(resp *http.Response, body []byte, secrets []string) refusal {
	r := refusal{status: resp.StatusCode, header: resp.Header, secrets: secrets, webPage: isWebPage(resp.Header, body)}
	if resp.Request != nil {
		_, credentials, _ := strings.Cut(resp.Request.Header.Get("Authorization"), " ")
		r.secrets = append(slices.Clip(r.secrets), credentials, resp.Request.Header.Get("DPoP"))
		if resp.Request.URL != nil {
			r.host = resp.Request.URL.Host
		}
	}
	var a answer
	if json.Unmarshal(body, &a) != nil {
		return r
	}
	r.oauthError, r.errorCode = codeOf(a.OAuthError), codeOf(a.ErrorCode)
	r.description = textOf(a.OAuthDescription)
	if r.description == "" {
		r.description = textOf(a.ErrorSummary)
	}
	r.causes = causesOf(a.ErrorCauses)
	return r
}

// newError fills in what every refusal has.
func (r refusal) newError(reason, detail string, retry RetryKind) *Error {
	code := r.errorCode
	if code == "" {
		code = r.oauthError
	}
	e := &Error{
		Reason: reason, Detail: detail, Retry: retry,
		HTTPStatus:  r.status,
		Code:        unlessSecret(code, r.secrets),
		Description: sanitise(r.words(), r.secrets),
		RequestID:   unlessSecret(sanitiseID(r.header.Get("X-Okta-Request-Id")), r.secrets),
	}
	if retry == RetryAfterDelay {
		e.RetryAfter, _ = retryAfterHeader(r.header)
	}
	return e
}

func (r refusal) words() string {
	if r.causes == "" {
		return r.description
	}
	return strings.TrimSpace(r.description + " " + r.causes)
}

// says reports whether the description or a cause holds all of the words, in any case.
func (r refusal) says(words ...string) bool {
	text := strings.ToLower(r.words())
	for _, word := range words {
		if !strings.Contains(text, word) {
			return false
		}
	}
	return true
}

// place names the host for a sentence.
func (r refusal) place() string {
	if r.host == "" {
		return "the address"
	}
	return r.host
}

// fromSomebodyElse reads the answers that no Okta API gives: of proxies, captive portals, gateways and other servers.
// It returns nil when the response looks like Okta's.
func (r refusal) fromSomebodyElse() *Error {
	switch {
	case r.status == http.StatusProxyAuthRequired:
		return r.newError(ReasonProxyAuthenticationRequired, "the proxy between here and Okta wants a user name and a password", RetryNever)
	case r.status == http.StatusNetworkAuthenticationRequired:
		return r.newError(ReasonCaptivePortal, "the network wants a sign-in before it lets requests through", RetryNever)
	case r.status >= 300 && r.status < 400:
		return r.newError(ReasonRedirected, r.redirectDetail(), RetryNever)
	case r.errorCode != "" || r.oauthError != "":
		return nil
	case r.status == http.StatusTooManyRequests:
		return nil
	case r.status == http.StatusBadGateway, r.status == http.StatusServiceUnavailable, r.status == http.StatusGatewayTimeout:
		return r.newError(ReasonServiceUnavailable, "Okta, or a gateway in front of it, is not available at the moment", RetryAfterDelay)
	case r.status >= 500:
		return nil
	case r.status == http.StatusNotFound:
		return r.newError(ReasonAddressWrong, "there is no Okta API at "+r.place(), RetryNever)
	case r.webPage:
		return r.newError(ReasonCaptivePortal, "a web page came from "+r.place()+" where Okta answers JSON", RetryNever)
	}
	return nil
}

// redirectDetail names the host that the redirect leads to, and nothing else of it: the rest may hold a session.
func (r refusal) redirectDetail() string {
	target, err := url.Parse(r.header.Get("Location"))
	if err != nil || target.Hostname() == "" {
		return "the answer of " + r.place() + " is a redirect, which is not followed because the request carries credentials"
	}
	return fmt.Sprintf("the answer of %s is a redirect to %s, which is not followed because the request carries credentials",
		r.place(), sanitise(target.Hostname(), r.secrets))
}

// tooManyRequests reads HTTP 429. The concurrency limit shows as a limit of 0 whose reset time means nothing
// (https://developer.okta.com/docs/reference/rl2-concurrency/), so it is waited out by back-off.
func (r refusal) tooManyRequests(reason string) *Error {
	if r.header.Get("X-Rate-Limit-Limit") == "0" && r.header.Get("X-Rate-Limit-Remaining") == "0" {
		return r.newError(ReasonConcurrencyLimited, "Okta handles too many requests of this org at the same time", RetryAfterDelay)
	}
	e := r.newError(reason, "the org's limit of requests a minute is used up", RetryAfterDelay)
	if e.RetryAfter == 0 {
		e.RetryAfter = untilReset(r.header)
	}
	return e
}

// untilReset returns the wait until a rate-limit window ends, by the service's own clock: X-Rate-Limit-Reset minus Date
// plus a second. It is 0 when a header is missing or cannot be read.
func untilReset(header http.Header) time.Duration {
	reset, err := strconv.ParseInt(strings.TrimSpace(header.Get("X-Rate-Limit-Reset")), 10, 64)
	date, dateErr := http.ParseTime(header.Get("Date"))
	if err != nil || dateErr != nil {
		return 0
	}
	return min(max(time.Unix(reset, 0).Sub(date)+time.Second, minServiceWait), maxServiceWait)
}

// retryAfterHeader reads Retry-After (RFC 9110 section 10.2.3) in both its forms. No recording of Okta holds one, but
// gateways send it.
func retryAfterHeader(header http.Header) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if value == "" {
		return 0, false
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return min(max(time.Duration(seconds)*time.Second, minServiceWait), maxServiceWait), true
	}
	until, err := http.ParseTime(value)
	date, dateErr := http.ParseTime(header.Get("Date"))
	if err != nil || dateErr != nil {
		return 0, false
	}
	return min(max(until.Sub(date), minServiceWait), maxServiceWait), true
}

func isWebPage(header http.Header, body []byte) bool {
	mediaType, _, _ := mime.ParseMediaType(header.Get("Content-Type"))
	return mediaType == "text/html" || mediaType == "application/xhtml+xml" || bytes.HasPrefix(bytes.TrimLeft(body, "\ufeff \t\r\n"), []byte("<"))
}

func textOf(raw json.RawMessage) string {
	var text string
	_ = json.Unmarshal(raw, &text) // anything but a string counts as absent
	return text
}

// maxCodeLength bounds what counts as a code; Okta's longest OAuth error has 37 characters.
const maxCodeLength = 64

func codeOf(raw json.RawMessage) string { return cleanCode(textOf(raw)) }

// cleanCode returns a code as OAuth (RFC 6749 section 5.2) and Okta write them, and "" for anything else.
func cleanCode(text string) string {
	if len(text) > maxCodeLength || credential.MatchString(text) {
		return ""
	}
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '-' && c != '.' {
			return ""
		}
	}
	return text
}

// causesOf joins the summaries of errorCauses, an array of objects or, in some of Okta's own examples, one object.
func causesOf(raw json.RawMessage) string {
	type cause struct {
		ErrorSummary json.RawMessage `json:"errorSummary"`
	}
	var causes []cause
	if json.Unmarshal(raw, &causes) != nil {
		var one cause
		if json.Unmarshal(raw, &one) != nil {
			return ""
		}
		causes = []cause{one}
	}
	var summaries []string
	for _, c := range causes {
		if text := textOf(c.ErrorSummary); text != "" {
			summaries = append(summaries, text)
		}
	}
	return strings.Join(summaries, " ")
}
