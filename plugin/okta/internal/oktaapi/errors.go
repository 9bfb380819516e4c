package oktaapi

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
)

// RetryKind says what, if anything, could make the same request succeed.
type RetryKind int

const (
	// RetryNever means that somebody must change something first.
	RetryNever RetryKind = iota
	// RetryAfterDelay means that waiting helps: for RetryAfter where it is positive, else with exponential back-off.
	RetryAfterDelay
	// RetryWithNewToken means that a new access token may help, once.
	RetryWithNewToken
	// RetryWithNewAssertion means that a new client assertion helps, for the last one counts as used.
	RetryWithNewAssertion
	// RetryWithServiceTime means that an assertion made by the service's clock may help, once.
	RetryWithServiceTime
	// RetryWithNewProof means that a new DPoP proof helps: the last one lacked the server's nonce, or counts as used.
	RetryWithNewProof
	// RetryFromStart means that the listing must begin again at its first page.
	RetryFromStart
)

// Error is what went wrong between this connector and an Okta org. errors.Is matches two Errors by Reason alone.
type Error struct {
	// Reason is one of the Reason constants; never empty.
	Reason string
	// Detail is one sentence about this case, without a full stop. It holds no secret and nothing that was pasted.
	Detail string
	// HTTPStatus is the status of the response; 0 when there was none.
	HTTPStatus int
	// Code is Okta's errorCode (E0000006) or the OAuth error (invalid_client); empty when the response had neither.
	Code string
	// Description is what the service said in words: one line, at most 300 characters, nothing that looks like a
	// credential. It is for people; Okta may change it without notice.
	Description string
	// RequestID is the response's X-Okta-Request-Id, which Okta's support asks for; empty when there was none.
	RequestID string
	// Retry says what could help.
	Retry RetryKind
	// RetryAfter is how long to wait with RetryAfterDelay, by the service's clock; 0 when the service did not say.
	RetryAfter time.Duration
	// Scope is the scope that the request needs, with [ReasonScopeMissing]; may hold several, separated by blanks.
	Scope string
	// Cause is the error beneath, for example of package net; nil for a refusal.
	Cause error
}

// Error gives the detail, the service's own words and the request id in one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Detail)
	if e.Detail == "" {
		b.WriteString(e.Reason)
	}
	var facts []string
	if e.HTTPStatus != 0 {
		facts = append(facts, fmt.Sprintf("HTTP %d", e.HTTPStatus))
	}
	if e.Code != "" {
		facts = append(facts, e.Code)
	}
	if e.Description != "" {
		facts = append(facts, fmt.Sprintf("“%s”", e.Description))
	}
	if e.RequestID != "" {
		facts = append(facts, "request id "+e.RequestID)
	}
	if len(facts) > 0 {
		b.WriteString(" (" + strings.Join(facts, ", ") + ")")
	}
	return b.String()
}

// Unwrap returns Cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is reports whether target is an *Error with the same reason.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Reason == e.Reason
}

// LogValue gives reason, HTTP status, code and request id as a group, and no free text.
func (e *Error) LogValue() slog.Value {
	attrs := []slog.Attr{slog.String("reason", e.Reason)}
	if e.HTTPStatus != 0 {
		attrs = append(attrs, slog.Int("http_status", e.HTTPStatus))
	}
	if e.Code != "" {
		attrs = append(attrs, slog.String("code", e.Code))
	}
	if e.RequestID != "" {
		attrs = append(attrs, slog.String("request_id", e.RequestID))
	}
	return slog.GroupValue(attrs...)
}

// ReasonOf returns the reason of the first [*Error] in err's chain, and "" when there is none.
func ReasonOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}
