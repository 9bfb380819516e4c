// Package program is what the programs of this tree have in common on a command
// line: how signals end them, which exit code an error leads to and how it is
// explained, how checks are shown, and how output is written that somebody may
// stop reading.
//
// A main function is then
//
//	ctx, stop := program.WithSignals(context.Background())
//	err := command.ExecuteContext(ctx)
//	program.Explain(ctx, os.Stderr, "patchbay", err)
//	code := program.ExitCode(ctx, err)
//	stop()
//	os.Exit(code)
package program
