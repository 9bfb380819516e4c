package sqlite

import (
	"context"
	"database/sql"
	"strings"
)

const (
	// sightingRows is how many sightings a statement writes.
	sightingRows    = 50
	sightingColumns = 7
)

// statements are those of each page, prepared once. SQLite's planner has no
// statistics here: CROSS JOIN fixes the order and INDEXED BY the index.
type statements struct {
	// For the write pool.
	advance, insertBody, insertVersion, insertWords, insertSightings *sql.Stmt
	// For the read pool.
	baseSightings, stagedVersions, standingVersions *sql.Stmt
}

func (s *statements) prepare(ctx context.Context, write, read *sql.DB) error {
	for _, one := range []struct {
		into  **sql.Stmt
		pool  *sql.DB
		query string
	}{
		{&s.advance, write, `
			UPDATE run SET cursor = ?, complete = ?, pages = pages + 1, records = records + ?, bytes = bytes + ?, lease_until = ?
			WHERE id = ? AND epoch = ? AND status = 'running' AND pass = ? AND pages = ? AND quarantined = ?
				AND (SELECT forgotten FROM connection WHERE id = run.connection_id) = ?`},
		{&s.insertBody, write, `
			INSERT INTO body (user_name, name, email, title, department, status, view, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.insertVersion, write, `
			INSERT INTO version (connection_id, person_id, opened_by, body_id, access, visible) VALUES (?, ?, ?, ?, ?, ?)`},
		{&s.insertWords, write, `INSERT INTO body_words (rowid, words) VALUES (?, ?)`},
		{&s.insertSightings, write, insertSightings(sightingRows)},
		{&s.baseSightings, read, `
			SELECT j.key, s.source_hash
			FROM json_each(?) j CROSS JOIN sighting s ON s.run_id = ? AND s.person_id = j.value`},
		{&s.stagedVersions, read, `
			SELECT v.person_id, v.body_id, v.visible
			FROM json_each(?) j CROSS JOIN version v ON v.connection_id = ? AND v.person_id = j.value AND v.opened_by = ?`},
		{&s.standingVersions, read, `
			SELECT v.person_id, v.visible
			FROM json_each(?) j CROSS JOIN version v
				ON v.connection_id = ? AND v.person_id = j.value AND v.opened_by <= ? AND v.closed_by IS NULL`},
	} {
		prepared, err := one.pool.PrepareContext(ctx, one.query)
		if err != nil {
			return err
		}
		*one.into = prepared
	}
	return nil
}

// insertSightings writes so many sightings, each of a person who was read.
func insertSightings(rows int) string {
	return `INSERT INTO sighting (run_id, person_id, pass, source_hash, last_login, password_changed, last_updated, stale) VALUES ` +
		strings.TrimSuffix(strings.Repeat("(?, ?, ?, ?, ?, ?, ?, 0), ", rows), ", ") + `
		ON CONFLICT (run_id, person_id) DO UPDATE SET pass = excluded.pass, source_hash = excluded.source_hash,
			last_login = excluded.last_login, password_changed = excluded.password_changed, last_updated = excluded.last_updated, stale = 0`
}
