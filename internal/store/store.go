package store

import (
	"context"
	"errors"
	"time"
)

// Errors of a store. Others are the engine's: a full disk, a lost connection.
var (
	// ErrNotFound: there is no such connection, run or person.
	ErrNotFound = errors.New("not found")
	// ErrNameTaken: another connection has the name.
	ErrNameTaken = errors.New("the name is taken")
	// ErrFenced: the run belongs to another worker, or is over.
	ErrFenced = errors.New("the run belongs to another worker or is over")
	// ErrRunning: the connection has a running run already.
	ErrRunning = errors.New("the connection is syncing already")
	// ErrSlotTaken: the slot that a run was to begin for is not the connection's
	// next any more.
	ErrSlotTaken = errors.New("the run that was planned has begun or was planned anew")
	// ErrSettled: somebody else has taken account of the run.
	ErrSettled = errors.New("the run's end was taken account of already")
	// ErrNotHeld: the run is not held, or a newer one is complete.
	ErrNotHeld = errors.New("the run is not held for review any more")
	// ErrBackupElsewhere: the engine's own tools make backups.
	ErrBackupElsewhere = errors.New("this engine is backed up by its own tools")
	// ErrBaseMoved: another run was promoted since this one began, so that what
	// it staged was compared with a directory that is gone.
	ErrBaseMoved = errors.New("the directory changed since the run began")
)

// Fence names a run and the epoch in which the caller owns it.
type Fence struct{ Run, Epoch int64 }

// Begin is a new run.
type Begin struct {
	ConnectionID     int64
	Trigger          string
	ConfigHash       []byte
	ConnectorVersion string
	Now, LeaseUntil  time.Time
	// Worker names the process that begins it.
	Worker string
	// Slot, unless zero, must be the connection's [Schedule.Next]: it is taken
	// in the same transaction, so that one run only is ever for it.
	Slot time.Time
	// Next and Why are the schedule from then on. They are not looked at where
	// Slot is zero.
	Next time.Time
	Why  Why
}

// StagedPage is a page of the service as a run stores it.
type StagedPage struct {
	Records []StagedRecord
	// Cursor is where to go on after the page; empty on the last.
	Cursor string
	// Bytes is the size of the sources.
	Bytes int64
	// LeaseUntil renews the lease.
	LeaseUntil time.Time
}

// StagedRecord is a person as met.
type StagedRecord struct {
	// ID is 1 to [MaxIDBytes] bytes of UTF-8 without NUL.
	ID string
	// SourceHash is a hash of the source, [HashBytes] long.
	SourceHash []byte
	Times      Times
	// Version computes the rest. It is called only where SourceHash is new, and
	// outside of any transaction.
	Version func() Version
}

// Quarantine is a record that could not be read.
type Quarantine struct {
	// ID is empty where it could not be read either. Anything else than what
	// [ValidID] takes counts as that.
	ID         string
	LeaseUntil time.Time
}

// Comparison is what a complete run would make of the directory that stands.
type Comparison struct {
	// StandsWithAccess and WithAccess count people with access before and after.
	StandsWithAccess, WithAccess int64
	// Stands and Seen count people before, and those met by the run.
	Stands, Seen                       int64
	Added, Changed, Unchanged, Removed int64
}

// Finish is how a run ends without being promoted.
type Finish struct {
	Status                      RunStatus // RunFailed, RunAbandoned or RunHeld
	Class, Reason, Message, Fix string
	Plan                        []byte
	Now                         time.Time
}

// Store keeps an installation. Its methods may be called concurrently. Every
// text is UTF-8; a NUL, which PostgreSQL takes in no text, is stored as U+FFFD.
type Store interface {
	// AddConnection stores a connection with its schedule, and returns its id.
	// ErrNameTaken.
	AddConnection(ctx context.Context, c Connection) (int64, error)
	// UpdateConnection replaces what an administrator sets (everything above
	// Generation in [Connection]). ErrNotFound, ErrNameTaken. Like AddConnection and
	// RemoveConnection, it makes another [PeopleView.Revision] where another
	// connection, or none, has the HRIS mark from then on.
	UpdateConnection(ctx context.Context, c Connection) error
	// RemoveConnection removes a connection with all that it brought.
	RemoveConnection(ctx context.Context, id int64) error
	// Connection finds one by name. ErrNotFound.
	Connection(ctx context.Context, name string) (Connection, error)
	// Connections are all, by name.
	Connections(ctx context.Context) ([]Connection, error)

	// BeginRun begins a run with epoch 1 and pass 1. ErrRunning, ErrNotFound,
	// ErrSlotTaken.
	BeginRun(ctx context.Context, b Begin) (Run, error)
	// TakeOver raises the epoch of a running run, which worker owns from then on,
	// and returns it. ErrNotFound when it is not running; ErrRunning while its
	// lease lasts beyond now.
	TakeOver(ctx context.Context, run int64, worker string, now, leaseUntil time.Time) (Run, error)
	// Running is the connection's running run. ErrNotFound.
	Running(ctx context.Context, connection int64) (Run, error)
	// Run is one run. ErrNotFound.
	Run(ctx context.Context, id int64) (Run, error)
	// Runs are runs, newest first.
	Runs(ctx context.Context, q RunsQuery) ([]Run, error)
	// Note adds a line to a run's log. It is no error if there is no such run.
	Note(ctx context.Context, run int64, n Note) error
	// Notes are the last lines of a run's log, oldest first.
	Notes(ctx context.Context, run int64, limit int) ([]Note, error)

	// Plan changes when a connection runs next. ErrNotFound.
	Plan(ctx context.Context, p Plan) error
	// Due are the connections whose slot is not after now, which are not paused
	// and which have no running run, that of the earliest slot first.
	Due(ctx context.Context, now time.Time, limit int) ([]Connection, error)
	// Orphans are running runs whose lease ended at or before now, oldest lease
	// first.
	Orphans(ctx context.Context, now time.Time, limit int) ([]Run, error)
	// Unsettled are connections with an ended run newer than the one that was
	// last taken account of. Their LastRun may be one that is running by now.
	Unsettled(ctx context.Context, limit int) ([]Connection, error)
	// Settle takes account of the end of a run, s.Schedule.Settled. ErrSettled,
	// ErrNotFound.
	Settle(ctx context.Context, s Settlement) error
	// SaveChecks keeps what the connector found when it connected. ErrNotFound.
	SaveChecks(ctx context.Context, connection int64, checks []byte, at time.Time) error

	// Pending are notifications neither delivered nor given up, oldest first.
	Pending(ctx context.Context, limit int) ([]Notification, error)
	// Notification is one. ErrNotFound.
	Notification(ctx context.Context, id int64) (Notification, error)
	// Delivered notes that a notification was delivered. ErrNotFound.
	Delivered(ctx context.Context, id int64, now time.Time) error
	// Undelivered notes a failed attempt, and whether it was the last. ErrNotFound.
	Undelivered(ctx context.Context, id int64, cause string, last bool, now time.Time) error

	// SetTrust declares an executable to be a connector, in place of an earlier
	// one.
	SetTrust(ctx context.Context, t Trust) error
	// Trust is what was declared of a connector. ErrNotFound.
	Trust(ctx context.Context, connector string) (Trust, error)

	// Renew renews the lease, and adds to the time waited. ErrFenced.
	Renew(ctx context.Context, f Fence, until time.Time, waited time.Duration) error
	// Release ends the run's lease, so that another worker may take it over at
	// once. ErrFenced.
	Release(ctx context.Context, f Fence, now time.Time) error
	// StagePage stores a page with its cursor in one transaction. Of a person
	// who comes twice, the later record stands. ErrFenced.
	StagePage(ctx context.Context, f Fence, p StagedPage) error
	// Quarantine counts a record that could not be read; one with an id counts
	// as seen. ErrFenced.
	Quarantine(ctx context.Context, f Fence, q Quarantine) error
	// Restart begins the next pass: what was met so far counts no more, and
	// cursor, pages and the totals of the staging begin again, but for the time
	// waited. ErrFenced.
	Restart(ctx context.Context, f Fence) error

	// Compare compares what the run met with what stands. ErrFenced.
	Compare(ctx context.Context, f Fence) (Comparison, error)
	// Finish ends a run without promoting it. A run that becomes held makes
	// those that were held superseded. ErrFenced.
	Finish(ctx context.Context, f Fence, end Finish) error
	// Promote makes a complete run the current generation. Where it quarantined
	// a record without id, nobody is removed. Runs that were held become
	// superseded. What dead runs staged is swept first, in chunks. ErrFenced,
	// ErrBaseMoved.
	Promote(ctx context.Context, f Fence, now time.Time) (Run, error)
	// Approve promotes a held run, and abandons one that is running meanwhile;
	// one that is complete already supersedes it instead. ErrNotHeld,
	// ErrBaseMoved.
	Approve(ctx context.Context, run int64, now time.Time) (Run, error)
	// Discard declines a held run. ErrNotHeld.
	Discard(ctx context.Context, run int64, now time.Time) error

	// People are those whom readers see. ErrNotFound for a connection that is
	// not there.
	People(ctx context.Context, q PeopleQuery) ([]Person, error)
	// Person is one of them. ErrNotFound.
	Person(ctx context.Context, connection int64, id string) (Person, error)
	// Vanishing are those with access whom a complete or held run did not meet,
	// by id, for its plan.
	Vanishing(ctx context.Context, run int64, limit int) ([]Person, error)
	// Changes are what a promoted run did, by id, beginning after an id.
	Changes(ctx context.Context, run int64, after string, limit int) ([]Change, error)
	// Departed are the last states of those who left and are not there, by id,
	// beginning after an id, for as long as tombstones are kept. Their Times are
	// zero. ErrNotFound for a connection that is not there.
	Departed(ctx context.Context, connection int64, after string, limit int) ([]Person, error)
	// History is what promoted runs did to one person, whether there or departed,
	// newest first: what [Store.Changes] of each says, for as long as versions and
	// runs are kept. It is empty for somebody unknown.
	History(ctx context.Context, connection int64, id string, limit int) ([]Change, error)
	// Promotions are a connection's promoted runs that finished at since or after,
	// newest first.
	Promotions(ctx context.Context, connection int64, since time.Time, limit int) ([]Run, error)
	// Forget erases every version, sighting and plan's mention of a person, and
	// takes the person out of the People view's settings unless another connection
	// has somebody of the same id. ErrNotFound.
	Forget(ctx context.Context, connection int64, id string) error

	// PeopleView is what the People view is made of by now. It costs little: it is
	// asked for with each request.
	PeopleView(ctx context.Context) (PeopleView, error)
	// PeopleSettings are the settings of the People view, a JSON object, and their
	// revision; nil and 0 before the first.
	PeopleSettings(ctx context.Context) (body []byte, revision int64, err error)
	// SetPeopleSettings replaces the settings that have the revision from, and
	// returns the new revision, which no settings had before. ErrMoved where they
	// have another one; ErrPeopleSettings.
	SetPeopleSettings(ctx context.Context, body []byte, from int64) (revision int64, err error)

	// Backup writes a copy of everything, as of one moment and while others go
	// on, into a new file. ErrBackupElsewhere where the engine has tools of its
	// own for that.
	Backup(ctx context.Context, path string) error

	// Sweep removes, in chunks, what dead runs staged, sightings of runs that
	// are not current, tombstones and replaced versions closed by runs that
	// finished before closedBefore, and, with their logs and notifications, ended
	// runs that finished before runsBefore, but for the current one's. It returns
	// when nothing is left or ctx ends.
	Sweep(ctx context.Context, closedBefore, runsBefore time.Time) error
	// Close releases the engine.
	Close() error
}
