package main

import (
	"context"
	"database/sql"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// batch is how many people a bulk load writes in a transaction.
	batch = 1000
	// What the loaded rows belong to; nobody reads them.
	loadedConnection, loadedRun = 1, 1
)

// batches calls do for each batch, from first until before after.
func batches(n int, do func(first, after int) error) error {
	for first := 0; first < n; first += batch {
		if err := do(first, min(first+batch, n)); err != nil {
			return err
		}
	}
	return nil
}

// loadSQLite writes the rows with prepared statements, the fastest way that
// SQLite has.
func loadSQLite(ctx context.Context, pool *sql.DB, p *people) error {
	return batches(len(p.words), func(first, after int) error {
		tx, err := pool.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		if err := loadBatch(ctx, tx, p, first, after); err != nil {
			return errors.Join(err, tx.Rollback())
		}
		return tx.Commit()
	})
}

func loadBatch(ctx context.Context, tx *sql.Tx, p *people, first, after int) error {
	for _, table := range []struct {
		insert string
		row    func(person int) []any
	}{
		{"INSERT INTO body (id, user_name, name, email, title, department, status, view, source) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", func(i int) []any {
			v := p.versions[0][i]
			return []any{i + 1, v.UserName, v.Name, v.Email, v.Title, v.Department, v.Status, v.View, v.Source}
		}},
		{"INSERT INTO version (connection_id, person_id, opened_by, body_id, access, visible) VALUES (?, ?, ?, ?, ?, ?)", func(i int) []any {
			v := p.versions[0][i]
			return []any{loadedConnection, id(i), loadedRun, i + 1, v.Access, v.Visible}
		}},
		{"INSERT INTO body_words (rowid, words) VALUES (?, ?)", func(i int) []any { return []any{i + 1, p.words[i]} }},
		{`INSERT INTO sighting (run_id, person_id, pass, source_hash, last_login, password_changed, last_updated, stale) VALUES (?, ?, 1, ?, ?, 0, ?, 0)`, func(i int) []any {
			r := p.record(i, cases[0])
			return []any{loadedRun, r.ID, r.SourceHash, r.Times.LastLogin.UnixMilli(), r.Times.LastUpdated.UnixMilli()}
		}},
	} {
		insert, err := tx.PrepareContext(ctx, table.insert)
		if err != nil {
			return err
		}
		for i := first; i < after && err == nil; i++ {
			_, err = insert.ExecContext(ctx, table.row(i)...)
		}
		if err := errors.Join(err, insert.Close()); err != nil {
			return err
		}
	}
	return nil
}

// loadPostgres writes the rows with COPY, the fastest way that PostgreSQL has.
func loadPostgres(ctx context.Context, pool *pgxpool.Pool, p *people) error {
	return batches(len(p.words), func(first, after int) error {
		return pgx.BeginFunc(ctx, pool, func(tx pgx.Tx) error { return copyBatch(ctx, tx, p, first, after) })
	})
}

func copyBatch(ctx context.Context, tx pgx.Tx, p *people, first, after int) error {
	for _, table := range []struct {
		name    string
		columns []string
		row     func(person int) []any
	}{
		{"version", []string{"id", "connection_id", "person_id", "opened_by", "replaces", "access", "visible"}, func(i int) []any {
			v := p.versions[0][i]
			return []any{i + 1, loadedConnection, id(i), loadedRun, false, v.Access, v.Visible}
		}},
		{"body", []string{"version_id", "user_name", "name", "email", "title", "department", "status", "search", "view", "source"}, func(i int) []any {
			v := p.versions[0][i]
			return []any{i + 1, v.UserName, v.Name, v.Email, v.Title, v.Department, v.Status, p.words[i], v.View, v.Source}
		}},
		{"sighting", []string{"run_id", "person_id", "pass", "source_hash", "last_login", "last_updated", "stale"}, func(i int) []any {
			r := p.record(i, cases[0])
			return []any{loadedRun, r.ID, 1, r.SourceHash, r.Times.LastLogin.UnixMilli(), r.Times.LastUpdated.UnixMilli(), false}
		}},
	} {
		rows := pgx.CopyFromSlice(after-first, func(i int) ([]any, error) { return table.row(first + i), nil })
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{table.name}, table.columns, rows); err != nil {
			return err
		}
	}
	return nil
}
