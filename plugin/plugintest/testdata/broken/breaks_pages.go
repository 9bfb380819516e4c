package main

import (
	"slices"

	"google.golang.org/protobuf/proto"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// pageBreaks are about how pages are numbered and cut.
func pageBreaks() []flaw {
	return []flaw{
		{
			Name: "sequence-from-zero", Case: "page-sequence", Saw: "0",
			Does: "It counts its pages from 0.",
			event: func(o *outlet, e *event) error {
				if p := e.GetPage(); p != nil {
					p.SetSequence(p.GetSequence() - 1)
				}
				return o.pass(e)
			},
		},
		{
			Name: "sequence-gap", Case: "page-sequence", Saw: "7",
			Does: "It leaves out numbers of pages.",
			event: onPage(3, func(o *outlet, p *page) error {
				p.SetSequence(7)
				return o.pass(pageEvent(p))
			}),
		},
		{
			Name: "sequence-of-parts", Case: "page-sequence", Saw: "share",
			Does: "It numbers the parts of a page as if they were pages.",
			event: onPage(5, func(o *outlet, p *page) error {
				first := proto.CloneOf(p)
				first.SetRecords(p.GetRecords()[:5])
				first.SetMoreParts(true)
				first.SetCursor("")
				p.SetRecords(p.GetRecords()[5:])
				p.SetSequence(p.GetSequence() + 1)
				return o.pass(pageEvent(first), pageEvent(p))
			}),
		},
		{
			Name: "sequence-over-restart", Case: "page-sequence", Saw: "2",
			Does: "It counts its pages on when it begins again.",
			event: func(o *outlet, e *event) error {
				if o.wholeListing() && e.GetPage().GetSequence() == 1 {
					again := proto.CloneOf(e)
					again.GetPage().SetSequence(2)
					return o.pass(e, restartedEvent(reasonSlow), again)
				}
				return o.pass(e)
			},
		},
		{
			Name: "part-large", Case: "page-bounded", Saw: "1048576",
			Does: "It sends several records in a message of more than 1 MiB.",
			event: onPage(3, func(o *outlet, p *page) error {
				pad(p, 300<<10)
				return o.pass(pageEvent(p))
			}),
		},
		{
			Name: "message-large", Case: "page-bounded", Saw: "4194304",
			Does: "It sends a message of more than 4 MiB.",
			event: onPage(3, func(o *outlet, p *page) error {
				pad(p, 500<<10)
				return o.pass(pageEvent(p))
			}),
		},
		{
			Name: "page-large", Case: "page-bounded", Saw: "16777216",
			Does: "The parts of a page have more than 16 MiB together.",
			event: onPage(3, func(o *outlet, p *page) error {
				pad(p, 2<<20)
				return o.parts(p, 1)
			}),
		},
		{
			Name: "cursor-on-part", Case: "page-bounded", Saw: "cursor",
			Does: "It puts the cursor on each part of a page.",
			event: onPage(3, func(o *outlet, p *page) error {
				first := proto.CloneOf(p)
				first.SetRecords(p.GetRecords()[:5])
				first.SetMoreParts(true)
				p.SetRecords(p.GetRecords()[5:])
				return o.pass(pageEvent(first), pageEvent(p))
			}),
		},
		{
			Name: "part-left-open", Case: "completed-last", Saw: "midst of page 5",
			Does: "It promises another part of the last page, and completes.",
			event: onPage(5, func(o *outlet, p *page) error {
				p.SetMoreParts(true)
				return o.pass(pageEvent(p))
			}),
		},
	}
}

// wholeListing reports whether the stream is one from the beginning, that nobody
// holds up.
func (o *outlet) wholeListing() bool {
	return o.request.GetCursor() == "" && o.request.GetWindow() == 0
}

func restartedEvent(reason string) *event {
	restarted := connectorv1.Restarted_builder{Reason: reason, Message: "The service has lost our place."}.Build()
	return connectorv1.SyncResponse_builder{Restarted: restarted}.Build()
}

// pad gives each record of a page a source of some size.
func pad(p *page, size int) {
	for _, r := range p.GetRecords() {
		r.SetSource(source(r.GetId(), size))
	}
}

// parts sends a page in parts of so many records.
func (o *outlet) parts(p *page, size int) error {
	chunks := slices.Collect(slices.Chunk(p.GetRecords(), size))
	for i, chunk := range chunks {
		part := connectorv1.Page_builder{Records: chunk, Sequence: p.GetSequence(), MoreParts: i < len(chunks)-1}.Build()
		if !part.GetMoreParts() {
			part.SetCursor(p.GetCursor())
		}
		if err := o.pass(pageEvent(part)); err != nil {
			return err
		}
	}
	return nil
}
