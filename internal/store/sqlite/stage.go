package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// StagePage implements [store.Store]. It reads what the page is compared with,
// and computes what is new, before it takes the write connection; should the
// run or somebody in it have changed meanwhile, it begins again.
func (s *Store) StagePage(ctx context.Context, f store.Fence, p store.StagedPage) error {
	records, err := sheet.Distinct(p.Records)
	if err != nil {
		return fmt.Errorf("a page of run %d: %w", f.Run, err)
	}
	book, put := s.books.Take(f.Run)
	defer put()
	for range attempts {
		if err = s.stage(ctx, f, p, records, book); err == nil {
			return nil
		}
		book.Reset()
		if !errors.Is(err, errOutdated) {
			break
		}
	}
	return fmt.Errorf("storing a page of run %d: %w", f.Run, err)
}

// errOutdated: what a page was compared with has changed.
var errOutdated = errors.New("the page was compared with something that has changed")

func (s *Store) stage(ctx context.Context, f store.Fence, p store.StagedPage, records []store.StagedRecord, book *sheet.Book) error {
	var run store.Run
	var at sheet.State
	var page *sheet.Page
	err := s.reading(ctx, func(tx *sql.Tx) (err error) {
		if run, err = owned(ctx, tx, f); err != nil {
			return err
		}
		if at, err = stateOf(ctx, tx, run); err != nil {
			return err
		}
		page, err = book.Look(ctx, sheetReader{s, tx, run}, at, records)
		return err
	})
	if err != nil {
		return err
	}
	if err := page.Compare(); err != nil {
		return err
	}
	if err := s.writing(ctx, func(tx *sql.Tx) error { return s.storePage(ctx, tx, p, run, at, page) }); err != nil {
		return err
	}
	book.Stored(page)
	return nil
}

// stateOf is how a run stands.
func stateOf(ctx context.Context, tx *sql.Tx, run store.Run) (sheet.State, error) {
	at := sheet.State{Run: run.ID, Epoch: run.Epoch, Base: run.Base, Pass: run.Pass, Pages: run.Pages, Quarantined: run.Quarantined}
	err := tx.QueryRowContext(ctx, "SELECT c.forgotten, r.numbered FROM run r JOIN connection c ON c.id = r.connection_id WHERE r.id = ?", run.ID).
		Scan(&at.Forgotten, &at.Numbered)
	return at, err
}

// storePage writes a page that was compared.
func (s *Store) storePage(ctx context.Context, tx *sql.Tx, p store.StagedPage, run store.Run, at sheet.State, page *sheet.Page) error {
	cursor := store.Text(p.Cursor)
	advanced, err := affected(tx.StmtContext(ctx, s.statements.advance).ExecContext(ctx,
		cursor, cursor == "", len(p.Records), p.Bytes, milliseconds(p.LeaseUntil), page.Numbered,
		run.ID, run.Epoch, run.Pass, run.Pages, run.Quarantined, at.Forgotten))
	if err != nil {
		return err
	}
	if advanced == 0 {
		if _, err := owned(ctx, tx, store.Fence{Run: run.ID, Epoch: run.Epoch}); err != nil {
			return err
		}
		return errOutdated
	}
	dropped := make([]int64, len(page.Drop))
	for i, v := range page.Drop {
		dropped[i] = v.Ref
	}
	if err := removeVersions(ctx, tx, dropped); err != nil {
		return err
	}
	if err := s.writeVersions(ctx, tx, run, page.Open); err != nil {
		return err
	}
	if run.Quarantined > 0 {
		if err := noStrangers(ctx, tx, run, page.Open); err != nil {
			return err
		}
	}
	return s.writeSheets(ctx, tx, run.ID, page.Sheets())
}

// noStrangers forgets that records of people could not be read of whom nothing
// was known, now that they are.
func noStrangers(ctx context.Context, tx *sql.Tx, run store.Run, open []sheet.Opened) error {
	ids := make([]string, len(open))
	for i, v := range open {
		ids[i] = v.ID
	}
	_, err := tx.ExecContext(ctx, "DELETE FROM stranger WHERE run_id = ? AND person_id IN (SELECT value FROM json_each(?))", run.ID, jsonList(ids))
	return err
}

// writeVersions writes a page's new versions with their words.
func (s *Store) writeVersions(ctx context.Context, tx *sql.Tx, run store.Run, open []sheet.Opened) error {
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
		if _, err := version.ExecContext(ctx, run.ConnectionID, v.ID, run.ID, id, v.Access, v.Visible, v.Number); err != nil {
			return err
		}
		if _, err := words.ExecContext(ctx, id, v.SearchText()); err != nil {
			return err
		}
	}
	return nil
}
