package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"patchbay.example/host"
)

// explain tells a person what ended the program, and what to do about it.
func (a *app) explain(ctx context.Context, err error) {
	if err == nil || errors.Is(err, errOutputClosed) || errors.Is(err, errExplained) {
		return
	}
	if ctx.Err() != nil {
		_, _ = fmt.Fprintf(a.stderr, "harness: %v\n", context.Cause(ctx))
		return
	}
	e := explanationOf(err)
	_, _ = fmt.Fprintf(a.stderr, "harness: %s\n", e.what)
	writeFix(a.stderr, "", e.fix)
}

// errExplained marks an error of which everything was said already.
var errExplained = errors.New("explained")

// explained wraps an error that needs no more words.
func explained(err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(errExplained, err)
}

// explanation is an error in words and for code.
type explanation struct{ reason, what, fix string }

func explanationOf(err error) explanation {
	if e, ok := host.Explain(err); ok {
		return explanation{reason: e.Reason, what: fmt.Sprintf("%s (%s)", strings.TrimSuffix(e.Message, "."), e.Reason), fix: e.Fix}
	}
	reason := reasonOf(err)
	return explanation{reason: reason, what: err.Error(), fix: fixes[reason]}
}

// Reasons of the harness's own, in a check or a summary.
const (
	reasonConfig  = "CONFIG_INVALID"
	reasonUsage   = "USAGE_INVALID"
	reasonOutput  = "OUTPUT_FAILED"
	reasonFailure = "FAILED"
)

// fixes are what to do about them.
var fixes = map[string]string{
	reasonConfig: "Correct the file that --config names, and run this again.",
	reasonOutput: "Choose a place that can be written to and has room, and run this again.",
}

func reasonOf(err error) string {
	var usage *usageError
	switch {
	case errors.Is(err, errOutput):
		return reasonOutput
	case isInvalid(err):
		return reasonConfig
	case errors.As(err, &usage):
		return reasonUsage
	default:
		return reasonFailure
	}
}

// writeFix writes what to do, if anything.
func writeFix(w io.Writer, indent, fix string) {
	if fix != "" {
		_, _ = fmt.Fprintf(w, "%sTo fix: %s\n", indent, fix)
	}
}
