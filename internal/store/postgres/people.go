package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

const (
	// maxMatches is how many versions a search takes from its index. What more of
	// them match is found soon by walking the people in their order.
	maxMatches = 2000

	// words are a body's, as the index has them.
	words = `array_to_tsvector(string_to_array(b.search, ' '))`

	personColumns = `v.person_id, v.opened_by, v.access, v.visible, b.user_name, b.name, b.email, b.title, b.department, b.status,
		b.view, b.source, substring(s.slots FROM (v.number % 24 * 54 + 1)::int FOR 54)`
	// visible joins a connection c with the versions that its readers see.
	visible = ` JOIN version v ON v.connection_id = c.id AND v.closed_by IS NULL AND v.opened_by <= c.generation
		JOIN body b ON b.version_id = v.id
		LEFT JOIN LATERAL (SELECT slots FROM sheet WHERE run_id = c.generation AND place = v.number / 24 LIMIT 1) s ON true `
)

// People implements [store.Store].
func (s *Store) People(ctx context.Context, q store.PeopleQuery) ([]store.Person, error) {
	var people []store.Person
	err := s.read(ctx, fmt.Sprintf("list the people of connection %d", q.ConnectionID), func(tx pgx.Tx) error {
		if err := connectionThere(ctx, tx, q.ConnectionID); err != nil {
			return err
		}
		sql := `SELECT ` + personColumns + ` FROM connection c` + visible + `WHERE c.id = $1 AND v.person_id > $2`
		args := []any{q.ConnectionID, store.Text(q.After), store.Limit(q.Limit)}
		condition, value, err := matching(ctx, tx, q.Search)
		if err != nil {
			return err
		}
		if condition != "" {
			sql += ` AND ` + condition
			args = append(args, value)
		}
		people, err = collectPeople(ctx, tx, sql+` ORDER BY v.person_id LIMIT $3`, args...)
		return err
	})
	return people, err
}

// Person implements [store.Store].
func (s *Store) Person(ctx context.Context, connection int64, id string) (store.Person, error) {
	doing := fmt.Sprintf("find a person of connection %d", connection)
	people, err := collectPeople(ctx, s.pool, `SELECT `+personColumns+` FROM connection c`+visible+
		`WHERE c.id = $1 AND NOT c.removed AND v.person_id = $2`, connection, store.Text(id))
	if err == nil && len(people) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Person{}, s.explain(doing, err)
	}
	return people[0], nil
}

// Vanishing implements [store.Store]. A run that is neither complete nor held
// makes nobody vanish. ErrNotFound where there is no such run.
func (s *Store) Vanishing(ctx context.Context, id int64, limit int) ([]store.Person, error) {
	var people []store.Person
	err := s.read(ctx, fmt.Sprintf("list whom run %d did not meet", id), func(tx pgx.Tx) error {
		run, err := oneRun(ctx, tx, `SELECT `+runColumns+` FROM run WHERE id = $1`, id)
		if err != nil || run.Status != store.RunHeld && (run.Status != store.RunRunning || !run.Complete) {
			return err
		}
		people, err = collectPeople(ctx, tx, `SELECT `+personColumns+` FROM connection c`+visible+`WHERE c.id = $1 AND v.access
				AND `+metBy("v")+` IS NOT TRUE
			ORDER BY v.person_id LIMIT $4`, run.ConnectionID, id, run.Pass, store.Limit(limit))
		return err
	})
	return people, err
}

// Changes implements [store.Store]. A change of which half was swept is not
// among them. ErrNotFound where there is no such run; none where it was not
// promoted.
func (s *Store) Changes(ctx context.Context, id int64, after string, limit int) ([]store.Change, error) {
	var changes []store.Change
	err := s.read(ctx, fmt.Sprintf("list the changes of run %d", id), func(tx pgx.Tx) error {
		run, err := oneRun(ctx, tx, `SELECT `+runColumns+` FROM run WHERE id = $1`, id)
		if err != nil || run.Status != store.RunPromoted || run.Base == 0 {
			return err
		}
		rows, err := tx.Query(ctx, `WITH person AS (
				(SELECT person_id FROM version WHERE connection_id = $1 AND opened_by = $2 AND person_id > $3 ORDER BY person_id LIMIT $4)
				UNION
				(SELECT person_id FROM version WHERE connection_id = $1 AND closed_by = $2 AND person_id > $3 ORDER BY person_id LIMIT $4)
			)
			SELECT $2::bigint, person.person_id, `+changeColumns+`
			FROM person
			LEFT JOIN version old ON old.connection_id = $1 AND old.closed_by = $2 AND old.person_id = person.person_id
			LEFT JOIN body was ON was.version_id = old.id
			LEFT JOIN version new ON new.connection_id = $1 AND new.opened_by = $2 AND new.person_id = person.person_id
			LEFT JOIN body now ON now.version_id = new.id
			WHERE old.id IS NOT NULL OR NOT new.replaces
			ORDER BY person.person_id LIMIT $4`, run.ConnectionID, id, store.Text(after), store.Limit(limit))
		if err != nil {
			return err
		}
		changes, err = pgx.CollectRows(rows, scanChange)
		return err
	})
	return changes, err
}

// matching is the condition of a search on a body b and its version v, and its
// parameter, $4; it is empty for a search that everybody matches. Which of the
// two ways to search is right depends on how many match, of which the server
// has no idea.
func matching(ctx context.Context, tx pgx.Tx, search string) (condition string, value any, err error) {
	query := prefixes(search)
	if query == "" {
		return "", nil, nil
	}
	// Neither way reads the whole table, whatever the server thinks of it.
	if _, err := tx.Exec(ctx, `SET LOCAL enable_seqscan = off`); err != nil {
		return "", nil, err
	}
	rows, err := tx.Query(ctx, `SELECT version_id FROM body b WHERE `+words+` @@ $1::tsquery LIMIT $2`, query, maxMatches+1)
	if err != nil {
		return "", nil, err
	}
	matches, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return "", nil, err
	}
	if len(matches) <= maxMatches {
		return `v.id = ANY($4)`, matches, nil
	}
	return words + ` @@ $4::tsquery`, query, nil
}

// prefixes is a search as a tsquery: some word begins with each word of it.
// Words hold no quote and no backslash, which are doubled all the same.
func prefixes(search string) string {
	var terms []string
	quote := strings.NewReplacer(`'`, `''`, `\`, `\\`)
	for _, word := range store.SearchWords(search) {
		terms = append(terms, `'`+quote.Replace(word)+`':*`)
	}
	return strings.Join(terms, " & ")
}

func connectionThere(ctx context.Context, tx pgx.Tx, id int64) error {
	var there bool
	return notFound(tx.QueryRow(ctx, `SELECT true FROM connection WHERE id = $1 AND NOT removed`, id).Scan(&there))
}

func collectPeople(ctx context.Context, from querier, sql string, args ...any) ([]store.Person, error) {
	rows, err := from.Query(ctx, sql, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, scanPerson)
}

func scanPerson(row pgx.CollectableRow) (store.Person, error) {
	var p store.Person
	var slot []byte
	err := row.Scan(&p.ID, &p.Since, &p.Access, &p.Visible, &p.UserName, &p.Name, &p.Email, &p.Title, &p.Department, &p.Status,
		&p.View, &p.Source, &slot)
	met := sheet.DecodeSlot(slot)
	p.Times, p.Stale = met.Times, met.Stale
	return p, err
}

// halfColumns are the columns of a body that may be missing.
func halfColumns(body string) string {
	var columns []string
	for _, name := range []string{"user_name", "name", "email", "title", "department", "status"} {
		columns = append(columns, "coalesce("+body+"."+name+", '')")
	}
	return strings.Join(append(columns, body+".view", body+".source"), ", ")
}

// changeColumns are those of a change's versions, old and new, and their bodies.
var changeColumns = `old.id IS NOT NULL, new.id IS NOT NULL,
	coalesce(old.access, false), old.visible, ` + halfColumns("was") + `,
	coalesce(new.access, false), new.visible, ` + halfColumns("now")

// scanChange reads a change: its run, the person and [changeColumns].
func scanChange(row pgx.CollectableRow) (store.Change, error) {
	var c store.Change
	var before, after store.Version
	var stood, stands bool
	fields := func(v *store.Version) []any {
		return []any{&v.Access, &v.Visible, &v.UserName, &v.Name, &v.Email, &v.Title, &v.Department, &v.Status, &v.View, &v.Source}
	}
	err := row.Scan(append(append([]any{&c.Run, &c.ID, &stood, &stands}, fields(&before)...), fields(&after)...)...)
	if stood {
		c.Before, c.Kind = &before, store.Left
	}
	if stands {
		c.After, c.Kind = &after, store.Joined
	}
	if stood && stands {
		c.Kind = store.Changed
	}
	return c, err
}
