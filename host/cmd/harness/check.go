package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func (a *app) checkCommand() *cobra.Command {
	var t target
	var format string
	cmd := &cobra.Command{
		Use:   "check --connector PATH --config FILE",
		Short: "Connect, and say of each step whether it works and what to do if not",
		Args:  program.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := program.RequireOneOf(cmd, "format", format, "text", "json"); err != nil {
				return err
			}
			return a.nameDefault(cmd, a.check(cmd.Context(), t, format))
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
		if writeErr := program.WriteJSON(a.stdout, report); writeErr != nil {
			return writeErr
		}
		return program.Explained(err)
	}
	if writeErr := program.WriteChecks(a.stdout, report.Checks); writeErr != nil {
		return writeErr
	}
	return program.Explained(err)
}

// checkReport is what `check --format json` prints. OK is false exactly when a
// check failed.
type checkReport struct {
	OK     bool            `json:"ok"`
	Checks []program.Check `json:"checks"`
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
	report := checkReport{OK: true, Checks: []program.Check{}}
	for _, check := range response.GetChecks() {
		report.add(program.Check{
			Name: check.GetName(), Status: statusName(check.GetStatus()),
			Reason: check.GetReason(), Detail: check.GetDetail(), Fix: check.GetFix(),
		})
	}
	if err != nil && report.OK {
		e := program.ExplanationOf(err)
		name := checkConnector
		if e.Reason == program.ReasonConfig {
			name = checkConfig
		}
		report.add(program.Check{Name: name, Status: "fail", Reason: e.Reason, Detail: e.What, Fix: e.Fix})
	}
	return report
}

func (r *checkReport) add(c program.Check) {
	r.OK = r.OK && c.Status != "fail"
	r.Checks = append(r.Checks, c)
}

func statusName(s connectorv1.CheckStatus) string {
	return strings.ToLower(strings.TrimPrefix(s.String(), "CHECK_STATUS_"))
}
