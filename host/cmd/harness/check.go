package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func (a *app) checkCommand() *cobra.Command {
	var t target
	var format string
	cmd := &cobra.Command{
		Use:   "check --connector PATH --config FILE",
		Short: "Connect, and say of each step whether it works and what to do if not",
		Args:  noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := requireOneOf(cmd, "format", format, "text", "json"); err != nil {
				return err
			}
			return a.check(cmd.Context(), t, format)
		},
	}
	t.addFlags(cmd)
	cmd.Flags().StringVar(&format, "format", "text", "text or json")
	return cmd
}

// check connects and prints the checks. An error is one that was explained, so
// that what remains of it is the exit code.
func (a *app) check(ctx context.Context, t target, format string) error {
	connector, response, err := a.connect(ctx, t, nil)
	if connector != nil {
		defer func() { _ = connector.Close() }()
	}
	report := reportOf(response, err)
	if ctx.Err() != nil {
		return err
	}
	if format == "json" {
		if writeErr := writeJSON(a.stdout, report); writeErr != nil {
			return writeErr
		}
		return explained(err)
	}
	if writeErr := report.write(a.stdout); writeErr != nil {
		return writeErr
	}
	return explained(err)
}

// checkReport is what `check --format json` prints. OK is false exactly when a
// check failed.
type checkReport struct {
	OK     bool         `json:"ok"`
	Checks []namedCheck `json:"checks"`
}

type namedCheck struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warn, fail or skipped
	Reason string `json:"reason"`
	Detail string `json:"detail"`
	Fix    string `json:"fix"`
}

// Names of checks that the harness makes itself, where the connector could not
// be asked.
const (
	checkConfig    = "config"
	checkConnector = "connector"
)

// reportOf makes a report of a connector's answer. Where there is none, what
// went wrong becomes the one check that failed.
func reportOf(response *connectorv1.ConnectResponse, err error) checkReport {
	report := checkReport{OK: true, Checks: []namedCheck{}}
	for _, check := range response.GetChecks() {
		report.add(namedCheck{
			Name: check.GetName(), Status: statusName(check.GetStatus()),
			Reason: check.GetReason(), Detail: check.GetDetail(), Fix: check.GetFix(),
		})
	}
	if err != nil && report.OK {
		e := explanationOf(err)
		name := checkConnector
		if e.reason == reasonConfig {
			name = checkConfig
		}
		report.add(namedCheck{Name: name, Status: "fail", Reason: e.reason, Detail: e.what, Fix: e.fix})
	}
	return report
}

func (r *checkReport) add(c namedCheck) {
	r.OK = r.OK && c.Status != "fail"
	r.Checks = append(r.Checks, c)
}

// marks stand before a check in a text for people.
var marks = map[string]string{"ok": "✓", "warn": "!", "fail": "✗", "skipped": "–"}

// write prints the report for people.
func (r checkReport) write(w io.Writer) error {
	var b strings.Builder
	for _, c := range r.Checks {
		fmt.Fprintf(&b, "%s %-11s %s\n", marks[c.Status], c.Name, detailOf(c))
		writeFix(&b, strings.Repeat(" ", 14), c.Fix)
	}
	return output(io.WriteString(w, b.String()))
}

func detailOf(c namedCheck) string {
	switch {
	case c.Status == "skipped" && c.Detail == "":
		return "Skipped."
	case c.Reason != "" && !strings.HasSuffix(c.Detail, "("+c.Reason+")"):
		return c.Detail + " (" + c.Reason + ")"
	default:
		return c.Detail
	}
}

func statusName(s connectorv1.CheckStatus) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "CHECK_STATUS_"))
}

// requireOneOf returns a usage error if a flag's value is none of those.
func requireOneOf(cmd *cobra.Command, flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return &usageError{command: cmd, err: fmt.Errorf("--%s is %s, not %q", flag, strings.Join(allowed, " or "), value)}
}

// errOutput is the error of a result that could not be written.
var errOutput = errors.New("write the output")

// errOutputClosed ends a run whose reader wants no more.
var errOutputClosed = errors.New("the output was closed by its reader")

// output sorts the error of a write: a reader that has left is no failure.
func output(_ int, err error) error {
	switch {
	case err == nil:
		return nil
	case isClosedPipe(err):
		return errOutputClosed
	default:
		return fmt.Errorf("%w: %w", errOutput, err)
	}
}

func writeJSON(w io.Writer, value any) error {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(value); err != nil {
		return err
	}
	return output(io.WriteString(w, b.String()))
}
