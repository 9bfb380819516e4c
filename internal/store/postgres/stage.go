package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

// attempts bounds how often a page is compared anew because the run, or somebody
// in it, changed meanwhile. Each takes an administrator's request.
const attempts = 10

// errOutdated: what a page was compared with has changed.
var errOutdated = errors.New("what the page was compared with changed again and again while it was stored: try again")

// StagePage implements [store.Store]. It reads what the page is compared with,
// and computes what is new, outside of any transaction; the one that writes it
// says whether that still holds.
func (s *Store) StagePage(ctx context.Context, f store.Fence, p store.StagedPage) error {
	doing := fmt.Sprintf("store a page of run %d", f.Run)
	records, err := sheet.Distinct(p.Records)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	onceEach(records)
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
	return s.explain(doing, err)
}

// onceEach has each record's version computed once, however often the page is
// compared.
func onceEach(records []store.StagedRecord) {
	for i := range records {
		var computed *store.Version
		compute := records[i].Version
		records[i].Version = func() store.Version {
			if computed == nil {
				computed = new(compute())
			}
			return *computed
		}
	}
}

func (s *Store) stage(ctx context.Context, f store.Fence, p store.StagedPage, records []store.StagedRecord, book *sheet.Book) error {
	run, at, err := s.stateOf(ctx, f)
	if err != nil {
		return err
	}
	page, err := book.Look(ctx, sheetReader{s.pool, run}, at, records)
	if err != nil {
		return err
	}
	if err := page.Compare(); err != nil {
		return err
	}
	err = pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		var batch pgx.Batch
		queuePage(&batch, f, p, run, at, page)
		return tx.SendBatch(ctx, &batch).Close()
	})
	if err == nil {
		book.Stored(page)
	}
	return err
}

// stateOf is an owned run, and how it stands.
func (s *Store) stateOf(ctx context.Context, f store.Fence) (store.Run, sheet.State, error) {
	run := store.Run{ID: f.Run, Epoch: f.Epoch}
	at := sheet.State{Run: f.Run, Epoch: f.Epoch}
	err := s.pool.QueryRow(ctx, `SELECT run.connection_id, run.base, run.pass, run.pages, run.quarantined, run.forgets, run.numbered FROM run`+owned, f.Run, f.Epoch).
		Scan(&run.ConnectionID, &run.Base, &run.Pass, &at.Pages, &at.Quarantined, &at.Forgotten, &at.Numbered)
	at.Base, at.Pass = run.Base, run.Pass
	return run, at, fenced(err)
}

// fenced is an error of a statement that found no owned run.
func fenced(err error) error {
	if errors.Is(err, pgx.ErrNoRows) {
		return store.ErrFenced
	}
	return err
}

// queuePage writes a page that was compared: first the fence, which holds the
// run's row until the end, then what it guards.
func queuePage(batch *pgx.Batch, f store.Fence, p store.StagedPage, run store.Run, at sheet.State, page *sheet.Page) {
	batch.Queue(`UPDATE run SET cursor = $3, complete = $4, pages = pages + 1, records = records + $5, bytes = bytes + $6, lease_until = $7, numbered = $8`+
		owned+`RETURNING pass, pages - 1, quarantined, forgets`, f.Run, f.Epoch, store.Text(p.Cursor), p.Cursor == "",
		int64(len(p.Records)), p.Bytes, p.LeaseUntil.UnixMilli(), page.Numbered).QueryRow(func(row pgx.Row) error {
		now := at
		if err := row.Scan(&now.Pass, &now.Pages, &now.Quarantined, &now.Forgotten); err != nil {
			return fenced(err)
		}
		if now != at {
			return errOutdated
		}
		return nil
	})
	if len(page.Drop) > 0 {
		dropped := make([]int64, len(page.Drop))
		for i, v := range page.Drop {
			dropped[i] = v.Ref
		}
		batch.Queue(deleteVersions(`id = ANY($1)`), dropped)
	}
	if at.Quarantined > 0 && len(page.Open) > 0 {
		queueNoStrangers(batch, f.Run, page.Open)
	}
	queueVersions(batch, run, page.Open)
	queueSheets(batch, f.Run, page.Sheets())
}

// queueNoStrangers forgets that records of people could not be read of whom
// nothing was known, now that they are.
func queueNoStrangers(batch *pgx.Batch, run int64, open []sheet.Opened) {
	ids := make([]string, len(open))
	for i, v := range open {
		ids[i] = v.ID
	}
	batch.Queue(`DELETE FROM stranger WHERE run_id = $1 AND person_id = ANY($2)`, run, ids)
}
