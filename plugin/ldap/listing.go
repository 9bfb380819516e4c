package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/go-ldap/ldap/v3"

	"patchbay.example/plugin"
	"patchbay.example/plugin/ldap/internal/directory"
)

// Reasons about a listing.
const (
	reasonPlaceLost         = "PLACE_LOST"
	reasonPlaceLostTooOften = "PLACE_LOST_TOO_OFTEN"
)

// maxRestarts is how often one listing may begin again because other entries came
// than before. A directory that answers otherwise a fourth time has no order to
// rely on.
const maxRestarts = 3

// backoff are the waits before a listing connects anew after a failure that may
// pass, as long as nothing new came: about a minute in all, in which a server is
// restarted.
var backoff = []time.Duration{time.Second, 2 * time.Second, 5 * time.Second, 15 * time.Second, 30 * time.Second}

// listing is one run over a resource.
type listing struct {
	*session
	stream   *plugin.Stream
	resource string
	people   directoryIDs // for memberships; nil until read

	sent   place     // behind the last page that the stream took
	seen   place     // behind the last item that came on this connection
	from   place     // where this connection's news begin
	spoken time.Time // when the stream was last told something
	batch  batch

	// What came on this connection: entries, those of them with an id, and members of
	// groups.
	entries, readable, members int
}

// batch is what comes next in a page.
type batch struct {
	records []plugin.Record
	damaged []item
	bytes   int
}

// run reads from a place to the end. It connects anew where a connection breaks,
// and begins again where the place is not found any more.
func (l *listing) run(ctx context.Context, from place) error {
	l.sent, l.spoken = from, time.Now()
	failures, restarts := 0, 0
	for {
		before := l.sent
		err := l.attempt(ctx)
		if l.sent.count > before.count {
			failures = 0
		}
		switch e, _ := errors.AsType[*directory.Error](err); {
		case err == nil || ctx.Err() != nil || e == nil:
			return err
		case e.Reason == reasonPlaceLost:
			if restarts++; restarts > maxRestarts {
				return &directory.Error{Reason: reasonPlaceLostTooOften, Detail: fmt.Sprintf("the directory listed other entries than before %d times in one run", restarts), Cause: err}
			}
			if err := l.stream.Restart(reasonPlaceLost, sentence(e.Detail)); err != nil {
				return err
			}
			l.sent = place{}
		case e.Transient && failures < len(backoff):
			l.log.Warn("connecting anew", slog.String("reason", e.Reason), slog.Uint64("entries", l.sent.count))
			if waitErr := l.stream.Wait(ctx, backoff[failures], e.Reason, sentence(e.Detail)); waitErr != nil {
				if refusal, ok := errors.AsType[*plugin.Refusal](waitErr); ok && refusal.Reason == plugin.ReasonWaitBudgetSpent {
					return err // says more than that no time is left
				}
				return waitErr
			}
			failures++
		default:
			return err
		}
	}
}

// attempt reads on one connection from the beginning, and sends what comes after
// the place.
func (l *listing) attempt(ctx context.Context) error {
	l.from, l.seen, l.batch = l.sent, place{}, batch{}
	l.entries, l.readable, l.members = 0, 0, 0
	conn, err := directory.Open(ctx, l.settings)
	if err != nil {
		return err
	}
	defer conn.Close()
	switch l.resource {
	case resourceGroups:
		attributes := append(append([]string{}, l.dialect.ids...), groupAttributes...)
		return l.list(ctx, conn, l.search(l.groupBase, l.groupFilter, attributes), func(e *ldap.Entry) error {
			return l.emitEntry(l.dialect.readGroup(e))
		})
	case resourceMemberships:
		return l.listMemberships(ctx, conn)
	default:
		return l.list(ctx, conn, l.search(l.base, l.userFilter, l.dialect.userAttributes()), func(e *ldap.Entry) error {
			return l.emitEntry(l.dialect.readUser(e, l.now()))
		})
	}
}

func (l *listing) search(base, filter string, attributes []string) directory.Search {
	return directory.Search{Base: base, Filter: filter, Attributes: attributes, PageSize: l.config.PageSize}
}

// list reads a search to its end; each of the server's pages is one of ours, unless
// it is too large.
func (l *listing) list(ctx context.Context, conn *directory.Conn, search directory.Search, entry func(*ldap.Entry) error) error {
	references, err := conn.List(ctx, search, entry, func(last bool) error {
		if last {
			return l.end()
		}
		if len(l.batch.records)+len(l.batch.damaged) == 0 {
			return l.alive()
		}
		return l.flush(l.cursor(l.seen))
	})
	if references > 0 {
		l.log.Info("references to other servers were not followed", slog.Int("references", references))
	}
	return err
}

// Bounds of a page: well below what the contract allows, so that the largest record
// may still follow.
const (
	defaultMaxBatchBytes   = 4 << 20
	defaultMaxBatchRecords = 2000
)

// emitEntry takes an item that an entry is.
func (l *listing) emitEntry(it item) error {
	l.entries++
	if it.problem == "" {
		l.readable++
	}
	return l.emit(it)
}

// emit takes an item: it is behind the place, or belongs to the next page.
func (l *listing) emit(it item) error {
	l.seen.pass(it.key)
	if l.seen.count <= l.from.count {
		if l.seen.count == l.from.count && l.seen != l.from {
			return l.lost()
		}
		return l.alive()
	}
	if it.problem != "" {
		l.batch.damaged = append(l.batch.damaged, it)
	} else {
		l.batch.records = append(l.batch.records, it.record)
		l.batch.bytes += len(it.record.Source)
	}
	if l.batch.bytes >= l.limits.maxBatchBytes || len(l.batch.records)+len(l.batch.damaged) >= l.limits.maxBatchRecords {
		return l.flush(l.cursor(l.seen))
	}
	return l.alive() // a server may take long for a page
}

// end sends the last page.
func (l *listing) end() error {
	if l.seen.count < l.from.count {
		return l.lost()
	}
	if err := l.checkShown(); err != nil {
		return err
	}
	return l.flush("")
}

// flush sends what came as a page. Damaged entries are reported with it, so that
// they are not reported again by who resumes after it.
func (l *listing) flush(cursor string) error {
	for _, it := range l.batch.damaged {
		if err := l.stream.Quarantine("", l.printable(it.dn), plugin.ReasonRecordUnreadable, it.problem); err != nil {
			return err
		}
	}
	if err := l.stream.Page(l.batch.records, cursor); err != nil {
		return err
	}
	l.sent, l.batch, l.spoken = l.seen, batch{}, time.Now()
	return nil
}

// defaultQuietFor is how long the host hears nothing while entries are read that it has
// already: well below the five minutes after which a host takes us to hang.
const defaultQuietFor = time.Minute

// alive lets the host hear from us: with a page without records, after which the
// listing goes on where it would have anyway.
func (l *listing) alive() error {
	if time.Since(l.spoken) < l.limits.quietFor {
		return nil
	}
	l.spoken = time.Now()
	return l.stream.Page(nil, l.cursor(l.sent))
}

func (l *listing) lost() error {
	return &directory.Error{
		Reason: reasonPlaceLost,
		Detail: fmt.Sprintf("the first %d entries are not those that came before: the directory has changed meanwhile, or another server answers", l.from.count),
	}
}

func (l *listing) cursor(at place) string {
	return l.identity(l.resource, at).String()
}
