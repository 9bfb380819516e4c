package program

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
)

// Explain tells a person what ended the program of that name, and what to do
// about it. It says nothing where everything was said, see [Explained], or
// where nobody reads.
func Explain(ctx context.Context, w io.Writer, name string, err error) {
	if err == nil || errors.Is(err, ErrOutputClosed) || errors.Is(err, errExplained) {
		return
	}
	if ctx.Err() != nil {
		_, _ = fmt.Fprintf(w, "%s: %v\n", name, context.Cause(ctx))
		return
	}
	e := ExplanationOf(err)
	_, _ = fmt.Fprintf(w, "%s: %s\n", name, e.What)
	WriteFix(w, "", e.Fix)
}

// errExplained marks an error of which everything was said already.
var errExplained = errors.New("explained")

// Explained wraps an error that needs no more words: what remains of it is the
// exit code. It returns nil for nil.
func Explained(err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(errExplained, err)
}

// Explanation is an error in words and for code.
type Explanation struct {
	// Reason is in UPPER_SNAKE.
	Reason string
	// What happened, and how to fix it; Fix may be empty.
	What, Fix string
}

// Reasons of errors that are no connector's.
const (
	ReasonConfig  = "CONFIG_INVALID"
	ReasonUsage   = "USAGE_INVALID"
	ReasonOutput  = "OUTPUT_FAILED"
	ReasonFailure = "FAILED"
)

// ExplanationOf explains an error.
func ExplanationOf(err error) Explanation {
	if own, ok := errors.AsType[*Error](err); ok {
		reason := own.Reason
		if reason == "" {
			reason = ReasonFailure
		}
		return Explanation{Reason: reason, What: err.Error(), Fix: own.Fix}
	}
	if e, ok := host.Explain(err); ok {
		return Explanation{Reason: e.Reason, What: fmt.Sprintf("%s (%s)", strings.TrimSuffix(e.Message, "."), e.Reason), Fix: e.Fix}
	}
	e := Explanation{Reason: reasonOf(err), What: err.Error()}
	if e.Reason == ReasonOutput {
		e.Fix = "Choose a place that can be written to and has room, and run this again."
	}
	return e
}

func reasonOf(err error) string {
	var usage *UsageError
	var invalid *connection.InvalidError
	switch {
	case errors.Is(err, ErrOutput):
		return ReasonOutput
	case errors.As(err, &invalid):
		return ReasonConfig
	case errors.As(err, &usage):
		return ReasonUsage
	default:
		return ReasonFailure
	}
}

// WriteFix writes what to do, if anything.
func WriteFix(w io.Writer, indent, fix string) {
	if fix != "" {
		_, _ = fmt.Fprintf(w, "%sTo fix: %s\n", indent, fix)
	}
}
