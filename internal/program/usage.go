package program

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// UsageError is a command line that can't be right. It ends a program with
// wire.ExitUsage.
type UsageError struct {
	// Command is the one whose help explains more.
	Command *cobra.Command
	Err     error
}

// Error is the sentence, and where to read more.
func (e *UsageError) Error() string {
	text, link := e.Err.Error(), "; see "
	if strings.HasSuffix(text, "?") {
		link = " See "
	}
	return text + link + e.Command.CommandPath() + " --help"
}

// Unwrap returns what is wrong.
func (e *UsageError) Unwrap() error { return e.Err }

// Usagef makes a [*UsageError].
func Usagef(cmd *cobra.Command, format string, args ...any) error {
	return &UsageError{Command: cmd, Err: fmt.Errorf(format, args...)}
}

// Arguments makes of cobra's check of arguments one whose errors are of type
// [*UsageError].
func Arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return &UsageError{Command: cmd, Err: err}
		}
		return nil
	}
}

// NoArguments is for a command that takes none.
func NoArguments(cmd *cobra.Command, args []string) error { return Arguments(cobra.NoArgs)(cmd, args) }

// RequiredFlags makes of flags that are missing the usage error that they are:
// cobra's own is one like any other. It is a PersistentPreRunE.
func RequiredFlags(cmd *cobra.Command, _ []string) error {
	if err := cmd.ValidateRequiredFlags(); err != nil {
		return &UsageError{Command: cmd, Err: err}
	}
	return nil
}

// FlagError is for [cobra.Command.SetFlagErrorFunc].
func FlagError(cmd *cobra.Command, err error) error { return &UsageError{Command: cmd, Err: err} }

// RequireOneOf returns a usage error if a flag's value is none of those.
func RequireOneOf(cmd *cobra.Command, flag, value string, allowed ...string) error {
	if slices.Contains(allowed, value) {
		return nil
	}
	return Usagef(cmd, "--%s is %s, not %q", flag, strings.Join(allowed, " or "), value)
}
