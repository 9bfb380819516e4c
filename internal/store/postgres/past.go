package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// Departed implements [store.Store].
func (s *Store) Departed(ctx context.Context, connection int64, after string, limit int) ([]store.Person, error) {
	var people []store.Person
	err := s.read(ctx, fmt.Sprintf("list those who left connection %d", connection), func(tx pgx.Tx) error {
		if err := connectionThere(ctx, tx, connection); err != nil {
			return err
		}
		// Whether somebody is there is a value, not a condition: see metBy.
		var err error
		people, err = collectPeople(ctx, tx, `WITH gone AS MATERIALIZED (
				SELECT DISTINCT ON (v.person_id) v.id FROM version v
				WHERE v.connection_id = $1 AND v.closed_by IS NOT NULL AND v.person_id > $2
					AND EXISTS (SELECT FROM version n WHERE n.connection_id = $1 AND n.person_id = v.person_id AND n.closed_by IS NULL
						AND n.opened_by <= (SELECT generation FROM connection WHERE id = $1)) IS NOT TRUE
				ORDER BY v.person_id, v.opened_by DESC LIMIT $3)
			SELECT `+personColumns+` FROM gone JOIN version v ON v.id = gone.id JOIN body b ON b.version_id = v.id
			LEFT JOIN sheet s ON false
			ORDER BY v.person_id`, connection, store.Text(after), store.Limit(limit))
		return err
	})
	return people, err
}

// History implements [store.Store].
func (s *Store) History(ctx context.Context, connection int64, id string, limit int) ([]store.Change, error) {
	var changes []store.Change
	rows, err := s.pool.Query(ctx, `WITH mine AS MATERIALIZED (
			SELECT v.id, v.opened_by, v.closed_by, v.replaces, v.access, v.visible FROM connection c JOIN version v ON v.connection_id = c.id
			WHERE c.id = $1 AND NOT c.removed AND v.person_id = $2 AND v.closed_by IS NULL AND v.opened_by <= c.generation
			UNION ALL
			SELECT v.id, v.opened_by, v.closed_by, v.replaces, v.access, v.visible FROM connection c JOIN version v ON v.connection_id = c.id
			WHERE c.id = $1 AND NOT c.removed AND v.person_id = $2 AND v.closed_by IS NOT NULL
		), touched AS (
			SELECT opened_by AS run_id FROM mine UNION SELECT closed_by FROM mine WHERE closed_by IS NOT NULL
		)
		SELECT run.id, $2::text, `+changeColumns+`
		FROM touched JOIN run ON run.id = touched.run_id AND run.status = 'promoted' AND run.base <> 0
		LEFT JOIN mine old ON old.closed_by = run.id LEFT JOIN body was ON was.version_id = old.id
		LEFT JOIN mine new ON new.opened_by = run.id LEFT JOIN body now ON now.version_id = new.id
		WHERE old.id IS NOT NULL OR NOT new.replaces
		ORDER BY run.id DESC LIMIT $3`, connection, store.Text(id), store.Limit(limit))
	if err == nil {
		changes, err = pgx.CollectRows(rows, scanChange)
	}
	return changes, s.explain(fmt.Sprintf("read the history of a person of connection %d", connection), err)
}

// Promotions implements [store.Store].
func (s *Store) Promotions(ctx context.Context, connection int64, since time.Time, limit int) ([]store.Run, error) {
	var runs []store.Run
	rows, err := s.pool.Query(ctx, `SELECT `+runColumns+` FROM run JOIN connection c ON c.id = run.connection_id AND NOT c.removed
		WHERE run.connection_id = $1 AND run.status = 'promoted' AND run.finished >= $2 ORDER BY run.id DESC LIMIT $3`,
		connection, since.UnixMilli(), store.Limit(limit))
	if err == nil {
		runs, err = pgx.CollectRows(rows, scanRun)
	}
	return runs, s.explain(fmt.Sprintf("list the promoted runs of connection %d", connection), err)
}
