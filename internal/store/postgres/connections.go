package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// nameIndex is the constraint that keeps names unique.
const nameIndex = "connection_name_key"

const connectionColumns = `id, name, connector, resource, config, secrets, hris, interval_ns, shrink_percent,
	deadline_ns, paused, created, updated, generation, last_success, people, with_access,
	next_run, next_why, anchor, failures, settled, told, checks, checked`

// AddConnection implements [store.Store]. A connection that is the HRIS takes
// the mark from the one that had it.
func (s *Store) AddConnection(ctx context.Context, c store.Connection) (int64, error) {
	var id int64
	err := s.marking(ctx, "add connection "+c.Name, func(tx pgx.Tx) error {
		settings, err := settingsOf(c)
		if err != nil {
			return err
		}
		if err := unmarkHRIS(ctx, tx, c); err != nil {
			return err
		}
		return tx.QueryRow(ctx, `INSERT INTO connection (name, connector, resource, config, secrets, hris, interval_ns,
				shrink_percent, deadline_ns, paused, created, updated, next_run, next_why, anchor, failures, settled, told)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18) RETURNING id`,
			append(settings, scheduled(c.Schedule)...)...).Scan(&id)
	})
	return id, nameTaken(err, c.Name)
}

// UpdateConnection implements [store.Store].
func (s *Store) UpdateConnection(ctx context.Context, c store.Connection) error {
	err := s.marking(ctx, "update connection "+c.Name, func(tx pgx.Tx) error {
		settings, err := settingsOf(c)
		if err != nil {
			return err
		}
		if err := unmarkHRIS(ctx, tx, c); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE connection SET name = $1, connector = $2, resource = $3, config = $4, secrets = $5,
				hris = $6, interval_ns = $7, shrink_percent = $8, deadline_ns = $9, paused = $10, created = $11, updated = $12
			WHERE id = $13 AND NOT removed`, append(settings, c.ID)...)
		if err == nil && tag.RowsAffected() == 0 {
			return store.ErrNotFound
		}
		return err
	})
	return nameTaken(err, c.Name)
}

// RemoveConnection implements [store.Store]. The connection is gone at once;
// what it brought is deleted in chunks, and by the next Sweep where ctx ends
// before. ErrNotFound for one that is not there.
func (s *Store) RemoveConnection(ctx context.Context, id int64) error {
	doing := fmt.Sprintf("remove connection %d", id)
	err := s.marking(ctx, doing, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE connection SET removed = true, name = NULL, hris = false, secrets = '{}', config = NULL
			WHERE id = $1 AND NOT removed`, id)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return store.ErrNotFound
		}
		if _, err := tx.Exec(ctx, `DELETE FROM notification WHERE connection_id = $1`, id); err != nil {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE run SET status = 'abandoned' WHERE connection_id = $1 AND status IN ('running', 'held')`, id)
		return err
	})
	if err != nil {
		return err
	}
	return s.explain(doing, s.sweepRemoved(ctx))
}

// Connection implements [store.Store].
func (s *Store) Connection(ctx context.Context, name string) (store.Connection, error) {
	all, err := s.connectionsIn(ctx, "find connection "+name, `name = $1`, store.Text(name))
	if err != nil {
		return store.Connection{}, err
	}
	if len(all) == 0 {
		return store.Connection{}, fmt.Errorf("connection %s: %w", name, store.ErrNotFound)
	}
	return all[0], nil
}

// Connections implements [store.Store].
func (s *Store) Connections(ctx context.Context) ([]store.Connection, error) {
	return s.connectionsIn(ctx, "list connections", `true ORDER BY name`)
}

// connectionsIn are those of a condition, in its order, with their newest runs,
// on one snapshot.
func (s *Store) connectionsIn(ctx context.Context, doing, condition string, args ...any) ([]store.Connection, error) {
	var all []store.Connection
	err := s.read(ctx, doing, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT `+connectionColumns+` FROM connection WHERE NOT removed AND `+condition, args...)
		if err != nil {
			return err
		}
		if all, err = pgx.CollectRows(rows, scanConnection); err != nil {
			return err
		}
		return newestRuns(ctx, tx, all)
	})
	return all, err
}

// newestRuns sets LastRun.
func newestRuns(ctx context.Context, tx pgx.Tx, all []store.Connection) error {
	ids := make([]int64, len(all))
	for i, c := range all {
		ids[i] = c.ID
	}
	rows, err := tx.Query(ctx, `SELECT newest.* FROM unnest($1::bigint[]) AS c (id),
		LATERAL (SELECT `+runColumns+` FROM run WHERE connection_id = c.id ORDER BY id DESC LIMIT 1) AS newest`, ids)
	if err != nil {
		return err
	}
	runs, err := pgx.CollectRows(rows, scanRun)
	if err != nil {
		return err
	}
	byConnection := map[int64]*store.Run{}
	for i := range runs {
		byConnection[runs[i].ConnectionID] = &runs[i]
	}
	for i := range all {
		all[i].LastRun = byConnection[all[i].ID]
	}
	return nil
}

// settingsOf are the columns that an administrator sets.
func settingsOf(c store.Connection) ([]any, error) {
	secrets := c.Secrets
	if secrets == nil {
		secrets = map[string][]byte{}
	}
	encoded, err := json.Marshal(secrets)
	if err != nil {
		return nil, errors.New("the secrets' references can't be encoded")
	}
	return []any{
		store.Text(c.Name), store.Text(c.Connector), store.Text(c.Resource), c.Config, encoded, c.HRIS, int64(c.Interval),
		int64(c.ShrinkPercent), int64(c.Deadline), c.Paused, millis(c.Created), millis(c.Updated),
	}, nil
}

// scheduled are the columns of a schedule.
func scheduled(s store.Schedule) []any {
	return []any{millis(s.Next), string(s.Why), millis(s.Anchor), int64(s.Failures), s.Settled, store.Text(s.Told)}
}

// unmarkHRIS takes the mark from the connection that has it, if c is to have
// it.
func unmarkHRIS(ctx context.Context, tx pgx.Tx, c store.Connection) error {
	if !c.HRIS {
		return nil
	}
	_, err := tx.Exec(ctx, `UPDATE connection SET hris = false WHERE hris AND id <> $1`, c.ID)
	return err
}

func nameTaken(err error, name string) error {
	if violates(err, nameIndex) {
		return fmt.Errorf("connection %s: %w", name, store.ErrNameTaken)
	}
	return err
}

func scanConnection(row pgx.CollectableRow) (store.Connection, error) {
	var c store.Connection
	var secrets []byte
	var interval, deadline int64
	var created, updated, success, next, anchor, checked *int64
	err := row.Scan(&c.ID, &c.Name, &c.Connector, &c.Resource, &c.Config, &secrets, &c.HRIS, &interval, &c.ShrinkPercent,
		&deadline, &c.Paused, &created, &updated, &c.Generation, &success, &c.People, &c.WithAccess,
		&next, &c.Schedule.Why, &anchor, &c.Schedule.Failures, &c.Schedule.Settled, &c.Schedule.Told, &c.Checks, &checked)
	if err != nil {
		return c, err
	}
	if err := json.Unmarshal(secrets, &c.Secrets); err != nil {
		return c, fmt.Errorf("the stored secrets of connection %s are damaged: update the connection with new ones", c.Name)
	}
	c.Interval, c.Deadline = time.Duration(interval), time.Duration(deadline)
	c.Created, c.Updated, c.LastSuccess = moment(created), moment(updated), moment(success)
	c.Schedule.Next, c.Schedule.Anchor, c.Checked = moment(next), moment(anchor), moment(checked)
	return c, nil
}
