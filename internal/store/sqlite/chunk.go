package sqlite

import (
	"context"
	"database/sql"
)

// What is removed is removed in transactions of so many rows, so that none
// holds the write connection longer than 200 ms on slow disks: a version takes
// its body and its words along, a sheet has 2 KB.
const (
	versionChunk  = 500
	sheetChunk    = 500
	strangerChunk = 5000
)

// attempts bounds how often a page is compared again, or the way of a promotion
// cleared again, because somebody changed what it was based on. Each time
// somebody else got on; five in a row are no accident.
const attempts = 5

// The ended runs that were not promoted: nothing that they staged will ever be
// seen. As a condition on r.
const deadRuns = "r.status IN ('failed', 'abandoned', 'discarded', 'superseded')"

// What to remove: conditions on v, after the index that finds it.
const (
	stagedOf    = "version v INDEXED BY version_opened WHERE v.connection_id = ?1 AND v.opened_by = ?2"
	stagedUnmet = stagedOf + " AND NOT " + metBy
	closedBy    = "version v INDEXED BY version_closed WHERE v.connection_id = ?1 AND v.closed_by = ?2"
	allVersions = "version v WHERE v.connection_id = ?1"
)

// removeInChunks removes the versions that a condition names, with their words.
func (s *Store) removeInChunks(ctx context.Context, from string, arguments ...any) error {
	for {
		rows, err := s.read.QueryContext(ctx, "SELECT v.body_id FROM "+from+" LIMIT ?4", append(fourth(arguments), versionChunk)...)
		ids, err := collect(rows, err, scanID)
		if err != nil || len(ids) == 0 {
			return err
		}
		if err := s.writing(ctx, func(tx *sql.Tx) error { return removeVersions(ctx, tx, ids) }); err != nil {
			return err
		}
	}
}

// fourth pads arguments to three, so that a limit comes fourth.
func fourth(arguments []any) []any {
	padded := make([]any, 3, 4)
	copy(padded, arguments)
	return padded
}

// removeSheets removes whom a run met in the passes before one.
func (s *Store) removeSheets(ctx context.Context, run, pass int64) error {
	for {
		removed, err := affected(s.write.ExecContext(ctx, `
			DELETE FROM sheet WHERE id IN (SELECT id FROM sheet WHERE id >= ?1 << 32 AND id < (?1 + 1) << 32 AND pass < ?2 LIMIT ?3)`,
			run, pass, sheetChunk))
		if err != nil {
			return err
		}
		if removed < sheetChunk {
			break
		}
	}
	for {
		removed, err := affected(s.write.ExecContext(ctx, `
			DELETE FROM stranger WHERE (run_id, person_id) IN (SELECT run_id, person_id FROM stranger WHERE run_id = ?1 AND pass < ?2 LIMIT ?3)`,
			run, pass, strangerChunk))
		if err != nil || removed < strangerChunk {
			return err
		}
	}
}

// removeVersions removes versions by the ids of their bodies, with these and
// their words.
func removeVersions(ctx context.Context, tx *sql.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	list := jsonList(ids)
	for _, remove := range []string{
		"DELETE FROM body_words WHERE rowid IN (SELECT value FROM json_each(?))",
		"DELETE FROM version WHERE body_id IN (SELECT value FROM json_each(?))",
		"DELETE FROM body WHERE id IN (SELECT value FROM json_each(?))",
	} {
		if _, err := tx.ExecContext(ctx, remove, list); err != nil {
			return err
		}
	}
	return nil
}

// runIDs are the runs that a condition on r holds for.
func runIDs(ctx context.Context, from queryer, condition string, arguments ...any) ([]int64, error) {
	rows, err := from.QueryContext(ctx, "SELECT r.id FROM run r WHERE "+condition+" ORDER BY r.id", arguments...)
	return collect(rows, err, scanID)
}

func scanID(row scanner) (int64, error) {
	var id int64
	err := row.Scan(&id)
	return id, err
}
