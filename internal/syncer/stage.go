package syncer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// maxQuarantineLines bounds the lines, in either log, about records that could
// not be read: a service that spoils one record spoils many.
const maxQuarantineLines = 20

// pagesUnderWay is how many pages may be on their way here that are not stored
// yet. A crash has those asked for again, and the one that is read ahead, no
// more.
const pagesUnderWay = 1

// stage has the connector list everybody, from the run's cursor on, and stores
// what comes. A run that is complete asks nothing.
func (w *worker) stage(ctx context.Context, connector *host.Connector) error {
	if w.run.Complete {
		return nil
	}
	s := &stager{worker: w, connector: connector}
	ctx, leave, stop := w.untilYield(ctx, &s.hand)
	defer stop()
	s.leave = leave
	return yielded(ctx, s.list(ctx))
}

// stager stores what a stream brings.
type stager struct {
	*worker
	connector *host.Connector
	leave     context.CancelCauseFunc
	// hand is locked while something of the stream is being stored.
	hand sync.Mutex
	// last is the page without a cursor, which ends the listing. It is kept
	// until the stream has confirmed the end: a crash before asks for it again.
	last        *host.Page
	waiting     time.Time // since when the connector waits, as far as not stored
	quarantines int
}

// list connects, and stores the listing from the run's cursor to its end.
func (s *stager) list(ctx context.Context) error {
	configuration, err := s.Configure(ctx, s.job.Connection)
	if err != nil {
		return &configureError{cause: err}
	}
	resource := s.job.Connection.Resource
	configuration.ResumeCursors = nil
	if s.run.Cursor != "" {
		configuration.ResumeCursors = map[string]string{resource: s.run.Cursor}
	}
	response, err := s.connector.Connect(ctx, configuration)
	s.connected(ctx, response, err)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	request := host.SyncRequest{Resource: resource, Cursor: s.run.Cursor, WaitBudget: s.waitBudget(), Window: pagesUnderWay}
	s.summary, err = s.connector.Sync(ctx, request, host.Consumer{
		Page: func(ctx context.Context, page host.Page) error {
			return s.inHand(ctx, func() error { return s.page(ctx, page) })
		},
		Restarted: func(ctx context.Context, r host.Restarted) error {
			return s.inHand(ctx, func() error { return s.restarted(ctx, r) })
		},
		Quarantined: func(ctx context.Context, q host.Quarantined) error {
			return s.inHand(ctx, func() error { return s.quarantined(ctx, q) })
		},
		Wait:                func(wait host.Wait) { s.wait(ctx, wait) },
		ConnectorRestarting: func(restart host.ConnectorRestart) { s.connectorRestarting(ctx, restart) },
	})
	s.tellSummary(ctx)
	if err != nil {
		return err
	}
	return s.inHand(ctx, func() error { return s.close(ctx) })
}

// connected passes on what the connector found.
func (s *stager) connected(ctx context.Context, response *connectorv1.ConnectResponse, err error) {
	var refused *host.RefusedError
	if response == nil && errors.As(err, &refused) {
		response = refused.Response
	}
	if response != nil && s.Connected != nil {
		s.Connected(ctx, s.job.Connection, response)
	}
}

// waitBudget is what is left of it, over all workers that the run has had;
// negative: nothing.
func (s *stager) waitBudget() time.Duration {
	if s.WaitBudget <= 0 {
		return s.WaitBudget
	}
	if left := s.WaitBudget - s.run.Waited; left > 0 {
		return left
	}
	return -1
}

// inHand stores something of the stream, to its end. A stream that is to be
// left stores nothing more.
func (s *stager) inHand(ctx context.Context, store func() error) error {
	s.hand.Lock()
	defer s.hand.Unlock()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return store()
}

func (s *stager) page(ctx context.Context, page host.Page) error {
	if err := s.waited(ctx, false); err != nil {
		return err
	}
	if page.Cursor == "" {
		s.last = &page
		return nil
	}
	if err := s.store(ctx, page); err != nil {
		return err
	}
	if s.leaves() {
		return ErrYielded
	}
	return nil
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
	s.note(ctx, true, "The service lost our place, and the listing begins again: %s.", s.inWords(ctx, s.connector, restarted.Reason))
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
	s.quarantines++
	switch {
	case s.quarantines <= maxQuarantineLines:
		s.log.WarnContext(ctx, "a record could not be read", slog.String("location", q.Location), slog.String("reason", q.Reason), slog.String("message", q.Message))
		s.note(ctx, true, "A record could not be read (%s): %s.", cmp.Or(q.Location, "a place unknown"), s.inWords(ctx, s.connector, q.Reason))
	case s.quarantines == maxQuarantineLines+1:
		s.note(ctx, true, "More records could not be read; the run counts them.")
	}
	return nil
}

// wait notes that the connector waits. It is repeated while that lasts.
func (s *stager) wait(ctx context.Context, wait host.Wait) {
	if s.waiting.IsZero() {
		s.log.InfoContext(ctx, "the connector waits", slog.Time("until", wait.Until), slog.String("reason", wait.Reason), slog.String("message", wait.Message))
		s.note(ctx, false, "The connector waits until %s: %s.", wait.Until.UTC().Format("15:04:05 MST"), s.inWords(ctx, s.connector, wait.Reason))
	}
	if err := s.waited(ctx, true); err != nil {
		s.leave(err)
	}
	if s.last == nil && s.sliceOver() {
		s.leave(ErrYielded)
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

// connectorRestarting tells that the connector's process has ended.
func (s *stager) connectorRestarting(ctx context.Context, restart host.ConnectorRestart) {
	explanation, _ := host.Explain(restart.Cause)
	s.log.WarnContext(ctx, "the connector's process has ended and is started again", slog.Int("attempt", restart.Attempt), slog.Any("cause", restart.Cause))
	s.note(ctx, true, "The connector's process has ended and is started again, attempt %d: %s.", restart.Attempt, cmp.Or(explanation.Reason, "no reason known"))
}

// tellSummary says what the stream was like.
func (s *stager) tellSummary(ctx context.Context) {
	summary := s.summary
	if len(summary.Exits) > 0 && ctx.Err() == nil {
		s.note(ctx, true, "How the connector's processes ended: %s.", strings.Join(summary.Exits, "; "))
	}
	attributes := []slog.Attr{
		slog.Uint64("pages", summary.Pages), slog.Uint64("records", summary.Records),
		slog.Int64("bytes", summary.Bytes), slog.Uint64("quarantined", summary.Quarantined),
		slog.Int("connector_restarts", summary.Restarts), slog.Int64("connector_peak_bytes", summary.PeakRSS), slog.Bool("completed", summary.Completed),
	}
	for reason, waited := range summary.Waited {
		attributes = append(attributes, slog.Duration("waited_"+strings.ToLower(reason), waited))
	}
	s.log.LogAttrs(ctx, slog.LevelInfo, "the listing has ended", attributes...)
}
