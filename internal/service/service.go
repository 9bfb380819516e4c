package service

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"time"

	"patchbay.example/internal/connection"
	"patchbay.example/internal/people"
	"patchbay.example/internal/store"
)

// Errors of operations, beside [store.ErrNotFound], [store.ErrNameTaken],
// [store.ErrNotHeld], [store.ErrBaseMoved], [*connection.InvalidError], and
// those of package host about connectors.
var (
	// ErrTestFailed: the connection was tested and does not work. The report has
	// the checks.
	ErrTestFailed = errors.New("the connection does not work")
	// ErrPaused: a paused connection is not synced until it is resumed.
	ErrPaused = errors.New("the connection is paused")
)

// InputError is a value that an operation can't take.
type InputError struct {
	// Field is the member at fault, as in JSON.
	Field string
	// Problem completes the sentence that begins with the field.
	Problem string
}

// Error is the sentence.
func (e *InputError) Error() string { return e.Field + " " + e.Problem }

// Config is what a Service needs.
type Config struct {
	Store  store.Store
	Sealer *connection.Sealer
	// ConnectorFolder is a folder of connectors, beside the program's own; may be
	// empty.
	ConnectorFolder string
	// RequirePin refuses connectors that nobody has declared trusted.
	RequirePin bool
	// HostName is the program's name and version, as connectors are told it.
	HostName string
	// RuntimeDir holds the sockets of connectors; empty: as in package host.
	RuntimeDir string
	// People makes what the People view shows; nil: one over Store is made.
	People *people.Directory
	// Planned is called when a connection's schedule has changed and may be due;
	// nil: nobody needs to know.
	Planned func()
	Now     func() time.Time // nil: time.Now
	Log     *slog.Logger     // nil: discarded
}

// Operations are what pages, API and commands ask of an installation. *Service
// has them. A connection is named by its name.
type Operations interface {
	// Connectors are those that can be found, by name.
	Connectors(ctx context.Context) ([]Connector, error)
	// Form is what a connector asks of an administrator.
	Form(ctx context.Context, connector string) (Form, error)
	// TrustConnector declares the executable that is found under the name now.
	TrustConnector(ctx context.Context, connector string) (Connector, error)

	// Test tries a connection that is not stored. A connection that does not
	// work is a report, not an error; an error is what kept it from being tried.
	Test(ctx context.Context, d Draft) (Report, error)
	// Add tests a connection and stores it if it works, and plans its first run.
	// ErrTestFailed comes with the report. [*InputError] for a second HRIS, as for
	// every value that can't be.
	Add(ctx context.Context, d Draft) (Connection, Report, error)
	// TestChange tries a stored connection as it would be after a change; the
	// zero Change tries it as it is, and keeps the checks.
	TestChange(ctx context.Context, name string, c Change) (Report, error)
	// Change tests and stores a change. ErrTestFailed comes with the report. The
	// report is the zero value where nothing had to be tested, because Config is
	// nil.
	Change(ctx context.Context, name string, c Change) (Connection, Report, error)
	Connections(ctx context.Context) ([]Connection, error)
	Connection(ctx context.Context, name string) (Connection, error)
	Pause(ctx context.Context, name string) (Connection, error)
	Resume(ctx context.Context, name string) (Connection, error)
	// Remove removes a connection with its people and runs.
	Remove(ctx context.Context, name string) error
	// SyncNow plans a run for now. With plan, the run is held whatever it finds.
	// ErrPaused; store.ErrRunning.
	SyncNow(ctx context.Context, name string, plan bool) (Connection, error)

	// Runs are a connection's runs, newest first, or all where name is empty,
	// from before a run on (0: from the newest).
	Runs(ctx context.Context, name string, before int64, limit int) ([]Run, error)
	// Run is one run, with its plan and log.
	Run(ctx context.Context, id int64) (Run, error)
	// Changes are what a promoted run did, by id, after an id.
	Changes(ctx context.Context, run int64, after string, limit int) ([]PersonChange, error)
	Approve(ctx context.Context, run int64) (Run, error)
	Discard(ctx context.Context, run int64) (Run, error)

	People(ctx context.Context, name string, q PeopleQuery) ([]Person, error)
	Person(ctx context.Context, name, id string) (Person, error)
	// Export writes all people of a connection, as "jsonl" (one Person a line,
	// with its source) or "csv" (safe to open in a spreadsheet), in pages.
	Export(ctx context.Context, name, format string, w io.Writer) error
	// Forget erases a person everywhere.
	Forget(ctx context.Context, name, id string) error

	// PreviewPeople is what the People view would show if the connection were the
	// HRIS, whether or not it is: what one looks at before marking it.
	PreviewPeople(ctx context.Context, name string) (people.Preview, error)
	// PeopleSettings say what the People view shows.
	PeopleSettings(ctx context.Context) (people.Settings, error)
	// SetPeopleSettings replaces them, and takes effect at once. The revision must
	// be that of the settings that stand: [store.ErrMoved]. [*people.QueryError] for
	// settings that can't be.
	SetPeopleSettings(ctx context.Context, s people.Settings) (people.Settings, error)

	// Diagnose checks the installation: store, sealing key, connectors, the
	// schedule, notifications that could not be delivered.
	Diagnose(ctx context.Context) ([]Check, error)
}

// Service implements [Operations]. Its methods may be called concurrently.
type Service struct {
	Config

	// changing is locked while what an administrator sets is read and written
	// back: no change may undo another one.
	changing sync.Mutex
	found    finder
}

// New makes a service.
func New(c Config) *Service {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.People == nil {
		c.People = &people.Directory{Store: c.Store, Now: c.Now, Log: c.Log}
	}
	return &Service{Config: c}
}
