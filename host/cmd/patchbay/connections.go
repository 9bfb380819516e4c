package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchbay.example/host"
	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/spelling"
	"patchbay.example/internal/wire"
)

func (a *app) connectionsCommand() *cobra.Command {
	return group("connections", "Add, show and change connections",
		`  patchbay connections list
  patchbay connections add --help`,
		a.connectionsAddCommand(), a.connectionsListCommand(), a.connectionsShowCommand(), a.connectionsSetCommand(), a.connectionsTestCommand(),
		a.connectionsPauseCommand(), a.connectionsResumeCommand(), a.connectionsRemoveCommand())
}

// onConnection is a command about one connection.
func (a *app) onConnection(use, short, long, example string, do func(cmd *cobra.Command, o opened, name string) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long, Example: example,
		Args: oneArgument("the connection's name"), ValidArgsFunction: a.connectionNames,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(o opened) error {
				return missing(cmd.Context(), o.ops, args[0], do(cmd, o, args[0]))
			})
		},
	}
}

func (a *app) connectionsListCommand() *cobra.Command {
	return &cobra.Command{
		Use: "list", Short: "List the connections and how they stand", Args: program.NoArguments,
		Example: `  patchbay connections list
  patchbay connections list --format json`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.with(cmd.Context(), func(o opened) error {
				connections, err := o.ops.Connections(cmd.Context())
				if err != nil {
					return err
				}
				return a.show(map[string][]service.Connection{"connections": connections}, func(w io.Writer) { a.writeConnections(w, connections) })
			})
		},
	}
}

func (a *app) writeConnections(w io.Writer, connections []service.Connection) {
	if len(connections) == 0 {
		_, _ = fmt.Fprintln(w, "There is no connection yet. Add one: patchbay connections add --help")
		return
	}
	t := newTable("NAME", "CONNECTOR", "STATE", " PEOPLE", "LAST SUCCESS", "NEXT RUN", "HRIS")
	for _, c := range connections {
		next := "none"
		if c.NextRun != nil {
			next = a.when(c.NextRun)
		}
		hris := ""
		if c.HRIS {
			hris = "HRIS"
		}
		t.row(c.Name, c.Connector, stateWord(c.State), program.Thousands(c.People), a.when(c.LastSuccess), next, hris)
	}
	t.write(w)
}

func (a *app) connectionsShowCommand() *cobra.Command {
	return a.onConnection("show NAME", "Show how a connection stands, why, and what to do", "",
		"  patchbay connections show workforce",
		func(cmd *cobra.Command, o opened, name string) error {
			c, err := o.ops.Connection(cmd.Context(), name)
			if err != nil {
				return err
			}
			return a.show(c, func(w io.Writer) { a.writeConnection(w, c) })
		})
}

func (a *app) writeConnection(w io.Writer, c service.Connection) {
	var f facts
	f.add("Connection", c.Name)
	f.add("State", stateWord(c.State))
	f.add("Why", c.Why)
	f.add("To fix", c.Fix)
	f.add("Directory", fmt.Sprintf("%s, %s with access", counted(c.People), program.Thousands(c.WithAccess)))
	f.add("Last success", a.when(c.LastSuccess))
	f.add("Next run", a.nextRun(c))
	if c.LastRun != nil {
		f.add("Last run", fmt.Sprintf("%d, %s, began %s", c.LastRun.ID, strings.ToLower(statusWord(c.LastRun.Status)), a.when(&c.LastRun.Started)))
	}
	if c.Failures > 0 {
		f.add("Failures", fmt.Sprintf("%d since the last success", c.Failures))
	}
	f.add("Connector", c.Connector)
	f.add("Lists", c.Resource)
	f.add("HRIS", yesNo(c.HRIS))
	f.add("Interval", program.ShortDuration(time.Duration(c.Interval)))
	f.add("Shrink limit", fmt.Sprintf("%d %%", c.ShrinkPercent))
	f.add("Deadline", program.ShortDuration(time.Duration(c.Deadline)))
	f.add("Configuration", string(c.Config))
	for _, name := range slices.Sorted(maps.Keys(c.Secrets)) {
		f.add("Secret", name+" ("+c.Secrets[name]+")")
	}
	f.write(w)
	if len(c.Checks) > 0 {
		_, _ = fmt.Fprintf(w, "\nChecks of %s:\n", a.when(c.Checked))
		_ = writeChecks(w, c.Checks) // a Builder takes everything
	}
}

// nextRun is when the next run is due, and why.
func (a *app) nextRun(c service.Connection) string {
	switch {
	case c.NextRun == nil && c.NextWhy == "":
		return "none is planned"
	case c.NextRun == nil:
		return c.NextWhy
	case c.NextWhy == "":
		return a.when(c.NextRun)
	default:
		return a.when(c.NextRun) + " (" + c.NextWhy + ")"
	}
}

func (a *app) connectionsTestCommand() *cobra.Command {
	return a.onConnection("test NAME", "Connect, and say of each step whether it works and what to do if not",
		`Test connects as a sync would and prints the named checks. A connection whose
credentials are accepted again is synced at once. Where a check fails, the exit
code says whose turn it is: 2 the configuration's, 3 the service refuses, 4 the
service is not available, 5 the connector is broken.`,
		"  patchbay connections test workforce",
		func(cmd *cobra.Command, o opened, name string) error {
			report, err := o.ops.TestChange(cmd.Context(), name, service.Change{})
			if err != nil {
				return err
			}
			if err := a.show(report, func(w io.Writer) { writeReport(w, report) }); err != nil {
				return err
			}
			return failed(report, "the connection does not work")
		})
}

func (a *app) connectionsPauseCommand() *cobra.Command {
	return a.onConnection("pause NAME", "Plan no more runs until it is resumed", "A run that is under way goes on to its end. The directory stays as it stands.",
		"  patchbay connections pause workforce",
		func(cmd *cobra.Command, o opened, name string) error {
			c, err := o.ops.Pause(cmd.Context(), name)
			return a.showStanding(c, err)
		})
}

func (a *app) connectionsResumeCommand() *cobra.Command {
	return a.onConnection("resume NAME", "Let a paused connection go on, beginning with a run", "",
		"  patchbay connections resume workforce",
		func(cmd *cobra.Command, o opened, name string) error {
			c, err := o.ops.Resume(cmd.Context(), name)
			return a.showStanding(c, err)
		})
}

// showStanding says in a line how a connection stands.
func (a *app) showStanding(c service.Connection, err error) error {
	if err != nil {
		return err
	}
	return a.show(c, func(w io.Writer) {
		_, _ = fmt.Fprintf(w, "%s: %s. Next run: %s\n", c.Name, stateWord(c.State), clean(a.nextRun(c)))
	})
}

func (a *app) connectionsRemoveCommand() *cobra.Command {
	var yes bool
	cmd := a.onConnection("remove NAME", "Remove a connection with its people and runs", "",
		`  patchbay connections remove workforce
  patchbay connections remove workforce --yes`,
		func(cmd *cobra.Command, o opened, name string) error {
			ctx := cmd.Context()
			c, err := o.ops.Connection(ctx, name)
			if err != nil {
				return err
			}
			consequence := fmt.Sprintf("This removes %s with %s and all of its runs.", name, counted(c.People))
			if err := a.confirm(ctx, cmd, yes, consequence, name); err != nil {
				return err
			}
			if err := o.ops.Remove(ctx, name); err != nil {
				return err
			}
			return a.show(map[string]string{"removed": name}, func(w io.Writer) { _, _ = fmt.Fprintf(w, "Removed %s.\n", name) })
		})
	cmd.Flags().BoolVar(&yes, "yes", false, "don't ask")
	return cmd
}

// formOf is what a connector asks for.
func formOf(ctx context.Context, o opened, connector string) (service.Form, error) {
	form, err := o.ops.Form(ctx, connector)
	if guess, ok := meantConnector(ctx, o.ops, connector, err); ok {
		return service.Form{}, &program.Error{
			Err:    fmt.Errorf("there is no connector %q: did you mean %s?", abridged(connector), guess),
			Reason: string(host.ConnectorNotFound), Fix: "patchbay connectors list shows those that there are.", Code: wire.ExitUsage,
		}
	}
	if err != nil {
		return service.Form{}, fmt.Errorf("ask connector %s what it needs: %w", connector, err)
	}
	return form, nil
}

// meantConnector is the connector whose name is nearest to one of which err says
// that there is none.
func meantConnector(ctx context.Context, ops service.Operations, name string, err error) (string, bool) {
	if err == nil || program.ExplanationOf(err).Reason != string(host.ConnectorNotFound) {
		return "", false
	}
	connectors, err := ops.Connectors(ctx)
	if err != nil {
		return "", false
	}
	names := make([]string, 0, len(connectors))
	for _, c := range connectors {
		names = append(names, c.Name)
	}
	return spelling.Nearest(name, names)
}
