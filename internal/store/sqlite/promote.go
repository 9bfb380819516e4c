package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// Promote implements [store.Store].
func (s *Store) Promote(ctx context.Context, f store.Fence, now time.Time) (store.Run, error) {
	promoted, err := s.promote(ctx, now, func(tx *sql.Tx) (store.Run, error) {
		run, err := owned(ctx, tx, f)
		if err == nil && !run.Complete {
			err = errIncomplete
		}
		return run, err
	})
	if err != nil {
		return store.Run{}, fmt.Errorf("promoting run %d: %w", f.Run, err)
	}
	s.books.Drop(f.Run)
	return promoted, nil
}

// Approve implements [store.Store].
func (s *Store) Approve(ctx context.Context, run int64, now time.Time) (store.Run, error) {
	promoted, err := s.promote(ctx, now, func(tx *sql.Tx) (store.Run, error) {
		held, err := newestHeld(ctx, tx, run)
		if err != nil {
			return held, err
		}
		_, err = tx.ExecContext(ctx, "UPDATE run SET status = 'abandoned', finished = ?, reason = ?, message = ?, fix = ? WHERE connection_id = ? AND status = 'running'",
			milliseconds(now), store.ReasonEarlierApproved, store.MessageEarlierApproved, store.FixEarlierApproved, held.ConnectionID)
		return held, err
	})
	if err != nil {
		return store.Run{}, fmt.Errorf("approving run %d: %w", run, err)
	}
	return promoted, nil
}

// Discard implements [store.Store].
func (s *Store) Discard(ctx context.Context, run int64, now time.Time) error {
	discarded, err := s.write.ExecContext(ctx, "UPDATE run SET status = 'discarded', finished = ? WHERE id = ? AND status = 'held'", milliseconds(now), run)
	if err = orNotFound(discarded, err); errors.Is(err, store.ErrNotFound) {
		err = store.ErrNotHeld
	}
	if err != nil {
		return fmt.Errorf("discarding run %d: %w", run, err)
	}
	return nil
}

// newestHeld is a held run, or ErrNotHeld when it is none or a newer one of the
// connection has all its pages.
func newestHeld(ctx context.Context, tx *sql.Tx, id int64) (store.Run, error) {
	held, err := oneRun(ctx, tx, "r.id = ? AND r.status = 'held'", id)
	if errors.Is(err, store.ErrNotFound) {
		return held, store.ErrNotHeld
	}
	if err != nil {
		return held, err
	}
	_, err = oneRun(ctx, tx, "r.connection_id = ? AND r.id > ? AND r.complete AND r.status IN ('running', 'held', 'promoted') LIMIT 1", held.ConnectionID, id)
	if errors.Is(err, store.ErrNotFound) {
		return held, nil
	}
	if err != nil {
		return held, err
	}
	return held, store.ErrNotHeld
}

// errLeftovers: dead runs left versions that would come to light.
var errLeftovers = errors.New("versions of dead runs are left")

// promote moves a connection's generation to a run. claim finds the run and
// says whether it may be promoted; it is asked before what is dead is removed,
// and again in the transaction that promotes.
func (s *Store) promote(ctx context.Context, now time.Time, claim func(tx *sql.Tx) (store.Run, error)) (store.Run, error) {
	checked := func(tx *sql.Tx) (store.Run, error) {
		run, err := claim(tx)
		if err != nil {
			return run, err
		}
		var generation int64
		if err := tx.QueryRowContext(ctx, "SELECT generation FROM connection WHERE id = ? AND name IS NOT NULL", run.ConnectionID).Scan(&generation); err != nil {
			return run, notFound(err)
		}
		if generation != run.Base {
			return run, store.ErrBaseMoved
		}
		return run, supersede(ctx, tx, run)
	}
	var run store.Run
	var err error
	for range attempts {
		err = s.writing(ctx, func(tx *sql.Tx) (err error) {
			run, err = checked(tx)
			return err
		})
		if err != nil {
			return run, err
		}
		if err := s.clearWay(ctx, run); err != nil {
			return run, err
		}
		err = s.writing(ctx, func(tx *sql.Tx) (err error) {
			if run, err = checked(tx); err != nil {
				return err
			}
			if err := wayIsClear(ctx, tx, run); err != nil {
				return err
			}
			run, err = s.flip(ctx, tx, run, now)
			return err
		})
		if !errors.Is(err, errLeftovers) {
			break
		}
	}
	return run, err
}

// clearWay removes, in chunks, what must not come to light with a run: versions
// of dead runs before it, and what its own earlier passes met.
func (s *Store) clearWay(ctx context.Context, run store.Run) error {
	dead, err := runIDs(ctx, s.read, deadRuns+" AND r.connection_id = ? AND r.id < ?", run.ConnectionID, run.ID)
	if err != nil {
		return err
	}
	for _, id := range dead {
		if err := s.removeSheets(ctx, id, math.MaxInt64); err != nil {
			return err
		}
		if err := s.removeInChunks(ctx, stagedOf, run.ConnectionID, id); err != nil {
			return err
		}
	}
	if run.Pass == 1 {
		return nil
	}
	if err := s.removeSheets(ctx, run.ID, run.Pass); err != nil {
		return err
	}
	return s.removeInChunks(ctx, stagedUnmet, run.ConnectionID, run.ID, run.Pass)
}

// wayIsClear is errLeftovers when clearWay has to be done again.
func wayIsClear(ctx context.Context, tx *sql.Tx, run store.Run) error {
	var left bool
	err := tx.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1 FROM run r CROSS JOIN version v INDEXED BY version_opened ON v.connection_id = r.connection_id AND v.opened_by = r.id
			WHERE `+deadRuns+` AND r.connection_id = ?1 AND r.id < ?2)
		OR (?3 > 1 AND EXISTS (SELECT 1 FROM sheet WHERE id >= ?2 << 32 AND id < (?2 + 1) << 32 AND pass < ?3))
		OR (?3 > 1 AND EXISTS (SELECT 1 FROM version v INDEXED BY version_opened WHERE v.connection_id = ?1 AND v.opened_by = ?2 AND NOT `+metBy+`))`,
		run.ConnectionID, run.ID, run.Pass).Scan(&left)
	if err == nil && left {
		err = errLeftovers
	}
	return err
}

// flip makes a run the current generation. It copies no body.
func (s *Store) flip(ctx context.Context, tx *sql.Tx, run store.Run, now time.Time) (store.Run, error) {
	compared, err := compare(ctx, tx, run)
	if err != nil {
		return run, err
	}
	if err := closeReplaced(ctx, tx, run, compared.Changed); err != nil {
		return run, err
	}
	if run.Unidentified > 0 {
		err = s.keepUnmet(ctx, tx, run)
	} else {
		err = closeUnmet(ctx, tx, run, compared.Removed)
	}
	if err != nil {
		return run, err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE connection SET generation = ?, last_success = ?, people = ?, with_access = ? WHERE id = ?`,
		run.ID, milliseconds(now), compared.Stands+compared.Added-compared.Removed, compared.WithAccess, run.ConnectionID)
	if err != nil {
		return run, err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE run SET status = 'promoted', finished = ?, added = ?, changed = ?, unchanged = ?, removed = ? WHERE id = ?`,
		milliseconds(now), compared.Added, compared.Changed, compared.Unchanged, compared.Removed, run.ID)
	if err != nil {
		return run, err
	}
	return oneRun(ctx, tx, "r.id = ?", run.ID)
}

// closeReplaced closes the versions of whom the run has written new ones.
func closeReplaced(ctx context.Context, tx *sql.Tx, run store.Run, count int64) error {
	if count == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		UPDATE version SET closed_by = ?1
		WHERE connection_id = ?3 AND opened_by <= ?2 AND closed_by IS NULL
			AND person_id IN (SELECT n.person_id FROM version n INDEXED BY version_opened WHERE n.connection_id = ?3 AND n.opened_by = ?1)`, run.ID, run.Base, run.ConnectionID)
	return err
}

// closeUnmet closes the versions of whom the run did not meet.
func closeUnmet(ctx context.Context, tx *sql.Tx, run store.Run, count int64) error {
	if count == 0 {
		return nil
	}
	return unmet(ctx, tx, run, func(ids []string) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE version SET closed_by = ?1
			WHERE connection_id = ?2 AND person_id IN (SELECT value FROM json_each(?4)) AND closed_by IS NULL AND opened_by <= ?3`,
			run.ID, run.ConnectionID, run.Base, jsonList(ids))
		return err
	})
}

// keepUnmet takes over the slots of whom the run did not meet, when one of its
// records could have been theirs.
func (s *Store) keepUnmet(ctx context.Context, tx *sql.Tx, run store.Run) error {
	if run.Base == 0 {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT b.id & 0xffffffff FROM sheet b LEFT JOIN sheet s ON s.id = (?1 << 32 | (b.id & 0xffffffff)) AND s.pass = ?2
		WHERE b.id >= ?3 << 32 AND b.id < (?3 + 1) << 32 AND b.seen & ~coalesce(s.seen, 0) <> 0`, run.ID, run.Pass, run.Base)
	places, err := collect(rows, err, scanID)
	if err != nil {
		return err
	}
	for _, place := range places {
		base, err := s.sheetAt(ctx, tx, run.Base, place, anyPass)
		if err != nil {
			return err
		}
		own, err := s.sheetAt(ctx, tx, run.ID, place, run.Pass)
		if err != nil {
			return err
		}
		own.Keep(base)
		if err := s.writeSheets(ctx, tx, run.ID, []*sheet.Sheet{own}); err != nil {
			return err
		}
	}
	return nil
}
