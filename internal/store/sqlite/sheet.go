package sqlite

import (
	"context"
	"database/sql"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// placeBits are those of a sheet's id that hold its place; the run's id is above
// them. A connection runs out of places when it has met a hundred thousand
// million people, and the file of runs after two thousand million.
const (
	placeBits = 32
	placeMask = 1<<placeBits - 1
)

// anyPass is in place of a pass, which counts from 1.
const anyPass = 0

func sheetID(run, place int64) int64 { return run<<placeBits | place }

// Conditions that a person v, a version, has a slot in the sheet s of a run, and,
// as one condition, that the run has met the person in a pass.
const (
	sheetOfGeneration = "s.id = (c.generation << 32 | v.number / 24)"
	metBy             = "EXISTS (SELECT 1 FROM sheet s WHERE s.id = (?2 << 32 | v.number / 24) AND s.pass = ?3 AND s.seen >> (v.number % 24) & 1)"
)

// sheetReader is a [sheet.Reader] of one snapshot.
type sheetReader struct {
	*Store
	tx  *sql.Tx
	run store.Run
}

// Base implements [sheet.Reader].
func (r sheetReader) Base(ctx context.Context, places []int64) ([]*sheet.Sheet, error) {
	return readSheets(ctx, r.tx.StmtContext(ctx, r.statements.sheetsAt), jsonList(idsOf(r.run.Base, places)), anyPass)
}

// BaseFrom implements [sheet.Reader].
func (r sheetReader) BaseFrom(ctx context.Context, place int64, n int) ([]*sheet.Sheet, error) {
	return readSheets(ctx, r.tx.StmtContext(ctx, r.statements.sheetsFrom), sheetID(r.run.Base, place), sheetID(r.run.Base+1, 0), n)
}

// Own implements [sheet.Reader].
func (r sheetReader) Own(ctx context.Context, places []int64) ([]*sheet.Sheet, error) {
	return readSheets(ctx, r.tx.StmtContext(ctx, r.statements.sheetsAt), jsonList(idsOf(r.run.ID, places)), r.run.Pass)
}

// Places implements [sheet.Reader].
func (r sheetReader) Places(ctx context.Context) ([]int64, error) {
	rows, err := r.tx.QueryContext(ctx, "SELECT id & ? FROM sheet WHERE id >= ? AND id < ? AND pass = ?",
		placeMask, sheetID(r.run.ID, 0), sheetID(r.run.ID+1, 0), r.run.Pass)
	return collect(rows, err, scanID)
}

// Versions implements [sheet.Reader].
func (r sheetReader) Versions(ctx context.Context, ids []string) (map[string]sheet.Person, error) {
	return r.scanVersions(r.tx.StmtContext(ctx, r.statements.openVersions).QueryContext(ctx, jsonList(ids), r.run.ConnectionID))
}

// versions is Versions within a write transaction.
func (r sheetReader) versions(ctx context.Context, ids []string) (map[string]sheet.Person, error) {
	return r.scanVersions(r.tx.QueryContext(ctx, openVersions, jsonList(ids), r.run.ConnectionID))
}

func (r sheetReader) scanVersions(rows *sql.Rows, err error) (map[string]sheet.Person, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close() //nolint:errcheck // rows.Err has it
	found := map[string]sheet.Person{}
	for rows.Next() {
		var id string
		var number, opened, body int64
		var visible []byte
		if err := rows.Scan(&id, &number, &opened, &body, &visible); err != nil {
			return nil, err
		}
		is := found[id]
		is.Number = number
		if opened == r.run.ID {
			is.Staged, is.Ref = visible, body
		} else if opened <= r.run.Base {
			is.Standing = visible
		}
		found[id] = is
	}
	return found, rows.Err()
}

func idsOf(run int64, places []int64) []int64 {
	ids := make([]int64, len(places))
	for i, place := range places {
		ids[i] = sheetID(run, place)
	}
	return ids
}

func readSheets(ctx context.Context, query *sql.Stmt, arguments ...any) ([]*sheet.Sheet, error) {
	rows, err := query.QueryContext(ctx, arguments...)
	if err != nil {
		return nil, err
	}
	return scanSheets(rows)
}

func scanSheets(rows *sql.Rows) ([]*sheet.Sheet, error) {
	found, err := scanSheetsOf(rows)
	sheets := make([]*sheet.Sheet, len(found))
	for i, one := range found {
		sheets[i] = one.Sheet
	}
	return sheets, err
}

// sheetOf is a sheet and its run.
type sheetOf struct {
	*sheet.Sheet
	run int64
}

func scanSheetsOf(rows *sql.Rows) ([]sheetOf, error) {
	defer rows.Close() //nolint:errcheck // rows.Err has it
	var found []sheetOf
	for rows.Next() {
		var id, pass int64
		var slots, ids sql.RawBytes
		if err := rows.Scan(&id, &pass, &slots, &ids); err != nil {
			return nil, err
		}
		one, err := sheet.Decode(id&placeMask, pass, slots, ids)
		if err != nil {
			return nil, err
		}
		found = append(found, sheetOf{one, id >> placeBits})
	}
	return found, rows.Err()
}

// writeSheets writes sheets of a run, in place of those that are there.
func (s *Store) writeSheets(ctx context.Context, tx *sql.Tx, run int64, sheets []*sheet.Sheet) error {
	write := tx.StmtContext(ctx, s.statements.writeSheet)
	for _, one := range sheets {
		slots, ids := one.Encode()
		if _, err := write.ExecContext(ctx, sheetID(run, one.Place), one.Pass, one.Met(), one.Seen(), slots, ids); err != nil {
			return err
		}
	}
	return nil
}

// sheetAt is a run's sheet at a place, of a pass; an empty one where there is
// none.
func (s *Store) sheetAt(ctx context.Context, tx *sql.Tx, run, place, pass int64) (*sheet.Sheet, error) {
	rows, err := tx.QueryContext(ctx, "SELECT id, pass, slots, ids FROM sheet WHERE id = ?", sheetID(run, place))
	if err != nil {
		return nil, err
	}
	found, err := scanSheets(rows)
	if err != nil {
		return nil, err
	}
	if len(found) == 0 || pass != anyPass && found[0].Pass != pass {
		return sheet.Of(place, pass), nil
	}
	return found[0], nil
}
