package main

import (
	"context"
	"database/sql"
	"errors"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/sqlite"
)

const (
	// batch is how many people a bulk load writes in a transaction.
	batch = 1000
	// insertRows is how many rows a statement inserts into SQLite: more are no
	// faster.
	insertRows = 50
)

// table is a table's rows, in memory. Rows are in the order in which the people
// were listed, so that a batch has the same people in each table; the ids of
// people are in no order there, as in Okta's lists.
type table struct {
	name    string
	columns []string
	listed  string // what follows FROM to read them in this order
	rows    [][]any
}

// loadOnce measures a bulk load.
func loadOnce(ctx context.Context, o order) (sample, error) {
	// A collector that walks the rows again and again would flatter what the
	// bulk load is the yardstick of.
	debug.SetGCPercent(-1)
	if o.Engine == sqliteName {
		return loadSQLite(ctx, o)
	}
	return loadPostgres(ctx, o)
}

// timeLoad times a load of all tables, batch by batch.
func timeLoad(tables []table, write func(part []table) error) (sample, error) {
	runtime.GC()
	cpu, began := ownTime(), time.Now()
	people := len(tables[0].rows)
	for first := 0; first < people; first += batch {
		part := slices.Clone(tables)
		for i := range part {
			part[i].rows = share(part[i].rows, first, min(first+batch, people), people)
		}
		if err := write(part); err != nil {
			return sample{}, err
		}
	}
	return sample{Wall: time.Since(began), CPU: ownTime() - cpu}, nil
}

// share are the rows that come with some of the people: as many of a hundred of a
// table that has a row for several of them.
func share(rows [][]any, first, end, people int) [][]any {
	return rows[len(rows)*first/people : len(rows)*end/people]
}

// loadSQLite inserts many rows a statement, the fastest way that SQLite has.
func loadSQLite(ctx context.Context, o order) (sample, error) {
	from, err := sqlite.Open(ctx, o.From, quiet)
	if err != nil {
		return sample{}, err
	}
	tables, err := readSQLite(ctx, from.WritePool())
	if err := errors.Join(err, from.Close()); err != nil {
		return sample{}, err
	}
	into, err := sqlite.Open(ctx, o.Database, quiet)
	if err != nil {
		return sample{}, err
	}
	s, err := timeLoad(tables, func(part []table) error { return insertBatch(ctx, into.WritePool(), part) })
	return s, errors.Join(err, into.Close())
}

// readSQLite reads what the first run wrote. The words of the search index can't
// be read back; they are those that the store makes of the bodies.
func readSQLite(ctx context.Context, db *sql.DB) ([]table, error) {
	tables := []table{
		{name: "body", columns: []string{"id", "user_name", "name", "email", "title", "department", "status", "view", "source"}, listed: "body ORDER BY id"},
		{name: "version", columns: []string{"connection_id", "person_id", "opened_by", "body_id", "access", "visible", "number"}, listed: "version ORDER BY body_id"},
		{name: "sheet", columns: []string{"id", "pass", "met", "seen", "slots", "ids"}, listed: "sheet ORDER BY id"},
	}
	for i := range tables {
		if err := tables[i].readSQLite(ctx, db); err != nil {
			return nil, err
		}
	}
	words := table{name: "body_words", columns: []string{"rowid", "words"}}
	for _, row := range tables[0].rows {
		v := store.Version{UserName: row[1].(string), Name: row[2].(string), Email: row[3].(string)}
		words.rows = append(words.rows, []any{row[0], v.SearchText()})
	}
	return append(tables, words), nil
}

func (t *table) readSQLite(ctx context.Context, db *sql.DB) error {
	found, err := db.QueryContext(ctx, "SELECT "+strings.Join(t.columns, ", ")+" FROM "+t.listed) //nolint:gosec // the names above
	if err != nil {
		return err
	}
	defer found.Close() //nolint:errcheck // found.Err has it
	for found.Next() {
		row, into := make([]any, len(t.columns)), make([]any, len(t.columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := found.Scan(into...); err != nil {
			return err
		}
		t.rows = append(t.rows, row)
	}
	return found.Err()
}

func insertBatch(ctx context.Context, pool *sql.DB, part []table) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	for _, t := range part {
		if err := t.insert(ctx, tx); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	return tx.Commit()
}

func (t table) insert(ctx context.Context, tx *sql.Tx) error {
	statement := func(n int) string {
		row := "(?" + strings.Repeat(", ?", len(t.columns)-1) + ")"
		return "INSERT INTO " + t.name + " (" + strings.Join(t.columns, ", ") + ") VALUES " + row + strings.Repeat(", "+row, n-1)
	}
	many, err := tx.PrepareContext(ctx, statement(insertRows))
	if err != nil {
		return err
	}
	for part := range slices.Chunk(t.rows, insertRows) {
		if len(part) == insertRows {
			_, err = many.ExecContext(ctx, slices.Concat(part...)...)
		} else {
			_, err = tx.ExecContext(ctx, statement(len(part)), slices.Concat(part...)...)
		}
		if err != nil {
			break
		}
	}
	return errors.Join(err, many.Close())
}

// loadPostgres copies, the fastest way that PostgreSQL has.
func loadPostgres(ctx context.Context, o order) (sample, error) {
	from, err := postgres.Open(ctx, o.From, quiet)
	if err != nil {
		return sample{}, err
	}
	tables, err := readPostgres(ctx, from.Pool())
	if err := errors.Join(err, from.Close()); err != nil {
		return sample{}, err
	}
	into, err := postgres.Open(ctx, o.Database, quiet)
	if err != nil {
		return sample{}, err
	}
	s, err := timeLoad(tables, func(part []table) error { return copyBatch(ctx, into.Pool(), part) })
	return s, errors.Join(err, into.Close())
}

func readPostgres(ctx context.Context, pool *pgxpool.Pool) ([]table, error) {
	tables := []table{
		{name: "version", columns: []string{"id", "connection_id", "person_id", "opened_by", "replaces", "access", "visible", "number"}, listed: "version ORDER BY id"},
		{name: "body", columns: []string{"version_id", "user_name", "name", "email", "title", "department", "status", "search", "view", "source"}, listed: "body ORDER BY version_id"},
		{name: "sheet", columns: []string{"run_id", "place", "pass", "met", "seen", "slots", "ids"}, listed: "sheet ORDER BY place"},
	}
	for i, t := range tables {
		found, err := pool.Query(ctx, "SELECT "+strings.Join(t.columns, ", ")+" FROM "+t.listed)
		if err != nil {
			return nil, err
		}
		tables[i].rows, err = pgx.CollectRows(found, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
		if err != nil {
			return nil, err
		}
	}
	return tables, nil
}

func copyBatch(ctx context.Context, pool *pgxpool.Pool, part []table) error {
	return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error {
		for _, t := range part {
			if _, err := tx.CopyFrom(ctx, pgx.Identifier{t.name}, t.columns, pgx.CopyFromRows(t.rows)); err != nil {
				return err
			}
		}
		return nil
	})
}
