package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"patchbay.example/internal/store"
)

// AddConnection implements [store.Store]. The HRIS mark moves to a connection
// that is added with it.
func (s *Store) AddConnection(ctx context.Context, c store.Connection) (int64, error) {
	secrets, err := json.Marshal(c.Secrets)
	if err != nil {
		return 0, fmt.Errorf("the secrets of connection %s: %w", c.Name, err)
	}
	var id int64
	err = s.marking(ctx, func(tx *sql.Tx) error {
		if err := moveHRIS(ctx, tx, c); err != nil {
			return err
		}
		added, err := tx.ExecContext(ctx, `
			INSERT INTO connection (name, connector, resource, config, secrets, hris, interval, shrink_percent, deadline, paused, created, updated,
				next_run, next_why, anchor, failures, settled, told)
			VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, append(settings(c, secrets), scheduled(c.Schedule)...)...)
		if err != nil {
			return err
		}
		id, err = added.LastInsertId()
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("adding connection %s: %w", c.Name, nameTaken(err))
	}
	return id, nil
}

// UpdateConnection implements [store.Store]. The HRIS mark moves to a
// connection that is updated to have it.
func (s *Store) UpdateConnection(ctx context.Context, c store.Connection) error {
	secrets, err := json.Marshal(c.Secrets)
	if err != nil {
		return fmt.Errorf("the secrets of connection %s: %w", c.Name, err)
	}
	err = s.marking(ctx, func(tx *sql.Tx) error {
		if err := moveHRIS(ctx, tx, c); err != nil {
			return err
		}
		updated, err := tx.ExecContext(ctx, `
			UPDATE connection SET (name, connector, resource, config, secrets, hris, interval, shrink_percent, deadline, paused, created, updated)
				= (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
			WHERE id = ? AND name IS NOT NULL`, append(settings(c, secrets), c.ID)...)
		return orNotFound(updated, err)
	})
	if err != nil {
		return fmt.Errorf("updating connection %s: %w", c.Name, nameTaken(err))
	}
	return nil
}

// Connection implements [store.Store].
func (s *Store) Connection(ctx context.Context, name string) (store.Connection, error) {
	found, err := s.connectionsIn(ctx, "c.name = ?", name)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Connection{}, fmt.Errorf("connection %s: %w", name, err)
	}
	return found[0], nil
}

// Connections implements [store.Store].
func (s *Store) Connections(ctx context.Context) ([]store.Connection, error) {
	found, err := s.connectionsIn(ctx, "c.name IS NOT NULL ORDER BY c.name")
	if err != nil {
		return nil, fmt.Errorf("the connections: %w", err)
	}
	return found, nil
}

// connectionsIn are those that a condition holds for, in its order, with their
// newest runs as of one snapshot.
func (s *Store) connectionsIn(ctx context.Context, condition string, arguments ...any) ([]store.Connection, error) {
	var found []store.Connection
	err := s.reading(ctx, func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, `
			SELECT c.id, c.name, c.connector, c.resource, c.config, c.secrets, c.hris, c.interval, c.shrink_percent, c.deadline, c.paused,
				c.created, c.updated, c.generation, c.last_success, c.people, c.with_access,
				c.next_run, c.next_why, c.anchor, c.failures, c.settled, c.told, c.checks, c.checked
			FROM connection c WHERE `+condition, arguments...)
		found, err = collect(rows, err, scanConnection)
		if err != nil {
			return err
		}
		for i := range found {
			newest, err := runsWhere(ctx, tx, "r.connection_id = ? ORDER BY r.id DESC LIMIT 1", found[i].ID)
			if err != nil {
				return err
			}
			if len(newest) > 0 {
				found[i].LastRun = &newest[0]
			}
		}
		return nil
	})
	return found, err
}

func scanConnection(row scanner) (store.Connection, error) {
	var c store.Connection
	var secrets []byte
	var interval, deadline, created, updated, success, next, anchor, checked int64
	err := row.Scan(&c.ID, &c.Name, &c.Connector, &c.Resource, &c.Config, &secrets, &c.HRIS, &interval, &c.ShrinkPercent, &deadline, &c.Paused,
		&created, &updated, &c.Generation, &success, &c.People, &c.WithAccess,
		&next, &c.Schedule.Why, &anchor, &c.Schedule.Failures, &c.Schedule.Settled, &c.Schedule.Told, &c.Checks, &checked)
	if err != nil {
		return c, err
	}
	c.Interval, c.Deadline = time.Duration(interval), time.Duration(deadline)
	c.Created, c.Updated, c.LastSuccess = moment(created), moment(updated), moment(success)
	c.Schedule.Next, c.Schedule.Anchor, c.Checked = moment(next), moment(anchor), moment(checked)
	return c, json.Unmarshal(secrets, &c.Secrets)
}

// settings are a connection's columns that an administrator sets.
func settings(c store.Connection, secrets []byte) []any {
	return []any{
		store.Text(c.Name), store.Text(c.Connector), store.Text(c.Resource), c.Config, secrets, c.HRIS, int64(c.Interval), c.ShrinkPercent, int64(c.Deadline), c.Paused,
		milliseconds(c.Created), milliseconds(c.Updated),
	}
}

// scheduled are a connection's columns of its schedule.
func scheduled(s store.Schedule) []any {
	return []any{milliseconds(s.Next), s.Why, milliseconds(s.Anchor), s.Failures, s.Settled, store.Text(s.Told)}
}

// moveHRIS takes the mark from the others when the connection has it.
func moveHRIS(ctx context.Context, tx *sql.Tx, c store.Connection) error {
	if !c.HRIS {
		return nil
	}
	_, err := tx.ExecContext(ctx, "UPDATE connection SET hris = 0 WHERE hris AND id <> ?", c.ID)
	return err
}

// nameTaken tells the one constraint that a caller can violate.
func nameTaken(err error) error {
	failure, ok := errors.AsType[*driver.Error](err)
	if ok && failure.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE {
		return errors.Join(store.ErrNameTaken, err)
	}
	return err
}
