// Harness is for one connector at a time: it loads it as a host would, connects,
// lists what there is to read and streams it. It also writes a new connector, and
// examines whether one keeps the contract.
//
// Without arguments it shows all of that against a fake Okta tenant of its own.
// Records go to standard output and everything else to standard error; exit
// codes are those of package wire.
package main

import (
	"context"
	"io"
	"log/slog"
	"os"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
)

// version is the harness's own, which connectors see.
const version = "0.1.0"

func main() {
	ctx, stop := program.WithSignals(context.Background())
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	err := a.command().ExecuteContext(ctx)
	code := program.ExitCode(ctx, err)
	program.Explain(ctx, a.stderr, "harness", err)
	stop()
	os.Exit(code)
}

// app is one run of the program.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	logLevel       slog.LevelVar
}

func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:     "harness",
		Short:   "Make a connector, examine it, and run it by hand",
		Version: version,
		Long: `Harness loads a Patchbay connector as a host would, connects, lists what there
is to read, and streams it. It writes a new connector, and examines whether one
keeps the contract. Without a command it shows how it runs one, against a fake
Okta tenant of its own.`,
		Example: `  harness
  harness check --connector bin/okta --config okta.json
  harness sync --connector bin/okta --config okta.json --resource users --format jsonl
  harness new ../roster --name roster
  harness conform --connector bin/roster --config config.json`,
		Args:              program.NoArguments,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: program.RequiredFlags,
		RunE:              func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context()) },
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(program.FlagError)
	a.logLevel.Set(slog.LevelWarn)
	root.PersistentFlags().TextVar(&a.logLevel, "log-level", &a.logLevel, "what is logged of host and connector: DEBUG, INFO, WARN or ERROR")
	root.AddCommand(a.checkCommand(), a.resourcesCommand(), a.syncCommand(), a.tenantCommand(), a.newCommand(), a.conformCommand())
	return root
}

// log writes what host and connector log.
func (a *app) log() *slog.Logger { return program.NewLog(a.stderr, &a.logLevel) }
