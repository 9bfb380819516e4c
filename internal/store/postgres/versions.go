package postgres

import (
	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// versionRows are versions to write, by column, as unnest takes them.
type versionRows struct {
	ids                                                     []string
	replaces, access                                        []bool
	visible, view, source                                   [][]byte
	userName, name, email, title, department, status, words []string
}

// add adds a version; replaces says that readers see the person already.
func (rows *versionRows) add(id string, v store.Version, replaces bool) {
	rows.ids = append(rows.ids, id)
	rows.replaces, rows.access = append(rows.replaces, replaces), append(rows.access, v.Access)
	rows.visible, rows.view, rows.source = append(rows.visible, notNil(v.Visible)), append(rows.view, v.View), append(rows.source, v.Source)
	rows.userName, rows.name, rows.email = append(rows.userName, store.Text(v.UserName)), append(rows.name, store.Text(v.Name)), append(rows.email, store.Text(v.Email))
	rows.title, rows.department = append(rows.title, store.Text(v.Title)), append(rows.department, store.Text(v.Department))
	rows.status, rows.words = append(rows.status, store.Text(v.Status)), append(rows.words, v.SearchText())
}

// notNil keeps a hash that nobody computed apart from no version at all.
func notNil(hash []byte) []byte {
	if hash == nil {
		return []byte{}
	}
	return hash
}

// queue writes both halves of the versions in one statement. A person whom the
// run has written before is written over.
func (rows *versionRows) queue(batch *pgx.Batch, connection, run int64) {
	if len(rows.ids) == 0 {
		return
	}
	batch.Queue(`WITH given AS (
			SELECT * FROM unnest($3::text[], $4::bool[], $5::bool[], $6::bytea[], $7::bytea[], $8::bytea[],
				$9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
				AS given (person_id, replaces, access, visible, view, source, user_name, name, email, title, department, status, search)
		), written AS (
			INSERT INTO version (connection_id, person_id, opened_by, replaces, access, visible)
			SELECT $1, person_id, $2, replaces, access, visible FROM given
			ON CONFLICT (connection_id, opened_by, person_id) DO UPDATE
				SET replaces = excluded.replaces, access = excluded.access, visible = excluded.visible
			RETURNING id, person_id
		)
		INSERT INTO body (version_id, user_name, name, email, title, department, status, search, view, source)
		SELECT id, user_name, name, email, title, department, status, search, view, source FROM written JOIN given USING (person_id)
		ON CONFLICT (version_id) DO UPDATE SET user_name = excluded.user_name, name = excluded.name, email = excluded.email,
			title = excluded.title, department = excluded.department, status = excluded.status, search = excluded.search,
			view = excluded.view, source = excluded.source`,
		connection, run, rows.ids, rows.replaces, rows.access, rows.visible, rows.view, rows.source,
		rows.userName, rows.name, rows.email, rows.title, rows.department, rows.status, rows.words)
}

// deleteVersions is the statement that deletes both halves of the versions of a
// condition. It counts bodies.
func deleteVersions(condition string) string {
	return `WITH gone AS (DELETE FROM version WHERE ` + condition + ` RETURNING id)
		DELETE FROM body WHERE version_id = ANY(ARRAY(SELECT id FROM gone))`
}
