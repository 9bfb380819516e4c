// Package sqlite keeps an installation in one SQLite file: the engine of
// [patchbay.example/internal/store] that needs nothing installed.
//
// # Pools
//
// SQLite has one writer at a time. The write pool is one connection, and
// everything in the process that writes the file shares it
// ([Store.WritePool]), so that nobody meets a locked database; readers have
// connections of their own and, the file being in WAL mode, see the last commit
// whatever is being written. No write transaction but the promoting one is
// longer than a page or a chunk of it: see chunk.go for the limits.
//
// # Tables
//
// A version is a narrow row of the table version, with the run that wrote it and
// the one that closed it, and a row of body, which is written once: comparing
// and promoting touch no body. What was met is kept by number in sheets of 24
// people; see [patchbay.example/internal/store/sheet]. Search is an FTS5 index over folded words, with a body's id as
// its rowid. migrations/ holds the schema.
//
// # Order in promoting
//
// Readers tell versions by numbers alone, so no version of a dead run below the
// generation may be left when the generation moves. Promoting first removes
// those, in chunks, and looks once more inside of its transaction.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// Store is a store in a SQLite file. [Open] makes one.
type Store struct {
	path        string
	write, read *sql.DB
	log         *slog.Logger
	statements  statements
	books       sheet.Books
}

var _ store.Store = (*Store)(nil)

// WritePool is the pool of one connection through which everything in the
// process must write the file. It belongs to the store: Close closes it. Whoever
// holds its connection keeps runs from storing pages.
func (s *Store) WritePool() *sql.DB { return s.write }

// Close closes the file, once what is under way has ended.
func (s *Store) Close() error {
	return errors.Join(s.read.Close(), s.write.Close())
}

// writing runs a function in a write transaction, and commits what it did
// unless it returns an error.
func (s *Store) writing(ctx context.Context, do func(tx *sql.Tx) error) error {
	return within(ctx, s.write, do)
}

// reading runs a function over one snapshot.
func (s *Store) reading(ctx context.Context, do func(tx *sql.Tx) error) error {
	return within(ctx, s.read, do)
}

func within(ctx context.Context, pool *sql.DB, do func(tx *sql.Tx) error) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	if err := do(tx); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	return tx.Commit()
}

// ignoreDone drops the complaint of a transaction that its context has rolled
// back already.
func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
