package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"patchbay.example/internal/store"
)

// Quarantine implements [store.Store]. An id that no record may have counts as
// unreadable: the run then removes nobody.
func (s *Store) Quarantine(ctx context.Context, f store.Fence, q store.Quarantine) error {
	identified := store.ValidID(q.ID)
	return s.fenced(ctx, f, "quarantining a record of", func(tx *sql.Tx, run store.Run) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE run SET quarantined = quarantined + 1, unidentified = unidentified + ?, lease_until = ? WHERE id = ?`,
			!identified, milliseconds(q.LeaseUntil), run.ID)
		if err != nil || !identified {
			return err
		}
		return meetUnread(ctx, tx, run, q.ID)
	})
}

// meetUnread writes the sighting of somebody whose record could not be read. It
// carries the last good source's hash and times: of this pass, or else of the
// base.
func meetUnread(ctx context.Context, tx *sql.Tx, run store.Run, person string) error {
	met, err := affected(tx.ExecContext(ctx, `
		UPDATE sighting SET stale = 1 WHERE run_id = ? AND person_id = ? AND pass = ?`, run.ID, person, run.Pass))
	if err != nil || met > 0 {
		return err
	}
	// What an earlier pass staged counts no more.
	var staged int64
	err = tx.QueryRowContext(ctx, `
		SELECT body_id FROM version WHERE connection_id = ? AND person_id = ? AND opened_by = ?`,
		run.ConnectionID, person, run.ID).Scan(&staged)
	if err == nil {
		err = removeVersions(ctx, tx, []int64{staged})
	}
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT OR REPLACE INTO sighting (run_id, person_id, pass, source_hash, last_login, password_changed, last_updated, stale)
		SELECT ?1, ?2, ?3, coalesce(s.source_hash, x''), coalesce(s.last_login, 0), coalesce(s.password_changed, 0), coalesce(s.last_updated, 0), 1
		FROM (SELECT 1) LEFT JOIN sighting s ON s.run_id = ?4 AND s.person_id = ?2`,
		run.ID, person, run.Pass, run.Base)
	return err
}
