package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
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
	// read makes the records of one resource, or says why it can't be read.
	read func(element []byte) ([]plugin.Record, string)
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
		from = place{Mode: from.Mode}
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

// fetch reads a page.
func (l *listing) fetch(ctx context.Context, paging url.Values) (scimapi.List, error) {
	query := maps.Clone(l.query)
	maps.Copy(query, paging)
	query.Set("count", strconv.Itoa(l.count))
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
	page, err := l.fetch(ctx, firstPage(paging)) // it may have been a moment's fault
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
// place, and what stands there already sent.
func (l *listing) emit(ctx context.Context, at place, s step) error {
	records, err := l.records(at, s.fresh)
	if err != nil {
		return err
	}
	records = behind(records, at.After)
	for {
		part, rest := cut(records)
		if len(rest) == 0 {
			cursor := ""
			if !s.end {
				if cursor, err = l.cursor(s.next); err != nil {
					return err
				}
			}
			return l.stream.Page(part, cursor)
		}
		within := at
		within.After = mark(part[len(part)-1].ID)
		cursor, err := l.cursor(within)
		if err != nil {
			return err
		}
		if err := l.stream.Page(part, cursor); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		records = rest
	}
}

// records reads resources. One that can't be read is reported, and the page goes
// on.
func (l *listing) records(at place, elements [][]byte) ([]plugin.Record, error) {
	records := make([]plugin.Record, 0, len(elements))
	for i, element := range elements {
		some, problem := l.read(element)
		if problem == "" {
			records = append(records, some...)
			continue
		}
		location := fmt.Sprintf("%s, element %d behind %d others", l.resource, i+1, at.Position)
		if err := l.stream.Quarantine("", location, plugin.ReasonRecordUnreadable, sentence(problem)); err != nil {
			return nil, err
		}
	}
	return records, nil
}

// behind leaves out what was sent already: all records up to the one that after
// stands for. Where it is not among them, the page has changed, and all are sent.
func behind(records []plugin.Record, after string) []plugin.Record {
	if after == "" {
		return records
	}
	for i, record := range slices.Backward(records) {
		if mark(record.ID) == after {
			return records[i+1:]
		}
	}
	return records
}

// cut takes as many records as one page may have, at least one.
func cut(records []plugin.Record) (part, rest []plugin.Record) {
	size := 0
	for i, record := range records {
		size += len(record.Source)
		if i > 0 && (i == maxPageRecords || size > maxPageBytes) {
			return records[:i], records[i:]
		}
	}
	return records, nil
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
