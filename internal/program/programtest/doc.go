// Package programtest runs the programs of host/cmd in their tests: the real
// executables, built once, as processes of their own.
//
// A [Command] says what to run and with what; Start and Run make an [Execution],
// of which a test awaits what it says and checks how it ended. Whatever a
// program says is searched for secrets, tokens and stack traces. The machinery
// is for Unix.
package programtest
