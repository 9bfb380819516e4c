package sqlite

import (
	"context"
	"database/sql"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// Quarantine implements [store.Store]. An id that no record may have counts as
// unreadable: the run then removes nobody.
func (s *Store) Quarantine(ctx context.Context, f store.Fence, q store.Quarantine) error {
	identified := store.ValidID(q.ID)
	return s.fenced(ctx, f, "quarantining a record of", func(tx *sql.Tx, run store.Run) error {
		_, err := tx.ExecContext(ctx, `
			UPDATE run SET quarantined = quarantined + 1, unidentified = unidentified + ?, lease_until = ? WHERE id = ?`,
			!identified, milliseconds(q.LeaseUntil), run.ID)
		if err != nil || !identified {
			return err
		}
		return s.meetUnread(ctx, tx, run, q.ID)
	})
}

// meetUnread notes that somebody's record could not be read. The slot carries the
// last good source's hash and times: of this pass, or else of the base.
func (s *Store) meetUnread(ctx context.Context, tx *sql.Tx, run store.Run, person string) error {
	known, err := sheetReader{s, tx, run}.versions(ctx, []string{person})
	if err != nil {
		return err
	}
	is, ok := known[person]
	own := sheet.Of(0, run.Pass)
	at := is.Number % sheet.People
	if ok {
		if own, err = s.sheetAt(ctx, tx, run.ID, sheet.Place(is.Number), run.Pass); err != nil {
			return err
		}
	}
	slot := own.Slots[at]
	if !slot.Met {
		// What an earlier pass staged counts no more.
		if is.Staged != nil {
			if err := removeVersions(ctx, tx, []int64{is.Ref}); err != nil {
				return err
			}
		}
		if is.Standing == nil {
			_, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO stranger (run_id, person_id, pass) VALUES (?, ?, ?)", run.ID, person, run.Pass)
			return err
		}
		base, err := s.sheetAt(ctx, tx, run.Base, own.Place, anyPass)
		if err != nil {
			return err
		}
		slot = base.Slots[at]
	}
	slot.Met, slot.Stale = true, true
	own.Set(is.Number, person, slot)
	return s.writeSheets(ctx, tx, run.ID, []*sheet.Sheet{own})
}
