package main

import (
	"context"
	"os"
	"strconv"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// longTail makes any cursor too long.
var longTail = strings.Repeat("=", wire.MaxCursorBytes)

// cursorBreaks are about going on from a cursor, also in a new process.
func cursorBreaks() []flaw {
	return []flaw{
		withCursors(flaw{
			Name: "cursor-blank", Case: "cursor-form", Saw: "blank",
			Does: "Its cursors have a blank in them.",
		}, func(cursor string) string { return cursor + " end" }, func(cursor string) string { return strings.TrimSuffix(cursor, " end") }),
		withCursors(flaw{
			Name: "cursor-long", Case: "cursor-form", Saw: "4096",
			Does: "Its cursors are longer than 4 KiB.",
		}, func(cursor string) string { return cursor + longTail }, func(cursor string) string { return strings.TrimSuffix(cursor, longTail) }),
		withCursors(flaw{
			Name: "cursor-accented", Case: "cursor-form", Saw: "ASCII",
			Does: "Its cursors are not ASCII.",
		}, func(cursor string) string { return cursor + "é" }, func(cursor string) string { return strings.TrimSuffix(cursor, "é") }),
		{
			Name: "cursor-missing", Case: "cursor-form", Saw: "page 2",
			Does: "A page in the midst of the listing has no cursor.",
			event: onPage(2, func(o *outlet, p *page) error {
				p.SetCursor("")
				return o.pass(pageEvent(p))
			}),
		},
		{
			Name: "resume-skips", Case: "cursor-resume", Saw: "1 did not come",
			Does: "It leaves out the first record after a cursor.",
			event: func(o *outlet, e *event) error {
				if o.request.GetCursor() != "" {
					withoutFirst(e)
				}
				return o.pass(e)
			},
		},
		{
			Name: "resume-repeats", Case: "cursor-resume", Saw: "10 came",
			Does: "From a cursor it sends the page before once more.",
			sync: func(o *outlet) error {
				o.request = proto.CloneOf(o.request)
				o.request.SetCursor(o.server.before(o.ctx, o.request.GetResource(), o.request.GetCursor()))
				return o.sync()
			},
		},
		{
			Name: "resume-late", Case: "cursor-resume", Saw: "10 did not come",
			Does: "From the last cursor of a listing it sends nothing.",
			sync: func(o *outlet) error {
				if strings.HasPrefix(o.request.GetCursor(), cursorVersion+":users:4:") {
					return o.pass(completedEvent(0, 0))
				}
				return o.sync()
			},
		},
		{
			Name: "garbage-begins", Case: "cursor-foreign", Saw: "garbage",
			Does: "It begins from the beginning with a cursor that is none.",
			sync: func(o *outlet) error {
				if !strings.HasPrefix(o.request.GetCursor(), cursorVersion) {
					o.request = proto.CloneOf(o.request)
					o.request.SetCursor("")
				}
				return o.sync()
			},
		},
		{
			Name: "changed-begins", Case: "cursor-foreign", Saw: "cut in the middle",
			Does: "It begins from the beginning with a cursor that was changed.",
			sync: func(o *outlet) error {
				err := o.sync()
				if isRefused(err, plugin.ReasonCursorInvalid) && strings.HasPrefix(o.request.GetCursor(), cursorVersion) {
					o.request = proto.CloneOf(o.request)
					o.request.SetCursor("")
					return o.sync()
				}
				return err
			},
		},
		{
			Name: "other-resource-begins", Case: "cursor-foreign", Saw: `"groups"`,
			Does: "It begins from the beginning with a cursor of another resource.",
			sync: func(o *outlet) error {
				if o.request.GetResource() == "groups" && strings.HasPrefix(o.request.GetCursor(), cursorVersion+":users:") {
					o.request = proto.CloneOf(o.request)
					o.request.SetCursor("")
				}
				return o.sync()
			},
		},
		{
			Name: "long-cursor-crash", Case: "cursor-foreign", Saw: "exit status 1",
			Does: "It crashes at a cursor that is very long.",
			sync: func(o *outlet) error {
				if len(o.request.GetCursor()) > 64<<10 {
					os.Exit(wire.ExitOurs)
				}
				return o.sync()
			},
		},
		{
			Name: "foreign-is-a-fault", Case: "cursor-foreign", Saw: "Internal",
			Does: "It takes a cursor that is not its own for a fault of its own.",
			sync: onRefused(plugin.ReasonCursorInvalid, func(*connectorv1.Refusal) error {
				return refuse(connectorv1.Class_CLASS_CONNECTOR_FAULT, plugin.ReasonFailed, "No such place.")
			}),
		},
		{
			Name: "resume-crash", Case: "cursor-connect", Saw: "ended (exit status 1)",
			Does: "It crashes when it is connected with a cursor that is not its own.",
			connect: onResume(func(*response) {
				os.Exit(wire.ExitOurs)
			}),
		},
		{
			Name: "resume-class", Case: "cursor-connect", Saw: "SERVICE_UNAVAILABLE",
			Does: "Connected with a cursor that is not its own, it says that the service is down.",
			connect: onResume(func(answer *response) {
				answer.GetRefusal().SetReason(reasonDown)
				answer.GetRefusal().SetClass(connectorv1.Class_CLASS_SERVICE_UNAVAILABLE)
				for _, check := range answer.GetChecks() {
					if check.GetReason() == plugin.ReasonCursorInvalid {
						check.SetReason(reasonDown)
					}
				}
			}),
		},
		withCursors(flaw{
			Name: "cursor-of-the-process", Case: "cursor-connect", Saw: plugin.ReasonCursorInvalid,
			Does: "Its cursors mean something in their own process only.",
		}, func(cursor string) string { return cursor + "@" + strconv.Itoa(os.Getpid()) }, func(cursor string) string {
			return strings.TrimSuffix(cursor, "@"+strconv.Itoa(os.Getpid()))
		}),
	}
}

// withCursors makes a flaw give its cursors another form, and take them back.
func withCursors(f flaw, out, in func(string) string) flaw {
	f.event = func(o *outlet, e *event) error {
		if p := e.GetPage(); p.GetCursor() != "" {
			p.SetCursor(out(p.GetCursor()))
		}
		return o.pass(e)
	}
	f.sync = func(o *outlet) error {
		o.request = proto.CloneOf(o.request)
		o.request.SetCursor(in(o.request.GetCursor()))
		return o.sync()
	}
	f.connect = func(s *server, ctx context.Context, given *request) (*response, error) {
		given = proto.CloneOf(given)
		for resource, cursor := range given.GetResumeCursors() {
			given.GetResumeCursors()[resource] = in(cursor)
		}
		return s.sound.Connect(ctx, given)
	}
	return f
}

// onResume bends the refusal of a cursor in Connect.
func onResume(bend func(*response)) connectHook {
	return onConnected(func(_ *request, answer *response) {
		if answer.GetRefusal().GetReason() == plugin.ReasonCursorInvalid {
			bend(answer)
		}
	})
}

// before returns the cursor before one: it looks for it in a listing.
func (s *server) before(ctx context.Context, resource, cursor string) string {
	if cursor == "" {
		return ""
	}
	search := &search{ctx: ctx, wanted: cursor}
	_ = s.another(ctx).Sync(connectorv1.SyncRequest_builder{Resource: resource}.Build(), search)
	if !search.found {
		return cursor
	}
	return search.before
}

// search is a stream that looks for a cursor.
type search struct {
	grpc.ServerStreamingServer[connectorv1.SyncResponse]
	ctx            context.Context
	wanted, before string
	found          bool
}

func (s *search) Context() context.Context { return s.ctx }

func (s *search) Send(e *event) error {
	cursor := e.GetPage().GetCursor()
	if s.found = s.found || cursor == s.wanted; !s.found && cursor != "" {
		s.before = cursor
	}
	return nil
}
