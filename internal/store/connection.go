package store

import "time"

// ConnectionState is how a connection stands, as an administrator sees it.
// [Connection.State] derives it.
type ConnectionState string

// The states of a connection.
const (
	StateNew                ConnectionState = "new" // never synced
	StateActive             ConnectionState = "active"
	StateSyncing            ConnectionState = "syncing"
	StateSyncFailed         ConnectionState = "sync_failed"
	StateCredentialsExpired ConnectionState = "credentials_expired"
	StateHeldForReview      ConnectionState = "held_for_review"
	StatePaused             ConnectionState = "paused"
)

// Connection is a configured connection.
type Connection struct {
	// ID is set by AddConnection: positive, never used again.
	ID int64
	// Name is what people call it: 1 to 64 of a-z, 0-9, - and _, beginning with
	// a letter. Unique.
	Name string
	// Connector is the connector's name or the path of its executable.
	Connector string
	// Resource is what is listed, such as "users".
	Resource string
	// Config is the configuration without secrets, a JSON object.
	Config []byte
	// Secrets are references (env:NAME, file:PATH) or sealed values, by
	// property; never a secret in the clear.
	Secrets map[string][]byte
	// HRIS marks the connection whose people the People view shows. At most one
	// connection has it: the mark moves to the one that got it last.
	HRIS bool
	// Interval is from the beginning of one run to that of the next.
	Interval time.Duration
	// ShrinkPercent is how much smaller the directory may become in one run
	// before the run is held; 0 is [DefaultShrinkPercent].
	ShrinkPercent int
	// Deadline is how long a run may take in all.
	Deadline time.Duration
	// Paused stops the schedule.
	Paused bool
	// Created and Updated are set by the store's callers.
	Created, Updated time.Time

	// Generation is the run that readers see; 0 before the first promotion. Set
	// by Promote only.
	Generation int64
	// LastSuccess is when the current generation was promoted; zero before.
	LastSuccess time.Time
	// People counts who is visible, and WithAccess those of them who may sign
	// in. Set by Promote and Forget only.
	People, WithAccess int64
	// LastRun is the newest run, whatever became of it; nil before the first.
	LastRun *Run

	// Schedule is when it runs next. Set by AddConnection, Plan, BeginRun and
	// Settle.
	Schedule Schedule
	// Checks are the named checks of the last time that the connector connected,
	// a JSON array, and Checked is when; nil and zero before. Set by SaveChecks
	// only.
	Checks  []byte
	Checked time.Time
}

// DefaultShrinkPercent is what a directory may lose in one run unasked: more is
// rarely a wave of leavers and often a role or a filter that changed.
const DefaultShrinkPercent = 20

// State is how the connection stands: what its newest run says, and whether it
// is paused.
func (c Connection) State() ConnectionState {
	run := c.LastRun
	switch {
	case run != nil && run.Status == RunRunning:
		return StateSyncing
	case c.Paused:
		return StatePaused
	case run == nil:
		return StateNew
	case run.Status == RunHeld:
		return StateHeldForReview
	case run.Status == RunFailed && run.Class == ClassCredentialsRejected:
		return StateCredentialsExpired
	case run.Status == RunFailed || run.Status == RunAbandoned:
		return StateSyncFailed
	default:
		return StateActive
	}
}

// ClassCredentialsRejected is the contract's class of refusals of which only
// new credentials get rid.
const ClassCredentialsRejected = "CREDENTIALS_REJECTED"
