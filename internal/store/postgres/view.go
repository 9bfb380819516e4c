package postgres

import (
	"bytes"
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// PeopleView implements [store.Store].
func (s *Store) PeopleView(ctx context.Context) (store.PeopleView, error) {
	view, err := peopleView(ctx, s.pool)
	return view, s.explain("find what the People view is made of", err)
}

// PeopleSettings implements [store.Store].
func (s *Store) PeopleSettings(ctx context.Context) (body []byte, revision int64, err error) {
	err = s.pool.QueryRow(ctx, `SELECT settings, settings_revision FROM people_view`).Scan(&body, &revision)
	return body, revision, s.explain("read the settings of the People view", err)
}

// SetPeopleSettings implements [store.Store].
func (s *Store) SetPeopleSettings(ctx context.Context, body []byte, from int64) (revision int64, err error) {
	if err := store.CheckPeopleSettings(body); err != nil {
		return 0, err
	}
	err = s.pool.QueryRow(ctx, setSettings+` WHERE settings_revision = $2 RETURNING settings_revision`, body, from).Scan(&revision)
	if errors.Is(err, pgx.ErrNoRows) {
		err = store.ErrMoved
	}
	return revision, s.explain("change the settings of the People view", err)
}

const setSettings = `UPDATE people_view SET settings = $1, settings_revision = settings_revision + 1, revision = revision + 1`

// marking is transact for what may move the HRIS mark: where it did, the People
// view has another revision. The view's row is locked after every connection's.
func (s *Store) marking(ctx context.Context, doing string, work func(tx pgx.Tx) error) error {
	return s.transact(ctx, doing, func(tx pgx.Tx) error {
		before, err := peopleView(ctx, tx)
		if err != nil {
			return err
		}
		if err := work(tx); err != nil {
			return err
		}
		after, err := peopleView(ctx, tx)
		if err != nil || after == before {
			return err
		}
		_, err = tx.Exec(ctx, `UPDATE people_view SET revision = revision + 1`)
		return err
	})
}

// eraseSettings takes a person out of the People view's settings, and reports
// whether the person was there. Where another connection lists somebody of the
// same id, the settings are about that one as well, and stay.
func eraseSettings(ctx context.Context, tx pgx.Tx, connection int64, id string) (bool, error) {
	var body []byte
	if err := tx.QueryRow(ctx, `SELECT settings FROM people_view FOR UPDATE`).Scan(&body); err != nil {
		return false, err
	}
	without, err := store.PeopleSettingsWithout(body, id)
	if err != nil || bytes.Equal(without, body) {
		return false, err
	}
	var shared bool
	err = tx.QueryRow(ctx, `SELECT EXISTS (SELECT FROM connection c WHERE c.id <> $1 AND NOT c.removed
			AND EXISTS (SELECT FROM version v WHERE v.connection_id = c.id AND v.person_id = $2))`, connection, id).Scan(&shared)
	if err != nil || shared {
		return false, err
	}
	_, err = tx.Exec(ctx, setSettings, without)
	return err == nil, err
}

func peopleView(ctx context.Context, from querier) (store.PeopleView, error) {
	rows, err := from.Query(ctx, `SELECT p.revision, coalesce(c.id, 0), coalesce(c.name, ''), coalesce(c.generation, 0), c.last_success
		FROM people_view p LEFT JOIN connection c ON c.hris AND NOT c.removed`)
	if err != nil {
		return store.PeopleView{}, err
	}
	return pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (store.PeopleView, error) {
		var view store.PeopleView
		var complete *int64
		err := row.Scan(&view.Revision, &view.Connection, &view.Name, &view.Generation, &complete)
		view.Complete = moment(complete)
		return view, err
	})
}
