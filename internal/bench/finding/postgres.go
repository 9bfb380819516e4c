package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/people/search"
)

// schema holds the table, and is dropped afterwards.
const schema = "patchbay_finding"

func trigrams(url string) way {
	return way{name: "PostgreSQL pg_trgm, word similarity", build: func(ctx context.Context, documents []search.Document) (finder, error) {
		conn, err := pgx.Connect(ctx, url)
		if err != nil {
			return nil, err
		}
		f := postgresFinder{conn}
		if err := f.fill(ctx, documents); err != nil {
			return nil, errors.Join(err, f.close(ctx))
		}
		return f, nil
	}}
}

type postgresFinder struct{ conn *pgx.Conn }

func (f postgresFinder) fill(ctx context.Context, documents []search.Document) error {
	for _, statement := range []string{
		`CREATE EXTENSION IF NOT EXISTS pg_trgm`,
		`CREATE SCHEMA ` + schema,
		`CREATE TABLE ` + schema + `.people (id int PRIMARY KEY, words text NOT NULL)`,
	} {
		if _, err := f.conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("create the table: %w", err)
		}
	}
	rows := pgx.CopyFromSlice(len(documents), func(i int) ([]any, error) {
		names, rest := indexed(&documents[i])
		return []any{i, names + " " + rest}, nil
	})
	if _, err := f.conn.CopyFrom(ctx, pgx.Identifier{schema, "people"}, []string{"id", "words"}, rows); err != nil {
		return err
	}
	for _, statement := range []string{
		`CREATE INDEX ON ` + schema + `.people USING gin (words gin_trgm_ops)`,
		`VACUUM (ANALYZE) ` + schema + `.people`,
	} {
		if _, err := f.conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("index the table: %w", err)
		}
	}
	return nil
}

// find compares trigrams, or from the beginning of a word a text that has none.
func (f postgresFinder) find(ctx context.Context, text string) ([]int32, error) {
	text = folded(text)
	if text == "" {
		return nil, nil
	}
	query := `SELECT id FROM ` + schema + `.people WHERE $1 <% words ORDER BY $1 <<-> words, id LIMIT $2`
	if len([]rune(strings.ReplaceAll(text, " ", ""))) < 3 {
		query = `SELECT id FROM ` + schema + `.people WHERE ' ' || words LIKE '% ' || $1 || '%' LIMIT $2`
	}
	rows, err := f.conn.Query(ctx, query, text, hits)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int32])
}

func (f postgresFinder) size(ctx context.Context) (memory, disk int64, err error) {
	err = f.conn.QueryRow(ctx, `SELECT pg_total_relation_size('`+schema+`.people')`).Scan(&disk)
	return 0, disk, err
}

func (f postgresFinder) close(ctx context.Context) error {
	_, err := f.conn.Exec(ctx, `DROP SCHEMA IF EXISTS `+schema+` CASCADE`)
	return errors.Join(err, f.conn.Close(ctx))
}
