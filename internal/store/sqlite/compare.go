package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"patchbay.example/internal/store"
)

// Compare implements [store.Store].
func (s *Store) Compare(ctx context.Context, f store.Fence) (store.Comparison, error) {
	var found store.Comparison
	err := s.reading(ctx, func(tx *sql.Tx) error {
		run, err := owned(ctx, tx, f)
		if err != nil {
			return err
		}
		found, err = compare(ctx, tx, run)
		return err
	})
	if err != nil {
		return store.Comparison{}, fmt.Errorf("comparing run %d: %w", f.Run, err)
	}
	return found, nil
}

// compare counts over narrow rows what promoting a run would do. Of those that
// stand it looks up each once, among the sightings.
func compare(ctx context.Context, tx *sql.Tx, run store.Run) (store.Comparison, error) {
	var c store.Comparison
	var missed, missedAccess int64
	err := tx.QueryRowContext(ctx, `
		SELECT count(*), coalesce(sum(v.access), 0), coalesce(sum(s.person_id IS NULL), 0), coalesce(sum(s.person_id IS NULL AND v.access), 0)
		FROM version v
		LEFT JOIN sighting s ON s.run_id = ?1 AND s.person_id = v.person_id AND s.pass = ?2
		WHERE v.connection_id = ?3 AND v.closed_by IS NULL AND v.opened_by <= ?4`,
		run.ID, run.Pass, run.ConnectionID, run.Base).Scan(&c.Stands, &c.StandsWithAccess, &missed, &missedAccess)
	if err != nil {
		return c, err
	}
	if err := tx.QueryRowContext(ctx, "SELECT count(*) FROM sighting WHERE run_id = ? AND pass = ?", run.ID, run.Pass).Scan(&c.Seen); err != nil {
		return c, err
	}
	var staged, stagedAccess, replacedAccess int64
	err = tx.QueryRowContext(ctx, `
		SELECT count(*), coalesce(sum(n.access), 0), count(o.person_id), coalesce(sum(o.access), 0)
		FROM version n INDEXED BY version_opened
		CROSS JOIN sighting s ON s.run_id = n.opened_by AND s.person_id = n.person_id AND s.pass = ?1
		LEFT JOIN version o
			ON o.connection_id = n.connection_id AND o.person_id = n.person_id AND o.opened_by <= ?2 AND o.closed_by IS NULL
		WHERE n.connection_id = ?3 AND n.opened_by = ?4`,
		run.Pass, run.Base, run.ConnectionID, run.ID).Scan(&staged, &stagedAccess, &c.Changed, &replacedAccess)
	if err != nil {
		return c, err
	}
	c.Added = staged - c.Changed
	c.Unchanged = c.Stands - missed - c.Changed
	c.WithAccess = c.StandsWithAccess + stagedAccess - replacedAccess
	if run.Unidentified == 0 {
		c.Removed = missed
		c.WithAccess -= missedAccess
	}
	return c, nil
}
