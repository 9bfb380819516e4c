package store

import "time"

// RunStatus is what became of a run.
type RunStatus string

// The statuses of a run. Only the first two can change.
const (
	RunRunning    RunStatus = "running"
	RunHeld       RunStatus = "held"       // complete; waits for approval
	RunPromoted   RunStatus = "promoted"   // its directory became, or was, the current one
	RunFailed     RunStatus = "failed"     // see Class, Reason
	RunAbandoned  RunStatus = "abandoned"  // interrupted, and not to be resumed
	RunDiscarded  RunStatus = "discarded"  // held, and declined
	RunSuperseded RunStatus = "superseded" // held, and overtaken by a later run
)

// Run is one pass over a connection's resource. Its id is its generation:
// later runs have larger ones.
type Run struct {
	ID           int64
	ConnectionID int64
	Status       RunStatus
	// Trigger says why it began, such as "schedule" or "manual".
	Trigger string
	// Slot is the [Schedule.Next] that the run is for; zero where it was not for
	// one.
	Slot time.Time
	// Worker names the process that owns the run, or owned it last.
	Worker string
	// Epoch counts the workers that have owned the run, from 1.
	Epoch int64
	// Base is the connection's generation when the run began: what it is
	// compared with.
	Base int64
	// ConfigHash and ConnectorVersion are those of the beginning; a run is
	// resumed only where they still hold.
	ConfigHash       []byte
	ConnectorVersion string

	Started time.Time
	// Finished is zero while the run is running; for a held run, when it was
	// held, approved or discarded.
	Finished time.Time
	// LeaseUntil is when a worker that shows no sign of life loses the run.
	LeaseUntil time.Time

	// Cursor is where to go on after the last stored page; empty before the
	// first. Complete says that nothing follows.
	Cursor   string
	Complete bool
	// Pass counts the listings of this run, from 1; a Restarted begins the
	// next. Pages are those of this pass.
	Pass, Pages int64

	Totals
	// Class, Reason, Message and Fix say why a run failed or is held.
	Class, Reason, Message, Fix string
	// Plan is the guard's plan of a held run, a JSON object; nil otherwise.
	Plan []byte
}

// What a run is abandoned with when an earlier one, held until then, is
// approved while it runs.
const (
	ReasonEarlierApproved  = "EARLIER_RUN_APPROVED"
	MessageEarlierApproved = "An earlier run was approved while this one was running."
	FixEarlierApproved     = "Nothing needs to be done: the next run begins anew."
)

// Totals count what a run brought. Those of the staging are reset by a
// Restarted; Added, Changed and Removed are known when it is promoted or held.
type Totals struct {
	Records     int64 // sightings, a person who comes twice counted twice
	Bytes       int64 // of sources
	Quarantined int64
	// Unidentified counts quarantined records without a readable id. A run with
	// any removes nobody.
	Unidentified int64
	Waited       time.Duration

	Added, Changed, Unchanged, Removed int64
}

// RunsQuery asks for runs, newest first.
type RunsQuery struct {
	// ConnectionID is whose; 0: of all connections.
	ConnectionID int64
	// Before is the id of the run before which to begin; 0: at the newest.
	Before int64
	// Limit is as of [Limit].
	Limit int
}
