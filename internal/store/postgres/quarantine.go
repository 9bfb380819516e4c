package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// Quarantine implements [store.Store]. A person who was met before in this pass
// keeps what was read then; otherwise the directory's last state stands. An id
// that no record may have counts as unreadable: the run then removes nobody.
func (s *Store) Quarantine(ctx context.Context, f store.Fence, q store.Quarantine) error {
	doing := fmt.Sprintf("quarantine a record of run %d", f.Run)
	identified := store.ValidID(q.ID)
	return s.transact(ctx, doing, func(tx pgx.Tx) error {
		run, err := oneRun(ctx, tx, `UPDATE run SET quarantined = quarantined + 1, lease_until = $3,
			unidentified = unidentified + CASE WHEN $4 THEN 1 ELSE 0 END`+owned+`RETURNING `+runColumns,
			f.Run, f.Epoch, q.LeaseUntil.UnixMilli(), !identified)
		if errors.Is(err, store.ErrNotFound) {
			return store.ErrFenced
		}
		if err != nil || !identified {
			return err
		}
		return meetUnread(ctx, tx, run, q.ID)
	})
}

// meetUnread notes that somebody's record could not be read. The slot carries the
// last good source's hash and times: of this pass, or else of the base.
func meetUnread(ctx context.Context, tx pgx.Tx, run store.Run, person string) error {
	known, err := sheetReader{tx, run}.Versions(ctx, []string{person})
	if err != nil {
		return err
	}
	is, ok := known[person]
	own := sheet.Of(0, run.Pass)
	at := is.Number % sheet.People
	if ok {
		if own, err = sheetAt(ctx, tx, run.ID, sheet.Place(is.Number), run.Pass); err != nil {
			return err
		}
	}
	slot := own.Slots[at]
	if !slot.Met {
		// What an earlier pass staged counts no more.
		if is.Staged != nil {
			if _, err := tx.Exec(ctx, deleteVersions(`id = $1`), is.Ref); err != nil {
				return err
			}
		}
		if is.Standing == nil {
			_, err := tx.Exec(ctx, `INSERT INTO stranger (run_id, person_id, pass) VALUES ($1, $2, $3)
				ON CONFLICT (run_id, person_id) DO UPDATE SET pass = excluded.pass`, run.ID, person, run.Pass)
			return err
		}
		base, err := sheetAt(ctx, tx, run.Base, own.Place, anyPass)
		if err != nil {
			return err
		}
		slot = base.Slots[at]
	}
	slot.Met, slot.Stale = true, true
	own.Set(is.Number, person, slot)
	return writeSheets(ctx, tx, run.ID, own)
}
