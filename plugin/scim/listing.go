package main

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"net/url"
	"strconv"
	"strings"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/scim/internal/scimapi"
)

// listing is one run over one resource.
type listing struct {
	*session
	stream   *plugin.Stream
	resource string
	bound    string // see binding

	path   string     // of the endpoint
	query  url.Values // beside those of paging
	count  int        // how many to ask for at once
	follow bool       // a cursor that the service offers unasked is followed
	sorted bool       // by index, the list is asked for in the order of ids
	// read makes the records of one resource, or says why it can't be read.
	read func(element []byte) (iter.Seq[plugin.Record], string)
}

// maxRestarts is how often one listing may begin again because its place was
// lost. One that is lost a fourth time will be lost a fifth.
const maxRestarts = 3

// run reads from a place to the end, and begins again where the place is lost.
func (l *listing) run(ctx context.Context, from place) error {
	for restarts := 0; ; restarts++ {
		err := l.pages(ctx, from)
		e, ok := errors.AsType[*scimapi.Error](err)
		if !ok || e.Retry != scimapi.RetryFromStart {
			return refuse(err)
		}
		if restarts == maxRestarts {
			return refuse(tooOften(e, restarts+1))
		}
		if err := l.stream.Restart(scimapi.ReasonPlaceLost, sentence(e.Error())); err != nil {
			return err
		}
		from = place{Mode: from.Mode, Sorted: from.Mode == pagingIndex && l.sorted}
	}
}

// tooOften is e, which no restart has mended.
func tooOften(e *scimapi.Error, times int) *scimapi.Error {
	final := *e
	final.Retry, final.Cause = scimapi.RetryNever, e
	if e.Reason == scimapi.ReasonPlaceLost {
		final.Reason = scimapi.ReasonPlaceLostTooOften
	}
	final.Detail = fmt.Sprintf("%s; that happened %d times in one run", e.Detail, times)
	return &final
}

func (l *listing) pages(ctx context.Context, from place) error {
	if from.Mode == pagingCursor {
		return l.byCursor(ctx, from)
	}
	return l.byIndex(ctx, from)
}

// queryAt is the query at a place, without paging. The order is the place's own:
// one that another process has begun goes on in its order.
func (l *listing) queryAt(at place) url.Values {
	query := maps.Clone(l.query)
	if at.Sorted {
		query.Set("sortBy", "id")
		query.Set("sortOrder", "ascending")
	}
	return query
}

// fetch reads a page.
func (l *listing) fetch(ctx context.Context, at place, paging url.Values) (scimapi.List, error) {
	query := l.queryAt(at)
	maps.Copy(query, paging)
	// RFC 9865 section 2: the queries of one list differ in their cursor only, also
	// where another process goes on with another page size.
	count := l.count
	if at.Count > 0 {
		count = at.Count
	}
	query.Set("count", strconv.Itoa(count))
	return l.list(ctx, l.path, query, l.wait)
}

// wait is a [scimapi.Waiter]; people are told in a sentence.
func (l *listing) wait(ctx context.Context, d time.Duration, reason, message string) error {
	return l.stream.Wait(ctx, d, reason, sentence(message))
}

// nobody decides about a list that is empty from its beginning: a company has
// people, so this is a token that may not see them; it may have no groups.
func (l *listing) nobody(ctx context.Context, paging string) error {
	if l.resource != resourceUsers {
		return nil
	}
	page, err := l.fetch(ctx, place{Mode: paging, Sorted: paging == pagingIndex && l.sorted}, firstPage(paging)) // it may have been a moment's fault
	switch {
	case err != nil:
		return err
	case len(page.Elements) > 0:
		return errMoved
	}
	return seesNobody(l.config.Filter)
}

// firstPage are the parameters of a list's first page.
func firstPage(paging string) url.Values {
	if paging == pagingCursor {
		return url.Values{"cursor": {""}}
	}
	return url.Values{"startIndex": {"1"}}
}

// seesNobody is the error of a list of users that is empty.
func seesNobody(filter string) error {
	if filter != "" {
		return &scimapi.Error{Reason: scimapi.ReasonFilterMatchesNobody, Detail: "the service lists no user who matches the filter"}
	}
	return &scimapi.Error{Reason: scimapi.ReasonNobodySeen, Detail: "the service lists no user at all for this token"}
}

// Bounds of one page of the stream. What a service sends at once may be more: all
// its users, or all members of its groups.
const (
	maxPageRecords = 2000
	// maxPageBytes of sources stay below the contract's 16 MiB for a page with
	// their typed views, which repeat parts of them.
	maxPageBytes = 4 << 20
)

// emit sends what a step brought, in one page of the stream or in several. Each
// has the cursor that goes on behind it: within the step that is the step's own
// place, and what stands there already sent. Records are made as they are sent, for
// a page of groups may have millions of members.
func (l *listing) emit(ctx context.Context, at place, s step) error {
	skip := l.sentAlready(at, s.fresh)
	sent := skip
	var piece []plugin.Record
	size := 0
	for i, element := range s.fresh {
		records, problem := l.read(element)
		if problem != "" {
			if err := l.quarantine(at, i, problem); err != nil {
				return err
			}
			continue
		}
		for record := range records {
			if skip > 0 {
				skip--
				continue
			}
			if len(piece) == maxPageRecords || len(piece) > 0 && size+len(record.Source) > maxPageBytes {
				sent += len(piece)
				if err := l.sendPiece(ctx, at, piece, sent); err != nil {
					return err
				}
				piece, size = nil, 0
			}
			piece, size = append(piece, record), size+len(record.Source)
		}
	}
	if s.end {
		return l.stream.Page(piece, "")
	}
	cursor, err := l.cursor(s.next)
	if err != nil {
		return err
	}
	return l.stream.Page(piece, cursor)
}

// sendPiece sends a part of what stands at a place, with which so many records of
// it are sent.
func (l *listing) sendPiece(ctx context.Context, at place, piece []plugin.Record, sent int) error {
	at.After, at.Sent = mark(piece[len(piece)-1].ID), sent
	cursor, err := l.cursor(at)
	if err != nil {
		return err
	}
	if err := l.stream.Page(piece, cursor); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

// quarantine reports a resource that can't be read.
func (l *listing) quarantine(at place, i int, problem string) error {
	location := fmt.Sprintf("%s, element %d behind %d others", l.resource, i+1, at.Position)
	return l.stream.Quarantine("", location, plugin.ReasonRecordUnreadable, sentence(problem))
}

// sentAlready is how many records of a page were sent before. Where the last of them
// is not the one that it was, the page has changed, and all are sent.
func (l *listing) sentAlready(at place, elements [][]byte) int {
	n := 0
	for _, element := range elements {
		if at.Sent == 0 {
			break
		}
		records, problem := l.read(element)
		if problem != "" {
			continue
		}
		for record := range records {
			if n++; n < at.Sent {
				continue
			}
			if mark(record.ID) == at.After {
				return n
			}
			return 0
		}
	}
	return 0
}

// sentence gives a text a capital letter and a full stop. A host name at its
// beginning stays as it is.
func sentence(text string) string {
	if text == "" {
		return ""
	}
	if first, _, _ := strings.Cut(text, " "); !strings.ContainsAny(first, ".:") {
		text = strings.ToUpper(text[:1]) + text[1:]
	}
	if !strings.HasSuffix(text, ".") {
		text += "."
	}
	return text
}
