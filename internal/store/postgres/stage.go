package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
)

// maxForgets is how often a page is compared anew because somebody was
// forgotten meanwhile. Each takes an administrator's request.
const maxForgets = 10

// errForgotten: somebody was forgotten since the page was compared.
var errForgotten = errors.New("persons were forgotten again and again while the page was stored: try again")

// StagePage implements [store.Store].
func (s *Store) StagePage(ctx context.Context, f store.Fence, p store.StagedPage) error {
	doing := fmt.Sprintf("store a page of run %d", f.Run)
	records, err := lastOfEach(p.Records)
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	staging := staging{Store: s, fence: f, page: p, records: records, versions: make([]*store.Version, len(records))}
	for range maxForgets {
		if err = staging.attempt(ctx); !errors.Is(err, errForgotten) {
			break
		}
	}
	return s.explain(doing, err)
}

// Quarantine implements [store.Store]. A person who was met before in this pass
// keeps what was read then; otherwise the directory's last state stands. An id
// that no record may have counts as unreadable: the run then removes nobody.
func (s *Store) Quarantine(ctx context.Context, f store.Fence, q store.Quarantine) error {
	doing := fmt.Sprintf("quarantine a record of run %d", f.Run)
	identified := store.ValidID(q.ID)
	return s.transact(ctx, doing, func(tx pgx.Tx) error {
		run, err := oneRun(ctx, tx, `UPDATE run SET quarantined = quarantined + 1, lease_until = $3,
			unidentified = unidentified + CASE WHEN $4 THEN 1 ELSE 0 END`+owned+`RETURNING `+runColumns,
			f.Run, f.Epoch, q.LeaseUntil.UnixMilli(), !identified)
		if errors.Is(err, store.ErrNotFound) {
			return store.ErrFenced
		}
		if err != nil || !identified {
			return err
		}
		return noteUnreadable(ctx, tx, run, q.ID)
	})
}

// noteUnreadable writes the sighting of a person whose record can't be read.
// What an earlier pass staged counts no more.
func noteUnreadable(ctx context.Context, tx pgx.Tx, run store.Run, id string) error {
	_, err := tx.Exec(ctx, deleteVersions(`connection_id = $1 AND opened_by = $2 AND person_id = $3
		AND EXISTS (SELECT FROM sighting WHERE run_id = $2 AND person_id = $3 AND pass < $4)`), run.ConnectionID, run.ID, id, run.Pass)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `INSERT INTO sighting AS own (run_id, person_id, pass, source_hash, last_login, password_changed, last_updated, stale)
		SELECT $1, $2, $3, was.source_hash, was.last_login, was.password_changed, was.last_updated, true
		FROM (SELECT) AS one LEFT JOIN sighting was ON was.run_id = $4 AND was.person_id = $2
		ON CONFLICT (run_id, person_id) DO UPDATE SET stale = true, pass = excluded.pass,
			source_hash = CASE WHEN own.pass < excluded.pass THEN excluded.source_hash ELSE own.source_hash END,
			last_login = CASE WHEN own.pass < excluded.pass THEN excluded.last_login ELSE own.last_login END,
			password_changed = CASE WHEN own.pass < excluded.pass THEN excluded.password_changed ELSE own.password_changed END,
			last_updated = CASE WHEN own.pass < excluded.pass THEN excluded.last_updated ELSE own.last_updated END`,
		run.ID, id, run.Pass, run.Base)
	return err
}

// lastOfEach keeps the last record of each person: a statement may write a row
// once.
func lastOfEach(records []store.StagedRecord) ([]store.StagedRecord, error) {
	at := make(map[string]int, len(records))
	kept := make([]store.StagedRecord, 0, len(records))
	for _, r := range records {
		if err := checkID(r.ID); err != nil {
			return nil, err
		}
		if i, again := at[r.ID]; again {
			kept[i] = r
			continue
		}
		at[r.ID] = len(kept)
		kept = append(kept, r)
	}
	return kept, nil
}

// checkID keeps the contract, for what PostgreSQL would refuse fails the page,
// and what it would alter would be somebody else.
func checkID(id string) error {
	if !store.ValidID(id) {
		return fmt.Errorf("a person's id is 1 to %d bytes of UTF-8 without NUL, and this one is not: %.40q", store.MaxIDBytes, id)
	}
	return nil
}

// staging is a page on its way into the store.
type staging struct {
	*Store
	fence    store.Fence
	page     store.StagedPage
	records  []store.StagedRecord
	versions []*store.Version // of the records, where they were computed
}

// known is what the store knows of a person on the page.
type known struct {
	was, own []byte // the source's hash in the base's sighting, and in this run's own
	met      bool   // there is one of this run's own
	visible  []byte // the hash of what readers see; nil where they see nothing
}

// comparedRun is what the fence said when the page was compared.
type comparedRun struct{ connection, pass, forgets int64 }

// attempt compares the page with what is known, outside of any transaction, and
// stores it in one.
func (g *staging) attempt(ctx context.Context) error {
	run, persons, err := g.look(ctx)
	if err != nil {
		return err
	}
	var fresh versionRows
	var dropped []string
	for i, r := range g.records {
		k := persons[i]
		if k.met && bytes.Equal(k.own, r.SourceHash) {
			continue // this run has stored just this
		}
		if k.visible != nil && bytes.Equal(k.was, r.SourceHash) {
			dropped = appendIf(dropped, k.met, r.ID)
			continue
		}
		v := g.version(i)
		if k.visible != nil && bytes.Equal(k.visible, v.Visible) {
			dropped = appendIf(dropped, k.met, r.ID)
			continue
		}
		fresh.add(r.ID, *v, k.visible != nil)
	}
	return g.write(ctx, run, fresh, dropped)
}

func appendIf(ids []string, condition bool, id string) []string {
	if condition {
		return append(ids, id)
	}
	return ids
}

// version computes a record's version, once.
func (g *staging) version(i int) *store.Version {
	if g.versions[i] == nil {
		g.versions[i] = new(g.records[i].Version())
	}
	return g.versions[i]
}

// look reads what is known of the page's persons, in its order.
func (g *staging) look(ctx context.Context) (comparedRun, []known, error) {
	ids := make([]string, len(g.records))
	for i, r := range g.records {
		ids[i] = r.ID
	}
	var run comparedRun
	persons := make([]known, len(g.records))
	rows, err := g.pool.Query(ctx, `SELECT run.connection_id, run.pass, run.forgets, coalesce(given.place, 0),
			was.source_hash, own.source_hash, own.run_id IS NOT NULL, stands.visible
		FROM run
		LEFT JOIN unnest($3::text[]) WITH ORDINALITY AS given (person_id, place) ON true
		LEFT JOIN LATERAL (SELECT source_hash FROM sighting WHERE run_id = run.base AND person_id = given.person_id LIMIT 1) was ON true
		LEFT JOIN LATERAL (SELECT run_id, source_hash FROM sighting WHERE run_id = run.id AND person_id = given.person_id LIMIT 1) own ON true
		LEFT JOIN LATERAL (SELECT visible FROM version WHERE connection_id = run.connection_id AND person_id = given.person_id
			AND closed_by IS NULL AND opened_by <= run.base LIMIT 1) stands ON true`+owned, g.fence.Run, g.fence.Epoch, ids)
	if err != nil {
		return run, nil, err
	}
	var place int64
	var k known
	tag, err := pgx.ForEachRow(rows, []any{&run.connection, &run.pass, &run.forgets, &place, &k.was, &k.own, &k.met, &k.visible}, func() error {
		if place > 0 {
			persons[place-1] = k
		}
		k = known{}
		return nil
	})
	if err == nil && tag.RowsAffected() == 0 {
		err = store.ErrFenced
	}
	return run, persons, err
}

// write stores the page: first the fence, which holds the run's row until the
// end, then what it guards.
func (g *staging) write(ctx context.Context, run comparedRun, fresh versionRows, dropped []string) error {
	return pgx.BeginFunc(ctx, g.pool, func(tx pgx.Tx) error {
		var batch pgx.Batch
		var forgets int64
		batch.Queue(`UPDATE run SET cursor = $3, complete = $4, pages = pages + 1, records = records + $5, bytes = bytes + $6, lease_until = $7`+
			owned+`RETURNING forgets`, g.fence.Run, g.fence.Epoch, store.Text(g.page.Cursor), g.page.Cursor == "",
			int64(len(g.page.Records)), g.page.Bytes, g.page.LeaseUntil.UnixMilli()).QueryRow(func(row pgx.Row) error {
			if err := row.Scan(&forgets); err != nil {
				if errors.Is(err, pgx.ErrNoRows) {
					return store.ErrFenced
				}
				return err
			}
			if forgets != run.forgets {
				return errForgotten
			}
			return nil
		})
		queueSightings(&batch, g.fence.Run, run.pass, g.records)
		if len(dropped) > 0 {
			batch.Queue(deleteVersions(`connection_id = $1 AND opened_by = $2 AND person_id = ANY($3)`), run.connection, g.fence.Run, dropped)
		}
		fresh.queue(&batch, run.connection, g.fence.Run)
		return tx.SendBatch(ctx, &batch).Close()
	})
}

func queueSightings(batch *pgx.Batch, run, pass int64, records []store.StagedRecord) {
	if len(records) == 0 {
		return
	}
	ids, hashes := make([]string, len(records)), make([][]byte, len(records))
	logins, passwords, updates := make([]*int64, len(records)), make([]*int64, len(records)), make([]*int64, len(records))
	for i, r := range records {
		ids[i], hashes[i] = r.ID, r.SourceHash
		logins[i], passwords[i], updates[i] = millis(r.Times.LastLogin), millis(r.Times.PasswordChanged), millis(r.Times.LastUpdated)
	}
	batch.Queue(`INSERT INTO sighting (run_id, person_id, pass, source_hash, last_login, password_changed, last_updated, stale)
		SELECT $1, person_id, $2, source_hash, last_login, password_changed, last_updated, false
		FROM unnest($3::text[], $4::bytea[], $5::bigint[], $6::bigint[], $7::bigint[])
			AS given (person_id, source_hash, last_login, password_changed, last_updated)
		ON CONFLICT (run_id, person_id) DO UPDATE SET pass = excluded.pass, source_hash = excluded.source_hash,
			last_login = excluded.last_login, password_changed = excluded.password_changed,
			last_updated = excluded.last_updated, stale = false`, run, pass, ids, hashes, logins, passwords, updates)
}
