package main

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

func (a *app) runsCommand() *cobra.Command {
	return group("runs", "Show runs, and decide on one that is held for review",
		`  patchbay runs list
  patchbay runs show 42
  patchbay runs approve 42`,
		a.runsListCommand(), a.runsShowCommand(), a.runsChangesCommand(), a.runsApproveCommand(), a.runsDiscardCommand())
}

func (a *app) runsListCommand() *cobra.Command {
	var connection string
	var before int64
	var limit int
	cmd := &cobra.Command{
		Use: "list", Short: "List runs, newest first", Args: program.NoArguments,
		Example: `  patchbay runs list
  patchbay runs list --connection workforce --limit 10`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := checkLimit(cmd, limit); err != nil {
				return err
			}
			return a.with(cmd.Context(), func(o opened) error {
				runs, err := o.ops.Runs(cmd.Context(), connection, before, limit)
				if err != nil {
					return missing(cmd.Context(), o.ops, connection, err)
				}
				if err := a.show(map[string][]service.Run{"runs": runs}, func(w io.Writer) { a.writeRuns(w, runs) }); err != nil {
					return err
				}
				if len(runs) == limit {
					a.note("Earlier ones: --before %d", runs[len(runs)-1].ID)
				}
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&connection, "connection", "", "only the runs of this connection")
	cmd.Flags().Int64Var(&before, "before", 0, "only runs before that with this number")
	cmd.Flags().IntVar(&limit, "limit", service.DefaultPage, "how many at most")
	_ = cmd.RegisterFlagCompletionFunc("connection", a.connectionNames) // there is such a flag
	return cmd
}

// checkLimit checks a --limit.
func checkLimit(cmd *cobra.Command, limit int) error {
	if limit < 1 || limit > store.MaxPeople {
		return program.Usagef(cmd, "--limit is a number from 1 to %s, not %d", program.Thousands(store.MaxPeople), limit)
	}
	return nil
}

// note says something to the person at the terminal that is no result.
func (a *app) note(format string, args ...any) {
	if a.format != formatJSON {
		_, _ = fmt.Fprintf(a.stderr, format+"\n", args...)
	}
}

func (a *app) writeRuns(w io.Writer, runs []service.Run) {
	if len(runs) == 0 {
		_, _ = fmt.Fprintln(w, "There is no run yet.")
		return
	}
	t := newTable(" RUN", "CONNECTION", "BEGAN", "STATUS", " RECORDS", " JOINED", " CHANGED", " LEFT", "WHY")
	for _, r := range runs {
		why := triggerWord(r.Trigger)
		if r.Reason != "" {
			why += "; " + r.Reason
		}
		t.row(strconv.FormatInt(r.ID, 10), r.Connection, a.when(&r.Started), statusWord(r.Status), program.Thousands(r.Records),
			program.Thousands(r.Added), program.Thousands(r.Changed), program.Thousands(r.Removed), why)
	}
	t.write(w)
}

// onRun is a command about one run.
func (a *app) onRun(use, summary, long, example string, do func(cmd *cobra.Command, o opened, id int64) error) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: summary, Long: long, Example: example, Args: oneArgument("the run's number"),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || id < 1 {
				return program.Usagef(cmd, "a run is named by its number, as in patchbay runs list, not %q", abridged(args[0]))
			}
			return a.with(cmd.Context(), func(o opened) error {
				return missingAs(do(cmd, o, id), "patchbay runs list shows those that are there.", "there is no run %d", id)
			})
		},
	}
}

func (a *app) runsShowCommand() *cobra.Command {
	return a.onRun("show RUN", "Show a run: what it brought, its log, and the plan of one that is held", "",
		"  patchbay runs show 42",
		func(cmd *cobra.Command, o opened, id int64) error {
			run, err := o.ops.Run(cmd.Context(), id)
			if err != nil {
				return err
			}
			return a.show(run, func(w io.Writer) { a.writeRun(w, run) })
		})
}

func (a *app) writeRun(w io.Writer, r service.Run) {
	var f facts
	f.add("Run", fmt.Sprintf("%d of %s", r.ID, r.Connection))
	f.add("Status", statusWord(r.Status))
	why, fix := r.Message, r.Fix
	switch r.Status {
	case store.RunPromoted:
		if why != "" {
			why, fix = "It was held for review, and approved.", ""
		}
	case store.RunDiscarded, store.RunSuperseded:
		fix = "" // was for who had to decide
	default:
	}
	f.add("Why", why)
	f.add("Reason", r.Reason)
	f.add("To fix", fix)
	f.add("Trigger", triggerWord(r.Trigger))
	f.add("Began", a.when(&r.Started))
	if r.Finished != nil {
		f.add("Ended", fmt.Sprintf("%s, after %s", a.when(r.Finished), took(r.Finished.Sub(r.Started))))
	} else {
		f.add("Step", r.Step)
	}
	f.add("Brought", brought(r))
	f.add("Directory", effects(r))
	if r.Quarantined > 0 {
		f.add("Unreadable", program.Thousands(r.Quarantined))
	}
	if r.Waited > 0 {
		f.add("Waited", took(time.Duration(r.Waited)))
	}
	if r.Resumed > 0 {
		f.add("Taken over", fmt.Sprintf("%d %s", r.Resumed, program.Plural(r.Resumed, "time")))
	}
	if r.Pass > 1 {
		f.add("Listings", fmt.Sprintf("%d: the service lost our place", r.Pass))
	}
	f.add("Connector", r.Connector)
	f.write(w)
	if r.Plan != nil && r.Status != store.RunPromoted { // then it is done, and above
		_, _ = fmt.Fprintln(w)
		writePlan(w, *r.Plan)
	}
	if len(r.Log) > 0 {
		_, _ = fmt.Fprintln(w, "\nLog:")
		for _, line := range r.Log {
			_, _ = fmt.Fprintln(w, a.logLine(line))
		}
	}
}

// logLine is a line of a run's log.
func (a *app) logLine(l service.LogLine) string {
	mark := " "
	if l.Warning {
		mark = "!"
	}
	return fmt.Sprintf("%s %s  %s", mark, a.toTheSecond(l.At), clean(l.Text))
}

// brought says what came from the service.
func brought(r service.Run) string {
	return fmt.Sprintf("%s %s on %s %s, %.1f MB", program.Thousands(r.Records), program.Plural(r.Records, "record"),
		program.Thousands(r.Pages), program.Plural(r.Pages, "page"), float64(r.Bytes)/1e6)
}

// writePlan writes what a held run would do.
func writePlan(w io.Writer, p syncer.Plan) {
	_, _ = fmt.Fprintf(w, "%s\n%s\n", clean(p.Headline), clean(p.Cause))
	var f facts
	f.add("People", fmt.Sprintf("%s now, %s after", program.Thousands(p.Stands), program.Thousands(p.Stands+p.Added-p.Removed)))
	f.add("With access", fmt.Sprintf("%s now, %s after", program.Thousands(p.StandsWithAccess), program.Thousands(p.WithAccess)))
	f.add("Would", fmt.Sprintf("add %s, change %s, remove %s, leave %s", program.Thousands(p.Added), program.Thousands(p.Changed), program.Thousands(p.Removed), program.Thousands(p.Unchanged)))
	f.add("By department", grouped(p.Departments))
	f.add("By status", grouped(p.Statuses))
	_, _ = fmt.Fprintln(w)
	f.write(w)
	if len(p.Samples) == 0 {
		return
	}
	_, _ = fmt.Fprintln(w, "\nSome of those who would go:")
	t := newTable("ID", "NAME", "TITLE", "DEPARTMENT", "STATUS")
	for _, s := range p.Samples {
		t.row(s.ID, s.Name, s.Title, s.Department, s.Status)
	}
	t.write(w)
}

// grouped lists the groups of those who would go.
func grouped(groups []syncer.Group) string {
	parts := make([]string, 0, len(groups))
	for _, g := range groups {
		name := g.Name
		switch {
		case g.Others:
			name = "others"
		case name == "":
			name = "none"
		}
		parts = append(parts, fmt.Sprintf("%s %s", name, program.Thousands(g.People)))
	}
	return strings.Join(parts, ", ")
}

func (a *app) runsChangesCommand() *cobra.Command {
	var after string
	var limit int
	cmd := a.onRun("changes RUN", "List who joined, changed and left in a run", "",
		`  patchbay runs changes 42
  patchbay runs changes 42 --format json --limit 500`,
		func(cmd *cobra.Command, o opened, id int64) error {
			if err := checkLimit(cmd, limit); err != nil {
				return err
			}
			changes, err := o.ops.Changes(cmd.Context(), id, after, limit)
			if err != nil {
				return err
			}
			if err := a.show(map[string][]service.PersonChange{"changes": changes}, func(w io.Writer) { writeChanges(w, changes) }); err != nil {
				return err
			}
			if len(changes) == limit {
				a.note("More: --after %s", changes[len(changes)-1].ID)
			}
			return nil
		})
	cmd.Flags().StringVar(&after, "after", "", "begin after this id")
	cmd.Flags().IntVar(&limit, "limit", service.DefaultPage, "how many at most")
	return cmd
}

func writeChanges(w io.Writer, changes []service.PersonChange) {
	if len(changes) == 0 {
		_, _ = fmt.Fprintln(w, "The run changed nobody.")
		return
	}
	t := newTable("ID", "NAME", "WHAT", "BEFORE", "AFTER")
	for _, c := range changes {
		before, after := differences(c.Before, c.After)
		t.row(c.ID, c.Name, string(c.Kind), before, after)
	}
	t.write(w)
}

// differences are the parts of a person that differ between two versions; of a
// joiner or leaver, the title and department.
func differences(before, after *service.PersonVersion) (was, is string) {
	if before == nil || after == nil {
		return jobOf(before), jobOf(after)
	}
	var from, to []string
	for _, part := range [][2]string{
		{before.Name, after.Name},
		{before.UserName, after.UserName},
		{before.Email, after.Email},
		{before.Title, after.Title},
		{before.Department, after.Department},
		{before.Status, after.Status},
	} {
		if part[0] != part[1] {
			from, to = append(from, orNone(part[0])), append(to, orNone(part[1]))
		}
	}
	return strings.Join(from, ", "), strings.Join(to, ", ")
}

func jobOf(v *service.PersonVersion) string {
	if v == nil {
		return ""
	}
	return strings.Trim(v.Title+", "+v.Department, ", ")
}

func orNone(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

func (a *app) runsApproveCommand() *cobra.Command {
	var yes bool
	cmd := a.onRun("approve RUN", "Make the directory of a held run the one that stands",
		`Approve shows what the run would do, and asks for the number of people whom it
would remove. Only the newest run can be approved.`,
		`  patchbay runs approve 42
  patchbay runs approve 42 --yes`,
		func(cmd *cobra.Command, o opened, id int64) error {
			ctx := cmd.Context()
			if err := a.askApproval(ctx, cmd, o, id, yes); err != nil {
				return err
			}
			run, err := o.ops.Approve(ctx, id)
			if err != nil {
				return err
			}
			return a.show(run, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "Run %d was approved: %s\n", id, effects(run))
			})
		})
	cmd.Flags().BoolVar(&yes, "yes", false, "don't ask")
	return cmd
}

// askApproval shows the plan of a held run and asks.
func (a *app) askApproval(ctx context.Context, cmd *cobra.Command, o opened, id int64, yes bool) error {
	if yes {
		return nil
	}
	run, err := o.ops.Run(ctx, id)
	if err != nil {
		return err
	}
	if run.Status != store.RunHeld {
		return fmt.Errorf("approve run %d: %w", id, store.ErrNotHeld)
	}
	if run.Plan != nil && a.format != formatJSON {
		var b strings.Builder
		writePlan(&b, *run.Plan)
		_, _ = io.WriteString(a.stderr, b.String()+"\n")
	}
	return a.confirm(ctx, cmd, false, fmt.Sprintf("This removes %s from %s.", counted(run.Removed), run.Connection), strconv.FormatInt(run.Removed, 10))
}

func (a *app) runsDiscardCommand() *cobra.Command {
	return a.onRun("discard RUN", "Drop what a held run would do", "The directory stays as it stands, and the next run begins anew.",
		"  patchbay runs discard 42",
		func(cmd *cobra.Command, o opened, id int64) error {
			run, err := o.ops.Discard(cmd.Context(), id)
			if err != nil {
				return err
			}
			return a.show(run, func(w io.Writer) {
				_, _ = fmt.Fprintf(w, "Run %d was discarded. The directory stands as it was.\n", id)
			})
		})
}
