package host

import (
	"context"
	"errors"
	"fmt"
	"time"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// ErrClosed is the cause of calls that [Connector.Close] ended, and the error
// of those that came after it.
var ErrClosed = errors.New("the connector was closed")

// RefusedError is a refusal by the connector: it ran, and says why a
// connection can't be used or a stream can't go on.
type RefusedError struct {
	// Call is what was asked: "Connect", "ListResources", "Sync" …
	Call string
	// Class tells whose turn it is; never unspecified.
	Class connectorv1.Class
	// Reason is one that the connector declares in Describe.
	Reason string
	// Message says what happened, Fix what to do; Fix may be empty.
	Message, Fix string
	// RetryAfter is when trying again makes sense, 0 when unknown.
	RetryAfter time.Duration
	// Metadata holds the service's own facts, such as a request id.
	Metadata map[string]string
	// Response is Connect's answer with its checks; nil for other calls, and
	// where the connector refused without any.
	Response *connectorv1.ConnectResponse
}

// Error is the message with its reason.
func (e *RefusedError) Error() string { return fmt.Sprintf("%s (%s)", e.Message, e.Reason) }

// Checks are those that led to a refusal of Connect.
func (e *RefusedError) Checks() []*connectorv1.Check { return e.Response.GetChecks() }

// Fault is what the host found wrong: with the connector's file, its process,
// or what it sent.
type Fault struct {
	// Reason is one of the constants of this package.
	Reason Reason
	// Message says what happened, to what.
	Message string
	// Log holds the last lines that the connector logged, secrets replaced;
	// empty where they can't explain anything.
	Log string
	// Cause is the error beneath, may be nil.
	Cause error
}

// Class tells whose turn it is. CLASS_UNSPECIFIED is our own machine's.
func (f *Fault) Class() connectorv1.Class { return f.Reason.details().class }

// Fix says what to do.
func (f *Fault) Fix() string { return f.Reason.details().fix }

// Error is the message with its reason.
func (f *Fault) Error() string { return fmt.Sprintf("%s (%s)", f.Message, f.Reason) }

// Unwrap returns the cause.
func (f *Fault) Unwrap() error { return f.Cause }

// Is reports whether target is a Fault of the same reason, so that
// errors.Is(err, &host.Fault{Reason: host.ConnectorHung}) works.
func (f *Fault) Is(target error) bool {
	other, ok := target.(*Fault)
	return ok && other.Reason == f.Reason
}

// Explanation is what a person needs of an error.
type Explanation struct {
	Class                connectorv1.Class
	Reason, Message, Fix string
}

// Explain finds a [*RefusedError] or [*Fault] in err. It reports false if there
// is none.
func Explain(err error) (Explanation, bool) {
	var refused *RefusedError
	var fault *Fault
	switch {
	case errors.As(err, &fault):
		return Explanation{fault.Class(), string(fault.Reason), fault.Message, fault.Fix()}, true
	case errors.As(err, &refused):
		return Explanation{refused.Class, refused.Reason, refused.Message, refused.Fix}, true
	default:
		return Explanation{}, false
	}
}

// ExitCode is the exit code that a command ends with after err: 0 for nil, that
// of the class for refusals and faults, and 1 for everything else. How a
// cancelled context ends a command (130, 143) is the caller's to say.
func ExitCode(err error) int {
	if err == nil {
		return wire.ExitDone
	}
	explanation, ok := Explain(err)
	if !ok || explanation.Class == connectorv1.Class_CLASS_UNSPECIFIED {
		return wire.ExitOurs
	}
	return wire.ExitCode(explanation.Class)
}

// faultf makes a fault without a cause.
func faultf(reason Reason, format string, args ...any) *Fault {
	return &Fault{Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// contextError is why ctx ended: its cause, and always its own error as well,
// but for [ErrClosed], which stands for itself.
func contextError(ctx context.Context) error {
	cause := context.Cause(ctx)
	if errors.Is(cause, ctx.Err()) || errors.Is(cause, ErrClosed) {
		return cause
	}
	return fmt.Errorf("%w: %w", ctx.Err(), cause)
}
