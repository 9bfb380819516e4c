package main

import (
	"errors"
	"io"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/wire"
)

func (a *app) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check the installation, and say what to do about what is wrong", Args: program.NoArguments,
		Long: `Doctor checks the store, the sealing key, the connectors, the schedule and the
notifications. It ends with 1 where a check failed; connections have a test of
their own, patchbay connections test.`,
		Example: "  patchbay doctor",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(o opened) error {
				checks, err := o.ops.Diagnose(cmd.Context())
				if err != nil {
					return err
				}
				if err := a.show(map[string][]service.Check{"checks": checks}, func(w io.Writer) {
					_ = writeChecks(w, checks) // a Builder takes everything
				}); err != nil {
					return err
				}
				for _, c := range checks {
					if c.Status == service.CheckFail {
						return &program.Error{Err: errors.New("the installation needs attention"), Reason: "CHECK_FAILED", Code: wire.ExitOurs}
					}
				}
				return nil
			})
		},
	}
}
