package host

import (
	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// pageJoiner makes pages of the parts of one stream, and keeps the contract's
// rules for them: sequence, cursors, sizes, ids. Its errors are CONTRACT_BROKEN
// and PAGE_TOO_LARGE.
type pageJoiner struct {
	resource string

	page   Page                // the page being joined
	open   bool                // parts are missing
	size   int                 // of the parts so far, as received
	ids    map[string]struct{} // of the page
	last   uint64              // the last whole page
	ended  bool                // the last page had no cursor: no page follows
	counts streamCounts
}

// streamCounts are what Completed must confirm.
type streamCounts struct{ pages, records, quarantined uint64 }

func newPageJoiner(resource string) *pageJoiner {
	return &pageJoiner{resource: resource, ids: map[string]struct{}{}}
}

// add takes a part of that many bytes. It reports true when the page is whole.
func (j *pageJoiner) add(part *connectorv1.Page, bytes int) (Page, bool, error) {
	if err := j.checkPart(part, bytes); err != nil {
		return Page{}, false, err
	}
	records := part.GetRecords()
	for i, record := range records {
		if err := j.checkRecord(record, len(j.page.Records)+i); err != nil {
			return Page{}, false, err
		}
		j.page.Bytes += int64(len(record.GetSource()))
	}
	if j.page.Records == nil {
		j.page.Records = records
	} else {
		j.page.Records = append(j.page.Records, records...)
	}
	j.open = part.GetMoreParts()
	if j.open {
		return Page{}, false, nil
	}
	return j.close(part), true, nil
}

// close ends the page with its last part.
func (j *pageJoiner) close(part *connectorv1.Page) Page {
	page := j.page
	page.Sequence, page.Cursor = part.GetSequence(), part.GetCursor()
	j.last, j.ended = page.Sequence, page.Cursor == ""
	j.counts.pages++
	j.counts.records += uint64(len(page.Records))
	j.page, j.size = Page{}, 0
	clear(j.ids)
	return page
}

// restart begins again at the first page.
func (j *pageJoiner) restart() error {
	if j.open {
		return faultf(ContractBroken, "the connector began the listing again in the midst of page %d", j.last+1)
	}
	j.last, j.ended, j.counts = 0, false, streamCounts{}
	return nil
}

// complete compares the stream with what the connector says of it.
func (j *pageJoiner) complete(completed *connectorv1.Completed) error {
	if j.open {
		return faultf(ContractBroken, "the connector completed the stream in the midst of page %d", j.last+1)
	}
	told := streamCounts{completed.GetPages(), completed.GetRecords(), completed.GetQuarantined()}
	if told != j.counts {
		return faultf(ContractBroken, "the connector says that it sent %d pages, %d records and %d quarantined ones, and %d, %d and %d came",
			told.pages, told.records, told.quarantined, j.counts.pages, j.counts.records, j.counts.quarantined)
	}
	return nil
}

func (j *pageJoiner) checkPart(part *connectorv1.Page, bytes int) error {
	sequence := part.GetSequence()
	switch {
	case sequence != j.last+1:
		return faultf(ContractBroken, "the connector sent page %d where page %d must follow", sequence, j.last+1)
	case j.ended:
		return faultf(ContractBroken, "the connector sent page %d after page %d, which had no cursor and so was the last", sequence, j.last)
	case part.GetMoreParts() && part.GetCursor() != "":
		return faultf(ContractBroken, "the connector sent a cursor on a part of page %d that is not its last", sequence)
	}
	if err := checkCursor(part.GetCursor(), sequence); err != nil {
		return err
	}
	if j.size += bytes; j.size > wire.MaxPageBytes {
		return faultf(PageTooLarge, "page %d exceeds %d bytes", sequence, wire.MaxPageBytes)
	}
	return nil
}

func checkCursor(cursor string, sequence uint64) error {
	if len(cursor) > wire.MaxCursorBytes {
		return faultf(ContractBroken, "the cursor of page %d has %d bytes, more than %d", sequence, len(cursor), wire.MaxCursorBytes)
	}
	for i := range len(cursor) {
		if cursor[i] <= ' ' || cursor[i] > '~' {
			return faultf(ContractBroken, "the cursor of page %d is not printable ASCII without blanks", sequence)
		}
	}
	return nil
}

func (j *pageJoiner) checkRecord(record *connectorv1.Record, index int) error {
	id := record.GetId()
	switch {
	case id == "":
		return faultf(ContractBroken, "record %d of page %d has no id", index+1, j.last+1)
	case len(id) > wire.MaxIDBytes:
		return faultf(ContractBroken, "record %d of page %d has an id of %d bytes, more than %d", index+1, j.last+1, len(id), wire.MaxIDBytes)
	case record.GetResource() != j.resource:
		return faultf(ContractBroken, "record %d of page %d is of resource %.80q, and %q was asked for", index+1, j.last+1, record.GetResource(), j.resource)
	case len(record.GetSource()) > wire.MaxRecordBytes:
		return faultf(ContractBroken, "record %d of page %d has %d bytes, more than %d", index+1, j.last+1, len(record.GetSource()), wire.MaxRecordBytes)
	}
	before := len(j.ids)
	if j.ids[id] = struct{}{}; len(j.ids) == before {
		return faultf(ContractBroken, "the id %.80q occurs twice in page %d", id, j.last+1)
	}
	return nil
}
