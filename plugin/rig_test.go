package plugin

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// scripted is a connector whose calls are a test's own functions.
type scripted struct {
	reasons []Reason
	connect func(ctx context.Context, c Configuration) (Session, Report, error)
	list    func(ctx context.Context) ([]Resource, error)
	sync    func(ctx context.Context, request SyncRequest, stream *Stream) error
}

type scriptedConfig struct {
	Place string `json:"place" title:"Place"`
	Token Secret `json:"token" title:"Token"`
}

func (s *scripted) Describe() Description {
	return Description{
		Name: "scripted", Title: "Scripted", Version: "1.2.3", Summary: "Reads what a test says.",
		Config: SchemaOf[scriptedConfig](), Reasons: s.reasons,
	}
}

func (s *scripted) Connect(ctx context.Context, c Configuration) (Session, Report, error) {
	if s.connect != nil {
		return s.connect(ctx, c)
	}
	return &scriptedSession{scripted: s}, Report{}, nil
}

type scriptedSession struct {
	UnimplementedSession
	*scripted
}

func (s *scriptedSession) ListResources(ctx context.Context) ([]Resource, error) {
	if s.list == nil {
		return []Resource{{Name: "things", Title: "Things", Kind: KindOther, KeyField: "id"}}, nil
	}
	return s.list(ctx)
}

func (s *scriptedSession) Sync(ctx context.Context, request SyncRequest, stream *Stream) error {
	if s.sync == nil {
		return s.UnimplementedSession.Sync(ctx, request, stream)
	}
	return s.sync(ctx, request, stream)
}

// rig is a connector behind a loopback socket.
type rig struct {
	*testing.T
	client connectorv1.ConnectorServiceClient
	log    *lockedBuffer
}

func serveScripted(t *testing.T, connector Connector) *rig {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{T: t, log: &lockedBuffer{}}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(wire.MaxMessageBytes), grpc.MaxSendMsgSize(wire.MaxMessageBytes))
	connectorv1.RegisterConnectorServiceServer(server, NewServer(connector, slog.New(slog.NewJSONHandler(r.log, nil))))
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	conn, err := grpc.NewClient(listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(wire.MaxMessageBytes)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
		server.Stop()
		if err := <-served; err != nil {
			t.Error(err)
		}
	})
	r.client = connectorv1.NewConnectorServiceClient(conn)
	return r
}

func (r *rig) context() context.Context {
	ctx, cancel := context.WithTimeout(r.T.Context(), 30*time.Second)
	r.Cleanup(cancel)
	return ctx
}

// connected serves a connector that syncs by a function, and connects.
func connected(t *testing.T, sync func(ctx context.Context, request SyncRequest, stream *Stream) error) *rig {
	t.Helper()
	r := serveScripted(t, &scripted{sync: sync})
	if _, err := r.client.Connect(r.context(), &connectorv1.ConnectRequest{}); err != nil {
		t.Fatal(err)
	}
	return r
}

// events reads a Sync to its end: its events, and the error that ended it.
func (r *rig) events(request *connectorv1.SyncRequest) ([]*connectorv1.SyncResponse, error) {
	r.Helper()
	stream, err := r.client.Sync(r.context(), request)
	if err != nil {
		r.Fatal(err)
	}
	var events []*connectorv1.SyncResponse
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return events, nil
		}
		if err != nil {
			return events, err
		}
		events = append(events, event)
	}
}

// all is events of a Sync that has to succeed.
func (r *rig) all() []*connectorv1.SyncResponse {
	r.Helper()
	events, err := r.events(theThings())
	if err != nil {
		r.Fatal(err)
	}
	return events
}

// wantRefusal expects an error that carries a refusal.
func wantRefusal(t *testing.T, err error, reason string, class connectorv1.Class) *connectorv1.Refusal {
	t.Helper()
	refusal, ok := wire.RefusalOf(status.Convert(err))
	if !ok {
		t.Fatalf("%v carries no refusal, want %s", err, reason)
	}
	if refusal.GetReason() != reason || refusal.GetClass() != class || refusal.GetFix() == "" {
		t.Errorf("refused for %s of class %s with the fix %q, want %s of class %s", refusal.GetReason(), refusal.GetClass(), refusal.GetFix(), reason, class)
	}
	return refusal
}

// lockedBuffer is a buffer for several goroutines.
type lockedBuffer struct {
	mu  sync.Mutex // guards buf
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// theThings asks for the scripted connector's one resource.
func theThings() *connectorv1.SyncRequest {
	return connectorv1.SyncRequest_builder{Resource: "things"}.Build()
}
