package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"patchbay.example/internal/store"
)

// BeginRun implements [store.Store].
func (s *Store) BeginRun(ctx context.Context, b store.Begin) (store.Run, error) {
	var begun store.Run
	err := s.writing(ctx, func(tx *sql.Tx) error {
		var base int64
		err := tx.QueryRowContext(ctx, "SELECT generation FROM connection WHERE id = ? AND name IS NOT NULL", b.ConnectionID).Scan(&base)
		if err != nil {
			return notFound(err)
		}
		if _, err := oneRun(ctx, tx, "r.connection_id = ? AND r.status = 'running'", b.ConnectionID); err == nil {
			return store.ErrRunning
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := takeSlot(ctx, tx, b); err != nil {
			return err
		}
		added, err := tx.ExecContext(ctx, `
			INSERT INTO run (connection_id, status, cause, epoch, base, config_hash, connector_version, started, lease_until, pass, slot, worker, numbered)
			VALUES (?1, 'running', ?, 1, ?, ?, ?, ?, ?, 1, ?, ?, (SELECT coalesce(max(numbered), 0) FROM run WHERE connection_id = ?1))`,
			b.ConnectionID, store.Text(b.Trigger), base, b.ConfigHash, store.Text(b.ConnectorVersion), milliseconds(b.Now), milliseconds(b.LeaseUntil),
			milliseconds(b.Slot), store.Text(b.Worker))
		if err != nil {
			return err
		}
		id, err := added.LastInsertId()
		if err != nil {
			return err
		}
		begun, err = oneRun(ctx, tx, "r.id = ?", id)
		return err
	})
	if err != nil {
		return store.Run{}, fmt.Errorf("beginning a run of connection %d: %w", b.ConnectionID, err)
	}
	return begun, nil
}

// TakeOver implements [store.Store].
func (s *Store) TakeOver(ctx context.Context, run int64, worker string, now, leaseUntil time.Time) (store.Run, error) {
	var taken store.Run
	err := s.writing(ctx, func(tx *sql.Tx) error {
		before, err := oneRun(ctx, tx, "r.id = ? AND r.status = 'running'", run)
		if err != nil {
			return err
		}
		if before.LeaseUntil.After(now) {
			return store.ErrRunning
		}
		if _, err := tx.ExecContext(ctx, "UPDATE run SET epoch = epoch + 1, lease_until = ?, worker = ? WHERE id = ?", milliseconds(leaseUntil), store.Text(worker), run); err != nil {
			return err
		}
		taken, err = oneRun(ctx, tx, "r.id = ?", run)
		return err
	})
	if err != nil {
		return store.Run{}, fmt.Errorf("taking over run %d: %w", run, err)
	}
	return taken, nil
}

// Running implements [store.Store].
func (s *Store) Running(ctx context.Context, connection int64) (store.Run, error) {
	found, err := oneRun(ctx, s.read, "r.connection_id = ? AND r.status = 'running'", connection)
	if err != nil {
		return store.Run{}, fmt.Errorf("the running run of connection %d: %w", connection, err)
	}
	return found, nil
}

// Run implements [store.Store].
func (s *Store) Run(ctx context.Context, id int64) (store.Run, error) {
	found, err := oneRun(ctx, s.read, "r.id = ?", id)
	if err != nil {
		return store.Run{}, fmt.Errorf("run %d: %w", id, err)
	}
	return found, nil
}

// Runs implements [store.Store].
func (s *Store) Runs(ctx context.Context, q store.RunsQuery) ([]store.Run, error) {
	before := q.Before
	if before <= 0 {
		before = math.MaxInt64
	}
	condition, arguments := "r.connection_id = ? AND r.id < ?", []any{q.ConnectionID, before}
	if q.ConnectionID == 0 {
		condition = "EXISTS (SELECT 1 FROM connection c WHERE c.id = r.connection_id AND c.name IS NOT NULL) AND r.id < ?"
		arguments = arguments[1:]
	}
	found, err := runsWhere(ctx, s.read, condition+" ORDER BY r.id DESC LIMIT ?", append(arguments, store.Limit(q.Limit))...)
	if err != nil {
		return nil, fmt.Errorf("the runs of connection %d: %w", q.ConnectionID, err)
	}
	return found, nil
}

// Renew implements [store.Store].
func (s *Store) Renew(ctx context.Context, f store.Fence, until time.Time, waited time.Duration) error {
	return s.fenced(ctx, f, "renewing the lease of", func(tx *sql.Tx, _ store.Run) error {
		_, err := tx.ExecContext(ctx, "UPDATE run SET lease_until = ?, waited = waited + ? WHERE id = ?", milliseconds(until), int64(waited), f.Run)
		return err
	})
}

// Restart implements [store.Store]. What the passes before met and staged stays
// until promoting removes it: sheets tell their pass.
func (s *Store) Restart(ctx context.Context, f store.Fence) error {
	return s.fenced(ctx, f, "restarting", func(tx *sql.Tx, _ store.Run) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE run SET pass = pass + 1, pages = 0, cursor = '', complete = 0, records = 0, bytes = 0, quarantined = 0, unidentified = 0
			WHERE id = ?`, f.Run)
		return err
	})
}

// errIncomplete: a run without its last page can neither be held nor promoted.
var errIncomplete = errors.New("the run has not stored its last page")

// Finish implements [store.Store].
func (s *Store) Finish(ctx context.Context, f store.Fence, end store.Finish) error {
	switch end.Status {
	case store.RunFailed, store.RunAbandoned:
		return s.finish(ctx, f, end, store.Comparison{})
	case store.RunHeld:
	default:
		return fmt.Errorf("finishing run %d: it cannot end as %q this way", f.Run, end.Status)
	}
	// Comparing takes longer than a write transaction may.
	compared, err := s.Compare(ctx, f)
	if err != nil {
		return err
	}
	return s.finish(ctx, f, end, compared)
}

func (s *Store) finish(ctx context.Context, f store.Fence, end store.Finish, compared store.Comparison) error {
	defer s.books.Drop(f.Run)
	return s.fenced(ctx, f, "finishing", func(tx *sql.Tx, run store.Run) error {
		if end.Status == store.RunHeld {
			if !run.Complete {
				return errIncomplete
			}
			if err := supersede(ctx, tx, run); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, `
			UPDATE run SET status = ?, class = ?, reason = ?, message = ?, fix = ?, plan = ?, finished = ?, added = ?, changed = ?, unchanged = ?, removed = ?
			WHERE id = ?`,
			end.Status, store.Text(end.Class), store.Text(end.Reason), store.Text(end.Message), store.Text(end.Fix), end.Plan, milliseconds(end.Now),
			compared.Added, compared.Changed, compared.Unchanged, compared.Removed, f.Run)
		return err
	})
}

// supersede ends the held runs that a complete run overtakes.
func supersede(ctx context.Context, tx *sql.Tx, by store.Run) error {
	_, err := tx.ExecContext(ctx, "UPDATE run SET status = 'superseded' WHERE connection_id = ? AND status = 'held' AND id < ?", by.ConnectionID, by.ID)
	return err
}

// fenced runs a write of a run's owner in a transaction.
func (s *Store) fenced(ctx context.Context, f store.Fence, doing string, do func(tx *sql.Tx, run store.Run) error) error {
	err := s.writing(ctx, func(tx *sql.Tx) error {
		run, err := owned(ctx, tx, f)
		if err != nil {
			return err
		}
		return do(tx, run)
	})
	if err != nil {
		return fmt.Errorf("%s run %d: %w", doing, f.Run, err)
	}
	return nil
}

// owned is the fence's run, or ErrFenced.
func owned(ctx context.Context, from queryer, f store.Fence) (store.Run, error) {
	run, err := oneRun(ctx, from, "r.id = ? AND r.epoch = ? AND r.status = 'running'", f.Run, f.Epoch)
	if errors.Is(err, store.ErrNotFound) {
		return run, store.ErrFenced
	}
	return run, err
}

// oneRun is the run that a condition holds for, or ErrNotFound.
func oneRun(ctx context.Context, from queryer, condition string, arguments ...any) (store.Run, error) {
	found, err := runsWhere(ctx, from, condition, arguments...)
	if err != nil {
		return store.Run{}, err
	}
	if len(found) == 0 {
		return store.Run{}, store.ErrNotFound
	}
	return found[0], nil
}

func runsWhere(ctx context.Context, from queryer, condition string, arguments ...any) ([]store.Run, error) {
	rows, err := from.QueryContext(ctx, `
		SELECT r.id, r.connection_id, r.status, r.cause, r.epoch, r.base, r.config_hash, r.connector_version, r.started, r.finished, r.lease_until,
			r.cursor, r.complete, r.pass, r.pages, r.records, r.bytes, r.quarantined, r.unidentified, r.waited,
			r.added, r.changed, r.unchanged, r.removed, r.class, r.reason, r.message, r.fix, r.plan, r.slot, r.worker
		FROM run r WHERE `+condition, arguments...)
	return collect(rows, err, scanRun)
}

func scanRun(row scanner) (store.Run, error) {
	var r store.Run
	var started, finished, lease, waited, slot int64
	err := row.Scan(&r.ID, &r.ConnectionID, &r.Status, &r.Trigger, &r.Epoch, &r.Base, &r.ConfigHash, &r.ConnectorVersion, &started, &finished, &lease,
		&r.Cursor, &r.Complete, &r.Pass, &r.Pages, &r.Records, &r.Bytes, &r.Quarantined, &r.Unidentified, &waited,
		&r.Added, &r.Changed, &r.Unchanged, &r.Removed, &r.Class, &r.Reason, &r.Message, &r.Fix, &r.Plan, &slot, &r.Worker)
	r.Started, r.Finished, r.LeaseUntil, r.Waited, r.Slot = moment(started), moment(finished), moment(lease), time.Duration(waited), moment(slot)
	return r, err
}

// notFound translates database/sql's word for it.
func notFound(err error) error {
	if errors.Is(err, sql.ErrNoRows) {
		return store.ErrNotFound
	}
	return err
}
