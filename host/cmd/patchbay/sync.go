package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/wire"
)

// syncFlags are the flags of sync. At most one is set.
type syncFlags struct{ now, plan, watch bool }

func (a *app) syncCommand() *cobra.Command {
	var f syncFlags
	cmd := a.onConnection("sync NAME", "Sync a connection now",
		`Sync plans a run for now. Where a service runs, that is all it does, unless it is
told to wait; where none runs, and on PostgreSQL, it does the run itself.

With --now, --watch or --plan it waits for the run's end, and the exit code is
the run's: 0 done, 3 the service refuses, 4 it is not available, 5 the connector
is broken, 6 held for review. Interrupting it leaves a run of the service alone;
its own run is resumed by the next.`,
		`  patchbay sync workforce
  patchbay sync workforce --watch
  patchbay sync workforce --plan`,
		func(cmd *cobra.Command, o opened, name string) error { return a.sync(cmd.Context(), o, name, f) })
	flags := cmd.Flags()
	flags.BoolVar(&f.now, "now", false, "wait for the run's end without a word")
	flags.BoolVar(&f.watch, "watch", false, "show how the run goes, to its end")
	flags.BoolVar(&f.plan, "plan", false, "show what a run would do, and change nothing: the run is held, to be approved or discarded")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) error {
		if f.now && f.watch || f.now && f.plan || f.watch && f.plan {
			return program.Usagef(cmd, "--now, --watch and --plan exclude each other")
		}
		return nil
	}
	return cmd
}

func (a *app) sync(ctx context.Context, o opened, name string, f syncFlags) error {
	before, err := o.ops.Connection(ctx, name)
	if err != nil {
		return err
	}
	last := int64(0)
	if before.LastRun != nil {
		last = before.LastRun.ID
	}
	planned, err := o.ops.SyncNow(ctx, name, f.plan)
	switch {
	case errors.Is(err, store.ErrRunning) && !f.plan:
		// The run that is under way, or was interrupted, is as good. It may have
		// begun after we had looked.
		planned = before
		if before.LastRun != nil && before.LastRun.Status == store.RunRunning {
			last--
		}
		a.note("%s is syncing already.", name)
	case err != nil:
		return err
	}
	if o.run == nil && f == (syncFlags{}) {
		return a.showStanding(planned, nil)
	}
	var shows *progress
	if f.watch || f.plan || f == (syncFlags{}) && program.IsTerminal(a.stderr) {
		shows = newProgress(a)
	}
	run, err := follow{opened: o, name: name, after: last, shows: shows}.toEnd(ctx)
	shows.stop()
	if err != nil {
		return err
	}
	return a.ended(run, f.plan)
}

// ended prints how a run ended. What is not as it was asked for is the error.
func (a *app) ended(run service.Run, asPlanned bool) error {
	err := a.show(run, func(w io.Writer) {
		switch {
		case run.Status == store.RunPromoted:
			_, _ = fmt.Fprintf(w, "%s: %s. Run %d took %s.\n", run.Connection, effects(run), run.ID, duration(run))
		case run.Plan != nil:
			writePlan(w, *run.Plan)
			_, _ = fmt.Fprintf(w, "\npatchbay runs approve %d makes it so, patchbay runs discard %d drops it.\n", run.ID, run.ID)
		}
	})
	if err != nil {
		return err
	}
	message := strings.TrimSuffix(clean(run.Message), ".")
	if run.Reason != "" {
		message += " (" + run.Reason + ")"
	}
	switch run.Status {
	case store.RunPromoted:
		return nil
	case store.RunHeld:
		if asPlanned {
			return nil
		}
		fix := cmp.Or(clean(run.Fix), "Look at the plan, and approve or discard it.")
		return &program.Error{Err: fmt.Errorf("run %d is held for review: %s", run.ID, message), Reason: run.Reason, Fix: fix, Code: wire.ExitHeld}
	case store.RunFailed:
		return &program.Error{Err: fmt.Errorf("run %d failed: %s", run.ID, message), Reason: run.Reason, Fix: clean(run.Fix), Code: classCode(run.Class)}
	default:
		word := strings.ToLower(statusWord(run.Status))
		return &program.Error{Err: fmt.Errorf("run %d was %s: %s", run.ID, word, message), Reason: run.Reason, Fix: clean(run.Fix), Code: wire.ExitOurs}
	}
}

func duration(run service.Run) string {
	if run.Finished == nil {
		return "no time"
	}
	return took(run.Finished.Sub(run.Started))
}
