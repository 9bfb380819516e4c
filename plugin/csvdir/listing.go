package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"time"

	"patchbay.example/plugin"
)

// maxPageBytes is when a page is full before it has as many people as configured:
// far below what the contract allows, and more than 500 people ever have.
const maxPageBytes = 2 << 20

// listing is one pass over the rows.
type listing struct {
	*survey
	stream *plugin.Stream
	day    time.Time
	at     cursor // of the listing, without a row
	after  int    // number of the row after which it begins
	sent   bool

	page  []plugin.Record
	bytes int
}

// run reads all rows, hands over pages, and compares the content with that of the
// survey before the last page: until then the host knows that something is
// missing.
func (l *listing) run(ctx context.Context) error {
	file, err := l.export.open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // nothing was written
	sum := sha256.New()
	in := io.TeeReader(contextReader{ctx, file}, sum)
	t, err := l.layout.open(in, l.plan.headers)
	if err != nil {
		return err
	}
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return l.orChanged(file, err)
		}
		if r.number <= l.after {
			continue
		}
		if err := l.take(file, r); err != nil {
			return err
		}
	}
	if err := l.verify(file, in, sum); err != nil {
		return err
	}
	l.sent = true
	return l.stream.Page(l.page, "")
}

// verify compares the whole file with what the survey read.
func (l *listing) verify(file *os.File, in io.Reader, sum hash.Hash) error {
	if _, err := io.Copy(io.Discard, in); err != nil { // what the decoder left
		return l.orChanged(file, err)
	}
	if !bytes.Equal(sum.Sum(nil), l.facts.Sum[:]) {
		return errChanged
	}
	return l.export.unchanged(file)
}

// orChanged is err, unless the file changed: then err is one of its consequences.
func (l *listing) orChanged(file *os.File, err error) error {
	if changed := l.export.unchanged(file); changed != nil {
		return changed
	}
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return unreadable(l.export.path, pathError)
	}
	return err
}

// take takes one row: into the page, or out of the listing with the reason told.
func (l *listing) take(file *os.File, r row) error {
	v := l.plan.judge(r)
	if v.footer {
		return nil
	}
	location := fmt.Sprintf("line %d", r.line)
	if v.reason != "" {
		l.sent = true
		return l.stream.Quarantine(v.id, location, v.reason, v.message)
	}
	if later, ok := l.tally.superseded[r.number]; ok {
		if later == sameRow {
			return nil
		}
		l.sent = true
		return l.stream.Quarantine(v.id, location, reasonRowSuperseded, fmt.Sprintf(
			"The row in line %d has the same key and other values; it is the one that stands, being the later of the two.", later))
	}
	record := l.plan.record(r, v.id, l.day)
	if len(l.page) >= l.config.PageSize || (len(l.page) > 0 && l.bytes+len(record.Source) > maxPageBytes) {
		if err := l.send(file, r.number-1); err != nil {
			return err
		}
	}
	l.page = append(l.page, record)
	l.bytes += len(record.Source)
	return nil
}

// send sends a page that is not the last. after is the row behind which the next
// one begins.
func (l *listing) send(file *os.File, after int) error {
	if err := l.export.unchanged(file); err != nil {
		return err
	}
	at := l.at
	at.Row = after
	l.sent = true
	if err := l.stream.Page(l.page, at.String()); err != nil {
		return err
	}
	clear(l.page)
	l.page, l.bytes = l.page[:0], 0
	return nil
}
