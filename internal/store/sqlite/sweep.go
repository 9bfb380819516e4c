package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"
)

// RemoveConnection implements [store.Store]. The connection is gone at once;
// its people go in chunks, and should that be interrupted, a Sweep goes on.
func (s *Store) RemoveConnection(ctx context.Context, id int64) error {
	err := s.marking(ctx, func(tx *sql.Tx) error {
		hidden, err := tx.ExecContext(ctx, "UPDATE connection SET name = NULL, hris = 0, secrets = NULL, config = NULL WHERE id = ? AND name IS NOT NULL", id)
		if err := orNotFound(hidden, err); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM notification WHERE connection_id = ?", id); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE run SET status = 'abandoned' WHERE connection_id = ? AND status = 'running'", id)
		return err
	})
	if err == nil {
		err = s.removeHidden(ctx, id)
	}
	if err != nil {
		return fmt.Errorf("removing connection %d: %w", id, err)
	}
	return nil
}

// removeHidden removes what a removed connection has brought, and its row last.
func (s *Store) removeHidden(ctx context.Context, id int64) error {
	if err := s.removeInChunks(ctx, allVersions, id); err != nil {
		return err
	}
	runs, err := runIDs(ctx, s.read, "r.connection_id = ?", id)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := s.removeSheets(ctx, run, math.MaxInt64); err != nil {
			return err
		}
	}
	return s.writing(ctx, func(tx *sql.Tx) error {
		for _, removal := range []string{
			"DELETE FROM note WHERE run_id IN (SELECT id FROM run WHERE connection_id = ?)",
			"DELETE FROM run WHERE connection_id = ?",
			"DELETE FROM connection WHERE id = ?",
		} {
			if _, err := tx.ExecContext(ctx, removal, id); err != nil {
				return err
			}
		}
		return nil
	})
}

// Sweep implements [store.Store]. A run that is removed takes along the
// versions that it closed, for nobody could ask for its changes.
func (s *Store) Sweep(ctx context.Context, closedBefore, runsBefore time.Time) error {
	err := s.sweepRemoved(ctx)
	if err == nil {
		err = s.sweepRuns(ctx, closedBefore, runsBefore)
	}
	if err != nil {
		return fmt.Errorf("removing what is past its retention: %w", err)
	}
	return nil
}

// sweepRemoved goes on with removals that were interrupted.
func (s *Store) sweepRemoved(ctx context.Context) error {
	rows, err := s.read.QueryContext(ctx, "SELECT id FROM connection WHERE name IS NULL")
	hidden, err := collect(rows, err, scanID)
	if err != nil {
		return err
	}
	for _, id := range hidden {
		if err := s.removeHidden(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// endedRun is a run that will not change any more.
type endedRun struct {
	id, connection int64
	finished       time.Time
	promoted       bool
	current        bool
}

// sweepRuns goes through the ended runs. That they have ended, and that one is
// no longer current, stays true whatever happens meanwhile.
func (s *Store) sweepRuns(ctx context.Context, closedBefore, runsBefore time.Time) error {
	rows, err := s.read.QueryContext(ctx, `
		SELECT r.id, r.connection_id, r.finished, r.status = 'promoted', r.id = c.generation
		FROM run r JOIN connection c ON c.id = r.connection_id
		WHERE r.status = 'promoted' OR `+deadRuns+` ORDER BY r.id`)
	ended, err := collect(rows, err, func(row scanner) (endedRun, error) {
		var r endedRun
		var finished int64
		err := row.Scan(&r.id, &r.connection, &finished, &r.promoted, &r.current)
		r.finished = moment(finished)
		return r, err
	})
	if err != nil {
		return err
	}
	for _, r := range ended {
		if err := s.sweepRun(ctx, r, closedBefore, runsBefore); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) sweepRun(ctx context.Context, r endedRun, closedBefore, runsBefore time.Time) error {
	if !r.current {
		if err := s.removeSheets(ctx, r.id, math.MaxInt64); err != nil {
			return err
		}
	}
	remove := !r.current && r.finished.Before(runsBefore)
	switch {
	case !r.promoted:
		if err := s.removeInChunks(ctx, stagedOf, r.connection, r.id); err != nil {
			return err
		}
	case remove || r.finished.Before(closedBefore):
		if _, err := s.write.ExecContext(ctx, "UPDATE run SET swept = 1 WHERE id = ? AND NOT swept", r.id); err != nil {
			return err
		}
		if err := s.removeInChunks(ctx, closedBy, r.connection, r.id); err != nil {
			return err
		}
	}
	if !remove {
		return nil
	}
	return s.writing(ctx, func(tx *sql.Tx) error {
		for _, removal := range []string{"DELETE FROM note WHERE run_id = ?", "DELETE FROM notification WHERE run_id = ?", "DELETE FROM run WHERE id = ?"} {
			if _, err := tx.ExecContext(ctx, removal, r.id); err != nil {
				return err
			}
		}
		return nil
	})
}
