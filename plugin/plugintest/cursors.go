package plugintest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"google.golang.org/grpc/codes"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	sectionCursors = "Cursors"
	caseResume     = "cursor-resume"

	// maxResumes bounds from how many cursors a listing is resumed: each costs the
	// service half a listing in the mean.
	maxResumes = 8
)

func cursorCases() []Case {
	return []Case{
		{
			Name: "cursor-form", Section: sectionCursors, Title: "Cursors can be stored, and pasted",
			Requires: "A cursor is printable ASCII without blanks and has at most 4 KiB. Each page but the last has one.",
			Why:      "A cursor is stored with its page, shown to people, and pasted into commands.",
			after:    needsListing, limit: listingLimit,
			try: judged("cursor-form", "The cursors of a listing of %d records are printable and bounded, and only the last page has none."),
		},
		{
			Name: caseResume, Section: sectionCursors, Title: "From each cursor comes exactly the rest",
			Requires: "A Sync with the cursor of a page sends what comes after that page: nothing less, and nothing of before. It follows all rules of a stream from the beginning.",
			Why:      "After a crash a run goes on from its last stored page; what is left out there has left the company.",
			after:    append(slices.Clone(needsListing), caseCompleted, caseIDsStable), limit: listingLimit,
			try: tryCursorResume,
		},
		{
			Name: "cursor-foreign", Section: sectionCursors, Title: "A cursor that is not its own is refused",
			Requires: "A cursor that is garbage, cut short, changed at its beginning or another resource's is answered INVALID_ARGUMENT (class CONFIG_INVALID), with no event before.",
			Why:      "Cursors are pasted by people. One that is taken for another place, or for the beginning, loses or repeats people silently.",
			after:    needsListing, limit: listingLimit,
			try: tryCursorForeign,
		},
		{
			Name: "cursor-connect", Section: sectionCursors, Title: "Cursors that Connect is given do no harm",
			Requires: "Connect with the cursor of a page as resume cursor works. With one that is garbage, it is refused as CONFIG_INVALID; or it is left to Sync, which then refuses the cursor.",
			Why:      "A wrong cursor is a mistake of whoever asks, and should be found before the service is asked for anything.",
			after:    append(slices.Clone(needsListing), "cursor-foreign"), limit: listingLimit,
			try: tryCursorConnect,
		},
	}
}

// withCursors returns the straight listing if it can be resumed.
func (t *trial) withCursors(ctx context.Context) (*book, []page, error) {
	listing, err := t.whole(ctx)
	if err != nil {
		return nil, nil, err
	}
	var resumable []page
	for _, p := range listing.pages {
		if p.cursor != "" {
			resumable = append(resumable, p)
		}
	}
	if len(resumable) == 0 {
		if len(listing.pages) == 1 {
			return nil, nil, short("The listing of %q has one page: it takes several to resume.", listing.resource.GetName())
		}
		return nil, nil, skip("The listing of %q has %d pages, and none with a cursor: it takes several pages to resume.", listing.resource.GetName(), len(listing.pages))
	}
	return listing, resumable, nil
}

func tryCursorResume(ctx context.Context, t *trial) error {
	listing, resumable, err := t.withCursors(ctx)
	if err != nil {
		return err
	}
	p, err := t.connected(ctx)
	if err != nil {
		return err
	}
	chosen := spread(resumable, maxResumes)
	for _, from := range chosen {
		rest, err := p.readAll(ctx, listing.resource, from.cursor)
		if err != nil {
			return fail("Resumed from the cursor of page %d: %v", from.number, err)
		}
		if problem := difference(listing.set(from.number), rest.set(0), listing, rest); problem != "" {
			return fail("Resumed from the cursor of page %d of %d, %s. %s", from.number, len(listing.pages), problem, misplaced(listing, from, rest))
		}
		if problem := newFindings(listing, rest); problem != "" {
			return fail("Resumed from the cursor of page %d of %d: %s.", from.number, len(listing.pages), problem)
		}
	}
	return pass("Resumed from %d of %d cursors, exactly the rest came.", len(chosen), len(resumable))
}

// misplaced says what a stream that resumed at the wrong place makes of the
// cursor, as far as what came tells.
func misplaced(listing *book, from page, rest *book) string {
	came := rest.set(0)
	holds := func(pages []page) bool { // all of their records came
		for _, p := range pages {
			for _, id := range listing.ids[p.from:p.to] {
				if _, ok := came[id]; !ok {
					return false
				}
			}
		}
		return len(pages) > 0
	}
	const rule = "A cursor says where to go on after its page."
	own := listing.pages[from.number-1 : from.number]
	switch {
	case len(rest.pages) == 0:
		return "The stream ended without a page: an error that is passed over looks like the end of the listing. Return it."
	case from.number > 1 && holds(listing.pages):
		return "The whole listing came: the cursor was passed over. " + rule
	case holds(own):
		return fmt.Sprintf("Page %d itself came again. %s", from.number, rule)
	case from.number < len(listing.pages)-1 && !holds(listing.pages[from.number:from.number+1]) && holds(listing.pages[from.number+1:]):
		return fmt.Sprintf("Page %d was left out. %s", from.number+1, rule)
	}
	if last := lastThatCame(listing, from.number, holds); last > from.number && last < len(listing.pages) {
		return fmt.Sprintf("The stream ended as complete after page %d: an error that is passed over looks like the end of the listing. Return it.", last)
	}
	return rule
}

// lastThatCame is the number of the last page up to which all came.
func lastThatCame(listing *book, after int, holds func([]page) bool) int {
	for after < len(listing.pages) && holds(listing.pages[after:after+1]) {
		after++
	}
	return after
}

// newFindings are the findings in a resumed stream of rules that the straight
// one kept.
func newFindings(straight, resumed *book) string {
	var found []string
	for rule, findings := range resumed.findings {
		if len(straight.findings[rule]) == 0 {
			found = append(found, fmt.Sprintf("%s (%s)", findings[0], rule))
		}
	}
	slices.Sort(found)
	return some(found)
}

// spread chooses at most n elements, the first and the last among them.
func spread(pages []page, n int) []page {
	if len(pages) <= n {
		return pages
	}
	chosen := make([]page, n)
	for i := range n {
		chosen[i] = pages[i*(len(pages)-1)/(n-1)]
	}
	return chosen
}

func tryCursorForeign(ctx context.Context, t *trial) error {
	_, resumable, err := t.withCursors(ctx)
	if err != nil {
		return err
	}
	p, resource, err := t.resource(ctx)
	if err != nil {
		return err
	}
	cursor := resumable[len(resumable)/2].cursor
	foreign := []struct{ what, cursor string }{
		{"that is garbage", "no-cursor-of-yours"},
		{"of blanks and control characters", " \n\x01"},
		{"of 1 MiB", strings.Repeat("A", 1<<20)},
		{"that is cut in the middle", cursor[:len(cursor)/2]},
		{"whose first character was changed", changed(cursor[:1]) + cursor[1:]},
	}
	for _, f := range foreign {
		if f.cursor == "" {
			continue
		}
		if err := p.mustRefuseCursor(ctx, resource, "A cursor "+f.what, f.cursor); err != nil {
			return err
		}
	}
	other, err := t.otherResource(ctx, p, resource)
	if err != nil {
		return err
	}
	if other == nil {
		return pass("Cursors that are not its own were answered INVALID_ARGUMENT. (There is no other resource whose cursor could be tried.)")
	}
	if err := p.mustRefuseCursor(ctx, other, fmt.Sprintf("A cursor of %q for %q", resource.GetName(), other.GetName()), cursor); err != nil {
		return err
	}
	return pass("Cursors that are not its own, and one of %q for %q, were answered INVALID_ARGUMENT.", resource.GetName(), other.GetName())
}

// changed is another printable character.
func changed(character string) string {
	if character == "Z" {
		return "Y"
	}
	return "Z"
}

// otherResource is another one that can be read; nil for none.
func (t *trial) otherResource(ctx context.Context, p *process, resource *connectorv1.Resource) (*connectorv1.Resource, error) {
	resources, err := p.list(ctx)
	if err != nil {
		return nil, err
	}
	for _, other := range resources {
		if other.GetName() != resource.GetName() && len(other.GetMissingScopes()) == 0 {
			return other, nil
		}
	}
	return nil, nil //nolint:nilnil // there is no other, which is no error
}

func (p *process) mustRefuseCursor(ctx context.Context, resource *connectorv1.Resource, what, cursor string) error {
	s, err := p.sync(ctx, resource, cursor, 0)
	s.stop()
	if errors.Is(err, io.EOF) {
		return fail("%s: the stream ended with status OK. Answer INVALID_ARGUMENT.", what)
	}
	saw, ok := answeredWith(err, codes.InvalidArgument)
	if err == nil {
		saw = "Events came."
	}
	if !ok {
		return fail("%s: %s Answer INVALID_ARGUMENT before anything is asked of the service; a cursor that begins with the connector's name and version and ends with a checksum can be told from any other.", what, saw)
	}
	return nil
}

func tryCursorConnect(ctx context.Context, t *trial) error {
	_, resumable, err := t.withCursors(ctx)
	if err != nil {
		return err
	}
	_, resource, err := t.resource(ctx)
	if err != nil {
		return err
	}
	name := resource.GetName()
	own, err := t.fresh(ctx, startup{})
	if err != nil {
		return err
	}
	defer own.discard(ctx)
	response, err := own.connect(ctx, t.connectRequest(map[string]string{name: resumable[0].cursor}))
	if err != nil {
		return fail("Connect with a cursor of its own to resume with: %s", err)
	}
	if response.HasRefusal() {
		return fail("Connect with a cursor of its own to resume with was refused: %s", refusalText(response.GetRefusal()))
	}
	foreign, err := t.fresh(ctx, startup{})
	if err != nil {
		return err
	}
	defer foreign.discard(ctx)
	const garbage = "no-cursor-of-yours"
	response, err = foreign.connect(ctx, t.connectRequest(map[string]string{name: garbage}))
	switch {
	case err != nil:
		return fail("Connect with a foreign cursor to resume with: %s Refuse it in the message, or leave it to Sync.", err)
	case !response.HasRefusal():
		if err := foreign.mustRefuseCursor(ctx, resource, "A foreign cursor that Connect was given and accepted, given to Sync", garbage); err != nil {
			return err
		}
		return pass("Connect takes its own cursor, and leaves a foreign one to Sync, which refuses it.")
	case response.GetRefusal().GetClass() != connectorv1.Class_CLASS_CONFIG_INVALID:
		return fail("Connect with a foreign cursor to resume with was refused with %s. The class must be CONFIG_INVALID.", refusalText(response.GetRefusal()))
	}
	return pass("Connect takes its own cursor to resume with, and refuses a foreign one.")
}
