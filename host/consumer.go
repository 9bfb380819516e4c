package host

import (
	"context"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// SyncRequest asks for one resource.
type SyncRequest struct {
	// Resource is a name from ListResources.
	Resource string
	// Cursor is one that an earlier run ended with; empty: from the beginning.
	Cursor string
	// WaitBudget bounds the sum of the connector's announced waits. 0: no
	// limit; negative: no wait at all.
	WaitBudget time.Duration
	// Window is how many pages the connector may send that the consumer has not
	// accepted yet. With 1, whatever crashes, at most two pages are asked of the
	// service again: the one in the consumer's hands and the one after it. 0: as
	// many as fit the transport (1 MiB, and one page), and one more. A connector
	// without the ability (CapabilityAcknowledge of the contract) is read as with 0.
	Window uint32
}

// Consumer takes what a stream brings. Its functions are called one after the
// other, in the goroutine of Sync, and the connector is held up meanwhile: how
// far ahead of them it is held up, is SyncRequest's Window. Only Page is needed.
// An error ends the stream and comes back from Sync, wrapped.
type Consumer struct {
	// Page takes a whole page. Returning nil accepts it: whatever happens from
	// then on, the run goes on after it. The records are the consumer's.
	Page func(context.Context, Page) error
	// Restarted says that the listing begins again at its first page: forget
	// what this run marked as seen, and its totals.
	Restarted func(context.Context, Restarted) error
	// Quarantined takes a record that could not be read. After a restart of
	// the process the same one may come again.
	Quarantined func(context.Context, Quarantined) error
	// Wait says that the connector waits. It is repeated while it lasts.
	Wait func(Wait)
	// ConnectorRestarting says that the connector's process has ended and is
	// about to be started again.
	ConnectorRestarting func(ConnectorRestart)
}

// Page is a page of the service.
type Page struct {
	// Records are in the service's order; no id occurs twice.
	Records []*connectorv1.Record
	// Sequence numbers the run's pages from 1, over restarts of the process;
	// Restarted begins again at 1.
	Sequence uint64
	// Cursor is where to go on after this page. It is empty on the last page.
	Cursor string
	// Bytes is the size of the records' sources.
	Bytes int64
}

// Wait says that the connector waits on purpose.
type Wait struct {
	Until           time.Time
	Reason, Message string
}

// Quarantined is a record that was left out.
type Quarantined struct {
	// ID is empty where it could not be read.
	ID string
	// Location says where the record stood, Message what is wrong with it.
	Location, Reason, Message string
}

// Restarted says that the service has lost our place.
type Restarted struct{ Reason, Message string }

// ConnectorRestart says why and when a process is started again.
type ConnectorRestart struct {
	// Attempt counts from 1 since the last accepted page.
	Attempt int
	// Cause is the fault that ended the process.
	Cause error
	// After is the wait before the start.
	After time.Duration
}

// Summary tells what a run has done, also one that failed. Pages, Records,
// Bytes and Quarantined count since the run's beginning or its last Restarted,
// accepted pages only; a last page that came twice counts twice.
type Summary struct {
	Pages, Records, Quarantined uint64
	// Bytes is the size of the records' sources.
	Bytes int64
	// Waited is the time spent in announced waits, by reason.
	Waited map[string]time.Duration
	// Cursor is where to go on after the last accepted page. A listing's last
	// page has none: a completed run then ends with an empty cursor, and one
	// that failed after it with the cursor of the page before.
	Cursor string
	// Completed says that the connector sent everything.
	Completed bool
	// Restarts counts the connector's processes that were started again.
	Restarts int
	// Exits tells of each process that ended in the run how it ended.
	Exits []string
	// PeakRSS is the highest resident memory of the connector's process in
	// bytes, 0 where the system does not tell.
	PeakRSS int64
}
