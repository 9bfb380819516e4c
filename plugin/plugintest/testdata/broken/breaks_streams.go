package main

import (
	"context"
	"errors"
	"os"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// soon is the end of a wait that is not worth waiting for.
func soon() *timestamppb.Timestamp { return timestamppb.New(time.Now().Add(2 * time.Second)) }

// streamBreaks are about several streams, their end, and their pace.
func streamBreaks() []flaw {
	return []flaw{
		{
			Name: "two-syncs", Case: "one-sync", Saw: "second",
			Does: "It runs a second Sync beside the first.",
			sync: func(o *outlet) error {
				if _, free := o.claim(); free {
					defer o.release()
					return o.sync()
				}
				return o.server.another(o.ctx).Sync(o.request, o)
			},
		},
		{
			Name: "second-sync-wins", Case: "one-sync", Saw: "Events came",
			Does: "A second Sync ends the first.",
			sync: func(o *outlet) error {
				first, free := o.claim()
				if free {
					defer o.release()
					return o.sync()
				}
				first.cancel()
				return o.server.another(o.ctx).Sync(o.request, o)
			},
		},
		{
			Name: "stuck-after-cancel", Case: "cancel", Saw: "Another Sync is running",
			Does: "After a cancelled Sync it takes that for one that still runs.",
			sync: func(o *outlet) error {
				if o.server.isAstray() {
					return outOfOrder("Another Sync is running.")
				}
				err := o.sync()
				if o.ctx.Err() != nil {
					o.server.setAstray()
				}
				return err
			},
		},
		{
			Name: "dies-of-cancel", Case: "cancel", Saw: "ended",
			Does: "It ends when a Sync is cancelled.",
			sync: func(o *outlet) error {
				err := o.sync()
				if o.ctx.Err() != nil {
					os.Exit(wire.ExitOurs)
				}
				return err
			},
		},
		{
			Name: "reads-ahead", Case: "slow-reader", Saw: "MiB", Long: true,
			Does:  "It reads ahead of a host that is busy, and keeps all in memory.",
			sync:  readAhead,
			event: func(o *outlet, e *event) error { return o.keep(e) },
		},
		{
			Name: "no-window", Case: "window", Saw: "before page 1 was acknowledged",
			Does: "It says that it keeps to the window, and does not.",
			sync: func(o *outlet) error {
				o.request = proto.CloneOf(o.request)
				o.request.SetWindow(0)
				return o.sync()
			},
		},
		{
			Name: "acknowledged-in-advance", Case: "window", Saw: "Acknowledge",
			Does: "It lets the host acknowledge pages that were not sent.",
			acknowledge: func(s *server, ctx context.Context, request *connectorv1.AcknowledgeRequest) (*connectorv1.AcknowledgeResponse, error) {
				answer, err := s.sound.Acknowledge(ctx, request)
				if isRefused(err, plugin.ReasonCallOrder) && strings.Contains(err.Error(), "in advance") {
					return &connectorv1.AcknowledgeResponse{}, nil
				}
				return answer, err
			},
		},
		{
			Name: "acknowledged-while-idle", Case: "window", Saw: "no Sync runs",
			Does: "It lets the host acknowledge pages when no Sync runs.",
			acknowledge: func(s *server, ctx context.Context, request *connectorv1.AcknowledgeRequest) (*connectorv1.AcknowledgeResponse, error) {
				answer, err := s.sound.Acknowledge(ctx, request)
				if isRefused(err, plugin.ReasonCallOrder) && !strings.Contains(err.Error(), "in advance") {
					return &connectorv1.AcknowledgeResponse{}, nil
				}
				return answer, err
			},
		},
		{
			Name: "window-stuck", Case: "window", Saw: "did not come", Hangs: true,
			Does: "It forgets what the host has acknowledged, and waits for ever.",
			acknowledge: func(s *server, ctx context.Context, request *connectorv1.AcknowledgeRequest) (*connectorv1.AcknowledgeResponse, error) {
				asked := proto.CloneOf(request)
				if asked.GetPages() == 1 {
					asked.SetPages(0)
				}
				return s.sound.Acknowledge(ctx, asked)
			},
		},
		{
			Name: "acknowledged-twice", Case: "window", Saw: "page 3",
			Does: "It takes each acknowledgement for one of further pages.",
			sync: func(o *outlet) error {
				o.server.recount(0)
				return o.sync()
			},
			acknowledge: func(s *server, ctx context.Context, request *connectorv1.AcknowledgeRequest) (*connectorv1.AcknowledgeResponse, error) {
				asked := proto.CloneOf(request)
				if request.GetPages() < 1000 { // others are refused as they are
					asked.SetPages(s.recount(request.GetPages()))
				}
				return s.sound.Acknowledge(ctx, asked)
			},
		},
		{
			Name: "acknowledge-missing", Case: "window", Saw: "Unimplemented",
			Does: "It says that it keeps to the window, and does not know the call for it.",
			acknowledge: func(*server, context.Context, *connectorv1.AcknowledgeRequest) (*connectorv1.AcknowledgeResponse, error) {
				return nil, status.Error(codes.Unimplemented, "method Acknowledge not implemented")
			},
		},
	}
}

// recount adds up acknowledgements, from the beginning at 0.
func (s *server) recount(pages uint64) uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.acknowledged += pages
	if pages == 0 {
		s.acknowledged = 0
	}
	return s.acknowledged
}

// claim makes this stream the one that runs, once one that was cancelled has
// ended. If another one runs, it returns that.
func (o *outlet) claim() (running *outlet, free bool) {
	for {
		running := o.server.claimFor(o)
		if running == nil {
			return o, true
		}
		if running.ctx.Err() == nil {
			return running, false
		}
		<-running.over
	}
}

// release says that this stream has ended.
func (o *outlet) release() {
	o.server.mu.Lock()
	defer o.server.mu.Unlock()
	o.cancel()
	o.server.running = nil
	close(o.over)
}

// claimFor makes a stream the one that runs if none does, or returns that.
func (s *server) claimFor(o *outlet) *outlet {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		o.over = make(chan struct{})
		o.ctx, o.cancel = context.WithCancel(o.ctx)
		s.running = o
		return nil
	}
	return s.running
}

// readAhead runs the sound stream into memory, and sends from there.
func readAhead(o *outlet) error {
	o.queue = make(chan *event, 1<<20)
	ended := make(chan error, 1)
	go func() {
		ended <- o.sync()
		close(o.queue)
	}()
	var sending error
	for e := range o.queue {
		if sending == nil {
			sending = o.pass(e)
		}
	}
	return errors.Join(<-ended, sending)
}

// keep takes an event of the sound stream, which never has to wait.
func (o *outlet) keep(e *event) error {
	select {
	case o.queue <- e:
		return nil
	case <-o.ctx.Done():
		return o.ctx.Err()
	}
}
