package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// Compare implements [store.Store].
func (s *Store) Compare(ctx context.Context, f store.Fence) (store.Comparison, error) {
	var found store.Comparison
	err := s.reading(ctx, func(tx *sql.Tx) error {
		run, err := owned(ctx, tx, f)
		if err != nil {
			return err
		}
		found, err = compare(ctx, tx, run)
		return err
	})
	if err != nil {
		return store.Comparison{}, fmt.Errorf("comparing run %d: %w", f.Run, err)
	}
	return found, nil
}

// compare counts what promoting a run would do. Of those that stand it looks at
// the sheets, and up those only whom the run did not meet.
func compare(ctx context.Context, tx *sql.Tx, run store.Run) (store.Comparison, error) {
	var c store.Comparison
	err := tx.QueryRowContext(ctx, "SELECT people, with_access FROM connection WHERE id = ? AND generation = ?", run.ConnectionID, run.Base).
		Scan(&c.Stands, &c.StandsWithAccess)
	if err != nil && !errors.Is(err, sql.ErrNoRows) { // it is to be promoted on another base, and won't be
		return c, err
	}
	err = tx.QueryRowContext(ctx, `
		SELECT (SELECT coalesce(sum(met), 0) FROM sheet WHERE id >= ? AND id < ? AND pass = ?3) + (SELECT count(*) FROM stranger WHERE run_id = ? AND pass = ?3)`,
		sheetID(run.ID, 0), sheetID(run.ID+1, 0), run.Pass, run.ID).Scan(&c.Seen)
	if err != nil {
		return c, err
	}
	var missed, missedAccess int64
	err = unmet(ctx, tx, run, func(ids []string) error {
		var people, access int64
		err := tx.QueryRowContext(ctx, `SELECT count(*), coalesce(sum(v.access), 0) FROM `+standingOf, jsonList(ids), run.ConnectionID, run.Base).Scan(&people, &access)
		missed, missedAccess = missed+people, missedAccess+access
		return err
	})
	if err != nil {
		return c, err
	}
	var staged, stagedAccess, replacedAccess int64
	err = tx.QueryRowContext(ctx, `
		SELECT count(*), coalesce(sum(v.access), 0), count(o.person_id), coalesce(sum(o.access), 0)
		FROM version v INDEXED BY version_opened
		LEFT JOIN version o
			ON ?4 > 0 AND o.connection_id = v.connection_id AND o.person_id = v.person_id AND o.opened_by <= ?4 AND o.closed_by IS NULL
		WHERE v.connection_id = ?1 AND v.opened_by = ?2 AND (?3 = 1 OR `+metBy+`)`,
		run.ConnectionID, run.ID, run.Pass, run.Base).Scan(&staged, &stagedAccess, &c.Changed, &replacedAccess)
	if err != nil {
		return c, err
	}
	c.Added = staged - c.Changed
	c.Unchanged = c.Stands - missed - c.Changed
	c.WithAccess = c.StandsWithAccess + stagedAccess - replacedAccess
	if run.Unidentified == 0 {
		c.Removed = missed
		c.WithAccess -= missedAccess
	}
	return c, nil
}

// standingOf are the standing versions of a list of people.
const standingOf = `json_each(?1) j CROSS JOIN version v ON v.connection_id = ?2 AND v.person_id = j.value AND v.closed_by IS NULL AND v.opened_by <= ?3`

// unmetChunk bounds the ids that are looked up at once.
const unmetChunk = 1000

// unmet calls do with the ids of those whom the base has met and the run has not
// in its pass, a chunk at a time. None of them stands who is not among them.
func unmet(ctx context.Context, tx *sql.Tx, run store.Run, do func(ids []string) error) error {
	if run.Base == 0 {
		return nil
	}
	rows, err := tx.QueryContext(ctx, `
		SELECT b.seen & ~coalesce(s.seen, 0), b.ids FROM sheet b LEFT JOIN sheet s ON s.id = (?1 << 32 | (b.id & 0xffffffff)) AND s.pass = ?2
		WHERE b.id >= ?3 << 32 AND b.id < (?3 + 1) << 32 AND b.seen & ~coalesce(s.seen, 0) <> 0`, run.ID, run.Pass, run.Base)
	missing, err := collect(rows, err, func(row scanner) ([]string, error) {
		var bits int64
		var ids sql.RawBytes
		if err := row.Scan(&bits, &ids); err != nil {
			return nil, err
		}
		return sheet.IDsOf(bits, ids)
	})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(slices.Concat(missing...), unmetChunk) {
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}
