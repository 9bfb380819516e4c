package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// maxPromotions is how often a promotion sweeps anew because something was left:
// nothing stages for a dead run, so that once should do.
const maxPromotions = 3

// errIncomplete: the last page is missing.
var errIncomplete = errors.New("the run is not complete: only a whole listing can replace the directory")

// errLeftovers: what dead runs staged is not all swept yet.
var errLeftovers = errors.New("what earlier runs staged was not swept in time: sync again")

// Promote implements [store.Store]. A run that is not complete is refused.
func (s *Store) Promote(ctx context.Context, f store.Fence, now time.Time) (store.Run, error) {
	run, err := s.promote(ctx, now, func(tx pgx.Tx) (store.Run, error) { return lockOwned(ctx, tx, f) })
	if err == nil {
		s.books.Drop(f.Run)
	}
	return run, s.explain(fmt.Sprintf("promote run %d", f.Run), err)
}

// Approve implements [store.Store].
func (s *Store) Approve(ctx context.Context, id int64, now time.Time) (store.Run, error) {
	run, err := s.promote(ctx, now, func(tx pgx.Tx) (store.Run, error) { return lockHeld(ctx, tx, id, now) })
	return run, s.explain(fmt.Sprintf("approve run %d", id), err)
}

// promote ends whatever the run replaces, sweeps what dead runs staged, in
// chunks, and makes the run the current generation in one transaction, in which
// nothing may be left to sweep: it would come to light. lock locks the
// connection and the run and says whether the run may be promoted.
func (s *Store) promote(ctx context.Context, now time.Time, lock func(pgx.Tx) (store.Run, error)) (store.Run, error) {
	var run store.Run
	err := errLeftovers
	for attempt := 0; attempt < maxPromotions && errors.Is(err, errLeftovers); attempt++ {
		err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			var err error
			run, err = lockPromotable(ctx, tx, lock)
			return err
		})
		if err != nil {
			return run, err
		}
		if err := s.sweepBefore(ctx, run); err != nil {
			return run, err
		}
		err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if run, err = lockPromotable(ctx, tx, lock); err != nil {
				return err
			}
			run, err = moveGeneration(ctx, tx, run, now)
			return err
		})
	}
	return run, err
}

// lockPromotable locks what promoting needs, and supersedes the held runs.
func lockPromotable(ctx context.Context, tx pgx.Tx, lock func(pgx.Tx) (store.Run, error)) (store.Run, error) {
	run, err := lock(tx)
	if err != nil {
		return run, err
	}
	generation, err := lockConnection(ctx, tx, run.ConnectionID)
	switch {
	case err != nil:
		return run, err
	case generation != run.Base:
		return run, store.ErrBaseMoved
	case !run.Complete:
		return run, errIncomplete
	}
	return run, supersede(ctx, tx, run)
}

// lockHeld locks a held run that nothing has overtaken, and abandons the one
// that is running meanwhile.
func lockHeld(ctx context.Context, tx pgx.Tx, id int64, now time.Time) (store.Run, error) {
	_, err := tx.Exec(ctx, `SELECT 1 FROM connection WHERE id = (SELECT connection_id FROM run WHERE id = $1) FOR NO KEY UPDATE`, id)
	if err != nil {
		return store.Run{}, err
	}
	run, err := oneRun(ctx, tx, `SELECT `+runColumns+` FROM run WHERE id = $1 AND status = 'held' FOR UPDATE`, id)
	if errors.Is(err, store.ErrNotFound) {
		return run, store.ErrNotHeld
	}
	if err != nil {
		return run, err
	}
	// What a newer complete run found decides: it is about to be promoted or
	// held, and supersedes this one.
	if _, err = oneRun(ctx, tx, `SELECT `+runColumns+` FROM run WHERE connection_id = $1 AND status = 'running' AND complete`, run.ConnectionID); !errors.Is(err, store.ErrNotFound) {
		return run, cmp.Or(err, store.ErrNotHeld)
	}
	_, err = tx.Exec(ctx, `UPDATE run SET status = 'abandoned', finished = $2,
			reason = $3, message = $4, fix = $5
		WHERE connection_id = $1 AND status = 'running'`, run.ConnectionID, millis(now),
		store.ReasonEarlierApproved, store.MessageEarlierApproved, store.FixEarlierApproved)
	return run, err
}

// moveGeneration is the promotion itself.
func moveGeneration(ctx context.Context, tx pgx.Tx, run store.Run, now time.Time) (store.Run, error) {
	if err := nothingLeft(ctx, tx, run); err != nil {
		return run, err
	}
	compared, err := compare(ctx, tx, run)
	if err != nil {
		return run, err
	}
	_, err = tx.Exec(ctx, `UPDATE version SET closed_by = $2, closed_at = $3 WHERE id = ANY(ARRAY(
			SELECT (SELECT id FROM version AS old WHERE old.connection_id = $1 AND old.person_id = new.person_id
				AND old.closed_by IS NULL AND old.opened_by < $2)
			FROM version AS new WHERE new.connection_id = $1 AND new.opened_by = $2 AND new.replaces))`,
		run.ConnectionID, run.ID, now.UnixMilli())
	if err != nil {
		return run, err
	}
	if run.Unidentified > 0 {
		err = keepUnmet(ctx, tx, run)
	} else {
		err = closeUnmet(ctx, tx, run, now)
	}
	if err != nil {
		return run, err
	}
	_, err = tx.Exec(ctx, `UPDATE connection SET generation = $2, last_success = $3, people = $4, with_access = $5 WHERE id = $1`,
		run.ConnectionID, run.ID, millis(now), compared.Stands+compared.Added-compared.Removed, compared.WithAccess)
	if err != nil {
		return run, err
	}
	return oneRun(ctx, tx, `UPDATE run SET status = 'promoted', finished = $2, added = $3, changed = $4, unchanged = $5, removed = $6
		WHERE id = $1 RETURNING `+runColumns, run.ID, millis(now), compared.Added, compared.Changed, compared.Unchanged, compared.Removed)
}

// closeUnmet closes the versions of those whom the run did not meet.
func closeUnmet(ctx context.Context, tx pgx.Tx, run store.Run, now time.Time) error {
	return eachUnmet(ctx, tx, run, func(ids []string) error {
		_, err := tx.Exec(ctx, `UPDATE version SET closed_by = $4, closed_at = $5 WHERE id = ANY(ARRAY(SELECT id FROM `+standingOf+`))`,
			run.ConnectionID, run.Base, ids, run.ID, now.UnixMilli())
		return err
	})
}

// keepUnmet gives those whom the run did not meet the slots they had: a record of
// which nobody can tell whose it was may have been anybody's.
func keepUnmet(ctx context.Context, tx pgx.Tx, run store.Run) error {
	rows, err := tx.Query(ctx, `SELECT place FROM `+missing, run.Base, run.ID, run.Pass)
	if err != nil {
		return err
	}
	places, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	for _, place := range places {
		base, err := sheetAt(ctx, tx, run.Base, place, anyPass)
		if err != nil {
			return err
		}
		own, err := sheetAt(ctx, tx, run.ID, place, run.Pass)
		if err != nil {
			return err
		}
		own.Keep(base)
		if err := writeSheets(ctx, tx, run.ID, own); err != nil {
			return err
		}
	}
	return nil
}

// nothingLeft returns errLeftovers where a version below the new generation, or
// a sheet of the run, counts no more.
func nothingLeft(ctx context.Context, tx pgx.Tx, run store.Run) error {
	var left bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM run dead WHERE dead.connection_id = $1 AND dead.id < $2 AND dead.status <> 'promoted'
			AND EXISTS (SELECT FROM version WHERE connection_id = $1 AND opened_by = dead.id))
		OR $3 > 1 AND EXISTS (SELECT FROM sheet WHERE run_id = $2 AND pass < $3)
		OR $3 > 1 AND EXISTS (SELECT FROM version WHERE connection_id = $1 AND opened_by = $2 AND `+metBy("version")+` IS NOT TRUE)`, run.ConnectionID, run.ID, run.Pass).Scan(&left)
	if err == nil && left {
		return errLeftovers
	}
	return err
}
