package program

import (
	"context"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"patchbay.example/internal/wire"
)

// signalError is the cause of a context that a signal ended.
type signalError struct{ signal os.Signal }

func (e *signalError) Error() string { return "stopped by " + e.signal.String() }

// WithSignals returns a context that the first SIGINT or SIGTERM ends, for an
// orderly end. The second ends the program at once; connectors, whose standard
// input that closes, end by themselves. The returned function gives the signals
// back.
//
// SIGPIPE is taken, so that writing to a closed standard output is an error
// like any other instead of the program's end.
func WithSignals(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	go func() {
		first, ok := <-signals
		if !ok {
			return
		}
		cancel(&signalError{first})
		if second, ok := <-signals; ok {
			os.Exit(codeOf(second))
		}
	}()
	return ctx, func() {
		signal.Stop(signals)
		close(signals)
		cancel(nil)
	}
}

// signalCode is the exit code of a context that a signal has ended.
func signalCode(ctx context.Context) int {
	if stopped, ok := errors.AsType[*signalError](context.Cause(ctx)); ok {
		return codeOf(stopped.signal)
	}
	return wire.ExitOurs
}

func codeOf(s os.Signal) int {
	if s == syscall.SIGTERM {
		return wire.ExitTerminated
	}
	return wire.ExitInterrupt
}
