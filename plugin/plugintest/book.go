package plugintest

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	// maxPages and maxRecords bound what is kept of a listing: 16 bytes a record
	// and a cursor a page.
	maxPages, maxRecords = 20_000, 2_000_000
	// maxFindings bounds the findings that are kept for one rule.
	maxFindings = 10
	// maxNames bounds how many ids are kept as they are, to be told.
	maxNames = 10_000
)

// idHash stands for an id: a million of them are 16 MB.
type idHash [16]byte

func hashOf(id string) idHash {
	sum := sha256.Sum256([]byte(id))
	return idHash(sum[:16])
}

// page is what is kept of a page.
type page struct {
	number int // in the stream, from 1
	cursor string
	from   int // its ids are book.ids[from:to]
	to     int
	bytes  int
}

// book is what came in one stream, and which rules it broke. It reads on after
// a rule is broken, so that one mistake is one finding.
type book struct {
	resource *connectorv1.Resource
	pages    []page
	ids      []idHash
	names    map[idHash]string // the first of the ids
	whole    whole
	bytes    int // of all messages
	findings map[string][]string

	open        bool // parts of a page are missing
	current     page
	sequence    uint64 // of the page before
	parts       int
	inPage      map[string]struct{}
	cursorless  bool // the last page had no cursor
	quarantined uint64
	completed   *connectorv1.Completed
}

func newBook(resource *connectorv1.Resource) *book {
	return &book{resource: resource, findings: map[string][]string{}, names: map[idHash]string{}, inPage: map[string]struct{}{}, whole: newWhole()}
}

// broken notes that a case's rule was broken.
func (b *book) broken(rule, format string, args ...any) {
	if len(b.findings[rule]) < maxFindings {
		b.findings[rule] = append(b.findings[rule], strings.TrimRight(fmt.Sprintf(format, args...), "."))
	}
}

// after looks at what may come after Completed: nothing.
func (b *book) after(event *connectorv1.SyncResponse) {
	if b.completed == nil {
		return
	}
	what := "an event that the contract does not know"
	switch event.WhichEvent() {
	case connectorv1.SyncResponse_Page_case:
		what = "a page"
	case connectorv1.SyncResponse_Wait_case:
		what = "a Wait"
	case connectorv1.SyncResponse_Quarantined_case:
		what = "a Quarantined"
	case connectorv1.SyncResponse_Restarted_case:
		what = "a Restarted"
	case connectorv1.SyncResponse_Completed_case:
		what = "another Completed"
	}
	b.broken("completed-last", "%s came after Completed", what)
}

// part takes a message of a page. It returns the page when that is whole.
func (b *book) part(part *connectorv1.Page, size int) (page, bool) {
	b.bytes += size
	number := len(b.pages) + 1
	if !b.open {
		b.current = page{number: number, from: len(b.ids)}
		b.parts = 0
		clear(b.inPage)
		b.begin(part, number)
	} else if part.GetSequence() != b.sequence {
		b.broken("page-sequence", "a part of page %d has the sequence %d, and the part before it %d: the parts of a page share one", number, part.GetSequence(), b.sequence)
	}
	b.sequence = part.GetSequence()
	b.parts++
	b.measure(part, number, size)
	for i, record := range part.GetRecords() {
		b.record(record, fmt.Sprintf("record %d of page %d", len(b.ids)-b.current.from+1, number), i)
	}
	b.open = part.GetMoreParts()
	if b.open {
		return page{}, false
	}
	b.current.cursor, b.current.to = part.GetCursor(), len(b.ids)
	b.cursor(part.GetCursor(), number)
	b.pages = append(b.pages, b.current)
	return b.current, true
}

// begin looks at the first message of a page.
func (b *book) begin(part *connectorv1.Page, number int) {
	if want := uint64(number); part.GetSequence() != want { //nolint:gosec // counted from 1
		b.broken("page-sequence", "page %d of the stream has the sequence %d, and must have %d", number, part.GetSequence(), want)
	}
	if b.cursorless {
		b.broken("cursor-form", "page %d has no cursor, and another page follows it", number-1)
	}
}

func (b *book) measure(part *connectorv1.Page, number, size int) {
	records := 0
	for _, record := range part.GetRecords() {
		records += proto.Size(record)
	}
	b.current.bytes += size
	if size > wire.MaxMessageBytes {
		b.broken("page-bounded", "a message of page %d has %d bytes, more than %d", number, size, wire.MaxMessageBytes)
	}
	if records > wire.MaxPartBytes && len(part.GetRecords()) > 1 {
		b.broken("page-bounded", "a message of page %d has %d records of %d bytes together, more than %d: send it in parts", number, len(part.GetRecords()), records, wire.MaxPartBytes)
	}
	if before := b.current.bytes - size; b.current.bytes > wire.MaxPageBytes && before <= wire.MaxPageBytes {
		b.broken("page-bounded", "page %d has more than %d bytes in all its parts: ask the service for fewer objects a page", number, wire.MaxPageBytes)
	}
	if part.GetMoreParts() && part.GetCursor() != "" {
		b.broken("page-bounded", "a part of page %d that is not its last has a cursor", number)
	}
}

func (b *book) cursor(cursor string, number int) {
	b.cursorless = cursor == ""
	if len(cursor) > wire.MaxCursorBytes {
		b.broken("cursor-form", "the cursor of page %d has %d bytes, more than %d", number, len(cursor), wire.MaxCursorBytes)
	}
	if at := strings.IndexFunc(cursor, func(r rune) bool { return r <= ' ' || r > '~' }); at >= 0 {
		b.broken("cursor-form", "the cursor of page %d has the byte %#x, which is not printable ASCII without blanks", number, cursor[at])
	}
}

// restart forgets what came: the listing begins again.
func (b *book) restart() {
	if b.open {
		b.broken("page-sequence", "the listing was begun again in the midst of page %d", len(b.pages)+1)
	}
	b.pages, b.ids, b.bytes, b.quarantined = nil, nil, 0, 0
	b.open, b.cursorless, b.sequence = false, false, 0
	b.whole = newWhole()
}

// complete compares the totals.
func (b *book) complete(c *connectorv1.Completed) {
	first := b.completed == nil
	b.completed = c
	if !first {
		return
	}
	if b.open {
		b.broken("completed-last", "Completed came in the midst of page %d", len(b.pages)+1)
	}
	pages, records := uint64(len(b.pages)), uint64(len(b.ids))
	if c.GetPages() != pages || c.GetRecords() != records || c.GetQuarantined() != b.quarantined {
		b.broken("completed-last", "Completed tells of %d pages, %d records and %d quarantined ones, and %d, %d and %d came",
			c.GetPages(), c.GetRecords(), c.GetQuarantined(), pages, records, b.quarantined)
	}
}

// ended notes how the stream ended.
func (b *book) ended(err error) {
	switch {
	case b.completed == nil && errors.Is(err, io.EOF):
		b.broken("completed-last", "the stream ended with status OK and without Completed")
	case b.completed != nil && !errors.Is(err, io.EOF):
		b.broken("completed-last", "the stream ended after Completed with an error: %v", err)
	case b.completed == nil:
		b.broken("completed-last", "the stream of %q did not complete: %v", b.resource.GetName(), err)
	}
}

// set is the ids of the pages after the first n.
func (b *book) set(n int) map[idHash]struct{} {
	from := 0
	if n > 0 {
		from = b.pages[n-1].to
	}
	ids := make(map[idHash]struct{}, len(b.ids)-from)
	for _, id := range b.ids[from:] {
		ids[id] = struct{}{}
	}
	return ids
}

// difference says how two sets of ids differ, with ids out of the books as
// examples; empty if they don't.
func difference(want, got map[idHash]struct{}, books ...*book) string {
	missing, extra := lacking(want, got), lacking(got, want)
	if len(missing)+len(extra) == 0 {
		return ""
	}
	return fmt.Sprintf("of %d records %d did not come%s, and %d came that do not belong there%s",
		len(want), len(missing), examples(missing, books), len(extra), examples(extra, books))
}

// lacking are the ids of one set that another lacks.
func lacking(all, among map[idHash]struct{}) []idHash {
	var lacking []idHash
	for id := range all {
		if _, ok := among[id]; !ok {
			lacking = append(lacking, id)
		}
	}
	return lacking
}

// examples names some ids, in parentheses; empty where none is known.
func examples(hashes []idHash, books []*book) string {
	var names []string
	for _, hash := range hashes {
		for _, b := range books {
			if name, ok := b.names[hash]; ok {
				names = append(names, fmt.Sprintf("%.60q", name))
				break
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	slices.Sort(names)
	return " (" + some(names) + ")"
}
