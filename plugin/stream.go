package plugin

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"
	"unicode/utf8"

	"google.golang.org/protobuf/types/known/timestamppb"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Stream takes what a [Session.Sync] reads and sends it to the host. Its
// methods block while the host is busy. They may be called from several
// goroutines; pages arrive in the order of the calls.
//
// An error of a method means that the host wants no more, or that the call was
// wrong; Sync returns it as it is.
type Stream struct {
	ctx      context.Context // of the call
	resource string
	send     func(*connectorv1.SyncResponse) error
	log      *slog.Logger
	budget   time.Duration // what the host allows for waits; negative for no limit
	window   *window

	// turn is held by a page from its call until it is sent, also while the host
	// has not made room for it: a wait can be announced meanwhile. It is taken
	// before mu.
	turn sync.Mutex

	mu          sync.Mutex // guards everything below, and the order of sending
	failed      error      // of the first page that was not sent: the listing has a gap
	waited      time.Duration
	paidUntil   time.Time // the end of the longest wait so far
	sequence    uint64    // changes in turn only
	records     uint64
	quarantined uint64
}

// Page sends one page of the service, with the cursor at which a later call
// goes on after it. The cursor of the last page is empty. A page may have no
// records. Page waits until the host has room for it: until fewer pages than the
// host allows are sent and not yet taken care of.
//
// Where an id occurs twice within the page, the later record is sent. A record
// without id or above the size limit of the contract is quarantined. A page of
// more than 16 MiB is refused with [ReasonPageTooLarge].
func (s *Stream) Page(records []Record, cursor string) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	err := s.page(records, cursor)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && s.failed == nil {
		s.failed = err
	}
	return err
}

// Room returns a channel that is closed when the host has room for another page
// beside those that were sent until now; one that is closed already where the
// host sets no limit. It stays open when the call's context ends.
//
// A connector that reads ahead waits for it before it asks its service for a
// page that it does not send next: then a host that crashes while it stores a
// page causes no more than that one and the next to be asked for again. Call
// Room where Page is called, so that it counts the pages that it should, and
// wait for its channel wherever the request is made. One that asks for a page
// after Page has returned needs no Room.
func (s *Stream) Room() <-chan struct{} { return s.window.room() }

func (s *Stream) page(records []Record, cursor string) error {
	if err := checkCursor(cursor); err != nil {
		return err
	}
	messages, err := s.messages(records)
	if err != nil {
		return err
	}
	select {
	case <-s.window.room():
	case <-s.ctx.Done():
		return fmt.Errorf("wait for the host to take page %d: %w", s.sequence, s.ctx.Err())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.window.send()
	return s.sendPage(messages, cursor)
}

// sendPage sends a page in parts.
func (s *Stream) sendPage(messages []sized, cursor string) error {
	s.sequence++
	s.records += uint64(len(messages))
	for {
		part, rest := cutPart(messages)
		page := connectorv1.Page_builder{Records: part, Sequence: s.sequence, MoreParts: len(rest) > 0}.Build()
		if len(rest) == 0 {
			page.SetCursor(cursor)
		}
		if err := s.send(connectorv1.SyncResponse_builder{Page: page}.Build()); err != nil {
			return fmt.Errorf("send page %d: %w", s.sequence, err)
		}
		if len(rest) == 0 {
			return nil
		}
		messages = rest
	}
}

// Quarantine reports a record that could not be read. id may be empty; location
// says where it stood, reason is a declared one, and message says what is
// wrong with it without quoting it.
func (s *Stream) Quarantine(id, location, reason, message string) error {
	return s.quarantine(quarantinedID(id), location, reason, message)
}

// Restart says that the service has lost our place and that the next page is
// the listing's first again. What was counted so far is forgotten.
func (s *Stream) Restart(reason, message string) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sequence, s.records, s.quarantined, s.failed = 0, 0, 0, nil
	restarted := connectorv1.Restarted_builder{Reason: text(reason), Message: text(message)}.Build()
	return s.send(connectorv1.SyncResponse_builder{Restarted: restarted}.Build())
}

// Wait sleeps for d and tells the host so: when the wait begins and again as
// often as the contract asks. A wait of a second or less is not worth telling.
// It ends early, with the context's error, when ctx ends; and it does not begin
// when it would exceed what the host allows for waits in all, but returns a
// [Refusal] with [ReasonWaitBudgetSpent].
func (s *Stream) Wait(ctx context.Context, d time.Duration, reason, message string) error {
	if d <= wire.WaitNoticeAfter {
		return sleep(ctx, d)
	}
	if err := s.spend(d, reason); err != nil {
		return err
	}
	until := time.Now().Add(d)
	for {
		wait := connectorv1.Wait_builder{Until: timestamppb.New(until), Reason: text(reason), Message: text(message)}.Build()
		s.mu.Lock()
		err := s.send(connectorv1.SyncResponse_builder{Wait: wait}.Build())
		s.mu.Unlock()
		if err != nil {
			return fmt.Errorf("announce a wait: %w", err)
		}
		left := time.Until(until)
		if err := sleep(ctx, min(left, wire.WaitRepeat)); err != nil {
			return err
		}
		if left <= wire.WaitRepeat {
			return nil
		}
	}
}

// spend takes a wait of d from the wait budget. Waits of several goroutines at
// the same time cost what passes of it: a minute that two wait for is a minute.
func (s *Stream) spend(d time.Duration, reason string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	until := now.Add(d)
	cost := max(0, d-max(0, s.paidUntil.Sub(now)))
	if s.budget >= 0 && s.waited+cost > s.budget {
		refusal := Refuse(ReasonWaitBudgetSpent, "The next wait (%s) would take %s, and %s of the %s allowed for waits are left.",
			reason, d.Round(time.Second), (s.budget - s.waited).Round(time.Second), s.budget)
		refusal.RetryAfter = d
		return refusal
	}
	s.waited += cost
	if until.After(s.paidUntil) {
		s.paidUntil = until
	}
	return nil
}

// complete sends the totals. It is the SDK's to call, after Sync returned nil. A
// Sync that passed over a page's error has a gap, and is not complete.
func (s *Stream) complete() error {
	s.turn.Lock()
	defer s.turn.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed != nil {
		return s.failed
	}
	completed := connectorv1.Completed_builder{Pages: s.sequence, Records: s.records, Quarantined: s.quarantined}.Build()
	return s.send(connectorv1.SyncResponse_builder{Completed: completed}.Build())
}

// messages converts a page's records, leaves out repeats and quarantines what
// can't travel. Call it in turn.
func (s *Stream) messages(records []Record) ([]sized, error) {
	messages := make([]sized, 0, len(records))
	total := 0
	arena := &arena{}
	repeats, left := repeatedEarlier(records), 0
	for i, record := range records {
		if repeats != nil && repeats[i] {
			left++
			continue
		}
		message, problem := s.message(arena, record)
		if problem != "" {
			location := fmt.Sprintf("page %d, element %d", s.sequence+1, i+1)
			reason := ReasonRecordTooLarge
			if record.ID == "" || !utf8.ValidString(record.ID) {
				reason = ReasonRecordUnreadable
			}
			if err := s.quarantine(quarantinedID(record.ID), location, reason, problem); err != nil {
				return nil, err
			}
			continue
		}
		total += message.bytes
		messages = append(messages, message)
	}
	if left > 0 { // of many at once the ids do not tell the objects apart
		s.log.LogAttrs(s.ctx, slog.LevelWarn, "records of a page share an id: the last of each was sent",
			slog.String("resource", s.resource), slog.Uint64("page", s.sequence+1), slog.Int("left_out", left))
	}
	if total > wire.MaxPageBytes {
		return nil, Refuse(ReasonPageTooLarge, "Page %d of %s has up to %d bytes; at most %d are allowed.", s.sequence+1, s.resource, total, wire.MaxPageBytes)
	}
	return messages, nil
}

// sized is a record's message with a bound of its size: proto.Size would walk
// each message once more, and gRPC does that anyway.
type sized struct {
	*connectorv1.Record
	bytes int
}

// message converts one record, or says why it can't travel.
func (s *Stream) message(arena *arena, record Record) (sized, string) {
	bytes := sizeBound(s.resource, record)
	switch {
	case record.ID == "":
		return sized{}, "The record has no id."
	case len(record.ID) > wire.MaxIDBytes:
		return sized{}, fmt.Sprintf("The record's id has %d bytes; at most %d are allowed.", len(record.ID), wire.MaxIDBytes)
	case !utf8.ValidString(record.ID):
		return sized{}, "The record's id is not UTF-8."
	case len(record.Source) > wire.MaxRecordBytes:
		return sized{}, fmt.Sprintf("The record has %d bytes; at most %d are allowed.", len(record.Source), wire.MaxRecordBytes)
	case bytes > wire.MaxMessageBytes-messageOverhead:
		return sized{}, fmt.Sprintf("The record with its typed view has up to %d bytes; at most %d fit a message.", bytes, wire.MaxMessageBytes-messageOverhead)
	}
	return sized{arena.record(s.resource, record), bytes}, ""
}

// messageOverhead is room for what surrounds a page's records in its message:
// tags, lengths, sequence, the longest cursor.
const messageOverhead = wire.MaxCursorBytes + 1<<10

func (s *Stream) quarantine(id, location, reason, message string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quarantined++
	q := connectorv1.Quarantined_builder{
		Id: id, Location: text(location), Reason: text(reason), Message: text(message),
	}.Build()
	return s.send(connectorv1.SyncResponse_builder{Quarantined: q}.Build())
}

// quarantinedID is an id that may travel: one above the limit, or of bytes that
// are no text, is none.
func quarantinedID(id string) string {
	if len(id) > wire.MaxIDBytes || !utf8.ValidString(id) {
		return ""
	}
	return id
}

// repeatedEarlier marks records whose id occurs again later in the page; nil
// when none does.
func repeatedEarlier(records []Record) []bool {
	last := make(map[string]int, len(records))
	var repeated []bool
	for i, record := range records {
		if earlier, ok := last[record.ID]; ok && record.ID != "" {
			if repeated == nil {
				repeated = make([]bool, len(records))
			}
			repeated[earlier] = true
		}
		last[record.ID] = i
	}
	return repeated
}

// cutPart takes as many records as fit one message, at least one.
func cutPart(messages []sized) (part []*connectorv1.Record, rest []sized) {
	size := 0
	for i, message := range messages {
		size += message.bytes
		if size > wire.MaxPartBytes && i > 0 {
			return part, messages[i:]
		}
		part = append(part, message.Record)
	}
	return part, nil
}

func checkCursor(cursor string) error {
	if len(cursor) > wire.MaxCursorBytes {
		return fmt.Errorf("a cursor of %d bytes: at most %d are allowed", len(cursor), wire.MaxCursorBytes)
	}
	for i := range len(cursor) {
		if cursor[i] <= ' ' || cursor[i] > '~' {
			return fmt.Errorf("a cursor with byte %#x: only printable ASCII without blanks is allowed", cursor[i])
		}
	}
	return nil
}

// sleep waits for d or for the end of ctx.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}
