package main

import (
	"errors"
	"fmt"
	"io"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
)

// writeReport writes what a test of a connection found.
func writeReport(w io.Writer, r service.Report) {
	_ = writeChecks(w, r.Checks) // a Builder takes everything
	if r.Account != "" {
		where := ""
		if r.AccountURL != "" {
			where = " (" + clean(r.AccountURL) + ")"
		}
		_, _ = fmt.Fprintf(w, "Reached %s%s.\n", clean(r.Account), where)
	}
}

// writeChecks writes named checks with their fixes.
func writeChecks(w io.Writer, checks []service.Check) error {
	shown := make([]program.Check, 0, len(checks))
	for _, c := range checks {
		detail := c.Detail
		if detail == "" && c.Status != service.CheckSkipped {
			detail = c.Title
		}
		shown = append(shown, program.Check{Name: c.Name, Status: string(c.Status), Reason: c.Reason, Detail: clean(detail), Fix: clean(c.Fix)})
	}
	return program.WriteChecks(w, shown)
}

// failed is the error of a report: its exit code is that of its class. It is nil
// where the connection works.
func failed(r service.Report, what string) error {
	if r.OK {
		return nil
	}
	return &program.Error{Err: errors.New(what), Reason: "TEST_FAILED", Code: classCode(r.Class)}
}
