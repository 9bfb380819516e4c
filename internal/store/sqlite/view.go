package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"

	"patchbay.example/internal/store"
)

// PeopleView implements [store.Store].
func (s *Store) PeopleView(ctx context.Context) (store.PeopleView, error) {
	view, err := peopleView(ctx, s.read)
	if err != nil {
		return view, fmt.Errorf("what the People view is made of: %w", err)
	}
	return view, nil
}

// PeopleSettings implements [store.Store].
func (s *Store) PeopleSettings(ctx context.Context) (body []byte, revision int64, err error) {
	body, revision, err = peopleSettings(ctx, s.read)
	if err != nil {
		return nil, 0, fmt.Errorf("the settings of the People view: %w", err)
	}
	return body, revision, nil
}

// SetPeopleSettings implements [store.Store].
func (s *Store) SetPeopleSettings(ctx context.Context, body []byte, from int64) (revision int64, err error) {
	if err := store.CheckPeopleSettings(body); err != nil {
		return 0, err
	}
	err = s.writing(ctx, func(tx *sql.Tx) error {
		_, stands, err := peopleSettings(ctx, tx)
		if err != nil {
			return err
		}
		if stands != from {
			return store.ErrMoved
		}
		revision = stands + 1
		return setPeopleSettings(ctx, tx, body)
	})
	if err != nil {
		return 0, fmt.Errorf("changing the settings of the People view: %w", err)
	}
	return revision, nil
}

// marking is writing for what may move the HRIS mark: where it did, the People
// view has another revision.
func (s *Store) marking(ctx context.Context, do func(tx *sql.Tx) error) error {
	return s.writing(ctx, func(tx *sql.Tx) error {
		before, err := peopleView(ctx, tx)
		if err != nil {
			return err
		}
		if err := do(tx); err != nil {
			return err
		}
		after, err := peopleView(ctx, tx)
		if err != nil || after == before {
			return err
		}
		_, err = tx.ExecContext(ctx, "UPDATE people_view SET revision = revision + 1")
		return err
	})
}

// forgetInSettings takes a person out of the People view's settings, and says
// whether the person was there. Where another connection lists somebody of the
// same id, the settings are about that one as well, and stay.
func forgetInSettings(ctx context.Context, tx *sql.Tx, connection int64, id string) (bool, error) {
	body, _, err := peopleSettings(ctx, tx)
	if err != nil {
		return false, err
	}
	without, err := store.PeopleSettingsWithout(body, id)
	if err != nil || bytes.Equal(without, body) {
		return false, err
	}
	var shared bool
	err = tx.QueryRowContext(ctx, `
		SELECT EXISTS (
			SELECT 1 FROM connection c CROSS JOIN version v ON v.connection_id = c.id AND v.person_id = ?
			WHERE c.id <> ? AND c.name IS NOT NULL)`, id, connection).Scan(&shared)
	if err != nil || shared {
		return false, err
	}
	return true, setPeopleSettings(ctx, tx, without)
}

func peopleView(ctx context.Context, from queryer) (store.PeopleView, error) {
	var view store.PeopleView
	var complete int64
	err := from.QueryRowContext(ctx, `
		SELECT p.revision, coalesce(c.id, 0), coalesce(c.name, ''), coalesce(c.generation, 0), coalesce(c.last_success, 0)
		FROM people_view p LEFT JOIN connection c ON c.hris AND c.name IS NOT NULL`).
		Scan(&view.Revision, &view.Connection, &view.Name, &view.Generation, &complete)
	view.Complete = moment(complete)
	return view, err
}

func peopleSettings(ctx context.Context, from queryer) (body []byte, revision int64, err error) {
	err = from.QueryRowContext(ctx, "SELECT settings, settings_revision FROM people_view").Scan(&body, &revision)
	return body, revision, err
}

func setPeopleSettings(ctx context.Context, tx *sql.Tx, body []byte) error {
	_, err := tx.ExecContext(ctx, "UPDATE people_view SET settings = ?, settings_revision = settings_revision + 1, revision = revision + 1", body)
	return err
}
