package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
)

// saved is what `connections add` and `connections set` print as JSON.
type saved struct {
	// Connection is absent where it was not stored.
	Connection *service.Connection `json:"connection,omitempty"`
	// Report is absent where nothing had to be tested.
	Report *service.Report `json:"report,omitempty"`
}

func (a *app) connectionsAddCommand() *cobra.Command {
	var f configFlags
	var connector, resource, file string
	cmd := &cobra.Command{
		Use:   "add NAME --connector CONNECTOR",
		Short: "Test a connection, and store it if it works",
		Long: `Add connects with what is given and prints the named checks. Only a connection
that works is stored; its first run is planned at once. What a connector asks
for is listed by patchbay connectors form.

A secret never stands on the command line, where others on the machine can read
it. It is named: file:PATH and env:NAME are kept as they are and read by the
service each time, from its own files and environment; - is read from standard
input and stored sealed. In a file of --file, a secret may also stand as it is.

The file is YAML or JSON with the keys connector, config (the connector's
properties), resource, hris, interval, shrink_percent and deadline. Flags win.

Where a check fails, the exit code says whose turn it is: 2 the configuration's,
3 the service refuses, 4 the service is not available, 5 the connector is broken.`,
		Example: `  patchbay connections add workforce --connector okta --hris \
    --set domain=example.okta.com --set client_id=0oa1example --secret private_key=file:key.pem
  patchbay connections add workforce --connector okta --set domain=example.okta.com \
    --set client_id=0oa1example --secret private_key=- < key.pem
  patchbay connections add workforce --file workforce.yaml`,
		Args: oneArgument("the connection's name"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(o opened) error {
				draft, err := a.draft(cmd, o, args[0], file, connector, resource, f)
				if err != nil {
					return err
				}
				connection, report, err := o.ops.Add(cmd.Context(), draft)
				return a.showSaved(connection, report, err, "the connection does not work: nothing was stored", "Added")
			})
		},
	}
	cmd.Flags().StringVar(&connector, "connector", "", "the connector's name, as in patchbay connectors list")
	cmd.Flags().StringVar(&resource, "resource", "", "what to list; the connector's people unless given")
	cmd.Flags().StringVar(&file, "file", "", "file with the connection (YAML or JSON)")
	f.add(cmd)
	_ = cmd.RegisterFlagCompletionFunc("connector", a.connectorNames) // there is such a flag
	return cmd
}

// draft is what file and flags say together.
func (a *app) draft(cmd *cobra.Command, o opened, name, file, connector, resource string, f configFlags) (service.Draft, error) {
	var given draftFile
	if file != "" {
		var err error
		if given, err = readDraft(file); err != nil {
			return service.Draft{}, err
		}
		if given.Name != "" && given.Name != name {
			return service.Draft{}, program.Usagef(cmd, "the file names the connection %q, and the command line %q: leave it out of the file", abridged(given.Name), abridged(name))
		}
	}
	d := given.Draft
	d.Name, d.Connector, d.Resource = name, cmp.Or(connector, d.Connector), cmp.Or(resource, d.Resource)
	if d.Connector == "" {
		return d, program.Usagef(cmd, "--connector is missing: patchbay connectors list shows those that there are")
	}
	flags := cmd.Flags()
	if flags.Changed("hris") {
		d.HRIS = f.hris
	}
	if flags.Changed("interval") {
		d.Interval = service.Duration(f.interval)
	}
	if flags.Changed("deadline") {
		d.Deadline = service.Duration(f.deadline)
	}
	if flags.Changed("shrink-percent") {
		d.ShrinkPercent = f.shrinkPercent
	}
	form, err := formOf(cmd.Context(), o, d.Connector)
	if err != nil {
		return d, err
	}
	p := newProperties(cmd, form)
	if err := p.configuration(cmd.Context(), a, given); err != nil {
		return d, err
	}
	if err := p.take(cmd.Context(), a, f); err != nil {
		return d, err
	}
	d.Config, err = p.json()
	return d, err
}

func (a *app) connectionsSetCommand() *cobra.Command {
	var f configFlags
	var hris hrisFlags
	cmd := a.onConnection("set NAME", "Change a connection, after testing it if its configuration changes",
		`Set changes what is given and leaves the rest. Where the configuration changes,
the connection is tested first, and nothing is stored unless it works; secrets
that are not given stay.

With --hris the connection becomes the company's HRIS, whose people the People
view shows. What it would show is printed first, and asked about: --dry-run only
prints, --yes only does it. One connection can be the HRIS; --hris=false takes
the People view away at once.`,
		`  patchbay connections set workforce --interval 2h
  patchbay connections set workforce --hris --dry-run
  patchbay connections set workforce --secret private_key=file:new-key.pem --set key_id=2025
  patchbay connections set workforce --unset include_deprovisioned`,
		func(cmd *cobra.Command, o opened, name string) error {
			change, err := a.change(cmd.Context(), cmd, o, name, f)
			if err != nil {
				return err
			}
			on, err := a.agreed(cmd, o, name, change, hris)
			if err != nil || !on {
				return err
			}
			connection, report, err := o.ops.Change(cmd.Context(), name, change)
			return a.showSaved(connection, report, err, "the connection would not work: nothing was changed", "Changed")
		})
	f.add(cmd)
	hris.add(cmd)
	cmd.Flags().StringArrayVar(&f.unset, "unset", nil, "a property that goes back to its default; may be repeated")
	return cmd
}

// agreed asks about a change that makes the connection the HRIS, and reports
// whether to go on.
func (a *app) agreed(cmd *cobra.Command, o opened, name string, change service.Change, f hrisFlags) (bool, error) {
	if change.HRIS != nil && *change.HRIS {
		return a.beforeHRIS(cmd.Context(), cmd, o, name, f)
	}
	if f.dryRun {
		return false, program.Usagef(cmd, "--dry-run goes with --hris")
	}
	return true, nil
}

// change is what the flags say.
func (a *app) change(ctx context.Context, cmd *cobra.Command, o opened, name string, f configFlags) (service.Change, error) {
	var c service.Change
	flags := cmd.Flags()
	if flags.Changed("hris") {
		c.HRIS = &f.hris
	}
	if flags.Changed("interval") {
		c.Interval = new(service.Duration(f.interval))
	}
	if flags.Changed("deadline") {
		c.Deadline = new(service.Duration(f.deadline))
	}
	if flags.Changed("shrink-percent") {
		c.ShrinkPercent = &f.shrinkPercent
	}
	if len(f.set)+len(f.secret)+len(f.unset) == 0 {
		if c.HRIS == nil && c.Interval == nil && c.Deadline == nil && c.ShrinkPercent == nil {
			return c, program.Usagef(cmd, "there is nothing to change: say what with --set, --secret, --interval and the like")
		}
		return c, nil
	}
	connection, err := o.ops.Connection(ctx, name)
	if err != nil {
		return c, err
	}
	form, err := formOf(ctx, o, connection.Connector)
	if err != nil {
		return c, err
	}
	p := newProperties(cmd, form)
	if err := p.take(ctx, a, f); err != nil {
		return c, err
	}
	c.Config, err = p.json()
	return c, err
}

// showSaved prints the report and what was stored. A report of a connection that
// does not work is printed, too, and is the error.
func (a *app) showSaved(c service.Connection, r service.Report, err error, ifNot, done string) error {
	out := saved{Connection: &c, Report: &r}
	tested := r.Checks != nil || r.OK
	if !tested {
		out.Report = nil
	}
	if errors.Is(err, service.ErrTestFailed) {
		out.Connection = nil
		if err := a.show(out, func(w io.Writer) { writeReport(w, r) }); err != nil {
			return err
		}
		return failed(r, ifNot)
	}
	if err != nil {
		return err
	}
	return a.show(out, func(w io.Writer) {
		if tested {
			writeReport(w, r)
		}
		_, _ = fmt.Fprintf(w, "%s %s: %s. Next run: %s\n", done, c.Name, stateWord(c.State), clean(a.nextRun(c)))
	})
}
