package directory

import "fmt"

// Error is what went wrong between us and the server.
type Error struct {
	// Reason is one of this package's constants.
	Reason string
	// Detail says what happened to what, without a capital letter or full stop. It
	// holds no secret.
	Detail string
	// Code is the LDAP result code, 0 where the server gave none; ADCode is Active
	// Directory's own code within its message, such as "52e".
	Code   uint16
	ADCode string
	// Transient says that the same may work on another connection a little later.
	Transient bool
	// Cause is the error beneath, or nil.
	Cause error
}

// Error is the detail.
func (e *Error) Error() string { return e.Detail }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Cause }

// Is compares reasons, so that errors.Is(err, &Error{Reason: …}) asks for one.
func (e *Error) Is(target error) bool {
	other, ok := target.(*Error)
	return ok && other.Reason == e.Reason
}

func fail(reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Detail: fmt.Sprintf(format, args...)}
}
