package people

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"patchbay.example/internal/people/unit"
	"patchbay.example/internal/store"
)

// Errors of a directory.
var (
	// ErrNotActivated: no connection is marked as the HRIS.
	ErrNotActivated = errors.New("the People view is not activated")
	// ErrNotSynced: the HRIS has no complete run yet.
	ErrNotSynced = errors.New("the HRIS has not been synced yet")
)

// UnknownError: there is no such person or unit that may be shown.
type UnknownError struct {
	// What is "person" or "unit", Asked what was asked for.
	What, Asked string
	// People and Units are what may have been meant.
	People []Card
	Units  []UnitSummary
}

// Error is a sentence.
func (e *UnknownError) Error() string { return fmt.Sprintf("there is no %s %q here", e.What, e.Asked) }

// QueryError is a query that can't be answered.
type QueryError struct {
	// Parameter is at fault; Problem completes the sentence that begins with it.
	Parameter, Problem string
}

// Error is the sentence.
func (e *QueryError) Error() string { return e.Parameter + " " + e.Problem }

// Store is what a directory needs of a [store.Store].
type Store interface {
	PeopleView(ctx context.Context) (store.PeopleView, error)
	PeopleSettings(ctx context.Context) ([]byte, int64, error)
	SetPeopleSettings(ctx context.Context, body []byte, from int64) (int64, error)
	People(ctx context.Context, q store.PeopleQuery) ([]store.Person, error)
	Departed(ctx context.Context, connection int64, after string, limit int) ([]store.Person, error)
	History(ctx context.Context, connection int64, id string, limit int) ([]store.Change, error)
	Promotions(ctx context.Context, connection int64, since time.Time, limit int) ([]store.Run, error)
	Changes(ctx context.Context, run int64, after string, limit int) ([]store.Change, error)
	Connection(ctx context.Context, name string) (store.Connection, error)
	Run(ctx context.Context, id int64) (store.Run, error)
}

// Directory keeps the snapshot that pages and API show. Its methods may be
// called concurrently.
type Directory struct {
	Store Store
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: discarded
	// contains the current snapshot and what makes the next one
}

// Snapshot is the one that may be shown now. After a run it is the one before
// until the next one is ready; after a change of settings, of the mark or of
// whom one may remember it is only ever the new one, which the call waits for.
// ErrNotActivated, ErrNotSynced.
func (d *Directory) Snapshot(ctx context.Context) (*Snapshot, error) { panic("next") }

// Warm makes the snapshot that [Directory.Snapshot] would wait for or get later.
func (d *Directory) Warm(ctx context.Context) error { panic("next") }

// Preview is what marking a connection as the HRIS would show.
func (d *Directory) Preview(ctx context.Context, name string) (Preview, error) { panic("next") }

// Settings are what stands.
func (d *Directory) Settings(ctx context.Context) (Settings, error) { panic("next") }

// SetSettings replaces what stands, at once. [store.ErrMoved], [*QueryError].
func (d *Directory) SetSettings(ctx context.Context, s Settings) (Settings, error) { panic("next") }

// Changes are the joiners, movers and leavers of the snapshot's connection.
func (d *Directory) Changes(ctx context.Context, s *Snapshot, q ChangesQuery) (Changes, error) {
	panic("next")
}

// History is what recent runs changed of a person, newest first, at most
// [PagePeople]. For somebody who left it is what remains. [*UnknownError].
func (d *Directory) History(ctx context.Context, s *Snapshot, id string) ([]Change, error) {
	panic("next")
}

// Snapshot is everybody as of one run and one set of settings. It never changes,
// and its methods may be called concurrently.
type Snapshot struct{}

// Connection is the HRIS's name, Generation the run, and Complete when it was.
func (s *Snapshot) Connection() string  { panic("next") }
func (s *Snapshot) Generation() int64   { panic("next") }
func (s *Snapshot) Complete() time.Time { panic("next") }

// ETag names the snapshot; quoted, as in RFC 9110.
func (s *Snapshot) ETag() string { panic("next") }

// Size counts who is shown, Active who of them is active.
func (s *Snapshot) Size() int   { panic("next") }
func (s *Snapshot) Active() int { panic("next") }

// Bytes is how much memory the snapshot takes, about.
func (s *Snapshot) Bytes() int64 { panic("next") }

// Settings are those of the snapshot, Attributes the catalogue: allowed ones
// first.
func (s *Snapshot) Settings() Settings      { panic("next") }
func (s *Snapshot) Attributes() []Attribute { panic("next") }

// Search finds people. [*QueryError].
func (s *Snapshot) Search(q Query) (Found, error) { panic("next") }

// Person is one. [*UnknownError].
func (s *Snapshot) Person(id string) (Person, error) { panic("next") }

// Reports are the active people who report to somebody, by name: directly, or,
// with all, at any level. Peers are who else reports to the manager.
// [*UnknownError], [*QueryError].
func (s *Snapshot) Reports(id string, all bool, offset, limit int) (total int, page []Card, err error) {
	panic("next")
}
func (s *Snapshot) Peers(id string, offset, limit int) (total int, page []Card, err error) {
	panic("next")
}

// Evidence is how a manager was looked for, for administrators.
func (s *Snapshot) Evidence(id string) (Evidence, error) { panic("next") }

// Chart is the org chart around somebody, Branch what is below somebody, Outside
// those who are in no tree of more than one.
func (s *Snapshot) Chart(q ChartQuery) (Chart, error)     { panic("next") }
func (s *Snapshot) Branch(q BranchQuery) (*Branch, error) { panic("next") }
func (s *Snapshot) Outside(offset, limit int) (total int, page []Card, err error) {
	panic("next")
}

// Children are the active reports of somebody by name, without bound: for who
// draws a whole subtree. Roots are the roots, the largest first.
func (s *Snapshot) Children(id string) ([]Card, error) { panic("next") }
func (s *Snapshot) Roots() []Card                      { panic("next") }

// Units are units, Unit is one of them. [*UnknownError], [*QueryError].
func (s *Snapshot) Units(q UnitsQuery) (Units, error) { panic("next") }
func (s *Snapshot) Unit(ref unit.Ref, offset, limit int) (UnitPage, error) {
	panic("next")
}

// Quality is the state of the directory, Findings its findings of a kind, for
// administrators. [*QueryError].
func (s *Snapshot) Quality() Quality { panic("next") }
func (s *Snapshot) Findings(kind string, offset, limit int) (Findings, error) {
	panic("next")
}

// SetAside are accounts that belong to nobody.
func (s *Snapshot) SetAside(offset, limit int) (total int, page []Aside, err error) { panic("next") }

// Export writes everybody whom a query finds, all attributes that are allowed:
// "csv" (RFC 4180, safe to open in a spreadsheet) or "jsonl". It writes row by
// row. [*QueryError].
func (s *Snapshot) Export(w io.Writer, format string, q Query) error { panic("next") }

// ExportFindings writes findings as CSV; an empty kind: all.
func (s *Snapshot) ExportFindings(w io.Writer, kind string) error { panic("next") }

// VCard is a person as a vCard 4.0 (RFC 6350). [*UnknownError].
func (s *Snapshot) VCard(id string) ([]byte, error) { panic("next") }
