package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"patchbay.example/internal/store"
)

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
}

// Directory keeps the snapshot that pages and API show. Its methods may be
// called concurrently.
type Directory struct {
	Store Store
	Now   func() time.Time // nil: time.Now
	Log   *slog.Logger     // nil: discarded

	mu      sync.Mutex
	current *Snapshot
	making  *making
	failed  failure
	closed  bool
	makers  sync.WaitGroup

	previewing sync.Mutex // held while a preview is made
	previewed  key
	preview    Preview
}

// failure is a snapshot that could not be made.
type failure struct {
	key key
	at  time.Time
	err error
}

// making is a snapshot in the making. ready is closed when it is done.
type making struct {
	key      key
	cancel   context.CancelCauseFunc
	ready    chan struct{}
	snapshot *Snapshot
	err      error
}

const (
	// makeLimit bounds how long a snapshot may be in the making: a million people
	// take half a minute.
	makeLimit = 5 * time.Minute
	// maxReads is how often people are read again because a run was promoted
	// meanwhile. Runs are hours apart.
	maxReads = 3
	// retryAfter is how long a failure is told to whoever asks, before the whole
	// company is read again.
	retryAfter = 5 * time.Second
)

// What ends a snapshot in the making.
var (
	errSuperseded = errors.New("what it shows was changed meanwhile")
	errClosed     = errors.New("the program ends")
)

// Snapshot is the one that may be shown now. After a run it is the one before
// until the next one is ready; after a change of settings, of the mark or of
// whom one may remember it is only ever the new one, which the call waits for.
// [ErrNotActivated], [ErrNotSynced], or what went wrong.
func (d *Directory) Snapshot(ctx context.Context) (*Snapshot, error) {
	for try := 1; ; try++ {
		view, err := d.view(ctx)
		if err != nil {
			return nil, err
		}
		want := keyOf(view)
		d.mu.Lock()
		have := d.current
		if have != nil && have.key == want {
			d.mu.Unlock()
			return have, nil
		}
		m := d.make(view) //nolint:contextcheck // it is made for whoever asks next as well
		d.mu.Unlock()
		if have != nil && have.key.connection == want.connection && have.key.revision == want.revision {
			return have, nil // whom it shows may be shown; the next one is on its way
		}
		made, err := m.wait(ctx)
		if errors.Is(err, errSuperseded) && try < maxReads {
			continue
		}
		return made, err
	}
}

// Warm makes the snapshot that [Directory.Snapshot] would wait for or get later,
// and returns when it is there. No HRIS, or one that was never synced, is no
// error: there is nothing to make.
func (d *Directory) Warm(ctx context.Context) error {
	view, err := d.view(ctx)
	if errors.Is(err, ErrNotActivated) || errors.Is(err, ErrNotSynced) {
		return nil
	}
	if err != nil {
		return err
	}
	d.mu.Lock()
	if d.current != nil && d.current.key == keyOf(view) {
		d.mu.Unlock()
		return nil
	}
	m := d.make(view) //nolint:contextcheck // it is made for whoever asks next as well
	d.mu.Unlock()
	_, err = m.wait(ctx)
	return err
}

// Close ends what is in the making, and waits for it. Snapshots that were given
// out stay good; no further one is made.
func (d *Directory) Close() {
	d.mu.Lock()
	d.closed = true
	if d.making != nil {
		d.making.cancel(errClosed)
	}
	d.mu.Unlock()
	d.makers.Wait()
}

// view is what may be shown now. Without an HRIS nothing is kept of the one
// before.
func (d *Directory) view(ctx context.Context) (store.PeopleView, error) {
	view, err := d.Store.PeopleView(ctx)
	switch {
	case err != nil:
		return view, fmt.Errorf("look for the HRIS: %w", err)
	case view.Connection == 0:
		d.drop()
		return view, ErrNotActivated
	case view.Generation == 0:
		d.drop()
		return view, fmt.Errorf("%s: %w", view.Name, ErrNotSynced)
	default:
		return view, nil
	}
}

func (d *Directory) drop() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.current = nil
}

func keyOf(v store.PeopleView) key { return key{v.Connection, v.Generation, v.Revision} }

// make has a snapshot made, unless that is under way. The caller holds the lock.
func (d *Directory) make(view store.PeopleView) *making {
	want := keyOf(view)
	if d.making != nil && d.making.key == want {
		return d.making
	}
	if d.failed.err != nil && d.failed.key == want && d.now().Sub(d.failed.at) < retryAfter {
		m := &making{key: want, ready: make(chan struct{}), err: d.failed.err}
		close(m.ready)
		return m
	}
	if d.making != nil {
		d.making.cancel(errSuperseded)
	}
	timed, stop := context.WithTimeout(context.Background(), makeLimit)
	ctx, cancel := context.WithCancelCause(timed)
	m := &making{key: want, cancel: cancel, ready: make(chan struct{})}
	if d.closed {
		cancel(errClosed)
	}
	d.making = m
	d.makers.Go(func() {
		defer stop()
		defer cancel(nil)
		m.snapshot, m.err = d.read(ctx, view)
		if m.err != nil && context.Cause(ctx) != nil {
			m.err = fmt.Errorf("bring the People view up to date: %w", context.Cause(ctx))
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		if d.making == m {
			d.making = nil
			if m.err == nil {
				d.current, d.failed = m.snapshot, failure{}
			} else {
				d.failed = failure{want, d.now(), m.err}
			}
		}
		if m.err != nil && !errors.Is(m.err, errSuperseded) && !errors.Is(m.err, errClosed) {
			d.log().Error("the People view can't be brought up to date", slog.String("connection", view.Name), slog.Any("error", m.err))
		}
		close(m.ready)
	})
	return m
}

func (m *making) wait(ctx context.Context) (*Snapshot, error) {
	select {
	case <-m.ready:
		return m.snapshot, m.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// read makes a snapshot of what the store holds.
func (d *Directory) read(ctx context.Context, view store.PeopleView) (*Snapshot, error) {
	began := d.now()
	for read := 1; ; read++ {
		settings, err := d.Settings(ctx) // after the view: never older than its revision
		if err != nil {
			return nil, err
		}
		s, err := d.once(ctx, view, settings)
		if err != nil {
			return nil, err
		}
		after, err := d.view(ctx)
		if err != nil {
			return nil, err
		}
		if after.Connection != view.Connection || after.Revision != view.Revision {
			return nil, errSuperseded // it may show what may be shown no more
		}
		if after.Generation == view.Generation || read == maxReads {
			d.log().InfoContext(ctx, "the People view is up to date", slog.String("connection", view.Name), slog.Int64("run", view.Generation), slog.Int("people", s.Size()), slog.Int64("bytes", s.Bytes()), slog.Duration("took", d.now().Sub(began)))
			return s, nil
		}
		view = after // it was read while a run was promoted
	}
}

// once makes one snapshot: who is there, and who was there before the last run.
func (d *Directory) once(ctx context.Context, view store.PeopleView, settings Settings) (*Snapshot, error) {
	all, err := load(ctx, d.Store, view.Connection, settings)
	if err != nil {
		return nil, err
	}
	before, since, err := d.undo(ctx, view, all, settings)
	if err != nil {
		return nil, err
	}
	s := assemble(all, settings)
	s.key, s.connection, s.complete = keyOf(view), view.Name, view.Complete
	s.divide()
	s.find()
	s.examine()
	if before != nil {
		s.compare(before, settings)
		s.since = since
	}
	return s, nil
}

// Settings are what stands. A zero value is what stands before anybody has
// changed it.
func (d *Directory) Settings(ctx context.Context) (Settings, error) {
	body, revision, err := d.Store.PeopleSettings(ctx)
	if err != nil {
		return Settings{}, fmt.Errorf("read the settings of the People view: %w", err)
	}
	var s Settings
	if len(body) > 0 {
		if err := json.Unmarshal(body, &s); err != nil {
			return Settings{}, fmt.Errorf("read the settings of the People view: %w", err)
		}
	}
	s.Revision = revision
	return s, nil
}

// SetSettings replaces what stands, at once. [store.ErrMoved] where somebody
// else has changed it since Settings.Revision was read; [*QueryError].
func (d *Directory) SetSettings(ctx context.Context, s Settings) (Settings, error) {
	if err := s.check(); err != nil {
		return Settings{}, err
	}
	from := s.Revision
	s.Revision = 0
	body, err := json.Marshal(s)
	if err != nil {
		return Settings{}, fmt.Errorf("write the settings of the People view: %w", err)
	}
	if s.Revision, err = d.Store.SetPeopleSettings(ctx, body, from); err != nil {
		return Settings{}, fmt.Errorf("change the settings of the People view: %w", err)
	}
	return s, nil
}

func (d *Directory) now() time.Time {
	if d.Now == nil {
		return time.Now()
	}
	return d.Now()
}

func (d *Directory) log() *slog.Logger {
	if d.Log == nil {
		return slog.New(slog.DiscardHandler)
	}
	return d.Log
}
