package sqlite

import (
	"context"
	"database/sql"
)

// statements are those of each page, prepared once. SQLite's planner has no
// statistics here: CROSS JOIN fixes the order and INDEXED BY the index.
type statements struct {
	// For the write pool.
	advance, insertBody, insertVersion, insertWords, writeSheet *sql.Stmt
	// For the read pool.
	sheetsFrom, sheetsAt, openVersions *sql.Stmt
}

// openVersions reads the versions of a list of people that are not closed.
const openVersions = `
	SELECT v.person_id, v.number, v.opened_by, v.body_id, v.visible
	FROM json_each(?) j CROSS JOIN version v ON v.connection_id = ? AND v.person_id = j.value AND v.closed_by IS NULL`

func (s *statements) prepare(ctx context.Context, write, read *sql.DB) error {
	for _, one := range []struct {
		into  **sql.Stmt
		pool  *sql.DB
		query string
	}{
		{&s.advance, write, `
			UPDATE run SET cursor = ?, complete = ?, pages = pages + 1, records = records + ?, bytes = bytes + ?, lease_until = ?, numbered = ?
			WHERE id = ? AND epoch = ? AND status = 'running' AND pass = ? AND pages = ? AND quarantined = ?
				AND (SELECT forgotten FROM connection WHERE id = run.connection_id) = ?`},
		{&s.insertBody, write, `
			INSERT INTO body (user_name, name, email, title, department, status, view, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`},
		{&s.insertVersion, write, `
			INSERT INTO version (connection_id, person_id, opened_by, body_id, access, visible, number) VALUES (?, ?, ?, ?, ?, ?, ?)`},
		{&s.insertWords, write, `INSERT INTO body_words (rowid, words) VALUES (?, ?)`},
		{&s.writeSheet, write, `
			INSERT INTO sheet (id, pass, met, seen, slots, ids) VALUES (?, ?, ?, ?, ?, ?)
			ON CONFLICT (id) DO UPDATE SET pass = excluded.pass, met = excluded.met, seen = excluded.seen, slots = excluded.slots, ids = excluded.ids`},
		{&s.sheetsFrom, read, `SELECT id, pass, slots, ids FROM sheet WHERE id >= ? AND id < ? ORDER BY id LIMIT ?`},
		{&s.sheetsAt, read, `
			SELECT s.id, s.pass, s.slots, s.ids
			FROM json_each(?1) j CROSS JOIN sheet s ON s.id = j.value WHERE ?2 IN (0, s.pass)`},
		{&s.openVersions, read, openVersions},
	} {
		prepared, err := one.pool.PrepareContext(ctx, one.query)
		if err != nil {
			return err
		}
		*one.into = prepared
	}
	return nil
}
