package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"patchbay.example/internal/program"
	"patchbay.example/internal/spelling"
)

// Values of --format.
const (
	formatText = "text"
	formatJSON = "json"
)

// command is the whole command line.
func (a *app) command() *cobra.Command {
	root := &cobra.Command{
		Use:   programName,
		Short: "Keep directories of the people that services list",
		Long: `Patchbay keeps directories of the people that services such as Okta list. A
connection is configured once; the service syncs it every few hours, and holds
a run for review that would take away more people than it should.`,
		Example: `  patchbay demo
  patchbay serve
  patchbay connections add workforce --connector okta \
    --set domain=example.okta.com --set client_id=0oa1example --secret private_key=file:key.pem
  patchbay sync workforce --watch
  patchbay users list --search "ana lim"`,
		Version:       version,
		Args:          knownCommand,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          help,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if err := program.RequiredFlags(cmd, args); err != nil {
				return err
			}
			return a.checkFormat(cmd)
		},
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetFlagErrorFunc(flagError)
	root.PersistentFlags().StringVar(&a.format, "format", formatText, "text, or json for one document")
	a.flags.add(root.PersistentFlags())
	complete(root, "format", formatText, formatJSON)
	root.AddCommand(
		a.serveCommand(), a.demoCommand(), a.openCommand(), a.backupCommand(), a.restoreCommand(),
		a.connectionsCommand(), a.syncCommand(), a.runsCommand(), a.usersCommand(), a.peopleCommand(), a.connectorsCommand(),
		a.doctorCommand(), a.versionCommand(),
	)
	return root
}

// checkFormat leaves the formats of a command that has its own to that.
func (a *app) checkFormat(cmd *cobra.Command) error {
	if cmd.LocalNonPersistentFlags().Lookup("format") != nil {
		return nil
	}
	return program.RequireOneOf(cmd, "format", a.format, formatText, formatJSON)
}

// group is a command that only holds others.
func group(use, short, example string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Example: example, Args: knownCommand, RunE: help}
	cmd.AddCommand(commands...)
	return cmd
}

func help(cmd *cobra.Command, _ []string) error { return cmd.Help() }

// knownCommand refuses a word that is no command, and names the one that was
// meant.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	names := make([]string, 0, len(cmd.Commands()))
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return program.Usagef(cmd, "there is no command %q%s", abridged(args[0]), meant(args[0], names))
}

// oneArgument is a command's only argument, which its usage calls so.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) == 0:
			return program.Usagef(cmd, "%s is missing", what)
		case len(args) > 1:
			return program.Usagef(cmd, "%s is one word; %d more came after it", what, len(args)-1)
		}
		return nil
	}
}

// maxShown bounds a piece of the command line that an error repeats: what is
// longer may well be a secret that went astray.
const maxShown = 40

// flagError names the flag that was meant. It repeats nothing that could be a
// secret: a key pasted without quotes begins with dashes as a flag does.
func flagError(cmd *cobra.Command, err error) error {
	if invalid, ok := errors.AsType[*pflag.InvalidValueError](err); ok && !strings.ContainsAny(invalid.GetValue(), "\n\r") {
		return program.FlagError(cmd, err) // no flag that is checked takes a secret
	}
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	switch {
	case ok && unknown.GetSpecifiedShortnames() != "":
		return program.Usagef(cmd, "there is no flag -%s", unknown.GetSpecifiedName())
	case ok && len(unknown.GetSpecifiedName()) <= maxShown:
		return unknownFlag(cmd, unknown.GetSpecifiedName())
	}
	if text := err.Error(); len(text) > 3*maxShown || strings.ContainsAny(text, "\n\r") || strings.Contains(text, "BEGIN") {
		return program.Usagef(cmd, "the command line can't be read: one of its words is no flag, or no value of its flag. It is not repeated here, for it could be a secret")
	}
	return program.FlagError(cmd, err)
}

func unknownFlag(cmd *cobra.Command, name string) error {
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	if guess, ok := spelling.Nearest(name, names); ok {
		return program.Usagef(cmd, "there is no flag --%s: did you mean --%s?", name, guess)
	}
	return program.Usagef(cmd, "there is no flag --%s", name)
}

// abridged is a word that an error may repeat.
func abridged(word string) string {
	if len(word) > maxShown {
		return word[:maxShown/2] + "…"
	}
	return word
}

// complete offers the values of a flag to the shell.
func complete(cmd *cobra.Command, flag string, values ...string) {
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)) // there is such a flag
}

// completionTime is how long a shell waits for names: longer is worse than none.
const completionTime = 2 * time.Second

// connectionNames offers connections to the shell.
func (a *app) connectionNames(cmd *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	ctx, cancel := context.WithTimeout(cmd.Context(), completionTime)
	defer cancel()
	var names []string
	_ = a.with(ctx, func(o opened) error { // no names are an answer, too
		connections, err := o.ops.Connections(ctx)
		for _, c := range connections {
			names = append(names, fmt.Sprintf("%s\t%s, %s", c.Name, c.Connector, stateWord(c.State)))
		}
		return err
	})
	return names, cobra.ShellCompDirectiveNoFileComp
}
