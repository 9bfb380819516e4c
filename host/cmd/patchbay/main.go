// Patchbay keeps directories of the people that services such as Okta list: it
// holds connections, syncs each on its schedule, and shows what stands.
//
// `patchbay serve` is the service; `patchbay demo` shows it on a fake tenant. The
// other commands ask it for something: over its loopback address where one runs,
// and on the data folder itself where none does. Results go to standard output
// and everything else to standard error; exit codes are those of package wire.
package main

import (
	"context"
	"io"
	"os"
	"time"

	"patchbay.example/internal/program"
)

func main() {
	ctx, stop := program.WithSignals(context.Background())
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	err := a.command().ExecuteContext(ctx)
	code := program.ExitCode(ctx, err)
	program.Explain(ctx, a.stderr, programName, err)
	stop()
	os.Exit(code)
}

const programName = "patchbay"

// app is one run of the program.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	flags          settingsFlags
	format         string

	// For tests: what open returns, the clock and the time zone of what is shown,
	// and that somebody sits at stdin. Zero values mean the installation, now,
	// the machine's, and whether stdin is a terminal.
	opener      func(context.Context) (opened, error)
	now         func() time.Time
	zone        *time.Location
	interactive bool
}
