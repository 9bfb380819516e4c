package syncer

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/store"
)

// The reasons of an abandoned run.
const (
	// ReasonDeadlinePassed: the run was interrupted, and its deadline has passed
	// since, or it took longer than that.
	ReasonDeadlinePassed = "DEADLINE_PASSED"
	// ReasonConfigurationChanged: it was interrupted, and the configuration is
	// another one now.
	ReasonConfigurationChanged = "CONFIGURATION_CHANGED"
	// ReasonConnectorChanged: it was interrupted, and the connector is another
	// version now.
	ReasonConnectorChanged = "CONNECTOR_CHANGED"
	// ReasonDirectoryMoved: another run was promoted meanwhile.
	ReasonDirectoryMoved = "DIRECTORY_MOVED"
)

const fixNextRun = "Nothing needs to be done: the next run begins anew."

// takeOver makes the run that an earlier worker left this worker's, if there is
// one.
func (w *worker) takeOver(ctx context.Context) error {
	running, err := w.Store.Running(ctx, w.job.Connection.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for an interrupted run: %w", err)
	}
	now := w.now()
	run, err := w.Store.TakeOver(ctx, running.ID, w.Worker, now, now.Add(w.lease()))
	if errors.Is(err, store.ErrNotFound) { // it has ended since
		return nil
	}
	if err != nil {
		return fmt.Errorf("take run %d over: %w", running.ID, err)
	}
	w.adopt(run)
	w.resumed, w.stored = true, run.Pages > 0
	return nil
}

// begin goes on with the run that was taken over, or begins one. A connector
// that could not be launched has a run nevertheless, to say so in. launchErr is
// returned where it is the only error.
func (w *worker) begin(ctx context.Context, connector *host.Connector, launchErr error) error {
	if errors.Is(launchErr, ErrYielded) || launchErr != nil && w.run.ID != 0 {
		return launchErr
	}
	version := ""
	if connector != nil {
		description, err := connector.Describe(ctx)
		if err != nil {
			return fmt.Errorf("describe the connector: %w", err)
		}
		version = description.GetVersion()
		w.hash = connection.ListingHash(w.job.Connection, description.GetConfigSchemaJson())
	}
	trigger := w.job.Trigger
	if w.run.ID != 0 {
		end, stale := w.staleness(version)
		if !stale {
			w.log.InfoContext(ctx, "an interrupted run goes on", slog.Int64("pages", w.run.Pages), slog.Int64("epoch", w.run.Epoch), slog.Bool("complete", w.run.Complete))
			w.note(ctx, false, "Goes on after %s%s.", counted(w.run.Pages, "page", "pages"), w.onWorker())
			return nil
		}
		if w.job.Slot.IsZero() { // nobody asked for another: it stands for the one that is abandoned
			trigger = store.Why(w.run.Trigger)
		}
		if err := w.abandon(ctx, end); err != nil {
			return err
		}
	}
	if err := w.beginAnew(ctx, trigger, version); err != nil {
		return errors.Join(err, launchErr)
	}
	return launchErr
}

// beginAnew begins a run. It takes the slot that the job is for, if any.
func (w *worker) beginAnew(ctx context.Context, trigger store.Why, version string) error {
	now := w.now()
	run, err := w.Store.BeginRun(ctx, store.Begin{
		ConnectionID: w.job.Connection.ID, Trigger: string(trigger),
		ConfigHash: w.hash, ConnectorVersion: version,
		Now: now, LeaseUntil: now.Add(w.lease()), Worker: w.Worker,
		Slot: w.job.Slot, Next: w.job.Next, Why: w.job.NextWhy,
	})
	if err != nil {
		return fmt.Errorf("begin a run: %w", err)
	}
	w.adopt(run)
	w.log.InfoContext(ctx, "a run begins", slog.String("trigger", run.Trigger), slog.String("connector_version", version))
	w.note(ctx, false, "Begun (%s)%s, with connector version %s.", cmp.Or(run.Trigger, "no trigger given"), w.onWorker(), cmp.Or(version, "unknown"))
	return nil
}

// abandon ends the run that was taken over, and leaves the worker without one.
func (w *worker) abandon(ctx context.Context, end store.Finish) error {
	if err := w.finish(ctx, end); err != nil {
		return err
	}
	ended := w.run
	ended.Status, ended.Reason = end.Status, end.Reason
	w.noteEnd(ctx, ended)
	w.run, w.resumed, w.stored = store.Run{}, false, false
	return nil
}

// adopt makes a run the worker's.
func (w *worker) adopt(run store.Run) {
	w.run = run
	w.log = w.logger().With(slog.String("connection", w.job.Connection.Name), slog.Int64("run", run.ID))
}

// staleness says why a run that was interrupted can't go on, if so: its cursor
// means something to the same connector with the same configuration only, and
// what it has staged gets old.
func (w *worker) staleness(version string) (store.Finish, bool) {
	left := w.run
	end := store.Finish{Status: store.RunAbandoned, Fix: fixNextRun}
	switch {
	case w.expired():
		end.Reason = ReasonDeadlinePassed
		end.Message = fmt.Sprintf("The run was interrupted after %d pages, and its deadline of %s has passed since.", left.Pages, w.deadline())
	case !bytes.Equal(left.ConfigHash, w.hash):
		end.Reason = ReasonConfigurationChanged
		end.Message = fmt.Sprintf("The run was interrupted after %d pages, and the connection's configuration has changed since.", left.Pages)
	case left.ConnectorVersion != version:
		end.Reason = ReasonConnectorChanged
		end.Message = fmt.Sprintf("The run was interrupted after %d pages, and the connector is of version %s now, not %s.", left.Pages, version, left.ConnectorVersion)
	default:
		return store.Finish{}, false
	}
	return end, true
}

// expired reports whether the run has taken as long as it may.
func (w *worker) expired() bool { return !w.now().Before(w.run.Started.Add(w.deadline())) }

// deadline is how long a run may take in all.
func (w *worker) deadline() time.Duration {
	if d := w.job.Connection.Deadline; d > 0 {
		return d
	}
	return DefaultDeadline
}
