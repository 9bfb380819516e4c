package postgres

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"patchbay.example/internal/store"
)

const (
	// versionChunk, sheetChunk and rowChunk are how many rows one transaction
	// deletes: some tens of milliseconds, for a version takes its body and the
	// search index's entries with it, and a sheet has 2 KB.
	versionChunk = 1000
	sheetChunk   = 1000
	rowChunk     = 5000
)

// dead is the condition of a run that will never be promoted any more.
const dead = `run.status IN ('failed', 'abandoned', 'discarded', 'superseded')`

// Sweep implements [store.Store].
func (s *Store) Sweep(ctx context.Context, closedBefore, runsBefore time.Time) error {
	return s.explain("sweep the store", s.sweep(ctx, closedBefore, runsBefore))
}

func (s *Store) sweep(ctx context.Context, closedBefore, runsBefore time.Time) error {
	if err := s.sweepRemoved(ctx); err != nil {
		return err
	}
	if err := s.sweepVersions(ctx, dead); err != nil {
		return err
	}
	// A promoted run that is not current any more never is again.
	err := s.sweepSheets(ctx, dead+` OR run.status = 'promoted' AND run.id <> (SELECT generation FROM connection WHERE id = run.connection_id)`)
	if err != nil {
		return err
	}
	// The oldest go first: a change of which half is gone shows by what is left.
	err = s.inChunks(ctx, deleteVersions(`id = ANY(ARRAY(SELECT id FROM version WHERE closed_at < $1 ORDER BY closed_at LIMIT $2 FOR UPDATE))`),
		closedBefore.UnixMilli(), versionChunk)
	if err != nil {
		return err
	}
	err = s.inChunks(ctx, `DELETE FROM run WHERE id IN (SELECT run.id FROM run JOIN connection c ON c.id = run.connection_id
			WHERE run.finished < $1 AND run.status NOT IN ('running', 'held') AND run.id <> c.generation
				AND NOT EXISTS (SELECT FROM sheet WHERE run_id = run.id) AND NOT EXISTS (SELECT FROM stranger WHERE run_id = run.id)
				AND (run.status = 'promoted' OR NOT EXISTS (SELECT FROM version WHERE connection_id = run.connection_id AND opened_by = run.id))
			ORDER BY run.id LIMIT $2 FOR UPDATE OF run)`, runsBefore.UnixMilli(), rowChunk)
	if err != nil {
		return err
	}
	return s.sweepTold(ctx)
}

// sweepTold deletes logs and notifications of runs that are gone.
func (s *Store) sweepTold(ctx context.Context) error {
	for _, table := range []string{"note", "notification"} {
		err := s.inChunks(ctx, `DELETE FROM `+table+` WHERE id IN (SELECT id FROM `+table+` t
			WHERE NOT EXISTS (SELECT FROM run WHERE run.id = t.run_id) ORDER BY id LIMIT $1 FOR UPDATE)`, rowChunk)
		if err != nil {
			return err
		}
	}
	return nil
}

// sweepRemoved deletes what removed connections brought, and then them.
func (s *Store) sweepRemoved(ctx context.Context) error {
	const removed = `connection_id IN (SELECT id FROM connection WHERE removed)`
	if err := s.sweepSheets(ctx, removed); err != nil {
		return err
	}
	err := s.inChunks(ctx, deleteVersions(`id = ANY(ARRAY(SELECT v.id FROM connection c JOIN version v ON v.connection_id = c.id
		WHERE c.removed LIMIT $1 FOR UPDATE OF v))`), versionChunk)
	if err != nil {
		return err
	}
	err = s.inChunks(ctx, `DELETE FROM run WHERE id IN (SELECT id FROM run WHERE `+removed+` ORDER BY id LIMIT $1 FOR UPDATE)`, rowChunk)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, `DELETE FROM connection c WHERE removed AND NOT EXISTS (SELECT FROM run WHERE connection_id = c.id)`)
	if err != nil {
		return err
	}
	return s.sweepTold(ctx)
}

// sweepBefore deletes what must be gone before the run is promoted: what the
// connection's dead runs staged, and what the run's own earlier passes left.
func (s *Store) sweepBefore(ctx context.Context, run store.Run) error {
	if err := s.sweepVersions(ctx, dead+` AND run.connection_id = $1`, run.ConnectionID); err != nil {
		return err
	}
	if run.Pass == 1 {
		return nil
	}
	err := s.inChunks(ctx, deleteVersions(`id = ANY(ARRAY(SELECT v.id FROM version v WHERE v.connection_id = $1 AND v.opened_by = $2
		AND `+metBy("v")+` IS NOT TRUE ORDER BY v.person_id LIMIT $4 FOR UPDATE))`), run.ConnectionID, run.ID, run.Pass, versionChunk)
	if err != nil {
		return err
	}
	return s.sweepPasses(ctx, run.ID, run.Pass)
}

// sweepPasses deletes whom a run met in the passes before one.
func (s *Store) sweepPasses(ctx context.Context, run, pass int64) error {
	err := s.inChunks(ctx, `DELETE FROM sheet WHERE run_id = $1 AND place = ANY(ARRAY(SELECT place FROM sheet
		WHERE run_id = $1 AND pass < $2 ORDER BY place LIMIT $3 FOR UPDATE))`, run, pass, sheetChunk)
	if err != nil {
		return err
	}
	return s.inChunks(ctx, `DELETE FROM stranger WHERE run_id = $1 AND person_id = ANY(ARRAY(SELECT person_id FROM stranger
		WHERE run_id = $1 AND pass < $2 ORDER BY person_id LIMIT $3 FOR UPDATE))`, run, pass, rowChunk)
}

// sweepVersions deletes what the runs of a condition have opened.
func (s *Store) sweepVersions(ctx context.Context, condition string, args ...any) error {
	runs, err := s.runsOf(ctx, `(`+condition+`) AND EXISTS (SELECT FROM version WHERE connection_id = run.connection_id AND opened_by = run.id)`, args...)
	if err != nil {
		return err
	}
	for _, run := range runs {
		err := s.inChunks(ctx, deleteVersions(`id = ANY(ARRAY(SELECT id FROM version WHERE connection_id = $1 AND opened_by = $2
			ORDER BY person_id LIMIT $3 FOR UPDATE))`), run.connection, run.id, versionChunk)
		if err != nil {
			return err
		}
	}
	return nil
}

// sweepSheets deletes whom the runs of a condition met.
func (s *Store) sweepSheets(ctx context.Context, condition string) error {
	runs, err := s.runsOf(ctx, `(`+condition+`) AND (EXISTS (SELECT FROM sheet WHERE run_id = run.id) OR EXISTS (SELECT FROM stranger WHERE run_id = run.id))`)
	if err != nil {
		return err
	}
	for _, run := range runs {
		if err := s.sweepPasses(ctx, run.id, math.MaxInt64); err != nil {
			return err
		}
	}
	return nil
}

// sweptRun names a run of which something is left.
type sweptRun struct{ id, connection int64 }

func (s *Store) runsOf(ctx context.Context, condition string, args ...any) ([]sweptRun, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, connection_id FROM run WHERE `+condition+` ORDER BY id`, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (sweptRun, error) {
		var r sweptRun
		return r, row.Scan(&r.id, &r.connection)
	})
}

// inChunks repeats a statement, each time in a transaction of its own, until it
// finds nothing more.
func (s *Store) inChunks(ctx context.Context, sql string, args ...any) error {
	for {
		var tag pgconn.CommandTag
		tag, err := s.pool.Exec(ctx, sql, args...)
		if err != nil {
			return fmt.Errorf("delete a chunk: %w", err)
		}
		if tag.RowsAffected() == 0 {
			return nil
		}
	}
}
