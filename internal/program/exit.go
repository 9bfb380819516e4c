package program

import (
	"context"
	"errors"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/wire"
)

// Error is an error with what a person should do about it, and the exit code
// that it leads to, where the error itself can't tell.
type Error struct {
	Err error
	// Reason is for code, in UPPER_SNAKE; empty for [ReasonFailure].
	Reason string
	// Fix is what to do, in sentences; may be empty.
	Fix string
	// Code is one of package wire; 0: what Err leads to.
	Code int
}

// Error is that of Err.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// ExitCode is the code that a program ends with after err: 0 for nil and where
// the reader of the output has left, the signal's where one has ended ctx, that
// of an [*Error] which names one, 2 for a [*UsageError] and a
// [*connection.InvalidError], and else that of [host.ExitCode].
func ExitCode(ctx context.Context, err error) int {
	var usage *UsageError
	var invalid *connection.InvalidError
	var own *Error
	switch {
	case err == nil, errors.Is(err, ErrOutputClosed):
		return wire.ExitDone
	case ctx.Err() != nil:
		return signalCode(ctx)
	case errors.As(err, &own) && own.Code != 0:
		return own.Code
	case errors.As(err, &usage), errors.As(err, &invalid):
		return wire.ExitUsage
	case errors.Is(err, ErrOutput):
		return wire.ExitOurs
	default:
		return host.ExitCode(err)
	}
}
