package postgres

import (
	"bytes"
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// Forget implements [store.Store]. A page that a run is about to store is
// compared anew, for it may rest on what is erased. The counts of the
// connection are right again at once.
func (s *Store) Forget(ctx context.Context, connection int64, id string) error {
	return s.transact(ctx, fmt.Sprintf("forget a person of connection %d", connection), func(tx pgx.Tx) error {
		if _, err := lockConnection(ctx, tx, connection); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `UPDATE run SET forgets = forgets + 1 WHERE connection_id = $1 AND status = 'running'`, connection)
		if err != nil {
			return err
		}
		found, err := erase(ctx, tx, connection, store.Text(id))
		if err != nil {
			return err
		}
		if !found {
			return store.ErrNotFound
		}
		_, err = tx.Exec(ctx, `UPDATE connection c SET (people, with_access) =
				(SELECT count(*), count(*) FILTER (WHERE access) FROM version WHERE connection_id = c.id AND closed_by IS NULL AND opened_by <= c.generation)
			WHERE id = $1`, connection)
		if err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE people_view SET revision = revision + 1 WHERE (SELECT hris FROM connection WHERE id = $1)`, connection)
		return err
	})
}

// erase deletes all that is known of a person, and reports whether there was
// anything.
func erase(ctx context.Context, tx pgx.Tx, connection int64, id string) (bool, error) {
	met, err := eraseFromSheets(ctx, tx, connection, id)
	if err != nil {
		return false, err
	}
	versions, err := tx.Exec(ctx, deleteVersions(`connection_id = $1 AND person_id = $2`), connection, id)
	if err != nil {
		return false, err
	}
	strange, err := tx.Exec(ctx, `DELETE FROM stranger USING run
		WHERE run.connection_id = $1 AND stranger.run_id = run.id AND stranger.person_id = $2`, connection, id)
	if err != nil {
		return false, err
	}
	planned, err := erasePlans(ctx, tx, connection, id)
	if err != nil {
		return false, err
	}
	set, err := eraseSettings(ctx, tx, connection, id)
	return met || versions.RowsAffected() > 0 || strange.RowsAffected() > 0 || planned || set, err
}

// eraseFromSheets erases a person from the sheets of the connection's runs, and
// reports whether one knew the person. It looks at all of them, for the versions,
// which have the number, may say nothing any more, such as those of a run whose
// versions are being swept; and locks those that it writes, lest one comes back
// that is being swept itself.
func eraseFromSheets(ctx context.Context, tx pgx.Tx, connection int64, id string) (bool, error) {
	rows, err := tx.Query(ctx, `SELECT `+sheetColumns+` FROM run JOIN sheet ON sheet.run_id = run.id
		WHERE run.connection_id = $1 AND position(convert_to($2, 'UTF8') IN sheet.ids) > 0
		ORDER BY sheet.run_id, sheet.place FOR UPDATE OF sheet`, connection, id)
	if err != nil {
		return false, err
	}
	found, err := pgx.CollectRows(rows, scanSheet)
	if err != nil {
		return false, err
	}
	erased := false
	for _, one := range found {
		if !one.Erase(id) { // it has a longer id that holds this one
			continue
		}
		erased = true
		if err := writeSheets(ctx, tx, one.run, one.Sheet); err != nil {
			return erased, err
		}
	}
	return erased, nil
}

// erasePlans takes a person out of the connection's plans.
func erasePlans(ctx context.Context, tx pgx.Tx, connection int64, id string) (bool, error) {
	rows, err := tx.Query(ctx, `SELECT id, plan FROM run WHERE connection_id = $1 AND plan IS NOT NULL`, connection)
	if err != nil {
		return false, err
	}
	var run int64
	var plan []byte
	changed := map[int64][]byte{}
	_, err = pgx.ForEachRow(rows, []any{&run, &plan}, func() error {
		// A plan that can't be read could mention anybody: it goes as a whole.
		if without, err := store.PlanWithout(plan, id); err != nil || !bytes.Equal(without, plan) {
			changed[run] = without
		}
		plan = nil
		return nil
	})
	if err != nil {
		return false, err
	}
	for run, plan := range changed {
		if _, err := tx.Exec(ctx, `UPDATE run SET plan = $2 WHERE id = $1`, run, plan); err != nil {
			return false, err
		}
	}
	return len(changed) > 0, nil
}
