package postgres

import (
	"context"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// Note implements [store.Store].
func (s *Store) Note(ctx context.Context, run int64, n store.Note) error {
	return s.transact(ctx, fmt.Sprintf("note something about run %d", run), func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `INSERT INTO note (run_id, at, warning, text) SELECT id, $2, $3, $4 FROM run WHERE id = $1`,
			run, millis(n.At), n.Warning, store.NoteText(n.Text))
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		_, err = tx.Exec(ctx, `DELETE FROM note WHERE run_id = $1
			AND id <= (SELECT id FROM note WHERE run_id = $1 ORDER BY id DESC LIMIT 1 OFFSET $2)`, run, store.MaxNotes)
		return err
	})
}

// Notes implements [store.Store].
func (s *Store) Notes(ctx context.Context, run int64, limit int) ([]store.Note, error) {
	var notes []store.Note
	rows, err := s.pool.Query(ctx, `SELECT at, warning, text FROM note WHERE run_id = $1 ORDER BY id DESC LIMIT $2`, run, store.Limit(limit))
	if err == nil {
		notes, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Note, error) {
			var n store.Note
			var at *int64
			err := row.Scan(&at, &n.Warning, &n.Text)
			n.At = moment(at)
			return n, err
		})
	}
	slices.Reverse(notes)
	return notes, s.explain(fmt.Sprintf("read the log of run %d", run), err)
}
