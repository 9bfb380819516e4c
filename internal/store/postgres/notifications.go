package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// Pending implements [store.Store].
func (s *Store) Pending(ctx context.Context, limit int) ([]store.Notification, error) {
	found, err := s.notifications(ctx, `delivered IS NULL AND given_up IS NULL ORDER BY id LIMIT $1`, store.Limit(limit))
	return found, s.explain("find the notifications to deliver", err)
}

// Notification implements [store.Store].
func (s *Store) Notification(ctx context.Context, id int64) (store.Notification, error) {
	found, err := s.notifications(ctx, `id = $1`, id)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Notification{}, s.explain(fmt.Sprintf("find notification %d", id), err)
	}
	return found[0], nil
}

// Delivered implements [store.Store].
func (s *Store) Delivered(ctx context.Context, id int64, now time.Time) error {
	return s.update(ctx, fmt.Sprintf("note that notification %d was delivered", id),
		`UPDATE notification SET delivered = $2 WHERE id = $1`, id, millis(now))
}

// Undelivered implements [store.Store].
func (s *Store) Undelivered(ctx context.Context, id int64, cause string, last bool, now time.Time) error {
	var givenUp *int64
	if last {
		givenUp = millis(now)
	}
	return s.update(ctx, fmt.Sprintf("note that notification %d was not delivered", id),
		`UPDATE notification SET attempts = attempts + 1, last_error = $2, given_up = $3 WHERE id = $1`, id, store.NoteText(cause), givenUp)
}

// SetTrust implements [store.Store].
func (s *Store) SetTrust(ctx context.Context, t store.Trust) error {
	_, err := s.pool.Exec(ctx, `INSERT INTO trust (connector, sha256, at) VALUES ($1, $2, $3)
		ON CONFLICT (connector) DO UPDATE SET sha256 = excluded.sha256, at = excluded.at`,
		store.Text(t.Connector), store.Text(t.SHA256), millis(t.At))
	return s.explain("declare connector "+t.Connector, err)
}

// Trust implements [store.Store].
func (s *Store) Trust(ctx context.Context, connector string) (store.Trust, error) {
	t := store.Trust{Connector: connector}
	var at *int64
	err := notFound(s.pool.QueryRow(ctx, `SELECT sha256, at FROM trust WHERE connector = $1`, store.Text(connector)).Scan(&t.SHA256, &at))
	if err != nil {
		return store.Trust{}, s.explain("find what was declared of connector "+connector, err)
	}
	t.At = moment(at)
	return t, nil
}

func addNotification(ctx context.Context, tx pgx.Tx, n store.Notification) error {
	_, err := tx.Exec(ctx, `INSERT INTO notification (connection_id, run_id, cause, body, created) VALUES ($1, $2, $3, $4, $5)`,
		n.ConnectionID, n.Run, store.Text(n.Cause), n.Body, millis(n.Created))
	return err
}

// notifications are those of a condition.
func (s *Store) notifications(ctx context.Context, condition string, args ...any) ([]store.Notification, error) {
	rows, err := s.pool.Query(ctx, `SELECT id, connection_id, run_id, cause, body, created, delivered, given_up, attempts, last_error
		FROM notification WHERE `+condition, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (store.Notification, error) {
		var n store.Notification
		var created, delivered, givenUp *int64
		err := row.Scan(&n.ID, &n.ConnectionID, &n.Run, &n.Cause, &n.Body, &created, &delivered, &givenUp, &n.Attempts, &n.LastError)
		n.Created, n.Delivered, n.GivenUp = moment(created), moment(delivered), moment(givenUp)
		return n, err
	})
}
