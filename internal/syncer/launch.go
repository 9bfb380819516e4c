package syncer

import (
	"context"
	"log/slog"
	"sync"

	"patchbay.example/host"
)

// ReasonConnectorNotStarted is the reason of a run whose connector could not be
// started for a reason that is not the connector's: its file could not be
// looked for, its key not be read.
const ReasonConnectorNotStarted = "CONNECTOR_NOT_STARTED"

// launchError is an error of Launch that [host.Explain] does not know.
type launchError struct{ cause error }

func (e *launchError) Error() string { return "start the connector: " + e.cause.Error() }

func (e *launchError) Unwrap() error { return e.cause }

// launch starts the connector, unless the run is to be left.
func (w *worker) launch(ctx context.Context) (*host.Connector, error) {
	ctx, _, stop := w.untilYield(ctx, &sync.Mutex{})
	defer stop()
	connector, err := w.Launch(ctx, w.job.Connection)
	if err == nil {
		return connector, nil
	}
	if _, explained := host.Explain(err); !explained {
		err = &launchError{cause: err}
	}
	return nil, yielded(ctx, err)
}

// endConnector ends the connector's process; nil has none.
func (w *worker) endConnector(ctx context.Context, connector *host.Connector) {
	if connector == nil {
		return
	}
	if err := connector.Close(); err != nil {
		w.log.WarnContext(ctx, "the connector's process did not end cleanly", slog.Any("error", err))
	}
}
