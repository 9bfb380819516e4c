package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// anyPass is in place of a pass, which counts from 1.
const anyPass = 0

const sheetColumns = `sheet.run_id, sheet.place, sheet.pass, sheet.slots, sheet.ids`

// metBy is whether the run $2 has met, in its pass $3, the person of a version.
// As a value, not as a condition (add IS TRUE to make it one), it is looked up in
// the sheets' index for each row. As a condition it would be a join, and right
// after a load, before the server has gathered statistics, it takes such tables
// for tiny and joins them by comparing each row with each.
func metBy(version string) string {
	return `(SELECT (sheet.seen >> (` + version + `.number % 24)::int) & 1 = 1 FROM sheet
		WHERE sheet.run_id = $2 AND sheet.place = ` + version + `.number / 24 AND sheet.pass = $3)`
}

// sheetReader is a [sheet.Reader] of a run. What it reads is not of one moment:
// the run's row tells, when the page is written, whether that matters.
type sheetReader struct {
	from querier
	run  store.Run
}

// Base implements [sheet.Reader].
func (r sheetReader) Base(ctx context.Context, places []int64) ([]*sheet.Sheet, error) {
	return readSheets(ctx, r.from, `run_id = $1 AND place = ANY($2) ORDER BY place`, r.run.Base, places)
}

// BaseFrom implements [sheet.Reader].
func (r sheetReader) BaseFrom(ctx context.Context, place int64, n int) ([]*sheet.Sheet, error) {
	return readSheets(ctx, r.from, `run_id = $1 AND place >= $2 ORDER BY place LIMIT $3`, r.run.Base, place, n)
}

// Own implements [sheet.Reader].
func (r sheetReader) Own(ctx context.Context, places []int64) ([]*sheet.Sheet, error) {
	return readSheets(ctx, r.from, `run_id = $1 AND place = ANY($2) AND pass = $3 ORDER BY place`, r.run.ID, places, r.run.Pass)
}

// Places implements [sheet.Reader].
func (r sheetReader) Places(ctx context.Context) ([]int64, error) {
	rows, err := r.from.Query(ctx, `SELECT place FROM sheet WHERE run_id = $1 AND pass = $2`, r.run.ID, r.run.Pass)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// Versions implements [sheet.Reader].
func (r sheetReader) Versions(ctx context.Context, ids []string) (map[string]sheet.Person, error) {
	rows, err := r.from.Query(ctx, `SELECT v.person_id, v.number, v.opened_by, v.id, v.visible
		FROM unnest($2::text[]) AS given (person_id) CROSS JOIN LATERAL (
			SELECT * FROM version WHERE connection_id = $1 AND person_id = given.person_id AND closed_by IS NULL OFFSET 0) AS v`, r.run.ConnectionID, ids)
	if err != nil {
		return nil, err
	}
	found := map[string]sheet.Person{}
	var id string
	var number, opened, version int64
	var visible []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &number, &opened, &version, &visible}, func() error {
		is := found[id]
		is.Number = number
		if opened == r.run.ID {
			is.Staged, is.Ref = visible, version
		} else if opened <= r.run.Base {
			is.Standing = visible
		}
		found[id], visible = is, nil
		return nil
	})
	return found, err
}

// sheetOf is a sheet and its run.
type sheetOf struct {
	*sheet.Sheet
	run int64
}

func scanSheet(row pgx.CollectableRow) (sheetOf, error) {
	var run, place, pass int64
	var slots, ids []byte
	if err := row.Scan(&run, &place, &pass, &slots, &ids); err != nil {
		return sheetOf{}, err
	}
	one, err := sheet.Decode(place, pass, slots, ids)
	return sheetOf{one, run}, err
}

// readSheets reads the sheets of a condition.
func readSheets(ctx context.Context, from querier, condition string, args ...any) ([]*sheet.Sheet, error) {
	rows, err := from.Query(ctx, `SELECT `+sheetColumns+` FROM sheet WHERE `+condition, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (*sheet.Sheet, error) {
		one, err := scanSheet(row)
		return one.Sheet, err
	})
}

// sheetAt is a run's sheet at a place, of a pass; an empty one where there is
// none.
func sheetAt(ctx context.Context, tx pgx.Tx, run, place, pass int64) (*sheet.Sheet, error) {
	found, err := readSheets(ctx, tx, `run_id = $1 AND place = $2 AND $3::bigint IN (0, pass)`, run, place, pass)
	if err != nil || len(found) == 0 {
		return sheet.Of(place, pass), err
	}
	return found[0], nil
}

// queueSheets writes sheets of a run, in place of those that are there.
func queueSheets(batch *pgx.Batch, run int64, sheets []*sheet.Sheet) {
	if len(sheets) == 0 {
		return
	}
	places, passes, met, seen := make([]int64, len(sheets)), make([]int64, len(sheets)), make([]int64, len(sheets)), make([]int64, len(sheets))
	slots, ids := make([][]byte, len(sheets)), make([][]byte, len(sheets))
	for i, one := range sheets {
		places[i], passes[i], met[i], seen[i] = one.Place, one.Pass, int64(one.Met()), one.Seen()
		slots[i], ids[i] = one.Encode()
	}
	batch.Queue(`INSERT INTO sheet (run_id, place, pass, met, seen, slots, ids)
		SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bytea[], $7::bytea[])
		ON CONFLICT (run_id, place) DO UPDATE SET pass = excluded.pass, met = excluded.met, seen = excluded.seen,
			slots = excluded.slots, ids = excluded.ids`, run, places, passes, met, seen, slots, ids)
}

func writeSheets(ctx context.Context, tx pgx.Tx, run int64, sheets ...*sheet.Sheet) error {
	var batch pgx.Batch
	queueSheets(&batch, run, sheets)
	return tx.SendBatch(ctx, &batch).Close()
}
