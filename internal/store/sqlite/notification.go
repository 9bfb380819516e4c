package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"patchbay.example/internal/store"
)

// Pending implements [store.Store].
func (s *Store) Pending(ctx context.Context, limit int) ([]store.Notification, error) {
	found, err := s.notifications(ctx, "delivered = 0 AND given_up = 0 ORDER BY id LIMIT ?", store.Limit(limit))
	if err != nil {
		return nil, fmt.Errorf("the notifications to deliver: %w", err)
	}
	return found, nil
}

// Notification implements [store.Store].
func (s *Store) Notification(ctx context.Context, id int64) (store.Notification, error) {
	found, err := s.notifications(ctx, "id = ?", id)
	if err == nil && len(found) == 0 {
		err = store.ErrNotFound
	}
	if err != nil {
		return store.Notification{}, fmt.Errorf("notification %d: %w", id, err)
	}
	return found[0], nil
}

// Delivered implements [store.Store].
func (s *Store) Delivered(ctx context.Context, id int64, now time.Time) error {
	noted, err := s.write.ExecContext(ctx, "UPDATE notification SET delivered = ? WHERE id = ?", milliseconds(now), id)
	if err := orNotFound(noted, err); err != nil {
		return fmt.Errorf("noting that notification %d was delivered: %w", id, err)
	}
	return nil
}

// Undelivered implements [store.Store].
func (s *Store) Undelivered(ctx context.Context, id int64, cause string, last bool, now time.Time) error {
	var givenUp int64
	if last {
		givenUp = milliseconds(now)
	}
	noted, err := s.write.ExecContext(ctx, "UPDATE notification SET attempts = attempts + 1, last_error = ?, given_up = ? WHERE id = ?",
		store.NoteText(cause), givenUp, id)
	if err := orNotFound(noted, err); err != nil {
		return fmt.Errorf("noting that notification %d was not delivered: %w", id, err)
	}
	return nil
}

// SetTrust implements [store.Store].
func (s *Store) SetTrust(ctx context.Context, t store.Trust) error {
	_, err := s.write.ExecContext(ctx, `
		INSERT INTO trust (connector, sha256, at) VALUES (?, ?, ?)
		ON CONFLICT (connector) DO UPDATE SET sha256 = excluded.sha256, at = excluded.at`,
		store.Text(t.Connector), store.Text(t.SHA256), milliseconds(t.At))
	if err != nil {
		return fmt.Errorf("declaring connector %s: %w", t.Connector, err)
	}
	return nil
}

// Trust implements [store.Store].
func (s *Store) Trust(ctx context.Context, connector string) (store.Trust, error) {
	t := store.Trust{Connector: connector}
	var at int64
	err := notFound(s.read.QueryRowContext(ctx, "SELECT sha256, at FROM trust WHERE connector = ?", connector).Scan(&t.SHA256, &at))
	if err != nil {
		return store.Trust{}, fmt.Errorf("what was declared of connector %s: %w", connector, err)
	}
	t.At = moment(at)
	return t, nil
}

func addNotification(ctx context.Context, tx *sql.Tx, n store.Notification) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO notification (connection_id, run_id, cause, body, created) VALUES (?, ?, ?, ?, ?)",
		n.ConnectionID, n.Run, store.Text(n.Cause), n.Body, milliseconds(n.Created))
	return err
}

// notifications are those that a condition holds for.
func (s *Store) notifications(ctx context.Context, condition string, arguments ...any) ([]store.Notification, error) {
	rows, err := s.read.QueryContext(ctx, `
		SELECT id, connection_id, run_id, cause, body, created, delivered, given_up, attempts, last_error
		FROM notification WHERE `+condition, arguments...)
	return collect(rows, err, func(row scanner) (store.Notification, error) {
		var n store.Notification
		var created, delivered, givenUp int64
		err := row.Scan(&n.ID, &n.ConnectionID, &n.Run, &n.Cause, &n.Body, &created, &delivered, &givenUp, &n.Attempts, &n.LastError)
		n.Created, n.Delivered, n.GivenUp = moment(created), moment(delivered), moment(givenUp)
		return n, err
	})
}
