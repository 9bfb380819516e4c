package syncer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"patchbay.example/host"
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

// takeOver takes over the run that an earlier worker left; nil if there is
// none.
func (w *worker) takeOver(ctx context.Context) (*store.Run, error) {
	running, err := w.Store.Running(ctx, w.job.Connection.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look for an interrupted run: %w", err)
	}
	now := w.now()
	run, err := w.Store.TakeOver(ctx, running.ID, w.Worker, now, now.Add(w.lease()))
	if errors.Is(err, store.ErrNotFound) { // it has ended since
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("take run %d over: %w", running.ID, err)
	}
	return &run, nil
}

// begin makes the run that was left the worker's, or begins one. connector is
// nil when it could not be launched: then the run is only needed to say so.
func (w *worker) begin(ctx context.Context, left *store.Run, connector *host.Connector) error {
	version := ""
	if connector != nil {
		description, err := connector.Describe(ctx)
		if err != nil {
			return fmt.Errorf("describe the connector: %w", err)
		}
		version = description.GetVersion()
	}
	if left != nil {
		w.adopt(*left)
		w.resumed, w.stored = true, left.Pages > 0
		if connector == nil {
			return nil
		}
		end, stale := w.staleness(*left, version)
		if !stale {
			w.log.InfoContext(ctx, "an interrupted run goes on", slog.Int64("pages", left.Pages), slog.Int64("epoch", left.Epoch), slog.Bool("complete", left.Complete))
			return nil
		}
		if err := w.finish(ctx, end); err != nil {
			return err
		}
		w.resumed, w.stored = false, false
	}
	now := w.now()
	run, err := w.Store.BeginRun(ctx, store.Begin{
		ConnectionID: w.job.Connection.ID, Trigger: string(w.job.Trigger),
		ConfigHash: w.job.ConfigHash, ConnectorVersion: version,
		Now: now, LeaseUntil: now.Add(w.lease()),
	})
	if err != nil {
		return fmt.Errorf("begin a run: %w", err)
	}
	w.adopt(run)
	w.log.InfoContext(ctx, "a run begins", slog.String("trigger", run.Trigger), slog.String("connector_version", version))
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
func (w *worker) staleness(left store.Run, version string) (store.Finish, bool) {
	end := store.Finish{Status: store.RunAbandoned, Fix: fixNextRun}
	switch {
	case !w.now().Before(left.Started.Add(w.deadline())):
		end.Reason = ReasonDeadlinePassed
		end.Message = fmt.Sprintf("The run was interrupted after %d pages, and its deadline of %s has passed since.", left.Pages, w.deadline())
	case !bytes.Equal(left.ConfigHash, w.job.ConfigHash):
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

// deadline is how long a run may take in all.
func (w *worker) deadline() time.Duration {
	if d := w.job.Connection.Deadline; d > 0 {
		return d
	}
	return DefaultDeadline
}
