package main

import (
	"context"
	"log/slog"
	"sync"

	"google.golang.org/grpc"

	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// flaw is one break: what it is, and where it takes hold. A hook that is nil
// leaves its place sound.
type flaw struct {
	// Name is the break's, Case that of the conformance case that has to notice,
	// and Saw a word that has to be in what it says it saw.
	Name, Case, Saw string
	// Does is what the connector does wrong, for people.
	Does string
	// Hangs says that it keeps its host waiting, which need not wait for long.
	Hangs bool
	// Long says that it shows only where the listing is long.
	Long bool

	// The process.
	start     func(*process)           // before anything else
	byHand    func() int               // started without a host's cookie; returns the exit code
	handshake func(line string) string // returns what is written instead
	grpc      []grpc.ServerOption      // added to the sound ones
	atEOF     func(*process)           // standard input has ended
	atSignal  func()                   // SIGTERM has come
	atEnd     func(*process)           // it was asked to end, and is about to

	// The calls. The sound answer is that of server.sound.
	describe    describeHook
	connect     connectHook
	resources   resourcesHook
	acknowledge acknowledgeHook
	sync        func(*outlet) error // the sound stream is that of outlet.sync
	// event is what happens to each event of the sound stream; outlet.pass sends
	// one on.
	event func(*outlet, *connectorv1.SyncResponse) error
}

// The contract's calls, as a flaw answers them.
type (
	describeHook    = func(*server, context.Context, *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error)
	connectHook     = func(*server, context.Context, *connectorv1.ConnectRequest) (*connectorv1.ConnectResponse, error)
	resourcesHook   = func(*server, context.Context, *connectorv1.ListResourcesRequest) (*connectorv1.ListResourcesResponse, error)
	acknowledgeHook = func(*server, context.Context, *connectorv1.AcknowledgeRequest) (*connectorv1.AcknowledgeResponse, error)
)

// server stands between the host and a sound connector, and bends what passes.
type server struct {
	connectorv1.UnimplementedConnectorServiceServer
	flaw  flaw
	log   *slog.Logger
	sound connectorv1.ConnectorServiceServer

	mu           sync.Mutex // guards all below
	accepted     *connectorv1.ConnectRequest
	astray       bool    // something has happened that the flaw leads astray
	running      *outlet // the stream that runs, where a flaw claims it
	counter      int
	acknowledged uint64 // where a flaw adds them up
	kept         []any  // what a leak keeps
}

var _ connectorv1.ConnectorServiceServer = (*server)(nil)

func newServer(f flaw, log *slog.Logger) *server {
	return &server{flaw: f, log: log, sound: plugin.NewServer(sound{}, log)}
}

// another returns a sound connector beside the first, connected like that one
// if it is.
func (s *server) another(ctx context.Context) connectorv1.ConnectorServiceServer {
	fresh := plugin.NewServer(sound{}, s.log)
	s.mu.Lock()
	accepted := s.accepted
	s.mu.Unlock()
	if accepted != nil {
		_, _ = fresh.Connect(ctx, accepted)
	}
	return fresh
}

// connected reports whether a connection was made.
func (s *server) connected() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.accepted != nil
}

// setAstray notes what leads the flaw astray.
func (s *server) setAstray() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.astray = true
}

func (s *server) isAstray() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.astray
}

// count returns 1 at the first call, 2 at the next.
func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counter++
	return s.counter
}

// Describe implements the contract.
func (s *server) Describe(ctx context.Context, request *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
	if s.flaw.describe != nil {
		return s.flaw.describe(s, ctx, request)
	}
	return s.sound.Describe(ctx, request)
}

// Connect implements the contract.
func (s *server) Connect(ctx context.Context, request *connectorv1.ConnectRequest) (*connectorv1.ConnectResponse, error) {
	answer := s.sound.Connect
	if s.flaw.connect != nil {
		answer = func(ctx context.Context, request *connectorv1.ConnectRequest) (*connectorv1.ConnectResponse, error) {
			return s.flaw.connect(s, ctx, request)
		}
	}
	response, err := answer(ctx, request)
	if err == nil && !response.HasRefusal() {
		s.mu.Lock()
		s.accepted = request
		s.mu.Unlock()
	}
	return response, err
}

// ListResources implements the contract.
func (s *server) ListResources(ctx context.Context, request *connectorv1.ListResourcesRequest) (*connectorv1.ListResourcesResponse, error) {
	if s.flaw.resources != nil {
		return s.flaw.resources(s, ctx, request)
	}
	return s.sound.ListResources(ctx, request)
}

// Sync implements the contract.
func (s *server) Sync(request *connectorv1.SyncRequest, call grpc.ServerStreamingServer[connectorv1.SyncResponse]) error {
	o := &outlet{ServerStreamingServer: call, server: s, request: request, ctx: call.Context()}
	if s.flaw.sync != nil {
		return s.flaw.sync(o)
	}
	return o.sync()
}

// Acknowledge implements the contract.
func (s *server) Acknowledge(ctx context.Context, request *connectorv1.AcknowledgeRequest) (*connectorv1.AcknowledgeResponse, error) {
	if s.flaw.acknowledge != nil {
		return s.flaw.acknowledge(s, ctx, request)
	}
	return s.sound.Acknowledge(ctx, request)
}

// outlet is one stream: the sound connector sends into it, and it sends to the
// host.
type outlet struct {
	grpc.ServerStreamingServer[connectorv1.SyncResponse]
	server  *server
	request *connectorv1.SyncRequest
	ctx     context.Context // of the call

	cancel context.CancelFunc             // ends it, where it was claimed
	over   chan struct{}                  // closed when it has ended, where it was claimed
	failed error                          // what the stream ends with, where a flaw says so
	queue  chan *connectorv1.SyncResponse // what is read and not sent, where a flaw reads ahead
}

// sync runs the sound stream.
func (o *outlet) sync() error { return o.server.sound.Sync(o.request, o) }

// Context is the call's, unless a flaw has put another in its place.
func (o *outlet) Context() context.Context { return o.ctx }

// Send takes an event of the sound stream.
func (o *outlet) Send(event *connectorv1.SyncResponse) error {
	if o.server.flaw.event != nil {
		return o.server.flaw.event(o, event)
	}
	return o.pass(event)
}

// pass sends events to the host.
func (o *outlet) pass(events ...*connectorv1.SyncResponse) error {
	for _, event := range events {
		if err := o.ServerStreamingServer.Send(event); err != nil {
			return err
		}
	}
	return nil
}
