package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"patchbay.example/internal/store"
)

// Plan implements [store.Store].
func (s *Store) Plan(ctx context.Context, p store.Plan) error {
	planned, err := s.write.ExecContext(ctx, `
		UPDATE connection SET next_run = ?1, next_why = ?2, anchor = CASE ?3 WHEN 0 THEN anchor ELSE ?3 END
		WHERE id = ?4 AND name IS NOT NULL`,
		milliseconds(p.Next), p.Why, milliseconds(p.Anchor), p.ConnectionID)
	if err := orNotFound(planned, err); err != nil {
		return fmt.Errorf("planning the next run of connection %d: %w", p.ConnectionID, err)
	}
	return nil
}

// Due implements [store.Store].
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]store.Connection, error) {
	found, err := s.connectionsIn(ctx, `
		c.name IS NOT NULL AND NOT c.paused AND c.next_run > 0 AND c.next_run <= ?
			AND NOT EXISTS (SELECT 1 FROM run r WHERE r.connection_id = c.id AND r.status = 'running')
		ORDER BY c.next_run, c.id LIMIT ?`, milliseconds(now), store.Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("the connections that are due: %w", err)
	}
	return found, nil
}

// Orphans implements [store.Store].
func (s *Store) Orphans(ctx context.Context, now time.Time, limit int) ([]store.Run, error) {
	found, err := runsWhere(ctx, s.read, `r.status = 'running' AND r.lease_until <= ?
		AND EXISTS (SELECT 1 FROM connection c WHERE c.id = r.connection_id AND c.name IS NOT NULL)
		ORDER BY r.lease_until, r.id LIMIT ?`, milliseconds(now), store.Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("the runs that nobody works on: %w", err)
	}
	return found, nil
}

// Unsettled implements [store.Store].
func (s *Store) Unsettled(ctx context.Context, limit int) ([]store.Connection, error) {
	found, err := s.connectionsIn(ctx, `
		c.name IS NOT NULL
			AND EXISTS (SELECT 1 FROM run r WHERE r.connection_id = c.id AND r.id > c.settled AND r.status <> 'running')
		ORDER BY c.id LIMIT ?`, store.Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("the connections with a run to take account of: %w", err)
	}
	return found, nil
}

// Settle implements [store.Store].
func (s *Store) Settle(ctx context.Context, end store.Settlement) error {
	err := s.writing(ctx, func(tx *sql.Tx) error {
		var settled, next int64
		err := tx.QueryRowContext(ctx, "SELECT settled, next_run FROM connection WHERE id = ? AND name IS NOT NULL", end.ConnectionID).Scan(&settled, &next)
		switch {
		case err != nil:
			return notFound(err)
		case settled != end.From:
			return store.ErrSettled
		}
		after := end.Schedule
		if _, err := tx.ExecContext(ctx, "UPDATE connection SET failures = ?, settled = ?, told = ? WHERE id = ?",
			after.Failures, after.Settled, store.Text(after.Told), end.ConnectionID); err != nil {
			return err
		}
		if next == milliseconds(end.Slot) { // else somebody has planned anew meanwhile
			if _, err := tx.ExecContext(ctx, "UPDATE connection SET next_run = ?, next_why = ?, anchor = ? WHERE id = ?",
				milliseconds(after.Next), after.Why, milliseconds(after.Anchor), end.ConnectionID); err != nil {
				return err
			}
		}
		if end.Notification == nil {
			return nil
		}
		return addNotification(ctx, tx, *end.Notification)
	})
	if err != nil {
		return fmt.Errorf("taking account of a run of connection %d: %w", end.ConnectionID, err)
	}
	return nil
}

// SaveChecks implements [store.Store].
func (s *Store) SaveChecks(ctx context.Context, connection int64, checks []byte, at time.Time) error {
	saved, err := s.write.ExecContext(ctx, "UPDATE connection SET checks = ?, checked = ? WHERE id = ? AND name IS NOT NULL", checks, milliseconds(at), connection)
	if err := orNotFound(saved, err); err != nil {
		return fmt.Errorf("keeping the checks of connection %d: %w", connection, err)
	}
	return nil
}

// Release implements [store.Store].
func (s *Store) Release(ctx context.Context, f store.Fence, now time.Time) error {
	return s.fenced(ctx, f, "releasing", func(tx *sql.Tx, _ store.Run) error {
		_, err := tx.ExecContext(ctx, "UPDATE run SET lease_until = min(lease_until, ?) WHERE id = ?", milliseconds(now), f.Run)
		return err
	})
}

// takeSlot takes the slot that a run begins for.
func takeSlot(ctx context.Context, tx *sql.Tx, b store.Begin) error {
	if b.Slot.IsZero() {
		return nil
	}
	taken, err := tx.ExecContext(ctx, "UPDATE connection SET next_run = ?, next_why = ? WHERE id = ? AND next_run = ?",
		milliseconds(b.Next), b.Why, b.ConnectionID, milliseconds(b.Slot))
	if err := orNotFound(taken, err); errors.Is(err, store.ErrNotFound) {
		return store.ErrSlotTaken
	} else if err != nil {
		return err
	}
	return nil
}
