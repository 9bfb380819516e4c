package main

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func recordBreaks() []flaw {
	return []flaw{
		{
			Name: "record-resource", Case: "records-typed", Saw: "people",
			Does:  "A record says that it belongs to a resource that is not listed.",
			event: onRecord("user-2-3", func(r *record) { r.SetResource("people") }),
		},
		{
			Name: "record-without-view", Case: "records-typed", Saw: "user-2-3",
			Does:  "A person has no typed view.",
			event: onRecord("user-2-3", func(r *record) { r.ClearView() }),
		},
		{
			Name: "record-array", Case: "records-typed", Saw: "user-2-3",
			Does:  "A source is an array.",
			event: onRecord("user-2-3", func(r *record) { r.SetSource([]byte(`["user-2-3"]`)) }),
		},
		{
			Name: "record-without-key", Case: "records-typed", Saw: "user-2-3",
			Does:  "A source lacks the field that holds its key.",
			event: onRecord("user-2-3", func(r *record) { r.SetSource([]byte(`{"key":"user-2-3"}`)) }),
		},
		{
			Name: "primary-second", Case: "records-typed", Saw: "primary",
			Does: "A person's primary e-mail address does not come first.",
			event: onRecord("user-2-3", func(r *record) {
				r.GetUser().SetEmails([]*connectorv1.Email{
					connectorv1.Email_builder{Value: "second@example.com"}.Build(),
					connectorv1.Email_builder{Value: "first@example.com", Primary: true}.Build(),
				})
			}),
		},
		{
			Name: "group-without-view", Case: "every-resource", Saw: "group-1-1",
			Does:  "A group has no typed view.",
			event: onRecord("group-1-1", func(r *record) { r.ClearView() }),
		},
		{
			Name: "groups-down", Case: "every-resource", Saw: "The service is down",
			Does: "It lists a resource that can't be read.",
			sync: func(o *outlet) error {
				if o.request.GetResource() == "groups" && o.request.GetCursor() == "" {
					return refuse(connectorv1.Class_CLASS_SERVICE_UNAVAILABLE, reasonDown, "The service is down.")
				}
				return o.sync()
			},
		},
		{
			Name: "id-twice", Case: "ids-unique", Saw: "user-2-1",
			Does: "An id comes twice in a page.",
			event: onPage(2, func(o *outlet, p *page) error {
				p.GetRecords()[1] = proto.CloneOf(p.GetRecords()[0])
				return o.pass(pageEvent(p))
			}),
		},
		{
			Name: "id-empty", Case: "ids-unique", Saw: "no id",
			Does:  "A record has no id.",
			event: onRecord("user-2-3", func(r *record) { r.SetId("") }),
		},
		{
			Name: "id-long", Case: "ids-unique", Saw: "1025",
			Does: "An id is longer than 1 KiB.",
			event: onRecord("user-2-3", func(r *record) {
				long := strings.Repeat("u", wire.MaxIDBytes+1)
				r.SetId(long)
				r.SetSource(source(long, 0))
			}),
		},
		{
			Name: "id-of-the-process", Case: "ids-stable", Saw: "1 came",
			Does: "An id is another one in each process.",
			event: onRecord("user-2-3", func(r *record) {
				r.SetId(fmt.Sprintf("user-2-3-%d", os.Getpid()))
				r.SetSource(source(r.GetId(), 0))
			}),
		},
		{
			Name: "record-oversized", Case: "record-bounded", Saw: "3145758",
			Does: "It sends a record of more than 3 MiB.",
			event: onPage(3, func(o *outlet, p *page) error {
				records := p.GetRecords()
				records[0].SetSource(source(records[0].GetId(), wire.MaxRecordBytes))
				return o.parts(p, 1)
			}),
		},
	}
}

func eventBreaks() []flaw {
	return []flaw{
		{
			Name: "no-completed", Case: "completed-last", Saw: "Completed",
			Does:  "Its streams end without Completed.",
			event: onCompleted(func(*outlet, *event) error { return nil }),
		},
		{
			Name: "completed-twice", Case: "completed-last", Saw: "Completed",
			Does:  "Its streams complete twice.",
			event: onCompleted(func(o *outlet, e *event) error { return o.pass(e, e) }),
		},
		{
			Name: "completed-totals", Case: "completed-last", Saw: "51",
			Does: "It counts one record too many.",
			event: onCompleted(func(o *outlet, e *event) error {
				e.GetCompleted().SetRecords(e.GetCompleted().GetRecords() + 1)
				return o.pass(e)
			}),
		},
		{
			Name: "completed-early", Case: "completed-last", Saw: "Quarantined came after",
			Does: "It sends an event after Completed.",
			event: onCompleted(func(o *outlet, e *event) error {
				late := connectorv1.Quarantined_builder{Location: "page 5", Reason: "RECORD_UNREADABLE", Message: "It has no id."}.Build()
				return o.pass(e, connectorv1.SyncResponse_builder{Quarantined: late}.Build())
			}),
		},
		{
			Name: "completed-and-failed", Case: "completed-last", Saw: "The service is down",
			Does: "Its streams end with a refusal after Completed.",
			event: onCompleted(func(o *outlet, e *event) error {
				if err := o.pass(e); err != nil {
					return err
				}
				o.failed = refuse(connectorv1.Class_CLASS_SERVICE_UNAVAILABLE, reasonDown, "The service is down.")
				return nil
			}),
			sync: func(o *outlet) error {
				if err := o.sync(); err != nil {
					return err
				}
				return o.failed
			},
		},
		{
			Name: "completed-over-restart", Case: "completed-last", Saw: "60 records",
			Does: "It counts what it sent before it began again.",
			event: func(o *outlet, e *event) error {
				if !o.wholeListing() {
					return o.pass(e)
				}
				if e.HasCompleted() {
					totals := e.GetCompleted()
					totals.SetPages(totals.GetPages() + 1)
					totals.SetRecords(totals.GetRecords() + 10)
				}
				if e.GetPage().GetSequence() == 1 {
					return o.pass(e, restartedEvent(reasonSlow), e)
				}
				return o.pass(e)
			},
		},
		{
			Name: "restart-undeclared", Case: "waits-typed", Saw: "LOST",
			Does: "It begins again for a reason that it does not declare.",
			event: func(o *outlet, e *event) error {
				if o.wholeListing() && e.GetPage().GetSequence() == 1 {
					return o.pass(restartedEvent("LOST"), e)
				}
				return o.pass(e)
			},
		},
		{
			Name: "wait-past", Case: "waits-typed", Saw: "before it came",
			Does: "It waits until yesterday.",
			event: onPage(2, func(o *outlet, p *page) error {
				yesterday := timestamppb.New(time.Now().AddDate(0, 0, -1))
				wait := connectorv1.Wait_builder{Until: yesterday, Reason: reasonSlow, Message: "The service asks for patience."}.Build()
				return o.pass(waitEvent(wait), pageEvent(p))
			}),
		},
		{
			Name: "wait-undeclared", Case: "waits-typed", Saw: "TEA_BREAK",
			Does: "It waits for a reason that it does not declare.",
			event: onPage(2, func(o *outlet, p *page) error {
				wait := connectorv1.Wait_builder{Until: soon(), Reason: "TEA_BREAK", Message: "The service asks for patience."}.Build()
				return o.pass(waitEvent(wait), pageEvent(p))
			}),
		},
		{
			Name: "wait-for-ever", Case: "waits-typed", Saw: "until",
			Does: "It does not say how long it waits.",
			event: onPage(2, func(o *outlet, p *page) error {
				wait := connectorv1.Wait_builder{Reason: reasonSlow, Message: "The service asks for patience."}.Build()
				return o.pass(waitEvent(wait), pageEvent(p))
			}),
		},
		{
			Name: "quarantine-undeclared", Case: "quarantine-typed", Saw: "RECORD_UGLY",
			Does:  "It leaves out a record for a reason that it does not declare.",
			event: onQuarantined(func(q *connectorv1.Quarantined) { q.SetReason("RECORD_UGLY") }),
		},
		{
			Name: "quarantine-silent", Case: "quarantine-typed", Saw: "message",
			Does:  "It leaves out a record and does not say what is wrong with it.",
			event: onQuarantined(func(q *connectorv1.Quarantined) { q.SetMessage("") }),
		},
		{
			Name: "quarantine-long-id", Case: "quarantine-typed", Saw: "1025",
			Does:  "It leaves out a record, with an id that is too long.",
			event: onQuarantined(func(q *connectorv1.Quarantined) { q.SetId(strings.Repeat("u", wire.MaxIDBytes+1)) }),
		},
		{
			Name: "quarantine-nowhere", Case: "quarantine-typed", Saw: "where",
			Does:  "It leaves out a record and does not say where that stood.",
			event: onQuarantined(func(q *connectorv1.Quarantined) { q.SetLocation("") }),
		},
	}
}

func onQuarantined(bend func(*connectorv1.Quarantined)) func(*outlet, *event) error {
	return func(o *outlet, e *event) error {
		if e.HasQuarantined() {
			bend(e.GetQuarantined())
		}
		return o.pass(e)
	}
}

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

// outOfOrder is the sound connector's answer to a call out of order.
func outOfOrder(message string) error {
	return withCode(refuse(connectorv1.Class_CLASS_CONNECTOR_FAULT, "CALL_OUT_OF_ORDER", message), codes.FailedPrecondition)
}

// isRefused reports whether err refuses for reason.
func isRefused(err error, reason string) bool {
	refusal, ok := wire.RefusalOf(status.Convert(err))
	return ok && refusal.GetReason() == reason
}
