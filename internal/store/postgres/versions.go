package postgres

import (
	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// versionRows are versions to write, by column, as unnest takes them.
type versionRows struct {
	ids                                                     []string
	numbers                                                 []int64
	replaces, access                                        []bool
	visible, view, source                                   [][]byte
	userName, name, email, title, department, status, words []string
}

func (rows *versionRows) add(v sheet.Opened) {
	rows.ids, rows.numbers = append(rows.ids, v.ID), append(rows.numbers, v.Number)
	rows.replaces, rows.access = append(rows.replaces, v.Replaces), append(rows.access, v.Access)
	rows.visible, rows.view, rows.source = append(rows.visible, v.Visible), append(rows.view, v.View), append(rows.source, v.Source)
	rows.userName, rows.name, rows.email = append(rows.userName, store.Text(v.UserName)), append(rows.name, store.Text(v.Name)), append(rows.email, store.Text(v.Email))
	rows.title, rows.department = append(rows.title, store.Text(v.Title)), append(rows.department, store.Text(v.Department))
	rows.status, rows.words = append(rows.status, store.Text(v.Status)), append(rows.words, v.SearchText())
}

// queueVersions writes both halves of a run's new versions in one statement.
func queueVersions(batch *pgx.Batch, run store.Run, open []sheet.Opened) {
	if len(open) == 0 {
		return
	}
	var rows versionRows
	for _, v := range open {
		rows.add(v)
	}
	batch.Queue(`WITH given AS (
			SELECT * FROM unnest($3::text[], $4::bool[], $5::bool[], $6::bytea[], $7::bytea[], $8::bytea[],
				$9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::bigint[])
				AS given (person_id, replaces, access, visible, view, source, user_name, name, email, title, department, status, search, number)
		), written AS (
			INSERT INTO version (connection_id, person_id, opened_by, replaces, access, visible, number)
			SELECT $1, person_id, $2, replaces, access, visible, number FROM given
			RETURNING id, person_id
		)
		INSERT INTO body (version_id, user_name, name, email, title, department, status, search, view, source)
		SELECT id, user_name, name, email, title, department, status, search, view, source FROM written JOIN given USING (person_id)`,
		run.ConnectionID, run.ID, rows.ids, rows.replaces, rows.access, rows.visible, rows.view, rows.source,
		rows.userName, rows.name, rows.email, rows.title, rows.department, rows.status, rows.words, rows.numbers)
}

// deleteVersions is the statement that deletes both halves of the versions of a
// condition. It counts bodies.
func deleteVersions(condition string) string {
	return `WITH gone AS (DELETE FROM version WHERE ` + condition + ` RETURNING id)
		DELETE FROM body WHERE version_id = ANY(ARRAY(SELECT id FROM gone))`
}
