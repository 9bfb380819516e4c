package main

import (
	"context"
	"fmt"
	"net/url"

	"patchbay.example/plugin/scim/internal/scimapi"
)

// maxEmptyPages is how many pages in a row may be empty and name another one
// after them, which RFC 9865 does not forbid: a service that filters behind its
// database sends them.
const maxEmptyPages = 1000

// byCursor reads from a place to the end of a list (RFC 9865 section 2). The first
// page's cursor is empty; the last page names no next one.
func (l *listing) byCursor(ctx context.Context, at place) error {
	seen, empty := cycle{}, 0
	if at.Count == 0 {
		at.Count = l.count
	}
	for {
		page, err := l.fetch(ctx, at, url.Values{"cursor": {at.Service}})
		if err != nil {
			return err
		}
		s := afterPage(at, page)
		if s.next.Service != "" && (s.next.Service == at.Service || seen.closedBy(s.next.Service)) {
			return stuck(s.next, page.Total)
		}
		if empty++; len(s.fresh) > 0 {
			empty = 0
		}
		if empty > maxEmptyPages || s.next.Position > maxListed {
			return stuck(s.next, page.Total)
		}
		if s.end {
			if err := l.atEnd(ctx, s.next); err != nil {
				return err
			}
		}
		if err := l.emit(ctx, at, s); err != nil || s.end {
			return err
		}
		at = s.next
	}
}

// afterPage is the step that a page makes.
func afterPage(at place, page scimapi.List) step {
	next := at
	next.After, next.Sent = "", 0
	next.Service = page.Next
	next.Position += len(page.Elements)
	// The smallest total, so that those who join meanwhile are not waited for.
	if page.Total > 0 && (next.Total == 0 || page.Total < next.Total) {
		next.Total = page.Total
	}
	return step{fresh: page.Elements, next: next, end: page.Next == ""}
}

// atEnd compares what came with what the service has said.
func (l *listing) atEnd(ctx context.Context, end place) error {
	if end.Position == 0 {
		return l.nobody(ctx, pagingCursor)
	}
	if end.Position < end.Total {
		return &scimapi.Error{
			Reason: scimapi.ReasonListingIncomplete, Retry: scimapi.RetryFromStart,
			Detail: fmt.Sprintf("the service says that there are %d resources, and its list ended after %d", end.Total, end.Position),
		}
	}
	return nil
}

// cycle notices that a chain of cursors leads back, with one cursor remembered
// (Brent, "An improved Monte Carlo factorization algorithm", 1980).
type cycle struct {
	kept        string
	steps, keep int
}

// closedBy takes the next cursor of the chain and reports whether it was there.
func (c *cycle) closedBy(cursor string) bool {
	if cursor == c.kept {
		return true
	}
	if c.steps++; c.steps > c.keep {
		c.kept, c.steps, c.keep = cursor, 0, 2*c.keep+1
	}
	return false
}
