package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"patchbay.example/internal/store"
)

// Note implements [store.Store].
func (s *Store) Note(ctx context.Context, run int64, n store.Note) error {
	err := s.writing(ctx, func(tx *sql.Tx) error {
		added, err := affected(tx.ExecContext(ctx, "INSERT INTO note (run_id, at, warning, text) SELECT id, ?, ?, ? FROM run WHERE id = ?",
			milliseconds(n.At), n.Warning, store.NoteText(n.Text), run))
		if err != nil || added == 0 {
			return err
		}
		_, err = tx.ExecContext(ctx, `
			DELETE FROM note WHERE run_id = ?1 AND id <= (SELECT id FROM note WHERE run_id = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)`,
			run, store.MaxNotes)
		return err
	})
	if err != nil {
		return fmt.Errorf("noting something about run %d: %w", run, err)
	}
	return nil
}

// Notes implements [store.Store].
func (s *Store) Notes(ctx context.Context, run int64, limit int) ([]store.Note, error) {
	rows, err := s.read.QueryContext(ctx, "SELECT at, warning, text FROM note WHERE run_id = ? ORDER BY id DESC LIMIT ?", run, store.Limit(limit))
	notes, err := collect(rows, err, func(row scanner) (store.Note, error) {
		var n store.Note
		var at int64
		err := row.Scan(&at, &n.Warning, &n.Text)
		n.At = moment(at)
		return n, err
	})
	if err != nil {
		return nil, fmt.Errorf("the log of run %d: %w", run, err)
	}
	slices.Reverse(notes)
	return notes, nil
}
