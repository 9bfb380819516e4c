package store

import "time"

// Schedule is when a connection runs next, and what its runs so far mean for
// that. The store keeps it; whoever runs the schedule decides.
type Schedule struct {
	// Next is the slot: when the next run is due. Zero: none is planned.
	Next time.Time
	// Why says why then.
	Why Why
	// Anchor is the phase of the regular slots, which are Anchor and whole
	// intervals from it. Zero before the first plan.
	Anchor time.Time
	// Failures counts the runs that failed since the last that did not.
	Failures int
	// Settled is the newest ended run that was taken account of; 0: none.
	Settled int64
	// Told is the cause of which somebody was told last, such as "sync_failed
	// NETWORK_UNREACHABLE"; empty while the connection is in order.
	Told string
}

// Why is the reason of the next run, and becomes the trigger of a run.
type Why string

// The reasons of a run.
const (
	WhyFirst    Why = "first"    // the connection was added
	WhySchedule Why = "schedule" // its interval has passed
	WhyCatchUp  Why = "catch_up" // slots were missed, and one run makes up for all
	WhyRetry    Why = "retry"    // the last run failed
	WhyProbe    Why = "probe"    // the credentials were refused: seldom, in case they are accepted again
	WhyManual   Why = "manual"   // somebody asked for it
	WhyPlan     Why = "plan"     // somebody asked what it would do: such a run is always held
	WhyResumed  Why = "resumed"  // the schedule goes on after a pause
	WhyChanged  Why = "changed"  // the configuration was changed
)

// Plan is a change of a connection's schedule.
type Plan struct {
	ConnectionID int64
	// Next and Why replace those of the schedule; a zero Next plans none.
	Next time.Time
	Why  Why
	// Anchor replaces the phase, unless it is zero.
	Anchor time.Time
}

// Settlement takes account of how a connection's newest ended run ended.
type Settlement struct {
	ConnectionID int64
	// From is [Schedule.Settled] as the caller read it.
	From int64
	// Slot is [Schedule.Next] as the caller read it. Where it has changed since,
	// because somebody asked for a run, Schedule.Next, Why and Anchor are left as
	// they are.
	Slot time.Time
	// Schedule replaces what stands.
	Schedule Schedule
	// Notification, unless nil, is stored with it.
	Notification *Notification
}

// Notification is something of which somebody is to be told. It is kept until
// it was delivered, or given up.
type Notification struct {
	// ID is set by the store.
	ID           int64
	ConnectionID int64
	Run          int64
	// Cause is what [Schedule.Told] remembers.
	Cause string
	// Body is the text that is sent, a JSON object. It names nobody of the
	// directory, as a [Note] does not.
	Body    []byte
	Created time.Time
	// Delivered is zero until it was. GivenUp is when no more attempts are made;
	// zero before.
	Delivered, GivenUp time.Time
	// Attempts counts those that failed; LastError is the last one's.
	Attempts  int
	LastError string
}

// Note is a line of a run's log: something that a person would want to know. It
// holds nobody's name or id, for forgetting somebody does not look there.
type Note struct {
	At time.Time
	// Warning says that it is out of the ordinary.
	Warning bool
	Text    string
}

const (
	// MaxNotes bounds a run's log: of more, the first go.
	MaxNotes = 100
	// MaxNoteBytes bounds a line of it; what is longer is cut.
	MaxNoteBytes = 1 << 10
)

// Trust is an executable that an administrator has declared to be a connector.
type Trust struct {
	// Connector is the connector's name.
	Connector string
	// SHA256 is the executable's, in hexadecimal.
	SHA256 string
	At     time.Time
}
