package main

import (
	"fmt"
	"os"
	"strings"

	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// recordBreaks are about single records.
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
			Name: "views-empty", Case: "records-typed", Saw: "in the typed view",
			Does:  "Its typed views of people are all empty.",
			event: onEachRecord("user", func(r *record) { r.SetUser(&connectorv1.User{}) }),
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
			Name: "groups-nameless", Case: "every-resource", Saw: "in the typed view",
			Does:  "None of its groups has a name in the typed view.",
			event: onEachRecord("group", func(r *record) { r.GetGroup().SetName("") }),
		},
		{
			Name: "groups-half-a-key", Case: "every-resource", Saw: `"group-`,
			Does:  "The id of a group is half of its key: others have the same.",
			event: onEachRecord("group", halfAKey),
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
			Name: "id-half-a-key", Case: "ids-unique", Saw: `"user-`,
			Does:  "The id of a person is half of the key: others have the same.",
			event: onEachRecord("user", halfAKey),
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

// halfAKey leaves the number of the page out of an id. The source keeps it.
func halfAKey(r *record) {
	parts := strings.Split(r.GetId(), "-")
	r.SetId(parts[0] + "-" + parts[len(parts)-1])
}
