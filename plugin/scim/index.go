package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
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
//   - The anchor comes later: somebody was added before it, and what follows it is
//     new. The total must have grown by as much: otherwise somebody has moved from
//     behind the anchor to before it, as after a new name in a list that is sorted
//     by names, and the place is lost.
//   - The anchor does not come: somebody was removed. The page before is asked for
//     again, and the anchor found there. If it is not there either, because it is
//     itself gone or the order is another one, the place is lost.
//   - Nothing follows the anchor: that is the end, if totalResults agrees.
//
// Where the place is lost, the listing begins again. What stays unseen is somebody
// who moves to before the anchor while others join or leave, between the same two
// pages: the total tells the sum only.
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
	askWhole              // the same, where the page before came again
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
		return max(1, p.Position-min(count, max(p.Size, 1)))
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
	if at.Position == 0 {
		return advanceFromStart(at, page), nil
	}
	n, total := len(page.Elements), page.Total
	anchor := slices.IndexFunc(page.Elements, func(e []byte) bool { return keyOf(e) == at.Anchor })
	same := isSame(at, page)
	if same {
		anchor = n - 1 // and not an earlier one with the same id
	}
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
	fresh := page.Elements[anchor+1:]
	if anchor == 0 || anchor > 0 && len(fresh) > 0 { // a page that ends with the anchor may be a whole page
		if !at.Aligned && passedOver(at, start+anchor-at.Position, total) {
			return step{}, errMoved
		}
	}
	if len(fresh) > 0 {
		next := at.reached(start-1+n, page)
		next.Aligned = at.Aligned || how == askWhole && anchor < 0
		if next.Aligned && anchor >= 0 {
			next.Position = at.Position + len(fresh)
		}
		if anchor > 0 && how != askBack {
			// Who stands before the anchor has joined or was read already; a repeat
			// does no harm.
			fresh = slices.Concat(page.Elements[:anchor], fresh)
		}
		return step{fresh: fresh, next: next}, nil
	}
	return nothingFollows(at, how, start, anchor, n, total, same)
}

// isSame reports whether a page is the one before it again, by both its ends.
func isSame(at place, page scimapi.List) bool {
	n := len(page.Elements)
	return n > 1 && keyOf(page.Elements[0]) == at.Head && keyOf(page.Elements[n-1]) == at.Anchor
}

// advanceFromStart takes in a list's first page.
func advanceFromStart(at place, page scimapi.List) step {
	switch n := len(page.Elements); {
	case n > 0:
		next := at.reached(n, page)
		next.First = keyOf(page.Elements[0])
		return step{fresh: page.Elements, next: next}
	case page.Total > 0:
		return step{next: at, ask: askZero}
	}
	return step{next: at, end: true}
}

// passedOver reports whether somebody may have moved from behind the anchor to
// before it, given by how much the anchor has moved itself. A total of less than
// was read already is none.
func passedOver(at place, shift, total int) bool {
	if total == scimapi.UnknownTotal || at.Total < at.Position {
		return shift > 0
	}
	return shift != 0 && total < at.Total+shift
}

// asksAfter reports whether the resource after the anchor was asked for.
func asksAfter(at place, how ask) bool { return how == askAfter || how == askWhole || at.Aligned }

// nothingFollows decides about a page without anybody new. same says that it is
// the page before again.
func nothingFollows(at place, how ask, start, anchor, n, total int, same bool) (step, error) {
	moved, after := at, asksAfter(at, how)
	if anchor == 0 || how == askBack || !after && !same {
		moved.Position, moved.Total = start+anchor, max(total, 0) // where the anchor is by now
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
	case !after && same:
		return step{next: at, ask: askWhole}, nil
	case !after && passedOver(at, moved.Position-at.Position, total):
		return step{}, errMoved
	case !after:
		return step{next: moved}, nil
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
	p.Position, p.Anchor, p.Head = position, keyOf(page.Elements[len(page.Elements)-1]), keyOf(page.Elements[0])
	p.Total, p.After, p.Sent, p.Size = max(page.Total, 0), "", 0, max(p.Size, len(page.Elements))
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
		page, err := l.fetchIndex(ctx, at, start)
		if err != nil {
			page, err = l.refused(ctx, at, how, err)
		}
		if err != nil {
			return err
		}
		if page.Next != "" && l.follow && at.Position == 0 {
			// RFC 9865 section 2.3: a service may offer cursors unasked. It is asked
			// again, for the queries of one list have to be the same.
			return l.byCursor(ctx, place{Mode: pagingCursor, After: at.After, Sent: at.Sent})
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

func (l *listing) fetchIndex(ctx context.Context, at place, start int) (scimapi.List, error) {
	return l.fetch(ctx, at, url.Values{"startIndex": {strconv.Itoa(start)}})
}

// refused decides about a refused page. Some services refuse an index behind the
// last resource, which is taken for an empty page; but only where the total says
// so too, or else where the anchor is asked for and comes last, and what follows it
// is refused again. A service that refuses an order it has kept to before has lost
// our place in it.
func (l *listing) refused(ctx context.Context, at place, how ask, err error) (scimapi.List, error) {
	e, ok := errors.AsType[*scimapi.Error](err)
	switch {
	case ok && at.Sorted && e.HTTPStatus == http.StatusBadRequest:
		l.sorted = false
		return scimapi.List{}, errMoved
	case !isRefusedIndex(err) || !asksAfter(at, how):
		return scimapi.List{}, err
	case at.Total >= at.Position && (at.Total == at.Position || !at.Aligned):
		return scimapi.List{Total: at.Total}, nil
	case at.Total >= at.Position:
		return scimapi.List{}, err
	}
	page, againErr := l.fetchIndex(ctx, at, at.Position)
	if againErr != nil {
		return scimapi.List{}, againErr
	}
	if n := len(page.Elements); n == 0 || keyOf(page.Elements[n-1]) != at.Anchor {
		return scimapi.List{}, errMoved
	}
	page, againErr = l.fetchIndex(ctx, at, at.Position+1)
	if isRefusedIndex(againErr) {
		return scimapi.List{Total: scimapi.UnknownTotal}, nil
	}
	return page, againErr
}

func isRefusedIndex(err error) bool {
	e, ok := errors.AsType[*scimapi.Error](err)
	return ok && (e.HTTPStatus == http.StatusBadRequest || e.HTTPStatus == http.StatusNotFound)
}
