package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"patchbay.example/internal/store"
)

// Departed implements [store.Store].
func (s *Store) Departed(ctx context.Context, connection int64, after string, limit int) ([]store.Person, error) {
	var found []store.Person
	err := s.reading(ctx, func(tx *sql.Tx) error {
		if err := known(ctx, tx, connection); err != nil {
			return err
		}
		// The versions come in the order of persons, so that grouping sorts nothing
		// and ends at the limit. No sheet is 0, and so nobody was met: ON
		// false would read all of them for each row.
		rows, err := tx.QueryContext(ctx, `
			WITH gone (person_id, opened_by) AS MATERIALIZED (
				SELECT v.person_id, max(v.opened_by)
				FROM connection c CROSS JOIN version v ON v.connection_id = c.id AND v.person_id > ?2 AND v.opened_by <= c.generation
				WHERE c.id = ?1
				GROUP BY v.person_id HAVING count(v.closed_by) = count(*)
				ORDER BY v.person_id LIMIT ?3)
			SELECT `+personColumns+`
			FROM gone CROSS JOIN version v ON v.connection_id = ?1 AND v.person_id = gone.person_id AND v.opened_by = gone.opened_by
			CROSS JOIN body b ON b.id = v.body_id
			LEFT JOIN sheet s ON s.id = 0
			ORDER BY v.person_id`, connection, after, store.Limit(limit))
		found, err = collect(rows, err, scanPerson)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("those who left connection %d: %w", connection, err)
	}
	return found, nil
}

// History implements [store.Store].
func (s *Store) History(ctx context.Context, connection int64, id string, limit int) ([]store.Change, error) {
	rows, err := s.read.QueryContext(ctx, `
		WITH mine AS MATERIALIZED (
			SELECT v.opened_by, v.closed_by, v.body_id
			FROM connection c CROSS JOIN version v ON v.connection_id = c.id AND v.person_id = ?2 AND v.opened_by <= c.generation
			WHERE c.id = ?1 AND c.name IS NOT NULL),
		touched (run_id, closed, opened) AS MATERIALIZED (
			SELECT half.run_id, max(half.closed), max(half.opened)
			FROM (
				SELECT closed_by AS run_id, body_id AS closed, NULL AS opened FROM mine WHERE closed_by IS NOT NULL
				UNION ALL SELECT opened_by, NULL, body_id FROM mine
			) half CROSS JOIN run r ON r.id = half.run_id AND r.status = 'promoted' AND r.base <> 0 AND NOT r.swept
			GROUP BY half.run_id ORDER BY half.run_id DESC LIMIT ?3)
		SELECT t.run_id, ?2, `+changedVersions+` ORDER BY t.run_id DESC`, connection, id, store.Limit(limit))
	found, err := collect(rows, err, scanChange)
	if err != nil {
		return nil, fmt.Errorf("the history of person %.80q of connection %d: %w", id, connection, err)
	}
	return found, nil
}

// Promotions implements [store.Store].
func (s *Store) Promotions(ctx context.Context, connection int64, since time.Time, limit int) ([]store.Run, error) {
	found, err := runsWhere(ctx, s.read, `
		r.connection_id = ? AND r.status = 'promoted' AND r.finished >= ?
		AND EXISTS (SELECT 1 FROM connection c WHERE c.id = r.connection_id AND c.name IS NOT NULL)
		ORDER BY r.id DESC LIMIT ?`, connection, milliseconds(since), store.Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("the promoted runs of connection %d: %w", connection, err)
	}
	return found, nil
}
