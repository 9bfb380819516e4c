package scimapi

import (
	"fmt"
	"time"
)

// RetryKind says whether asking again may help.
type RetryKind int

// The kinds of retry.
const (
	RetryNever      RetryKind = iota // the answer will be the same
	RetryAfterDelay                  // it may pass by itself
	RetryFromStart                   // the service has lost the place in a list
)

// Error is why a request failed, or why it could not be made.
type Error struct {
	Reason string // one of this package's
	Detail string // one sentence without capital letter and full stop
	Retry  RetryKind

	HTTPStatus  int           // 0 without an answer
	Code        string        // scimType (RFC 7644 section 3.12) or OAuth's error code
	Description string        // the service's own words, fit to be shown
	RequestID   string        // the service's id of the request
	RetryAfter  time.Duration // what the service asked for; 0 for nothing
	Cause       error
}

// Error is the detail with the service's own words.
func (e *Error) Error() string {
	text := e.Detail
	if e.HTTPStatus != 0 {
		text += fmt.Sprintf(" (HTTP %d", e.HTTPStatus)
		if e.Code != "" {
			text += ", " + e.Code
		}
		text += ")"
	}
	if e.Description != "" {
		text += ": “" + e.Description + "”"
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is makes two errors with one reason the same for [errors.Is].
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Reason == e.Reason
}
