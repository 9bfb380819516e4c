package syncer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// maxQuarantineLines bounds the log lines about records that could not be read:
// a service that spoils one record spoils many.
const maxQuarantineLines = 20

// stage has the connector list everybody, from the run's cursor on, and stores
// what comes. A run that is complete asks nothing.
func (w *worker) stage(ctx context.Context, connector *host.Connector) error {
	if w.run.Complete {
		return nil
	}
	resource := w.job.Connection.Resource
	configuration, err := w.Configure(ctx, w.job.Connection)
	if err != nil {
		return &configureError{cause: err}
	}
	configuration.ResumeCursors = nil
	if w.run.Cursor != "" {
		configuration.ResumeCursors = map[string]string{resource: w.run.Cursor}
	}
	if _, err := connector.Connect(ctx, configuration); err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	ctx, lose := context.WithCancelCause(ctx)
	defer lose(nil)
	s := &stager{worker: w, lose: lose}
	summary, err := connector.Sync(ctx, host.SyncRequest{Resource: resource, Cursor: w.run.Cursor, WaitBudget: w.WaitBudget}, host.Consumer{
		Page:        s.page,
		Restarted:   s.restarted,
		Quarantined: s.quarantined,
		Wait:        func(wait host.Wait) { s.wait(ctx, wait) },
	})
	s.logSummary(ctx, summary)
	if err != nil {
		return withCause(ctx, err)
	}
	return s.close(ctx)
}

// stager stores what a stream brings.
type stager struct {
	*worker
	lose context.CancelCauseFunc
	// last is the page without a cursor, which ends the listing. It is kept
	// until the stream has confirmed the end: a crash before asks for it again.
	last        *host.Page
	waiting     time.Time // since when the connector waits, as far as not stored
	quarantines int
}

func (s *stager) page(ctx context.Context, page host.Page) error {
	if err := s.waited(ctx, false); err != nil {
		return err
	}
	if page.Cursor == "" {
		s.last = &page
		return nil
	}
	return s.store(ctx, page)
}

// close stores the end of the listing: its last page, or nothing but the end
// where a connector has told the end on no page.
func (s *stager) close(ctx context.Context) error {
	if err := s.waited(ctx, false); err != nil {
		return err
	}
	if s.last == nil {
		s.last = &host.Page{}
	}
	return s.store(ctx, *s.last)
}

// store stores a page with its cursor.
func (s *stager) store(ctx context.Context, page host.Page) error {
	staged := store.StagedPage{Records: make([]store.StagedRecord, 0, len(page.Records)), Cursor: page.Cursor, Bytes: page.Bytes}
	for i, record := range page.Records {
		if strings.ContainsRune(record.GetId(), 0) {
			err := s.quarantined(ctx, host.Quarantined{
				Location: fmt.Sprintf("page %d, record %d", page.Sequence, i+1),
				Reason:   reasonRecordUnreadable, Message: "the record's id holds a NUL, which no store keeps",
			})
			if err != nil {
				return err
			}
			continue
		}
		staged.Records = append(staged.Records, stagedRecord(record))
	}
	staged.LeaseUntil = s.leaseUntil()
	if err := s.Store.StagePage(ctx, s.fence(), staged); err != nil {
		return fmt.Errorf("store the page: %w", err)
	}
	s.stored = true
	s.log.DebugContext(ctx, "a page is stored", slog.Uint64("page", page.Sequence), slog.Int("records", len(page.Records)))
	return nil
}

// reasonRecordUnreadable is the reason that connectors give as well.
const reasonRecordUnreadable = "RECORD_UNREADABLE"

// stagedRecord is a record as the store takes it. It takes the volatile times
// from the record's view.
func stagedRecord(record *connectorv1.Record) store.StagedRecord {
	p := newPerson(record)
	return store.StagedRecord{ID: record.GetId(), SourceHash: p.sourceHash(), Times: p.times, Version: p.version}
}

// restarted begins the listing again.
func (s *stager) restarted(ctx context.Context, restarted host.Restarted) error {
	s.last = nil
	if err := s.waited(ctx, false); err != nil {
		return err
	}
	if err := s.Store.Restart(ctx, s.fence()); err != nil {
		return fmt.Errorf("begin the listing again: %w", err)
	}
	s.log.WarnContext(ctx, "the service lost our place, and the listing begins again", slog.String("reason", restarted.Reason), slog.String("message", restarted.Message))
	return nil
}

// quarantined counts a record that could not be read, at once: were it kept
// until its page comes, a crash between could make somebody look gone.
func (s *stager) quarantined(ctx context.Context, q host.Quarantined) error {
	id := q.ID
	if strings.ContainsRune(id, 0) {
		id = ""
	}
	if err := s.Store.Quarantine(ctx, s.fence(), store.Quarantine{ID: id, LeaseUntil: s.leaseUntil()}); err != nil {
		return fmt.Errorf("note a record that could not be read: %w", err)
	}
	if s.quarantines++; s.quarantines <= maxQuarantineLines {
		s.log.WarnContext(ctx, "a record could not be read", slog.String("location", q.Location), slog.String("reason", q.Reason), slog.String("message", q.Message))
	}
	return nil
}

// wait notes that the connector waits. It is repeated while that lasts.
func (s *stager) wait(ctx context.Context, wait host.Wait) {
	if s.waiting.IsZero() {
		s.log.InfoContext(ctx, "the connector waits", slog.Time("until", wait.Until), slog.String("reason", wait.Reason), slog.String("message", wait.Message))
	}
	if err := s.waited(ctx, true); err != nil {
		s.lose(err)
	}
}

// waited stores how long the connector has waited so far. [store.ErrFenced] is
// the only error.
func (s *stager) waited(ctx context.Context, goesOn bool) error {
	now := s.now()
	since := s.waiting
	if s.waiting = (time.Time{}); goesOn {
		s.waiting = now
	}
	if since.IsZero() || !now.After(since) {
		return nil
	}
	if err := s.renew(ctx, now.Sub(since)); errors.Is(err, store.ErrFenced) {
		return err
	}
	return nil
}

// logSummary says what the stream was like.
func (s *stager) logSummary(ctx context.Context, summary host.Summary) {
	attributes := []slog.Attr{
		slog.Uint64("pages", summary.Pages), slog.Uint64("records", summary.Records),
		slog.Int64("bytes", summary.Bytes), slog.Uint64("quarantined", summary.Quarantined),
		slog.Int("connector_restarts", summary.Restarts), slog.Bool("completed", summary.Completed),
	}
	for reason, waited := range summary.Waited {
		attributes = append(attributes, slog.Duration("waited_"+strings.ToLower(reason), waited))
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "the listing has ended", attributes...)
}
