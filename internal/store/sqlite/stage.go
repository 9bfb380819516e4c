package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"patchbay.example/internal/store"
)

// StagePage implements [store.Store]. It reads what the page is compared with,
// and computes what is new, before it takes the write connection; should the
// run or somebody in it have changed meanwhile, it begins again.
func (s *Store) StagePage(ctx context.Context, f store.Fence, p store.StagedPage) error {
	records, err := distinct(p.Records)
	if err != nil {
		return fmt.Errorf("a page of run %d: %w", f.Run, err)
	}
	for range attempts {
		var plan pagePlan
		plan, err = s.comparePage(ctx, f, records)
		if err == nil {
			err = s.writing(ctx, func(tx *sql.Tx) error { return s.storePage(ctx, tx, p, plan) })
		}
		if !errors.Is(err, errOutdated) {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("storing a page of run %d: %w", f.Run, err)
	}
	return nil
}

// pagePlan is what storing a page comes to.
type pagePlan struct {
	run       store.Run
	forgotten int64 // of the connection, when it was read
	records   []store.StagedRecord
	open      []opened // versions to write
	drop      []int64  // bodies of staged versions that no longer hold
}

// opened is a version to write.
type opened struct {
	person string
	store.Version
}

// errOutdated: what a page was compared with has changed.
var errOutdated = errors.New("the page was compared with something that has changed")

// distinct are a page's records, the later of two with the same id, by id: rows
// are then written in the order of their index.
func distinct(records []store.StagedRecord) ([]store.StagedRecord, error) {
	for _, r := range records {
		if !store.ValidID(r.ID) {
			return nil, fmt.Errorf("a record has an id of %d bytes, %.40q; an id is 1 to %d bytes of UTF-8 without NUL", len(r.ID), r.ID, store.MaxIDBytes)
		}
		if len(r.SourceHash) != store.HashBytes {
			return nil, fmt.Errorf("the source hash of %.40q has %d bytes instead of %d", r.ID, len(r.SourceHash), store.HashBytes)
		}
	}
	sorted := slices.Clone(records)
	slices.Reverse(sorted) // so that the later comes first
	slices.SortStableFunc(sorted, func(a, b store.StagedRecord) int { return cmp.Compare(a.ID, b.ID) })
	return slices.CompactFunc(sorted, func(a, b store.StagedRecord) bool { return a.ID == b.ID }), nil
}

// comparePage finds out what a page changes.
func (s *Store) comparePage(ctx context.Context, f store.Fence, records []store.StagedRecord) (pagePlan, error) {
	plan := pagePlan{records: records}
	var known priorState
	err := s.reading(ctx, func(tx *sql.Tx) error {
		var err error
		if plan.run, err = owned(ctx, tx, f); err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, "SELECT forgotten FROM connection WHERE id = ?", plan.run.ConnectionID).Scan(&plan.forgotten)
		if err != nil {
			return err
		}
		known, err = s.prior(ctx, tx, plan.run, records)
		return err
	})
	if err != nil {
		return plan, err
	}
	for _, r := range records {
		if err := plan.add(r, known); err != nil {
			return plan, err
		}
	}
	return plan, nil
}

// add plans for one record. A source that stands, or a state that stands,
// leaves no staged version; a state that is staged already stays as it is.
func (p *pagePlan) add(r store.StagedRecord, known priorState) error {
	staged, isStaged := known.staged[r.ID]
	if _, changed := known.changed[r.ID]; !changed {
		if isStaged {
			p.drop = append(p.drop, staged.body)
		}
		return nil
	}
	v := r.Version()
	if len(v.Visible) != store.HashBytes {
		return fmt.Errorf("the visible hash of %.40q has %d bytes instead of %d", r.ID, len(v.Visible), store.HashBytes)
	}
	visible := string(v.Visible)
	if isStaged && staged.visible == visible {
		return nil
	}
	if isStaged {
		p.drop = append(p.drop, staged.body)
	}
	if known.standing[r.ID] != visible {
		p.open = append(p.open, opened{r.ID, v})
	}
	return nil
}

// storePage writes a planned page.
func (s *Store) storePage(ctx context.Context, tx *sql.Tx, p store.StagedPage, plan pagePlan) error {
	run := plan.run
	cursor := store.Text(p.Cursor)
	advanced, err := affected(tx.StmtContext(ctx, s.statements.advance).ExecContext(ctx,
		cursor, cursor == "", len(p.Records), p.Bytes, milliseconds(p.LeaseUntil),
		run.ID, run.Epoch, run.Pass, run.Pages, run.Quarantined, plan.forgotten))
	if err != nil {
		return err
	}
	if advanced == 0 {
		if _, err := owned(ctx, tx, store.Fence{Run: run.ID, Epoch: run.Epoch}); err != nil {
			return err
		}
		return errOutdated
	}
	if err := removeVersions(ctx, tx, plan.drop); err != nil {
		return err
	}
	if err := s.writeVersions(ctx, tx, run, plan.open); err != nil {
		return err
	}
	return s.writeSightings(ctx, tx, run, plan.records)
}

// writeVersions writes a page's new versions with their words.
func (s *Store) writeVersions(ctx context.Context, tx *sql.Tx, run store.Run, open []opened) error {
	if len(open) == 0 {
		return nil
	}
	body, words := tx.StmtContext(ctx, s.statements.insertBody), tx.StmtContext(ctx, s.statements.insertWords)
	version := tx.StmtContext(ctx, s.statements.insertVersion)
	for _, v := range open {
		written, err := body.ExecContext(ctx,
			store.Text(v.UserName), store.Text(v.Name), store.Text(v.Email), store.Text(v.Title), store.Text(v.Department), store.Text(v.Status), v.View, v.Source)
		if err != nil {
			return err
		}
		id, err := written.LastInsertId()
		if err != nil {
			return err
		}
		if _, err := version.ExecContext(ctx, run.ConnectionID, v.person, run.ID, id, v.Access, v.Visible); err != nil {
			return err
		}
		if _, err := words.ExecContext(ctx, id, v.SearchText()); err != nil {
			return err
		}
	}
	return nil
}

// writeSightings writes a page's sightings, many rows a statement.
func (s *Store) writeSightings(ctx context.Context, tx *sql.Tx, run store.Run, records []store.StagedRecord) error {
	arguments := make([]any, 0, sightingRows*sightingColumns)
	for part := range slices.Chunk(records, sightingRows) {
		arguments = arguments[:0]
		for _, r := range part {
			arguments = append(arguments, run.ID, r.ID, run.Pass, r.SourceHash,
				milliseconds(r.Times.LastLogin), milliseconds(r.Times.PasswordChanged), milliseconds(r.Times.LastUpdated))
		}
		var err error
		if len(part) == sightingRows {
			_, err = tx.StmtContext(ctx, s.statements.insertSightings).ExecContext(ctx, arguments...)
		} else {
			_, err = tx.ExecContext(ctx, insertSightings(len(part)), arguments...)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
