package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"patchbay.example/plugin/scim/internal/scimapi"
)

// Index-based paging (RFC 7644 section 3.4.2.4) is stateless: "clients must never
// assume that results are the same across pages". Whoever is removed from the list
// between two requests shifts somebody over the boundary who is then never seen.
// So each page is asked for from the last resource that was read, the anchor, and
// not from the one after it:
//
//   - The anchor comes first: nothing has moved, and what follows it is new.
//   - The anchor comes later: somebody was added, and what follows it is new.
//   - The anchor does not come: somebody was removed. The page before is asked for
//     again, and the anchor found there. If it is not there either, because it is
//     itself gone or the order is another one, the place is lost and the listing
//     begins again.
//   - Nothing follows the anchor: that is the end, if totalResults agrees.
//
// Services with faults of their own are met half-way: one that serves whole pages
// only, whatever startIndex says (it is asked from the resource after the anchor
// from then on, and a total that shrinks means that the place is lost); one that
// counts from 0 (at the end the first resource is fetched that startIndex 1 has
// passed over); one that ignores count, caps it, or gives everything at once.

// ask says how the next page is asked for.
type ask int

const (
	askOverlap ask = iota // from the anchor, or from 1
	askBack               // from a page before the anchor
	askAfter              // from the resource after the anchor, which came alone
	askWhole              // the same, where a page came that ends with the anchor
	askZero               // from 0
)

// startIndex is the index to ask for.
func (p place) startIndex(how ask, count int) int {
	switch {
	case how == askZero:
		return 0
	case p.Position == 0:
		return 1
	case how == askBack:
		return max(1, p.Position-count)
	case how == askAfter, how == askWhole, p.Aligned:
		return p.Position + 1
	default:
		return p.Position
	}
}

// step is what came of a page.
type step struct {
	fresh [][]byte // what was not read before
	next  place    // after it
	ask   ask      // how to go on from there
	end   bool     // nothing follows
}

// errMoved says that the anchor is not where it should be.
var errMoved = &scimapi.Error{
	Reason: scimapi.ReasonPlaceLost, Retry: scimapi.RetryFromStart,
	Detail: "the service's list has changed while it was read, so that somebody may have been passed over",
}

// stuck says that a page brought nothing new and was not the last.
func stuck(at place, total int) error {
	return &scimapi.Error{
		Reason: scimapi.ReasonListingStuck,
		Detail: fmt.Sprintf("after %d resources the service gives none that is new, and says that there are %s", at.Position, inAll(total)),
	}
}

func inAll(total int) string {
	if total == scimapi.UnknownTotal {
		return "more"
	}
	return strconv.Itoa(total)
}

// advance takes in the page that was asked for from startIndex start, from a
// place and in a way. It is pure: the whole of what index-based paging decides.
func advance(at place, how ask, start int, page scimapi.List) (step, error) {
	if how == askZero {
		return advanceFromZero(at, page)
	}
	n, total := len(page.Elements), page.Total
	if at.Position == 0 {
		switch {
		case n > 0:
			next := at.reached(n, page)
			next.First = keyOf(page.Elements[0])
			return step{fresh: page.Elements, next: next}, nil
		case total > 0:
			return step{next: at, ask: askZero}, nil
		}
		return step{next: at, end: true}, nil
	}
	anchor := slices.IndexFunc(page.Elements, func(e []byte) bool { return keyOf(e) == at.Anchor })
	after := asksAfter(at, how)
	if anchor < 0 && !after {
		if how == askBack {
			return step{}, errMoved
		}
		return step{next: at, ask: askBack}, nil
	}
	if after && total != scimapi.UnknownTotal && total < at.Total && at.Position <= at.Total {
		return step{}, errMoved // with whole pages only the total tells, if it tells the truth
	}
	if how == askBack && anchor >= 0 && start+anchor == at.Position {
		return step{}, errMoved // it has not moved, and did not come when it was asked for
	}
	if fresh := page.Elements[anchor+1:]; len(fresh) > 0 {
		next := at.reached(start-1+n, page)
		next.Aligned = at.Aligned || how == askWhole && anchor < 0
		if next.Aligned && anchor >= 0 {
			next.Position = at.Position + len(fresh)
		}
		return step{fresh: fresh, next: next}, nil
	}
	return nothingFollows(at, how, start, anchor, n, total)
}

// asksAfter reports whether the resource after the anchor was asked for.
func asksAfter(at place, how ask) bool { return how == askAfter || how == askWhole || at.Aligned }

// nothingFollows decides about a page without anybody new.
func nothingFollows(at place, how ask, start, anchor, n, total int) (step, error) {
	moved, after := at, asksAfter(at, how)
	if anchor == 0 || how == askBack {
		moved.Position = start + anchor // where the anchor is by now
	}
	known := total != scimapi.UnknownTotal
	complete := known && moved.Position >= total
	switch {
	case how == askBack:
		return step{next: moved}, nil
	case !after && anchor == 0 && n == 1 && complete:
		return step{next: at, end: true}, nil // the anchor is the last, as the total says
	case !after && anchor == 0:
		return step{next: at, ask: askAfter}, nil
	case !after:
		return step{next: at, ask: askWhole}, nil
	case n <= 1 && (complete || !known):
		return step{next: at, end: true}, nil
	case n <= 1:
		return step{next: at, ask: askZero}, nil
	// What follows is a page that ends with the anchor although what follows the
	// anchor was asked for.
	case complete, !known && at.Position > n:
		return step{next: at, end: true}, nil // the last page, or all there is
	case known && total != at.Total && at.Total > 0:
		return step{}, errMoved
	}
	return step{}, stuck(at, total) // the same page whatever is asked for
}

// advanceFromZero takes in the page from index 0, which is asked for where the
// list ended early: a service that counts from 0 has passed over its first
// resource, and one that goes by RFC 7644 section 3.4.2.4 takes 0 for 1.
func advanceFromZero(at place, page scimapi.List) (step, error) {
	switch {
	case len(page.Elements) > 0 && at.First == "":
		next := at.reached(len(page.Elements), page)
		next.First = keyOf(page.Elements[0])
		return step{fresh: page.Elements, next: next}, nil
	case len(page.Elements) > 1 && keyOf(page.Elements[1]) == at.First && at.Position+1 >= page.Total:
		next := at
		next.Position++
		return step{fresh: page.Elements[:1], next: next, end: true}, nil
	case page.Total == at.Position: // it has come right meanwhile
		return step{next: at, end: true}, nil
	}
	return step{}, stuck(at, page.Total)
}

// reached is the place behind the page's last resource.
func (p place) reached(position int, page scimapi.List) place {
	p.Position, p.Anchor = position, keyOf(page.Elements[len(page.Elements)-1])
	p.Total, p.After = max(page.Total, 0), ""
	return p
}

// keyOf stands for a resource: by its id, or by all of it where it has none.
func keyOf(element []byte) string {
	var object struct {
		ID text `json:"id"`
	}
	if json.Unmarshal(element, &object) == nil && object.ID != "" {
		return mark(string(object.ID))
	}
	return mark("\x00" + string(element))
}

// maxIdle is how many pages in a row may bring nothing new. The longest way to
// tell an end has four: from the anchor, from the page before, from behind the
// anchor, from 0.
const maxIdle = 6

// maxListed bounds a listing, for a service that never ends: more resources than
// any directory of people has.
const maxListed = 50_000_000

// byIndex reads from a place to the end of a list.
func (l *listing) byIndex(ctx context.Context, at place) error {
	how, idle := askOverlap, 0
	for {
		start := at.startIndex(how, l.count)
		page, err := l.fetch(ctx, url.Values{"startIndex": {strconv.Itoa(start)}})
		if err != nil {
			if e, ok := errors.AsType[*scimapi.Error](err); !ok || !asksAfter(at, how) || e.HTTPStatus != 400 && e.HTTPStatus != 404 {
				return err
			}
			// Some services refuse an index behind the last resource.
			page = scimapi.List{Total: scimapi.UnknownTotal}
			if at.Total > 0 {
				page.Total = at.Total
			}
		}
		if page.Next != "" && l.follow && at.Position == 0 {
			// RFC 9865 section 2.3: a service may offer cursors unasked. It is asked
			// again, for the queries of one list have to be the same.
			return l.byCursor(ctx, place{Mode: pagingCursor, After: at.After})
		}
		s, err := advance(at, how, start, page)
		if err != nil {
			return err
		}
		if s.end && s.next.Position == 0 {
			if err := l.nobody(ctx, pagingIndex); err != nil {
				return err
			}
		}
		if s.end || len(s.fresh) > 0 {
			if err := l.emit(ctx, at, s); err != nil {
				return err
			}
			idle = 0
		} else if idle++; idle > maxIdle {
			return stuck(at, page.Total)
		}
		if s.end {
			return nil
		}
		if s.next.Position > maxListed {
			return stuck(s.next, page.Total)
		}
		at, how = s.next, s.ask
	}
}
