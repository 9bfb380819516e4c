package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	"patchbay.example/internal/store"
)

// checkpointWait bounds how long forgetting waits for readers, so that the
// write-ahead log can be emptied.
const checkpointWait = 2 * time.Second

// Forget implements [store.Store]. What it removes is overwritten in the file
// and emptied from the write-ahead log. Single words of the name can stay in the
// index of words, without the person, until the index merges its segments.
func (s *Store) Forget(ctx context.Context, connection int64, id string) error {
	err := s.writing(ctx, func(tx *sql.Tx) error {
		if err := known(ctx, tx, connection); err != nil {
			return err
		}
		return forget(ctx, tx, connection, id)
	})
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

func forget(ctx context.Context, tx *sql.Tx, connection int64, id string) error {
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
	sightings, err := affected(tx.ExecContext(ctx, `
		DELETE FROM sighting WHERE person_id = ? AND run_id IN (SELECT id FROM run WHERE connection_id = ?)`, id, connection))
	if err != nil {
		return err
	}
	set, err := forgetInSettings(ctx, tx, connection, id)
	if err != nil {
		return err
	}
	if len(versions) == 0 && sightings == 0 && !set {
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
