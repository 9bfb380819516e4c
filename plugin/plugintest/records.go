package plugintest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	sectionRecords = "Records"
	caseIDsStable  = "ids-stable"
	caseCompleted  = "completed-last"
)

// needsListing are the cases on which all rest that read a listing.
var needsListing = []string{caseHandshake, caseDescribe, caseConnects, caseResources}

func recordCases() []Case {
	return []Case{
		{
			Name: "records-typed", Section: sectionRecords, Title: "Records are what their resource says",
			Requires: "Each record names the resource that was asked for, has the typed view of its kind (none for OTHER), and a source that is a JSON object with the resource's key field. The first e-mail address is the primary one, if any is. Of ten people or more, somebody has a user name, a name or an e-mail address in the typed view; of ten groups or more, one has a name.",
			Why:      "Views and searches are made of the typed view, and the source is what nothing is lost in.",
			after:    needsListing, limit: listingLimit,
			try: tryRecordsTyped,
		},
		{
			Name: "ids-unique", Section: sectionRecords, Title: "Records have ids, once in a page",
			Requires: "The id of a record is not empty and has at most 1 KiB. No id occurs twice within a page. On another page it may come again, for an object that has changed meanwhile; where five records or more, and more than one in twenty of a listing, come under the id of another and with another source, it does not identify what it stands for.",
			Why:      "A person is told from another by the id: of two records with the same one, the later takes the place of the earlier.",
			after:    needsListing, limit: listingLimit,
			try: judged("ids-unique", "%d records have ids, none twice in a page, and none that many share."),
		},
		{
			Name: "record-bounded", Section: sectionRecords, Title: "A record above the limit is quarantined",
			Requires: "The source of a record has at most 3 MiB. A larger one is left out, and a Quarantined event says so.",
			Why:      "No message may exceed 4 MiB, and one object that is no person's profile must not end the listing of all.",
			after:    needsListing, limit: listingLimit,
			try: judged("record-bounded", "None of %d records exceeds the limit."),
		},
		{
			Name: caseIDsStable, Section: sectionRecords, Title: "A record keeps its id",
			Requires: "Two listings have the same ids, also from two processes: an id is the service's key of the object, or derived from it alone.",
			Why:      "Somebody whose id changes has left the company and somebody else has joined it.",
			after:    needsListing, limit: listingLimit,
			try: tryIDsStable,
		},
		{
			Name: "every-resource", Section: sectionRecords, Title: "Every resource keeps these rules",
			Requires: "Of each further resource that lacks no scope the first three pages come, or as many as there are, or an empty listing, and they keep all rules of records, pages and cursors. One is examined in full: the one that was asked for, or the first.",
			Why:      "A resource that is read seldom is wrong for longest.",
			after:    needsListing, limit: listingLimit,
			try: tryEveryResource,
		},
	}
}

// listing returns the straight listing that cases compare with, and reads it if
// nobody has. A stream that breaks off counts as far as it came.
func (t *trial) listing(ctx context.Context) (*book, error) {
	if t.straight == nil && t.straightErr == nil {
		p, resource, err := t.resource(ctx)
		if err != nil {
			return nil, err
		}
		before := p.logged()
		t.straight, t.straightErr = p.readAll(ctx, resource, "")
		t.straightLog = p.logged() - before
		if t.straight != nil {
			t.straight.judgeWhole()
		}
		if t.straight == nil && ctx.Err() == nil {
			t.straight = newBook(resource)
			t.straight.ended(t.straightErr)
		}
		if ctx.Err() != nil { // another case may have more time
			t.straight, t.straightErr = nil, nil
			return nil, ctx.Err()
		}
	}
	return t.straight, nil
}

// whole returns the straight listing if it came to its end.
func (t *trial) whole(ctx context.Context) (*book, error) {
	listing, err := t.listing(ctx)
	if err != nil {
		return nil, err
	}
	if o, ok := errors.AsType[*outcome](t.straightErr); ok {
		return nil, o
	}
	switch {
	case t.straightErr != nil:
		return nil, skip("The listing did not come to its end (see the case %q).", caseCompleted)
	case len(listing.ids) == 0:
		return nil, short("The listing of %q has no records.", listing.resource.GetName())
	}
	return listing, nil
}

// judged makes a case of a rule that is looked at while a listing is read.
func judged(rule, passed string) func(context.Context, *trial) error {
	return func(ctx context.Context, t *trial) error {
		listing, err := t.listing(ctx)
		if err != nil {
			return err
		}
		if findings := listing.findings[rule]; len(findings) > 0 {
			return fail("In the listing of %q: %s.", listing.resource.GetName(), some(findings))
		}
		if o, ok := errors.AsType[*outcome](t.straightErr); ok {
			return o
		}
		if rule != caseCompleted && len(listing.ids) == 0 {
			return short("The listing of %q has no records.", listing.resource.GetName())
		}
		return pass(passed, len(listing.ids))
	}
}

func tryRecordsTyped(ctx context.Context, t *trial) error {
	err := judged("records-typed", "%d records have the view of their kind and a source with its key.")(ctx, t)
	if o := outcomeOf(err); o.status == Passed {
		return pass("%s%s", o.saw, t.straight.statusRemark())
	}
	return err
}

func tryIDsStable(ctx context.Context, t *trial) error {
	listing, err := t.whole(ctx)
	if err != nil {
		return err
	}
	p, err := t.another(ctx, startup{})
	if err != nil {
		return err
	}
	defer p.discard(ctx)
	again, err := p.readAll(ctx, listing.resource, "")
	if err != nil {
		return fmt.Errorf("a second listing, from another process: %w", err)
	}
	if problem := difference(listing.set(0), again.set(0), listing, again); problem != "" {
		return fail("In a second listing of %q, from another process, %s. Take the service's own key for the id. (If somebody changed the directory meanwhile, run this again.)", listing.resource.GetName(), problem)
	}
	return pass("Two listings from two processes had the same %d records.", len(again.set(0)))
}

const (
	// maxFurther bounds the further resources that are looked at.
	maxFurther = 8
	// furtherPages are read of each: of one page the SDK takes what came twice out,
	// so that ids which do not identify show from page to page.
	furtherPages = 3
)

func tryEveryResource(ctx context.Context, t *trial) error {
	listing, err := t.listing(ctx)
	if err != nil {
		return err
	}
	p, err := t.connected(ctx)
	if err != nil {
		return err
	}
	resources, err := p.list(ctx)
	if err != nil {
		return err
	}
	var read []string
	for _, resource := range resources {
		if resource.GetName() == listing.resource.GetName() || len(resource.GetMissingScopes()) > 0 || len(read) == maxFurther {
			continue
		}
		if err := p.firstPages(ctx, listing, resource); err != nil {
			return err
		}
		read = append(read, resource.GetName())
	}
	if len(read) == 0 {
		return skip("There is no further resource that can be read.")
	}
	return pass("The first pages of each of %s keep the rules.", strings.Join(read, ", "))
}

// firstPages reads the first pages of a resource, and judges them by the rules
// that the straight listing of another one kept.
func (p *process) firstPages(ctx context.Context, straight *book, resource *connectorv1.Resource) error {
	s, err := p.sync(ctx, resource, "", 0)
	if errors.Is(err, io.EOF) {
		return fail("The resource %q can't be read: %v.", resource.GetName(), err)
	}
	if err != nil {
		return fail("The resource %q can't be read: %v If a scope is missing, name it in missing_scopes.", resource.GetName(), err)
	}
	defer s.stop()
	for number := 1; number <= furtherPages; number++ {
		_, err := s.page(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && number == 1 {
			return fail("The resource %q has no page: %v", resource.GetName(), err)
		}
		if err != nil { // which is a finding, unless the straight listing has it, too
			break
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	s.book.judgeWhole()
	if problem := newFindings(straight, s.book); problem != "" {
		return fail("In the first pages of %q: %s.", resource.GetName(), problem)
	}
	return nil
}
