package sqlite

import (
	"context"
	"database/sql"
	"fmt"

	"patchbay.example/internal/store"
)

// Changes implements [store.Store]. A run whose replaced versions are past
// their retention shows none: what is left would tell movers as joiners.
func (s *Store) Changes(ctx context.Context, run int64, after string, limit int) ([]store.Change, error) {
	var found []store.Change
	err := s.reading(ctx, func(tx *sql.Tx) error {
		r, err := oneRun(ctx, tx, "r.id = ?", run)
		if err != nil {
			return err
		}
		var swept bool
		if err := tx.QueryRowContext(ctx, "SELECT swept FROM run WHERE id = ?", run).Scan(&swept); err != nil {
			return err
		}
		if r.Status != store.RunPromoted || r.Base == 0 || swept {
			return nil
		}
		found, err = changes(ctx, tx, r, after, store.Limit(limit))
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("the changes of run %d: %w", run, err)
	}
	return found, nil
}

// changes reads a run's changes off the versions that it opened and closed.
func changes(ctx context.Context, tx *sql.Tx, run store.Run, after string, limit int) ([]store.Change, error) {
	rows, err := tx.QueryContext(ctx, `
		WITH touched (person_id, closed, opened) AS MATERIALIZED (
			SELECT person_id, max(closed), max(opened) FROM (
				SELECT * FROM (
					SELECT v.person_id, v.body_id AS closed, NULL AS opened FROM version v INDEXED BY version_closed
					WHERE v.connection_id = ?1 AND v.closed_by = ?2 AND v.person_id > ?3 ORDER BY v.person_id LIMIT ?4)
				UNION ALL SELECT * FROM (
					SELECT v.person_id, NULL, v.body_id FROM version v INDEXED BY version_opened
					WHERE v.connection_id = ?1 AND v.opened_by = ?2 AND v.person_id > ?3 ORDER BY v.person_id LIMIT ?4)
			) GROUP BY person_id ORDER BY person_id LIMIT ?4)
		SELECT ?2, t.person_id, `+changedVersions+` ORDER BY t.person_id`,
		run.ConnectionID, run.ID, after, limit)
	return collect(rows, err, scanChange)
}

// changedVersions are the columns of both versions of a change, and where they
// come from: t has the ids of their bodies, NULL for none.
const changedVersions = `
			b.id, bv.visible, b.user_name, b.name, b.email, b.title, b.department, b.status, bv.access, b.view, b.source,
			a.id, av.visible, a.user_name, a.name, a.email, a.title, a.department, a.status, av.access, a.view, a.source
		FROM touched t
		LEFT JOIN version bv ON bv.body_id = t.closed LEFT JOIN body b ON b.id = t.closed
		LEFT JOIN version av ON av.body_id = t.opened LEFT JOIN body a ON a.id = t.opened`

// scanChange reads a change: its run, the person and [changedVersions].
func scanChange(row scanner) (store.Change, error) {
	var change store.Change
	var before, after nullVersion
	if err := row.Scan(append(append([]any{&change.Run, &change.ID}, before.columns()...), after.columns()...)...); err != nil {
		return change, err
	}
	change.Before, change.After = before.version(), after.version()
	switch {
	case change.Before == nil:
		change.Kind = store.Joined
	case change.After == nil:
		change.Kind = store.Left
	default:
		change.Kind = store.Changed
	}
	return change, nil
}

// nullVersion is a version that may not be there.
type nullVersion struct {
	id     sql.NullInt64
	texts  [6]sql.NullString
	access sql.NullBool
	store.Version
}

func (n *nullVersion) columns() []any {
	t := &n.texts
	return []any{&n.id, &n.Visible, &t[0], &t[1], &t[2], &t[3], &t[4], &t[5], &n.access, &n.View, &n.Source}
}

func (n *nullVersion) version() *store.Version {
	if !n.id.Valid {
		return nil
	}
	v := n.Version
	for i, into := range []*string{&v.UserName, &v.Name, &v.Email, &v.Title, &v.Department, &v.Status} {
		*into = n.texts[i].String
	}
	v.Access = n.access.Bool
	return &v
}
