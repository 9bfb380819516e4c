package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// checkpointWait bounds how long forgetting waits for readers, so that the
// write-ahead log can be emptied.
const checkpointWait = 2 * time.Second

// Forget implements [store.Store]. What it removes is overwritten in the file
// and emptied from the write-ahead log. Single words of the name can stay in the
// index of words, without the person, until the index merges its segments.
func (s *Store) Forget(ctx context.Context, connection int64, id string) error {
	mentions, err := s.mentions(ctx, connection, id)
	if err == nil {
		err = s.writing(ctx, func(tx *sql.Tx) error {
			if err := known(ctx, tx, connection); err != nil {
				return err
			}
			return s.forget(ctx, tx, connection, id, mentions)
		})
	}
	if err != nil {
		return fmt.Errorf("forgetting person %.80q of connection %d: %w", id, connection, err)
	}
	s.emptyLog(ctx)
	return nil
}

// emptyLog takes what was overwritten out of the write-ahead log. When readers
// are in the way for long, a later checkpoint does it.
func (s *Store) emptyLog(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, checkpointWait)
	defer cancel()
	if _, err := s.write.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		s.log.WarnContext(ctx, "the write-ahead log could not be emptied yet", slog.Any("error", err))
	}
}

// mentions are the sheets that have an id of which the versions may say nothing
// any more, such as those of a run whose versions are being swept.
func (s *Store) mentions(ctx context.Context, connection int64, id string) ([]int64, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT s.id FROM run r CROSS JOIN sheet s ON s.id >= r.id << 32 AND s.id < (r.id + 1) << 32
		WHERE r.connection_id = ? AND instr(s.ids, CAST(? AS BLOB))`, connection, id)
	return collect(rows, err, scanID)
}

func (s *Store) forget(ctx context.Context, tx *sql.Tx, connection int64, id string, mentions []int64) error {
	rows, err := tx.QueryContext(ctx, "SELECT body_id FROM version WHERE connection_id = ? AND person_id = ?", connection, id)
	versions, err := collect(rows, err, scanID)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		UPDATE connection AS c SET forgotten = forgotten + 1, people = c.people - gone.people, with_access = c.with_access - gone.access
		FROM (
			SELECT count(*) AS people, coalesce(sum(v.access), 0) AS access
			FROM connection c CROSS JOIN version v ON `+seen+`
			WHERE c.id = ?1 AND v.person_id = ?2
		) AS gone WHERE c.id = ?1`, connection, id)
	if err != nil {
		return err
	}
	strange, err := affected(tx.ExecContext(ctx, `
		DELETE FROM stranger WHERE person_id = ? AND run_id IN (SELECT id FROM run WHERE connection_id = ?)`, id, connection))
	if err != nil {
		return err
	}
	met, err := s.eraseFromSheets(ctx, tx, connection, id, mentions)
	if err != nil {
		return err
	}
	set, err := forgetInSettings(ctx, tx, connection, id)
	if err != nil {
		return err
	}
	if len(versions) == 0 && strange == 0 && !met && !set {
		return store.ErrNotFound
	}
	if err := removeVersions(ctx, tx, versions); err != nil {
		return err
	}
	if err := forgetInPlans(ctx, tx, connection, id); err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "UPDATE people_view SET revision = revision + 1 WHERE EXISTS (SELECT 1 FROM connection WHERE id = ? AND hris)", connection)
	return err
}

// eraseFromSheets erases a person from the sheets that mention the id, and from
// those that their number leads to.
func (s *Store) eraseFromSheets(ctx context.Context, tx *sql.Tx, connection int64, id string, mentions []int64) (bool, error) {
	rows, err := tx.QueryContext(ctx, `
		SELECT DISTINCT r.id << 32 | v.number / 24 FROM version v JOIN run r ON r.connection_id = v.connection_id
		WHERE v.connection_id = ? AND v.person_id = ?`, connection, id)
	numbered, err := collect(rows, err, scanID)
	if err != nil {
		return false, err
	}
	rows, err = tx.QueryContext(ctx, "SELECT id, pass, slots, ids FROM sheet WHERE id IN (SELECT value FROM json_each(?))", jsonList(append(mentions, numbered...)))
	if err != nil {
		return false, err
	}
	erased := false
	found, err := scanSheetsOf(rows)
	for _, one := range found {
		if err != nil || !one.Erase(id) {
			continue
		}
		erased = true
		err = s.writeSheets(ctx, tx, one.run, []*sheet.Sheet{one.Sheet})
	}
	return erased, err
}

// forgetInPlans takes a person out of the plans of the connection's runs.
func forgetInPlans(ctx context.Context, tx *sql.Tx, connection int64, id string) error {
	planned, err := runsWhere(ctx, tx, "r.connection_id = ? AND r.plan IS NOT NULL", connection)
	if err != nil {
		return err
	}
	for _, run := range planned {
		plan, err := store.PlanWithout(run.Plan, id)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "UPDATE run SET plan = ? WHERE id = ?", plan, run.ID); err != nil {
			return err
		}
	}
	return nil
}
