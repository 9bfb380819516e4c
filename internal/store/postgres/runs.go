package postgres

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

const runColumns = `run.id, run.connection_id, run.status, run.trigger, run.epoch, run.base, run.config_hash,
	run.connector_version, run.started, run.finished, run.lease_until, run.cursor, run.complete, run.pass, run.pages,
	run.records, run.bytes, run.quarantined, run.unidentified, run.waited_ns, run.added, run.changed, run.unchanged,
	run.removed, run.class, run.reason, run.message, run.fix, run.plan, run.slot, run.worker`

// owned is the fence: the run $1 in the epoch $2.
const owned = ` WHERE run.id = $1 AND run.epoch = $2 AND run.status = 'running' `

// BeginRun implements [store.Store].
func (s *Store) BeginRun(ctx context.Context, b store.Begin) (store.Run, error) {
	var run store.Run
	doing := fmt.Sprintf("begin a run of connection %d", b.ConnectionID)
	err := s.transact(ctx, doing, func(tx pgx.Tx) error {
		base, err := lockConnection(ctx, tx, b.ConnectionID)
		if err != nil {
			return err
		}
		run, err = oneRun(ctx, tx, `INSERT INTO run (connection_id, status, trigger, base, config_hash, connector_version, started, lease_until, slot, worker, numbered)
			VALUES ($1, 'running', $2, $3, $4, $5, $6, $7, $8, $9, (SELECT coalesce(max(numbered), 0) FROM run WHERE connection_id = $1)) RETURNING `+runColumns,
			b.ConnectionID, store.Text(b.Trigger), base, b.ConfigHash, store.Text(b.ConnectorVersion), millis(b.Now), b.LeaseUntil.UnixMilli(),
			millis(b.Slot), store.Text(b.Worker))
		if err != nil {
			return err
		}
		return takeSlot(ctx, tx, b)
	})
	if violates(err, "run_one_running") {
		return run, fmt.Errorf("%s: %w", doing, store.ErrRunning)
	}
	return run, err
}

// TakeOver implements [store.Store].
func (s *Store) TakeOver(ctx context.Context, id int64, worker string, now, leaseUntil time.Time) (store.Run, error) {
	var run store.Run
	err := s.transact(ctx, fmt.Sprintf("take over run %d", id), func(tx pgx.Tx) error {
		var err error
		run, err = oneRun(ctx, tx, `SELECT `+runColumns+` FROM run WHERE id = $1 AND status = 'running' FOR UPDATE`, id)
		if err != nil {
			return err
		}
		if run.LeaseUntil.After(now) {
			return store.ErrRunning
		}
		run, err = oneRun(ctx, tx, `UPDATE run SET epoch = epoch + 1, lease_until = $2, worker = $3 WHERE id = $1 RETURNING `+runColumns,
			id, leaseUntil.UnixMilli(), store.Text(worker))
		return err
	})
	return run, err
}

// Running implements [store.Store].
func (s *Store) Running(ctx context.Context, connection int64) (store.Run, error) {
	run, err := oneRun(ctx, s.pool, `SELECT `+runColumns+` FROM run WHERE connection_id = $1 AND status = 'running'`, connection)
	return run, s.explain(fmt.Sprintf("find the running run of connection %d", connection), err)
}

// Run implements [store.Store].
func (s *Store) Run(ctx context.Context, id int64) (store.Run, error) {
	run, err := oneRun(ctx, s.pool, `SELECT `+runColumns+` FROM run JOIN connection c ON c.id = run.connection_id AND NOT c.removed WHERE run.id = $1`, id)
	return run, s.explain(fmt.Sprintf("find run %d", id), err)
}

// Runs implements [store.Store].
func (s *Store) Runs(ctx context.Context, q store.RunsQuery) ([]store.Run, error) {
	before := q.Before
	if before <= 0 {
		before = math.MaxInt64
	}
	var runs []store.Run
	rows, err := s.pool.Query(ctx, `SELECT `+runColumns+` FROM run JOIN connection c ON c.id = run.connection_id AND NOT c.removed
		WHERE ($1::bigint = 0 OR run.connection_id = $1) AND run.id < $2 ORDER BY run.id DESC LIMIT $3`, q.ConnectionID, before, store.Limit(q.Limit))
	if err == nil {
		runs, err = pgx.CollectRows(rows, scanRun)
	}
	return runs, s.explain(fmt.Sprintf("list the runs of connection %d", q.ConnectionID), err)
}

// Renew implements [store.Store].
func (s *Store) Renew(ctx context.Context, f store.Fence, until time.Time, waited time.Duration) error {
	return s.change(ctx, "renew the lease of", f, `lease_until = $3, waited_ns = waited_ns + $4`, until.UnixMilli(), int64(waited))
}

// Restart implements [store.Store].
func (s *Store) Restart(ctx context.Context, f store.Fence) error {
	return s.change(ctx, "restart", f, `pass = pass + 1, cursor = '', complete = false, pages = 0,
		records = 0, bytes = 0, quarantined = 0, unidentified = 0`)
}

// Finish implements [store.Store]. The totals of a run that becomes held are
// those of the comparison, which takes longer than the connection's row should
// be locked: it is made before, on a snapshot of its own.
func (s *Store) Finish(ctx context.Context, f store.Fence, end store.Finish) error {
	defer s.books.Drop(f.Run)
	var compared store.Comparison
	switch end.Status {
	case store.RunFailed, store.RunAbandoned:
	case store.RunHeld:
		var err error
		if compared, err = s.Compare(ctx, f); err != nil {
			return err
		}
	default:
		return fmt.Errorf("finish run %d: %q is no status of a run that ends without being promoted", f.Run, end.Status)
	}
	return s.transact(ctx, fmt.Sprintf("finish run %d", f.Run), func(tx pgx.Tx) error { return finish(ctx, tx, f, end, compared) })
}

func finish(ctx context.Context, tx pgx.Tx, f store.Fence, end store.Finish, compared store.Comparison) error {
	run, err := lockOwned(ctx, tx, f)
	if err != nil {
		return err
	}
	if end.Status == store.RunHeld {
		if !run.Complete {
			return errIncomplete
		}
		if err := supersede(ctx, tx, run); err != nil {
			return err
		}
	}
	_, err = tx.Exec(ctx, `UPDATE run SET status = $2, class = $3, reason = $4, message = $5, fix = $6, plan = $7, finished = $8,
			added = $9, changed = $10, unchanged = $11, removed = $12 WHERE id = $1`,
		run.ID, string(end.Status), store.Text(end.Class), store.Text(end.Reason), store.Text(end.Message), store.Text(end.Fix), end.Plan, millis(end.Now),
		compared.Added, compared.Changed, compared.Unchanged, compared.Removed)
	return err
}

// Discard implements [store.Store].
func (s *Store) Discard(ctx context.Context, id int64, now time.Time) error {
	doing := fmt.Sprintf("discard run %d", id)
	tag, err := s.pool.Exec(ctx, `UPDATE run SET status = 'discarded', finished = $2 WHERE id = $1 AND status = 'held'`, id, millis(now))
	if err == nil && tag.RowsAffected() == 0 {
		err = store.ErrNotHeld
	}
	return s.explain(doing, err)
}

// change updates an owned run.
func (s *Store) change(ctx context.Context, doing string, f store.Fence, set string, args ...any) error {
	tag, err := s.pool.Exec(ctx, `UPDATE run SET `+set+owned, append([]any{f.Run, f.Epoch}, args...)...)
	if err == nil && tag.RowsAffected() == 0 {
		err = store.ErrFenced
	}
	return s.explain(fmt.Sprintf("%s run %d", doing, f.Run), err)
}

// lockConnection locks a connection until the transaction ends and returns its
// generation.
func lockConnection(ctx context.Context, tx pgx.Tx, id int64) (int64, error) {
	var generation int64
	err := tx.QueryRow(ctx, `SELECT generation FROM connection WHERE id = $1 AND NOT removed FOR NO KEY UPDATE`, id).Scan(&generation)
	return generation, notFound(err)
}

// lockOwned locks an owned run, and before it the connection.
func lockOwned(ctx context.Context, tx pgx.Tx, f store.Fence) (store.Run, error) {
	_, err := tx.Exec(ctx, `SELECT 1 FROM connection WHERE id = (SELECT connection_id FROM run WHERE id = $1) FOR NO KEY UPDATE`, f.Run)
	if err != nil {
		return store.Run{}, err
	}
	run, err := oneRun(ctx, tx, `SELECT `+runColumns+` FROM run`+owned+`FOR UPDATE`, f.Run, f.Epoch)
	if errors.Is(err, store.ErrNotFound) {
		return run, store.ErrFenced
	}
	return run, err
}

// supersede ends the held runs of the connection, but for the run itself.
func supersede(ctx context.Context, tx pgx.Tx, run store.Run) error {
	_, err := tx.Exec(ctx, `UPDATE run SET status = 'superseded' WHERE connection_id = $1 AND status = 'held' AND id <> $2`, run.ConnectionID, run.ID)
	return err
}

// querier is a pool or a transaction.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
}

// oneRun is the run that a statement returns; ErrNotFound where it returns
// none.
func oneRun(ctx context.Context, from querier, sql string, args ...any) (store.Run, error) {
	rows, err := from.Query(ctx, sql, args...)
	if err != nil {
		return store.Run{}, err
	}
	run, err := pgx.CollectOneRow(rows, scanRun)
	return run, notFound(err)
}

func notFound(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}

func scanRun(row pgx.CollectableRow) (store.Run, error) {
	var r store.Run
	var started, finished, slot *int64
	var lease, waited int64
	err := row.Scan(&r.ID, &r.ConnectionID, &r.Status, &r.Trigger, &r.Epoch, &r.Base, &r.ConfigHash,
		&r.ConnectorVersion, &started, &finished, &lease, &r.Cursor, &r.Complete, &r.Pass, &r.Pages,
		&r.Records, &r.Bytes, &r.Quarantined, &r.Unidentified, &waited, &r.Added, &r.Changed, &r.Unchanged,
		&r.Removed, &r.Class, &r.Reason, &r.Message, &r.Fix, &r.Plan, &slot, &r.Worker)
	r.Started, r.Finished, r.LeaseUntil = moment(started), moment(finished), moment(&lease)
	r.Slot, r.Waited = moment(slot), time.Duration(waited)
	return r, err
}
