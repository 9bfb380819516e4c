package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
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

// maxPageBytes is when a page is full before it has as many people as configured:
// far below what the contract allows, and more than 500 people ever have.
const maxPageBytes = 2 << 20

// listing is one pass over the rows.
type listing struct {
	*survey
	stream *plugin.Stream
	day    time.Time
	at     cursor // of the listing, without a row
	after  int    // number of the row after which it begins
	sent   bool

	page  []plugin.Record
	bytes int
}

// run reads all rows, hands over pages, and compares the content with that of the
// survey before the last page: until then the host knows that something is
// missing.
func (l *listing) run(ctx context.Context) error {
	file, err := l.export.open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // nothing was written
	sum := sha256.New()
	in := io.TeeReader(contextReader{ctx, file}, sum)
	t, err := l.layout.open(in, l.plan.headers)
	if err != nil {
		return err
	}
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return l.orChanged(file, err)
		}
		if r.number <= l.after {
			continue
		}
		if err := l.take(file, r); err != nil {
			return err
		}
	}
	if err := l.verify(file, in, sum); err != nil {
		return err
	}
	l.sent = true
	return l.stream.Page(l.page, "")
}

// verify compares the whole file with what the survey read.
func (l *listing) verify(file *os.File, in io.Reader, sum hash.Hash) error {
	if _, err := io.Copy(io.Discard, in); err != nil { // what the decoder left
		return l.orChanged(file, err)
	}
	if !bytes.Equal(sum.Sum(nil), l.facts.Sum[:]) {
		return errChanged
	}
	return l.export.unchanged(file)
}

// orChanged is err, unless the file changed: then err is one of its consequences.
func (l *listing) orChanged(file *os.File, err error) error {
	if changed := l.export.unchanged(file); changed != nil {
		return changed
	}
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return unreadable(l.export.path, pathError)
	}
	return err
}

// take takes one row: into the page, or out of the listing with the reason told.
func (l *listing) take(file *os.File, r row) error {
	v := l.plan.judge(r)
	if v.footer {
		return nil
	}
	location := fmt.Sprintf("line %d", r.line)
	if v.reason != "" {
		l.sent = true
		return l.stream.Quarantine(v.id, location, v.reason, v.message)
	}
	if later, ok := l.tally.superseded[r.number]; ok {
		if later == sameRow {
			return nil
		}
		l.sent = true
		return l.stream.Quarantine(v.id, location, reasonRowSuperseded, fmt.Sprintf(
			"The row in line %d has the same key and other values; it is the one that stands, being the later of the two.", later))
	}
	record := l.plan.record(r, v.id, l.day)
	if r.source != nil {
		record.Source = bytes.Clone(r.source) // the reader's, until the next row
	}
	if len(l.page) >= l.config.PageSize || (len(l.page) > 0 && l.bytes+len(record.Source) > maxPageBytes) {
		if err := l.send(file, r.number-1); err != nil {
			return err
		}
	}
	l.page = append(l.page, record)
	l.bytes += len(record.Source)
	return nil
}

// send sends a page that is not the last. after is the row behind which the next
// one begins.
func (l *listing) send(file *os.File, after int) error {
	if err := l.export.unchanged(file); err != nil {
		return err
	}
	at := l.at
	at.Row = after
	l.sent = true
	if err := l.stream.Page(l.page, at.String()); err != nil {
		return err
	}
	clear(l.page)
	l.page, l.bytes = l.page[:0], 0
	return nil
}
