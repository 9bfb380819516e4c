package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// maxPromotions is how often a promotion sweeps anew because something was left:
// nothing stages for a dead run, so that once should do.
const maxPromotions = 3

// errIncomplete: the last page is missing.
var errIncomplete = errors.New("the run is not complete: only a whole listing can replace the directory")

// errLeftovers: what dead runs staged is not all swept yet.
var errLeftovers = errors.New("what earlier runs staged was not swept in time: sync again")

// Compare implements [store.Store].
func (s *Store) Compare(ctx context.Context, f store.Fence) (store.Comparison, error) {
	var compared store.Comparison
	err := s.read(ctx, fmt.Sprintf("compare run %d", f.Run), func(tx pgx.Tx) error {
		run, err := oneRun(ctx, tx, `SELECT `+runColumns+` FROM run`+owned, f.Run, f.Epoch)
		if errors.Is(err, store.ErrNotFound) {
			return store.ErrFenced
		}
		if err != nil {
			return err
		}
		compared, err = compare(ctx, tx, run)
		return err
	})
	return compared, err
}

// Promote implements [store.Store]. A run that is not complete is refused.
func (s *Store) Promote(ctx context.Context, f store.Fence, now time.Time) (store.Run, error) {
	run, err := s.promote(ctx, now, func(tx pgx.Tx) (store.Run, error) { return lockOwned(ctx, tx, f) })
	return run, s.explain(fmt.Sprintf("promote run %d", f.Run), err)
}

// Approve implements [store.Store].
func (s *Store) Approve(ctx context.Context, id int64, now time.Time) (store.Run, error) {
	run, err := s.promote(ctx, now, func(tx pgx.Tx) (store.Run, error) { return lockHeld(ctx, tx, id, now) })
	return run, s.explain(fmt.Sprintf("approve run %d", id), err)
}

// promote ends whatever the run replaces, sweeps what dead runs staged, in
// chunks, and makes the run the current generation in one transaction, in which
// nothing may be left to sweep: it would come to light. lock locks the
// connection and the run and says whether the run may be promoted.
func (s *Store) promote(ctx context.Context, now time.Time, lock func(pgx.Tx) (store.Run, error)) (store.Run, error) {
	var run store.Run
	err := errLeftovers
	for attempt := 0; attempt < maxPromotions && errors.Is(err, errLeftovers); attempt++ {
		err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			var err error
			run, err = lockPromotable(ctx, tx, lock)
			return err
		})
		if err != nil {
			return run, err
		}
		if err := s.sweepBefore(ctx, run); err != nil {
			return run, err
		}
		err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
			if run, err = lockPromotable(ctx, tx, lock); err != nil {
				return err
			}
			run, err = moveGeneration(ctx, tx, run, now)
			return err
		})
	}
	return run, err
}

// lockPromotable locks what promoting needs, and supersedes the held runs.
func lockPromotable(ctx context.Context, tx pgx.Tx, lock func(pgx.Tx) (store.Run, error)) (store.Run, error) {
	run, err := lock(tx)
	if err != nil {
		return run, err
	}
	generation, err := lockConnection(ctx, tx, run.ConnectionID)
	switch {
	case err != nil:
		return run, err
	case generation != run.Base:
		return run, store.ErrBaseMoved
	case !run.Complete:
		return run, errIncomplete
	}
	return run, supersede(ctx, tx, run)
}

// lockHeld locks a held run that nothing has overtaken, and abandons the one
// that is running meanwhile.
func lockHeld(ctx context.Context, tx pgx.Tx, id int64, now time.Time) (store.Run, error) {
	_, err := tx.Exec(ctx, `SELECT 1 FROM connection WHERE id = (SELECT connection_id FROM run WHERE id = $1) FOR NO KEY UPDATE`, id)
	if err != nil {
		return store.Run{}, err
	}
	run, err := oneRun(ctx, tx, `SELECT `+runColumns+` FROM run WHERE id = $1 AND status = 'held' FOR UPDATE`, id)
	if errors.Is(err, store.ErrNotFound) {
		return run, store.ErrNotHeld
	}
	if err != nil {
		return run, err
	}
	// What a newer complete run found decides: it is about to be promoted or
	// held, and supersedes this one.
	if _, err = oneRun(ctx, tx, `SELECT `+runColumns+` FROM run WHERE connection_id = $1 AND status = 'running' AND complete`, run.ConnectionID); !errors.Is(err, store.ErrNotFound) {
		return run, cmp.Or(err, store.ErrNotHeld)
	}
	_, err = tx.Exec(ctx, `UPDATE run SET status = 'abandoned', finished = $2,
			reason = $3, message = $4, fix = $5
		WHERE connection_id = $1 AND status = 'running'`, run.ConnectionID, millis(now),
		store.ReasonEarlierApproved, store.MessageEarlierApproved, store.FixEarlierApproved)
	return run, err
}

// moveGeneration is the promotion itself.
func moveGeneration(ctx context.Context, tx pgx.Tx, run store.Run, now time.Time) (store.Run, error) {
	if err := nothingLeft(ctx, tx, run); err != nil {
		return run, err
	}
	var staged, stood int64
	err := tx.QueryRow(ctx, `SELECT (SELECT count(*) FROM version WHERE connection_id = $1 AND opened_by = $2),
		(SELECT count(*) FROM version WHERE connection_id = $1 AND closed_by IS NULL AND opened_by <= $3)`,
		run.ConnectionID, run.ID, run.Base).Scan(&staged, &stood)
	if err != nil {
		return run, err
	}
	replaced, err := tx.Exec(ctx, `UPDATE version SET closed_by = $2, closed_at = $3 WHERE id = ANY(ARRAY(
			SELECT (SELECT id FROM version AS old WHERE old.connection_id = $1 AND old.person_id = new.person_id
				AND old.closed_by IS NULL AND old.opened_by < $2)
			FROM version AS new WHERE new.connection_id = $1 AND new.opened_by = $2 AND new.replaces))`,
		run.ConnectionID, run.ID, now.UnixMilli())
	if err != nil {
		return run, err
	}
	var vanished, kept int64
	if run.Unidentified > 0 {
		kept, err = keepUnseen(ctx, tx, run)
	} else {
		vanished, err = closeUnseen(ctx, tx, run, now)
	}
	if err != nil {
		return run, err
	}
	_, err = tx.Exec(ctx, `UPDATE connection SET generation = $2, last_success = $3, (people, with_access) =
			(SELECT count(*), count(*) FILTER (WHERE access) FROM version WHERE connection_id = $1 AND closed_by IS NULL AND opened_by <= $2)
		WHERE id = $1`, run.ConnectionID, run.ID, millis(now))
	if err != nil {
		return run, err
	}
	changed := replaced.RowsAffected()
	return oneRun(ctx, tx, `UPDATE run SET status = 'promoted', finished = $2, added = $3, changed = $4, unchanged = $5, removed = $6
		WHERE id = $1 RETURNING `+runColumns, run.ID, millis(now), staged-changed, changed, stood-changed-vanished-kept, vanished)
}

// closeUnseen closes the versions of those whom the run did not meet, and
// returns how many.
func closeUnseen(ctx context.Context, tx pgx.Tx, run store.Run, now time.Time) (int64, error) {
	tag, err := tx.Exec(ctx, `UPDATE version SET closed_by = $2, closed_at = $4
		WHERE connection_id = $1 AND closed_by IS NULL AND opened_by < $2 AND `+metBy("version.person_id")+` IS NOT TRUE`,
		run.ConnectionID, run.ID, run.Pass, now.UnixMilli())
	return tag.RowsAffected(), err
}

// keepUnseen gives those whom the run did not meet the sightings they had, and
// returns how many they are: a record of which nobody can tell whose it was may
// have been anybody's.
func keepUnseen(ctx context.Context, tx pgx.Tx, run store.Run) (int64, error) {
	tag, err := tx.Exec(ctx, `INSERT INTO sighting (run_id, person_id, pass, source_hash, last_login, password_changed, last_updated, stale)
		SELECT $2, v.person_id, $3, was.source_hash, was.last_login, was.password_changed, was.last_updated, false
		FROM version v LEFT JOIN LATERAL (SELECT * FROM sighting WHERE run_id = $4 AND person_id = v.person_id LIMIT 1) was ON true
		WHERE v.connection_id = $1 AND v.closed_by IS NULL AND v.opened_by < $2 AND `+metBy("v.person_id")+` IS NOT TRUE`,
		run.ConnectionID, run.ID, run.Pass, run.Base)
	return tag.RowsAffected(), err
}

// nothingLeft returns errLeftovers where a version below the new generation, or
// a sighting of the run, counts no more.
func nothingLeft(ctx context.Context, tx pgx.Tx, run store.Run) error {
	var left bool
	err := tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM run dead WHERE dead.connection_id = $1 AND dead.id < $2 AND dead.status <> 'promoted'
			AND EXISTS (SELECT FROM version WHERE connection_id = $1 AND opened_by = dead.id))
		OR $3 > 1 AND EXISTS (SELECT FROM sighting WHERE run_id = $2 AND pass < $3)`, run.ConnectionID, run.ID, run.Pass).Scan(&left)
	if err == nil && left {
		return errLeftovers
	}
	return err
}

// compare compares a run with what readers see.
func compare(ctx context.Context, tx pgx.Tx, run store.Run) (store.Comparison, error) {
	var c store.Comparison
	var gone, accessGone, accessReplaced, accessStaged int64
	err := tx.QueryRow(ctx, `SELECT count(*), count(*) FILTER (WHERE access), count(*) FILTER (WHERE NOT met),
			count(*) FILTER (WHERE NOT met AND access), count(*) FILTER (WHERE met AND staged AND access),
			(SELECT count(*) FROM sighting WHERE run_id = $2 AND pass = $3)
		FROM (SELECT access, `+metBy("version.person_id")+` AS met,
				EXISTS (SELECT FROM version s WHERE s.connection_id = $1 AND s.opened_by = $2 AND s.person_id = version.person_id) AS staged
			FROM version WHERE connection_id = $1 AND closed_by IS NULL
				AND opened_by <= (SELECT generation FROM connection WHERE id = $1) OFFSET 0) AS stands`,
		run.ConnectionID, run.ID, run.Pass).Scan(&c.Stands, &c.StandsWithAccess, &gone, &accessGone, &accessReplaced, &c.Seen)
	if err != nil {
		return c, err
	}
	err = tx.QueryRow(ctx, `SELECT count(*) FILTER (WHERE NOT replaces), count(*) FILTER (WHERE replaces), count(*) FILTER (WHERE access)
		FROM version WHERE connection_id = $1 AND opened_by = $2 AND `+metBy("version.person_id")+` IS TRUE`,
		run.ConnectionID, run.ID, run.Pass).Scan(&c.Added, &c.Changed, &accessStaged)
	c.Unchanged = c.Stands - c.Changed - gone
	if run.Unidentified > 0 { // nobody is removed
		gone, accessGone = 0, 0
	}
	c.Removed = gone
	c.WithAccess = c.StandsWithAccess - accessGone - accessReplaced + accessStaged
	return c, err
}

// metBy is whether the run $2 has met a person in its pass $3. As a value, not
// as a condition (add IS TRUE to make it one), it is looked up in the sightings'
// index for each row. As a condition it would be a join, and right after a load,
// before the server has gathered statistics, it takes such tables for tiny and
// joins them by comparing each row with each.
func metBy(person string) string {
	return `EXISTS (SELECT FROM sighting WHERE sighting.run_id = $2 AND sighting.pass = $3 AND sighting.person_id = ` + person + `)`
}
