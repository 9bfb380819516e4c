package sqlite

import (
	"context"
	"database/sql"
	"errors"

	"patchbay.example/internal/store"
)

// scanner is a row: of one, or the current of many.
type scanner interface{ Scan(into ...any) error }

// queryer is a pool or a transaction.
type queryer interface {
	QueryContext(ctx context.Context, query string, arguments ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, arguments ...any) *sql.Row
}

// collect reads all rows of a query; it takes the query's own error along.
func collect[T any](rows *sql.Rows, err error, scan func(scanner) (T, error)) ([]T, error) {
	if err != nil {
		return nil, err
	}
	var all []T
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, errors.Join(err, rows.Close())
		}
		all = append(all, one)
	}
	return all, errors.Join(rows.Err(), rows.Close())
}

// orNotFound is ErrNotFound when a statement touched no row.
func orNotFound(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if touched, err := result.RowsAffected(); err != nil || touched > 0 {
		return err
	}
	return store.ErrNotFound
}

// affected is how many rows a statement touched; it takes the statement's own
// error along.
func affected(result sql.Result, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}
