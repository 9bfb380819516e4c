// Harness runs one connector by hand: it loads it as a host would, connects,
// lists what there is to read and streams it.
//
// Without arguments it shows all of that against a fake Okta tenant of its own.
// Records go to standard output and everything else to standard error; exit
// codes are those of package wire.
package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"

	"github.com/lmittmann/tint"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/wire"
)

// version is the harness's own, which connectors see.
const version = "0.1.0"

func main() {
	ctx, stop := withSignals(context.Background())
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	err := a.command().ExecuteContext(ctx)
	code := exitCode(ctx, err)
	a.explain(ctx, err)
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
		Short:   "Run one connector by hand",
		Version: version,
		Long: `Harness loads a Patchbay connector as a host would, connects, lists what there
is to read, and streams it. Without a command it shows all of that against a
fake Okta tenant of its own.`,
		Example: `  harness
  harness check --connector bin/okta --config okta.json
  harness sync --connector bin/okta --config okta.json --resource users --format jsonl`,
		Args:              noArguments,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: requiredFlags,
		RunE:              func(cmd *cobra.Command, _ []string) error { return a.demo(cmd.Context()) },
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return &usageError{command: cmd, err: err} })
	a.logLevel.Set(slog.LevelWarn)
	root.PersistentFlags().TextVar(&a.logLevel, "log-level", &a.logLevel, "what is logged of host and connector: DEBUG, INFO, WARN or ERROR")
	root.AddCommand(a.checkCommand(), a.resourcesCommand(), a.syncCommand(), a.tenantCommand())
	return root
}

// log writes what host and connector log.
func (a *app) log() *slog.Logger {
	return slog.New(tint.NewTextHandler(a.stderr, &tint.Options{Level: &a.logLevel, TimeFormat: "15:04:05", NoColor: !isTerminal(a.stderr)}))
}

// isTerminal reports whether a person looks at w.
func isTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd())) //nolint:gosec // file descriptors are small
}

// usageError is a command line that can't be right.
type usageError struct {
	command *cobra.Command
	err     error
}

func (e *usageError) Error() string {
	return e.err.Error() + "; see " + e.command.CommandPath() + " --help"
}

func (e *usageError) Unwrap() error { return e.err }

func noArguments(cmd *cobra.Command, args []string) error {
	if err := cobra.NoArgs(cmd, args); err != nil {
		return &usageError{command: cmd, err: err}
	}
	return nil
}

// requiredFlags makes of flags that are missing the usage error that they are:
// cobra's own is one like any other.
func requiredFlags(cmd *cobra.Command, _ []string) error {
	if err := cmd.ValidateRequiredFlags(); err != nil {
		return &usageError{command: cmd, err: err}
	}
	return nil
}

// exitCode is the code that the program ends with after err.
func exitCode(ctx context.Context, err error) int {
	var usage *usageError
	var invalid *connection.InvalidError
	switch {
	case err == nil, errors.Is(err, errOutputClosed):
		return wire.ExitDone
	case ctx.Err() != nil:
		return signalCode(ctx)
	case errors.As(err, &usage), errors.As(err, &invalid):
		return wire.ExitUsage
	case errors.Is(err, errOutput):
		return wire.ExitOurs
	default:
		return host.ExitCode(err)
	}
}
