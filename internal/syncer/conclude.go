package syncer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// ReasonConfigurationUnreadable is the reason of a run whose configuration, or
// one of its secrets, could not be read, so that the connector was not asked.
const ReasonConfigurationUnreadable = "CONFIGURATION_UNREADABLE"

// configureError is what Configure could not do.
type configureError struct{ cause error }

func (e *configureError) Error() string { return "read the configuration: " + e.cause.Error() }

func (e *configureError) Unwrap() error { return e.cause }

// conclude ends the run as err demands, and returns it as stored.
func (w *worker) conclude(ctx context.Context, err error) (store.Run, error) {
	end, over := w.ending(ctx, err)
	switch {
	case err == nil:
	case errors.Is(err, ErrYielded):
		w.handOver(ctx)
		w.log.InfoContext(ctx, "the run is left for its next slice and keeps its checkpoint")
	case errors.Is(err, store.ErrFenced):
		w.log.WarnContext(ctx, "the run was taken away from this worker, which stops", slog.Any("error", err))
	case over:
		if finishErr := w.finish(ctx, end); finishErr != nil {
			w.handOver(ctx)
			err = errors.Join(err, finishErr)
		}
	default:
		w.handOver(ctx)
		w.log.WarnContext(ctx, "the run is interrupted and keeps its checkpoint", slog.Any("error", err))
	}
	return w.report(ctx, err)
}

// ending says how err ends the run; false: it only interrupts it.
func (w *worker) ending(ctx context.Context, err error) (store.Finish, bool) {
	explanation, explained := host.Explain(err)
	var unreadable *configureError
	var unstarted *launchError
	end := store.Finish{Status: store.RunFailed}
	switch {
	case errors.Is(err, store.ErrBaseMoved):
		end.Status, end.Reason, end.Fix = store.RunAbandoned, ReasonDirectoryMoved, fixNextRun
		end.Message = "Another run was promoted while this one went on, so that what it found was compared with a directory that is gone."
	case errors.Is(err, errDeadline):
		end.Reason, end.Message = ReasonDeadlinePassed, fmt.Sprintf("The run took longer than its deadline of %s.", w.deadline())
		end.Fix = "See whether the service was slow or the connector waited; if this is usual, raise the connection's deadline."
	case ctx.Err() != nil, errors.Is(err, ErrYielded):
		return store.Finish{}, false
	case errors.As(err, &unreadable):
		end.Class, end.Reason, end.Message = classText(connectorv1.Class_CLASS_CONFIG_INVALID), ReasonConfigurationUnreadable, unreadable.cause.Error()
		end.Fix = "Correct the connection's configuration, or make its secrets readable for this service."
	case errors.As(err, &unstarted) && !w.keeps():
		end.Reason, end.Message = ReasonConnectorNotStarted, "The connector could not be started: "+unstarted.cause.Error()
		end.Fix = "Remove the cause that the message names; the next run tries again."
	case !explained:
		return store.Finish{}, false
	// A fault of our own machine is no reason to ask for stored pages again. But
	// with nothing stored, somebody should see what is wrong.
	case explanation.Class == connectorv1.Class_CLASS_UNSPECIFIED && w.keeps():
		return store.Finish{}, false
	default:
		end.Class, end.Reason, end.Message, end.Fix = classText(explanation.Class), explanation.Reason, explanation.Message, explanation.Fix
	}
	return end, true
}

// keeps reports whether the run has pages that the next worker can go on from.
func (w *worker) keeps() bool { return w.stored && !w.expired() }

// classText is a class as runs store it; empty for what is our own.
func classText(class connectorv1.Class) string {
	if class == connectorv1.Class_CLASS_UNSPECIFIED {
		return ""
	}
	return strings.TrimPrefix(class.String(), "CLASS_")
}

// finish ends the run without promoting it.
func (w *worker) finish(ctx context.Context, end store.Finish) error {
	end.Now = w.now()
	if err := w.Store.Finish(ctx, w.fence(), end); err != nil {
		return fmt.Errorf("end the run as %s: %w", end.Status, err)
	}
	w.log.WarnContext(ctx, "the run is not promoted", slog.String("status", string(end.Status)),
		slog.String("class", end.Class), slog.String("reason", end.Reason), slog.String("message", end.Message), slog.String("fix", end.Fix))
	return nil
}

// report reads what has become of the run. ctx may have ended.
func (w *worker) report(ctx context.Context, err error) (store.Run, error) {
	reading, cancel := context.WithTimeout(context.WithoutCancel(ctx), handOverLimit)
	defer cancel()
	run, readErr := w.Store.Run(reading, w.run.ID)
	if readErr != nil {
		w.log.WarnContext(ctx, "the run could not be read back", slog.Any("error", readErr))
		return w.run, err
	}
	if !errors.Is(err, store.ErrFenced) { // then it is for the other worker to tell
		w.noteEnd(reading, run)
	}
	if run.Status == store.RunPromoted {
		w.log.InfoContext(ctx, "the run is promoted", slog.Int64("records", run.Records), slog.Int64("pages", run.Pages),
			slog.Int64("added", run.Added), slog.Int64("changed", run.Changed), slog.Int64("unchanged", run.Unchanged), slog.Int64("removed", run.Removed),
			slog.Int64("quarantined", run.Quarantined), slog.Int64("bytes", run.Bytes), slog.Duration("waited", run.Waited), slog.Duration("took", run.Finished.Sub(run.Started)))
	}
	return run, err
}
