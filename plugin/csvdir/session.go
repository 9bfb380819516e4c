package main

import (
	"context"
	"encoding/hex"
	"errors"
	"sync"
	"time"

	"patchbay.example/plugin"
)

// resourceUsers is the name of the resource of people.
const resourceUsers = "users"

// usersInterval is how often a file is worth reading: HR systems export once a
// day, and one that did not change costs its reading only.
const usersInterval = 6 * time.Hour

// session is a connection to a file.
type session struct {
	plugin.UnimplementedSession

	connector connector
	config    config

	mu     sync.Mutex // guards survey and stale
	survey *survey    // of the file as it was last read
	stale  bool       // the file has turned out to be another one
}

var _ plugin.Session = (*session)(nil)

func (s *session) known() *survey {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.survey
}

// ListResources implements [plugin.Session].
func (s *session) ListResources(context.Context) ([]plugin.Resource, error) {
	p := &s.known().plan
	return []plugin.Resource{{
		Name: resourceUsers, Title: "Users", Kind: plugin.KindUsers, KeyField: p.headers[p.key],
		Schema: p.schema(), SuggestedInterval: usersInterval,
	}}, nil
}

// Sync implements [plugin.Session].
func (s *session) Sync(ctx context.Context, request plugin.SyncRequest, stream *plugin.Stream) error {
	if request.Resource != resourceUsers {
		return plugin.Refuse(plugin.ReasonResourceUnknown, "There is no resource %q; there is %q.", shorten(request.Resource, maxQuotedHeader), resourceUsers)
	}
	var at cursor
	if request.Cursor != "" {
		var err error
		if at, err = parseCursor(request.Cursor, s.config.digest(), request.Resource); err != nil {
			return err
		}
	}
	return s.list(ctx, at, stream)
}

// list reads the file from a place to the end, and begins again where the file
// turns out to be another one.
func (s *session) list(ctx context.Context, at cursor, stream *plugin.Stream) error {
	for restarts := 0; ; restarts++ {
		sent, err := s.pass(ctx, at, stream)
		if unsettled, ok := errors.AsType[*unsettledError](err); ok && !errors.Is(err, errChanged) {
			if restarts == 0 || restarts == maxRestarts || ctx.Err() != nil {
				return unsettled.error
			}
			err = errChanged // what is written just now may be empty, or in its middle
		}
		if !errors.Is(err, errChanged) && !errors.Is(err, errOtherContent) {
			return err
		}
		if restarts == maxRestarts {
			return changing(s.known().export)
		}
		if sent || at.Row > 0 {
			if err := stream.Restart(reasonFileChanged, "The file is another one than the listing began with; it is read from its beginning."); err != nil {
				return err
			}
		}
		if at = (cursor{}); !errors.Is(err, errChanged) {
			continue // the file stands still
		}
		s.distrust()
		if err := stream.Wait(ctx, s.connector.pause, reasonFileChanged, "The file is being written."); err != nil {
			return err
		}
	}
}

// unsettledError is why a file can't be read. It stands only if the file has not
// changed just before.
type unsettledError struct{ error }

// Unwrap returns the error beneath.
func (e *unsettledError) Unwrap() error { return e.error }

// distrust lets the file be read anew, though it may look untouched.
func (s *session) distrust() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stale = true
}

// errOtherContent says that a cursor was given for another content of the file.
var errOtherContent = errors.New("the cursor is of another content of the file")

// pass is one attempt. sent tells whether the host got anything. A cursor of
// other content is errOtherContent.
func (s *session) pass(ctx context.Context, at cursor, stream *plugin.Stream) (sent bool, err error) {
	known, err := s.current(ctx)
	if err != nil {
		return false, &unsettledError{err}
	}
	content := hex.EncodeToString(known.facts.Sum[:cursorSumBytes])
	switch {
	case at.Row > 0 && at.Content != content:
		return false, errOtherContent
	case at.Row > known.tally.rows():
		return false, plugin.Refuse(plugin.ReasonCursorInvalid, "The cursor stands behind the last row of the file.")
	}
	l := listing{
		survey: known, stream: stream, day: today(s.connector.now()), after: at.Row,
		at: cursor{Config: s.config.digest(), Resource: resourceUsers, Content: content},
	}
	err = l.run(ctx)
	return l.sent, err
}

// current is the survey of the file as it is now: the one that is known, where the
// file has not been touched since.
func (s *session) current(ctx context.Context) (*survey, error) {
	s.mu.Lock()
	known, stale := s.survey, s.stale
	s.mu.Unlock()
	now, err := find(s.config.Path)
	if err != nil {
		return nil, err
	}
	if !stale && now.same(known.export) {
		return known, nil
	}
	fresh := &survey{config: known.config, overrides: known.overrides, now: s.connector.now()}
	if err := fresh.run(ctx); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.survey, s.stale = fresh, false
	return fresh, nil
}
