package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// personColumns are a person's, of v, b and s.
const personColumns = `v.person_id, v.visible, b.user_name, b.name, b.email, b.title, b.department, b.status, v.access, b.view, b.source,
	v.opened_by, substr(s.slots, v.number % 24 * 54 + 1, 54)`

// What readers see of the connection c: the versions of its generation, with
// their bodies and their slots in the sheets of the generation's run.
const (
	seen     = "v.connection_id = c.id AND v.opened_by <= c.generation AND (v.closed_by IS NULL OR v.closed_by > c.generation)"
	withBody = " CROSS JOIN body b ON b.id = v.body_id LEFT JOIN sheet s ON " + sheetOfGeneration
)

// People implements [store.Store]. A search that holds no letter and no digit
// finds everybody, as an empty one does.
func (s *Store) People(ctx context.Context, q store.PeopleQuery) ([]store.Person, error) {
	var found []store.Person
	err := s.reading(ctx, func(tx *sql.Tx) error {
		if err := known(ctx, tx, q.ConnectionID); err != nil {
			return err
		}
		var rows *sql.Rows
		var err error
		if words := store.SearchWords(q.Search); len(words) > 0 {
			rows, err = tx.QueryContext(ctx, `
				SELECT `+personColumns+` FROM body_words w CROSS JOIN version v ON v.body_id = w.rowid CROSS JOIN connection c ON `+seen+withBody+`
				WHERE body_words MATCH ? AND c.id = ? AND v.person_id > ? ORDER BY v.person_id LIMIT ?`,
				match(words), q.ConnectionID, q.After, store.Limit(q.Limit))
		} else {
			rows, err = tx.QueryContext(ctx, `
				SELECT `+personColumns+` FROM connection c CROSS JOIN version v ON `+seen+withBody+`
				WHERE c.id = ? AND v.person_id > ? ORDER BY v.person_id LIMIT ?`,
				q.ConnectionID, q.After, store.Limit(q.Limit))
		}
		found, err = collect(rows, err, scanPerson)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("the people of connection %d: %w", q.ConnectionID, err)
	}
	return found, nil
}

// Person implements [store.Store].
func (s *Store) Person(ctx context.Context, connection int64, id string) (store.Person, error) {
	row := s.read.QueryRowContext(ctx, `
		SELECT `+personColumns+` FROM connection c CROSS JOIN version v ON `+seen+withBody+`
		WHERE c.id = ? AND c.name IS NOT NULL AND v.person_id = ?`, connection, id)
	found, err := scanPerson(row)
	if err != nil {
		return store.Person{}, fmt.Errorf("person %.80q of connection %d: %w", id, connection, notFound(err))
	}
	return found, nil
}

// Vanishing implements [store.Store].
func (s *Store) Vanishing(ctx context.Context, run int64, limit int) ([]store.Person, error) {
	var found []store.Person
	err := s.reading(ctx, func(tx *sql.Tx) error {
		r, err := oneRun(ctx, tx, "r.id = ?", run)
		if err != nil {
			return err
		}
		rows, err := tx.QueryContext(ctx, `
			SELECT `+personColumns+` FROM connection c CROSS JOIN version v ON `+seen+withBody+`
			WHERE c.id = ?1 AND v.access AND NOT `+metBy+`
			ORDER BY v.person_id LIMIT ?4`, r.ConnectionID, r.ID, r.Pass, store.Limit(limit))
		found, err = collect(rows, err, scanPerson)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("those whom run %d did not meet: %w", run, err)
	}
	return found, nil
}

// known is ErrNotFound for a connection that is not there.
func known(ctx context.Context, tx *sql.Tx, connection int64) error {
	var id int64
	return notFound(tx.QueryRowContext(ctx, "SELECT id FROM connection WHERE id = ? AND name IS NOT NULL", connection).Scan(&id))
}

// match is the FTS5 expression for words of which each must begin some word.
// They hold letters, digits and marks only; a quote would be doubled.
func match(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = `"` + strings.ReplaceAll(word, `"`, `""`) + `"*`
	}
	return strings.Join(quoted, " AND ")
}

func scanPerson(row scanner) (store.Person, error) {
	var p store.Person
	var slot []byte
	err := row.Scan(&p.ID, &p.Visible, &p.UserName, &p.Name, &p.Email, &p.Title, &p.Department, &p.Status, &p.Access, &p.View, &p.Source,
		&p.Since, &slot)
	met := sheet.DecodeSlot(slot)
	p.Times, p.Stale = met.Times, met.Stale
	return p, err
}
