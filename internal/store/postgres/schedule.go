package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"patchbay.example/internal/store"
)

// Plan implements [store.Store].
func (s *Store) Plan(ctx context.Context, p store.Plan) error {
	return s.update(ctx, fmt.Sprintf("plan the next run of connection %d", p.ConnectionID),
		`UPDATE connection SET next_run = $2, next_why = $3, anchor = coalesce($4, anchor) WHERE id = $1 AND NOT removed`,
		p.ConnectionID, millis(p.Next), string(p.Why), millis(p.Anchor))
}

// Due implements [store.Store].
func (s *Store) Due(ctx context.Context, now time.Time, limit int) ([]store.Connection, error) {
	return s.connectionsIn(ctx, "find the connections that are due", `next_run <= $1 AND NOT paused
		AND NOT EXISTS (SELECT FROM run WHERE run.connection_id = connection.id AND run.status = 'running')
		ORDER BY next_run, id LIMIT $2`, now.UnixMilli(), store.Limit(limit))
}

// Orphans implements [store.Store].
func (s *Store) Orphans(ctx context.Context, now time.Time, limit int) ([]store.Run, error) {
	var runs []store.Run
	rows, err := s.pool.Query(ctx, `SELECT `+runColumns+` FROM run JOIN connection c ON c.id = run.connection_id AND NOT c.removed
		WHERE run.status = 'running' AND run.lease_until <= $1 ORDER BY run.lease_until, run.id LIMIT $2`, now.UnixMilli(), store.Limit(limit))
	if err == nil {
		runs, err = pgx.CollectRows(rows, scanRun)
	}
	return runs, s.explain("find the runs that nobody works on", err)
}

// Unsettled implements [store.Store].
func (s *Store) Unsettled(ctx context.Context, limit int) ([]store.Connection, error) {
	return s.connectionsIn(ctx, "find the connections with a run to take account of", `
		EXISTS (SELECT FROM run WHERE run.connection_id = connection.id AND run.id > connection.settled AND run.status <> 'running')
		ORDER BY id LIMIT $1`, store.Limit(limit))
}

// Settle implements [store.Store].
func (s *Store) Settle(ctx context.Context, end store.Settlement) error {
	return s.transact(ctx, fmt.Sprintf("take account of a run of connection %d", end.ConnectionID), func(tx pgx.Tx) error {
		var settled int64
		var next *int64
		err := tx.QueryRow(ctx, `SELECT settled, next_run FROM connection WHERE id = $1 AND NOT removed FOR NO KEY UPDATE`, end.ConnectionID).Scan(&settled, &next)
		switch {
		case err != nil:
			return notFound(err)
		case settled != end.From:
			return store.ErrSettled
		}
		after := end.Schedule
		_, err = tx.Exec(ctx, `UPDATE connection SET failures = $2, settled = $3, told = $4 WHERE id = $1`,
			end.ConnectionID, int64(after.Failures), after.Settled, store.Text(after.Told))
		if err != nil {
			return err
		}
		if moment(next).UnixMilli() == moment(millis(end.Slot)).UnixMilli() { // else somebody has planned anew meanwhile
			_, err = tx.Exec(ctx, `UPDATE connection SET next_run = $2, next_why = $3, anchor = $4 WHERE id = $1`,
				end.ConnectionID, millis(after.Next), string(after.Why), millis(after.Anchor))
			if err != nil {
				return err
			}
		}
		if end.Notification == nil {
			return nil
		}
		return addNotification(ctx, tx, *end.Notification)
	})
}

// SaveChecks implements [store.Store].
func (s *Store) SaveChecks(ctx context.Context, connection int64, checks []byte, at time.Time) error {
	return s.update(ctx, fmt.Sprintf("keep the checks of connection %d", connection),
		`UPDATE connection SET checks = $2, checked = $3 WHERE id = $1 AND NOT removed`, connection, checks, millis(at))
}

// Release implements [store.Store].
func (s *Store) Release(ctx context.Context, f store.Fence, now time.Time) error {
	return s.change(ctx, "release", f, `lease_until = least(lease_until, $3)`, now.UnixMilli())
}

// Backup implements [store.Store]: pg_dump makes consistent copies of a
// database in use.
func (s *Store) Backup(context.Context, string) error { return store.ErrBackupElsewhere }

// takeSlot takes the slot that a run begins for. The connection is locked.
func takeSlot(ctx context.Context, tx pgx.Tx, b store.Begin) error {
	if b.Slot.IsZero() {
		return nil
	}
	tag, err := tx.Exec(ctx, `UPDATE connection SET next_run = $3, next_why = $4 WHERE id = $1 AND next_run = $2`,
		b.ConnectionID, b.Slot.UnixMilli(), millis(b.Next), string(b.Why))
	if err == nil && tag.RowsAffected() == 0 {
		return store.ErrSlotTaken
	}
	return err
}

// update runs a statement that changes one row, or finds none.
func (s *Store) update(ctx context.Context, doing, sql string, args ...any) error {
	var tag pgconn.CommandTag
	tag, err := s.pool.Exec(ctx, sql, args...)
	if err == nil && tag.RowsAffected() == 0 {
		err = store.ErrNotFound
	}
	return s.explain(doing, err)
}
