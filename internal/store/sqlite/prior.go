package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"errors"

	"patchbay.example/internal/store"
)

// priorState is what the store knows of a page's people.
type priorState struct {
	// changed are those whose source is another than the standing one's.
	changed map[string]struct{}
	// standing are the visible hashes of those of them who stand.
	standing map[string]string
	// staged are the versions that the run has written already.
	staged map[string]stagedVersion
}

type stagedVersion struct {
	body    int64
	visible string
}

// prior reads what is known of a page's people. A sighting of the current
// generation with a source's hash belongs to somebody who stands: promoting and
// forgetting see to it. So whoever is unchanged costs one look.
func (s *Store) prior(ctx context.Context, tx *sql.Tx, run store.Run, records []store.StagedRecord) (priorState, error) {
	var known priorState
	ids := make([]string, len(records))
	for i, r := range records {
		ids[i] = r.ID
	}
	list := jsonList(ids)
	err := errors.Join(
		s.readChanged(ctx, tx, run, records, list, &known),
		s.readStaged(ctx, tx, run, list, &known),
	)
	if err != nil || len(known.changed) == 0 || run.Base == 0 {
		return known, err
	}
	return known, s.readStanding(ctx, tx, run, &known)
}

// readChanged compares the hashes of the sources with the base's sightings.
func (s *Store) readChanged(ctx context.Context, tx *sql.Tx, run store.Run, records []store.StagedRecord, list string, known *priorState) error {
	unchanged := make([]bool, len(records))
	if run.Base > 0 {
		rows, err := tx.StmtContext(ctx, s.statements.baseSightings).QueryContext(ctx, list, run.Base)
		if err != nil {
			return err
		}
		defer rows.Close() //nolint:errcheck // rows.Err has it
		for rows.Next() {
			var at int
			var hash sql.RawBytes
			if err := rows.Scan(&at, &hash); err != nil {
				return err
			}
			unchanged[at] = bytes.Equal(hash, records[at].SourceHash)
		}
		if err := rows.Err(); err != nil {
			return err
		}
	}
	known.changed = map[string]struct{}{}
	for i, r := range records {
		if !unchanged[i] {
			known.changed[r.ID] = struct{}{}
		}
	}
	return nil
}

// readStaged finds the versions that the run has written of these people.
func (s *Store) readStaged(ctx context.Context, tx *sql.Tx, run store.Run, list string, known *priorState) error {
	var some bool
	err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM version WHERE connection_id = ? AND opened_by = ?)", run.ConnectionID, run.ID).Scan(&some)
	if err != nil || !some {
		return err
	}
	rows, err := tx.StmtContext(ctx, s.statements.stagedVersions).QueryContext(ctx, list, run.ConnectionID, run.ID)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err has it
	known.staged = map[string]stagedVersion{}
	for rows.Next() {
		var person string
		var v stagedVersion
		if err := rows.Scan(&person, &v.body, &v.visible); err != nil {
			return err
		}
		known.staged[person] = v
	}
	return rows.Err()
}

// readStanding reads what is seen of those whose source has changed.
func (s *Store) readStanding(ctx context.Context, tx *sql.Tx, run store.Run, known *priorState) error {
	ids := make([]string, 0, len(known.changed))
	for id := range known.changed {
		ids = append(ids, id)
	}
	rows, err := tx.StmtContext(ctx, s.statements.standingVersions).QueryContext(ctx, jsonList(ids), run.ConnectionID, run.Base)
	if err != nil {
		return err
	}
	defer rows.Close() //nolint:errcheck // rows.Err has it
	known.standing = map[string]string{}
	for rows.Next() {
		var person, visible string
		if err := rows.Scan(&person, &visible); err != nil {
			return err
		}
		known.standing[person] = visible
	}
	return rows.Err()
}
