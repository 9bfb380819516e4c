package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// Compare implements [store.Store].
func (s *Store) Compare(ctx context.Context, f store.Fence) (store.Comparison, error) {
	var compared store.Comparison
	err := s.read(ctx, fmt.Sprintf("compare run %d", f.Run), func(tx pgx.Tx) error {
		run, err := oneRun(ctx, tx, `SELECT `+runColumns+` FROM run`+owned, f.Run, f.Epoch)
		if errors.Is(err, store.ErrNotFound) {
			return store.ErrFenced
		}
		if err != nil {
			return err
		}
		compared, err = compare(ctx, tx, run)
		return err
	})
	return compared, err
}

// compare counts what promoting a run would do. Of those that stand it looks at
// the sheets, and up those only whom the run did not meet.
func compare(ctx context.Context, tx pgx.Tx, run store.Run) (store.Comparison, error) {
	var c store.Comparison
	err := tx.QueryRow(ctx, `SELECT people, with_access FROM connection WHERE id = $1 AND generation = $2`, run.ConnectionID, run.Base).
		Scan(&c.Stands, &c.StandsWithAccess)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) { // it is to be promoted on another base, and won't be
		return c, err
	}
	err = tx.QueryRow(ctx, `SELECT (SELECT coalesce(sum(met), 0) FROM sheet WHERE run_id = $1 AND pass = $2)::bigint
			+ (SELECT count(*) FROM stranger WHERE run_id = $1 AND pass = $2)`, run.ID, run.Pass).Scan(&c.Seen)
	if err != nil {
		return c, err
	}
	var missed, missedAccess int64
	err = eachUnmet(ctx, tx, run, func(ids []string) error {
		var people, access int64
		err := tx.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE access) FROM `+standingOf, run.ConnectionID, run.Base, ids).Scan(&people, &access)
		missed, missedAccess = missed+people, missedAccess+access
		return err
	})
	if err != nil {
		return c, err
	}
	var stagedAccess, replacedAccess int64
	err = tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE NOT replaces), count(*) FILTER (WHERE replaces), count(*) FILTER (WHERE access),
			count(*) FILTER (WHERE replaces AND (SELECT old.access FROM version old WHERE old.connection_id = $1 AND old.person_id = staged.person_id
				AND old.closed_by IS NULL AND old.opened_by <= $4))
		FROM (SELECT * FROM version WHERE connection_id = $1 AND opened_by = $2 AND ($3 = 1 OR `+metBy("version")+` IS TRUE) OFFSET 0) AS staged`,
		run.ConnectionID, run.ID, run.Pass, run.Base).Scan(&c.Added, &c.Changed, &stagedAccess, &replacedAccess)
	if err != nil {
		return c, err
	}
	c.Unchanged = c.Stands - missed - c.Changed
	c.WithAccess = c.StandsWithAccess + stagedAccess - replacedAccess
	if run.Unidentified == 0 {
		c.Removed = missed
		c.WithAccess -= missedAccess
	}
	return c, nil
}

// standingOf are the standing versions, of the connection $1 as of the run $2, of
// people $3.
const standingOf = `unnest($3::text[]) AS given (person_id) CROSS JOIN LATERAL (
	SELECT id, access FROM version WHERE connection_id = $1 AND person_id = given.person_id AND closed_by IS NULL AND opened_by <= $2 OFFSET 0) AS v`

// unmetChunk bounds the ids that are looked up at once.
const unmetChunk = 1000

// missing are the sheets of the run $1 that stands, with a bit for each person
// whom the run $2 has not met in its pass $3. The bits of the other run are a
// value, not a join: see metBy.
const missing = `(SELECT b.place, b.ids, b.seen & ~coalesce((SELECT s.seen FROM sheet s WHERE s.run_id = $2 AND s.place = b.place AND s.pass = $3), 0) AS bits
	FROM sheet b WHERE b.run_id = $1 OFFSET 0) AS missing WHERE bits <> 0 ORDER BY place`

// eachUnmet calls do with the ids of those whom the base has met and the run has
// not in its pass, a chunk at a time. None of them stands who is not among them.
func eachUnmet(ctx context.Context, tx pgx.Tx, run store.Run, do func(ids []string) error) error {
	rows, err := tx.Query(ctx, `SELECT bits, ids FROM `+missing, run.Base, run.ID, run.Pass)
	if err != nil {
		return err
	}
	var unmet []string
	var bits int64
	var ids []byte
	_, err = pgx.ForEachRow(rows, []any{&bits, &ids}, func() error {
		some, err := sheet.IDsOf(bits, ids)
		unmet = append(unmet, some...)
		return err
	})
	if err != nil {
		return err
	}
	for part := range slices.Chunk(unmet, unmetChunk) {
		if err := do(part); err != nil {
			return err
		}
	}
	return nil
}
