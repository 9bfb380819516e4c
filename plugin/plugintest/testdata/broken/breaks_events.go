package main

import (
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// eventBreaks are about how a stream ends, waits, begins again and leaves records out.
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
			Name: "first-page-only", Case: "completed-last", Saw: "every page followed",
			Does: "It takes the first page of a listing for all of it.",
			event: func(o *outlet, e *event) error {
				switch {
				case e.HasCompleted():
					return o.pass(completedEvent(1, 10))
				case e.GetPage().GetSequence() == 1:
					e.GetPage().SetCursor("")
					return o.pass(e)
				}
				return nil
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
