package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

func (a *app) usersCommand() *cobra.Command {
	return group("users", "Show, export and forget people",
		`  patchbay users list --search "ana lim"
  patchbay users export --format csv --output people.csv`,
		a.usersListCommand(), a.usersShowCommand(), a.usersExportCommand(), a.usersForgetCommand())
}

// ofConnection is a flag for the connection whose people are meant.
type ofConnection struct{ name string }

func (c *ofConnection) add(a *app, cmd *cobra.Command) {
	cmd.Flags().StringVar(&c.name, "connection", "", "the connection whose people are meant; not needed where there is only one")
	_ = cmd.RegisterFlagCompletionFunc("connection", a.connectionNames) // there is such a flag
}

// args takes the connection as a command's only word, too.
func (c *ofConnection) args(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case len(args) > 1 || c.name != "":
		return program.Usagef(cmd, "the people of one connection can be asked for at a time")
	}
	c.name = args[0]
	return nil
}

// resolve is the connection that is meant.
func (c *ofConnection) resolve(ctx context.Context, cmd *cobra.Command, o opened) (string, error) {
	if c.name != "" {
		if _, err := o.ops.Connection(ctx, c.name); err != nil {
			return "", missing(ctx, o.ops, c.name, err)
		}
		return c.name, nil
	}
	connections, err := o.ops.Connections(ctx)
	if err != nil {
		return "", err
	}
	names := make([]string, 0, len(connections))
	for _, one := range connections {
		names = append(names, one.Name)
	}
	switch len(names) {
	case 0:
		return "", program.Usagef(cmd, "there is no connection yet: patchbay connections add --help")
	case 1:
		return names[0], nil
	}
	return "", program.Usagef(cmd, "say whose people with --connection; there is %s", strings.Join(names, ", "))
}

func (a *app) usersListCommand() *cobra.Command {
	var of ofConnection
	var query service.PeopleQuery
	cmd := &cobra.Command{
		Use: "list [CONNECTION]", Short: "List or search the people of a connection", Args: of.args, ValidArgsFunction: a.connectionNames,
		Long: `List lists people by id. A search finds those of whose name, e-mail and user name
some word begins with each word of it.`,
		Example: `  patchbay users list workforce
  patchbay users list --search "ana lim"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkLimit(cmd, query.Limit); err != nil {
				return err
			}
			return a.with(cmd.Context(), func(o opened) error {
				name, err := of.resolve(cmd.Context(), cmd, o)
				if err != nil {
					return err
				}
				found, err := o.ops.People(cmd.Context(), name, query)
				if err != nil {
					return err
				}
				if err := a.show(map[string][]service.Person{"people": found}, func(w io.Writer) { writePeople(w, found, query.Search) }); err != nil {
					return err
				}
				if len(found) == query.Limit {
					a.note("More: --after %s", found[len(found)-1].ID)
				}
				return nil
			})
		},
	}
	of.add(a, cmd)
	cmd.Flags().StringVar(&query.Search, "search", "", "words with which words of name, e-mail or user name begin")
	cmd.Flags().StringVar(&query.After, "after", "", "begin after this id")
	cmd.Flags().IntVar(&query.Limit, "limit", service.DefaultPage, "how many at most")
	return cmd
}

func writePeople(w io.Writer, found []service.Person, search string) {
	if len(found) == 0 {
		text := "There is nobody."
		if search != "" {
			text = "Nobody matches every word of the search."
		}
		_, _ = fmt.Fprintln(w, text)
		return
	}
	t := newTable("ID", "NAME", "TITLE", "DEPARTMENT", "E-MAIL", "STATUS")
	for _, p := range found {
		status := p.Status
		if !p.Access {
			status = strings.TrimSpace(status + " (no access)")
		}
		if p.Stale {
			status += " (stale)"
		}
		t.row(p.ID, p.Name, p.Title, p.Department, p.Email, status)
	}
	t.write(w)
}

// onPerson is a command about one person.
func (a *app) onPerson(use, summary, long, example string, do func(cmd *cobra.Command, o opened, connection, id string) error) *cobra.Command {
	var of ofConnection
	cmd := &cobra.Command{
		Use: use, Short: summary, Long: long, Example: example, Args: oneArgument("the person's id"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.with(cmd.Context(), func(o opened) error {
				name, err := of.resolve(cmd.Context(), cmd, o)
				if err != nil {
					return err
				}
				err = do(cmd, o, name, args[0])
				return missingAs(err, "patchbay users list --search finds people and their ids.", "%s knows nobody with the id %q", name, args[0])
			})
		},
	}
	of.add(a, cmd)
	return cmd
}

func (a *app) usersShowCommand() *cobra.Command {
	return a.onPerson("show ID", "Show a person, and the record as the service sent it", "",
		"  patchbay users show 00u1example",
		func(cmd *cobra.Command, o opened, connection, id string) error {
			p, err := o.ops.Person(cmd.Context(), connection, id)
			if err != nil {
				return err
			}
			return a.show(p, func(w io.Writer) { a.writePerson(w, p) })
		})
}

func (a *app) writePerson(w io.Writer, p service.Person) {
	var f facts
	f.add("Name", p.Name)
	f.add("Id", p.ID)
	f.add("User name", p.UserName)
	f.add("E-mail", p.Email)
	f.add("Title", p.Title)
	f.add("Department", p.Department)
	f.add("Status", p.Status)
	f.add("Access", yesNo(p.Access))
	if p.LastLogin != nil { // not every service knows of any
		f.add("Last sign-in", a.when(p.LastLogin))
	}
	if p.Stale {
		f.add("Stale", "the last run could not read the record: this is the last good state")
	}
	f.write(w)
	if len(p.Source) > 0 {
		var indented bytes.Buffer
		if json.Indent(&indented, p.Source, "", "  ") != nil {
			return
		}
		_, _ = fmt.Fprintln(w, "\nRecord:")
		for line := range strings.SplitSeq(indented.String(), "\n") {
			_, _ = fmt.Fprintln(w, clean(line))
		}
	}
}

func (a *app) usersExportCommand() *cobra.Command {
	var of ofConnection
	var format, output string
	cmd := &cobra.Command{
		Use: "export [CONNECTION]", Short: "Write all people of a connection as JSON lines or CSV", Args: of.args, ValidArgsFunction: a.connectionNames,
		Long: `Export writes everybody: as jsonl, one person a line with the record as the
service sent it; as csv, what lists show, safe to open in a spreadsheet. A file
of --output is for its owner's eyes only, and is there whole or not at all.`,
		Example: `  patchbay users export > people.jsonl
  patchbay users export workforce --format csv --output people.csv`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := program.RequireOneOf(cmd, "format", format, service.FormatJSONLines, service.FormatCSV); err != nil {
				return err
			}
			return a.with(cmd.Context(), func(o opened) error {
				name, err := of.resolve(cmd.Context(), cmd, o)
				if err != nil {
					return err
				}
				write := func(w io.Writer) error { return o.ops.Export(cmd.Context(), name, format, w) }
				if output != "" {
					return program.CreateFile(output, write)
				}
				to := &resultWriter{w: a.stdout}
				if err := write(to); err != nil {
					return errors.Join(to.err, err)
				}
				return nil
			})
		},
	}
	of.add(a, cmd)
	cmd.Flags().StringVar(&format, "format", service.FormatJSONLines, "jsonl or csv")
	cmd.Flags().StringVar(&output, "output", "", "file to write to instead of standard output")
	complete(cmd, "format", service.FormatJSONLines, service.FormatCSV)
	return cmd
}

// resultWriter sorts the errors of standard output, whoever wraps them.
type resultWriter struct {
	w   io.Writer
	err error
}

// Write implements [io.Writer].
func (r *resultWriter) Write(p []byte) (int, error) {
	n, err := r.w.Write(p)
	if err != nil && r.err == nil {
		r.err = program.Output(n, err)
	}
	return n, err
}

func (a *app) usersForgetCommand() *cobra.Command {
	var yes bool
	cmd := a.onPerson("forget ID", "Erase a person everywhere",
		`Forget erases a person from the directory, from what earlier runs changed, and
from the reports of runs. A person whom the service still lists comes back with
the next run: have it stop listing them first.`,
		`  patchbay users forget 00u1example
  patchbay users forget 00u1example --connection workforce --yes`,
		func(cmd *cobra.Command, o opened, connection, id string) error {
			ctx := cmd.Context()
			who := "the person with the id " + clean(id)
			p, err := o.ops.Person(ctx, connection, id)
			switch {
			case err == nil && p.Name != "":
				who = clean(p.Name) + " (" + clean(id) + ")"
			case err != nil && !errors.Is(err, store.ErrNotFound): // who has left is not shown, but can be forgotten
				return err
			}
			if err := a.confirm(ctx, cmd, yes, fmt.Sprintf("This erases %s from %s, history included.", who, connection), id); err != nil {
				return err
			}
			if err := o.ops.Forget(ctx, connection, id); err != nil {
				return err
			}
			return a.show(map[string]string{"forgotten": id, "connection": connection}, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "Forgot %s of %s.\n", clean(id), connection)
			})
		})
	cmd.Flags().BoolVar(&yes, "yes", false, "don't ask")
	return cmd
}
