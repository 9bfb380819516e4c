package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// logged is everything that the connector logs while the tests run.
var logged lockedBuffer

// parallelTests is how many tests run at once. Most of their time they wait for
// a back-off of the connector's, so there may be more than processors.
const parallelTests = "24"

func TestMain(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.fuzz").Value.String() == "" { // which takes the same number for its workers
		if err := flag.Set("test.parallel", parallelTests); err != nil {
			panic(err)
		}
	}
	slog.SetDefault(slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	os.Exit(m.Run())
}

// testTimeout ends a test that hangs; none takes a quarter of it.
const testTimeout = 60 * time.Second

// rig is a tenant, and a connector that a test speaks with as a host does: over
// a socket.
type rig struct {
	*testing.T
	tenant  *oktatest.Tenant
	client  connectorv1.ConnectorServiceClient
	config  map[string]any
	secrets map[string]string
	resume  map[string]string // cursors that Connect is told of
}

// newRig starts both. The connector is configured for the tenant and not
// connected.
func newRig(t *testing.T, settings oktatest.Settings, faults ...string) *rig {
	t.Helper()
	for _, text := range faults {
		settings.Faults = append(settings.Faults, parseFault(t, text))
	}
	tenant, err := oktatest.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tenant.Close)
	return &rig{
		T: t, tenant: tenant, client: serveConnector(t),
		config:  map[string]any{"domain": tenant.URL(), "client_id": tenant.ClientID(), "rate_limit_share": 100},
		secrets: map[string]string{"private_key": string(tenant.PrivateKeyJWK())},
	}
}

func parseFault(t *testing.T, text string) oktatest.Fault {
	t.Helper()
	fault, err := oktatest.ParseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	return fault
}

// order makes faults from now on.
func (r *rig) order(faults ...string) {
	r.Helper()
	for _, text := range faults {
		if err := r.tenant.Order(parseFault(r.T, text)); err != nil {
			r.Fatal(err)
		}
	}
}

// serveConnector serves a connector of its own over a loopback socket.
func serveConnector(t *testing.T) connectorv1.ConnectorServiceClient {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(wire.MaxMessageBytes), grpc.MaxSendMsgSize(wire.MaxMessageBytes))
	connectorv1.RegisterConnectorServiceServer(server, plugin.NewServer(connector{}, slog.Default()))
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
	return connectorv1.NewConnectorServiceClient(conn)
}

func (r *rig) context() context.Context {
	ctx, cancel := context.WithTimeout(r.T.Context(), testTimeout)
	r.Cleanup(cancel)
	return ctx
}

// tryConnect connects, whatever comes of it.
func (r *rig) tryConnect() *connectorv1.ConnectResponse {
	r.Helper()
	object, err := json.Marshal(r.config)
	if err != nil {
		r.Fatal(err)
	}
	response, err := r.client.Connect(r.context(), connectorv1.ConnectRequest_builder{
		ConfigJson: object, Secrets: r.secrets, ResumeCursors: r.resume,
	}.Build())
	if err != nil {
		r.Fatalf("Connect could not be answered: %v", err)
	}
	return response
}

// connect connects, and ends the test when that is refused.
func (r *rig) connect() *rig {
	r.Helper()
	if response := r.tryConnect(); response.HasRefusal() {
		r.Fatalf("the connection is refused: %s: %s", response.GetRefusal().GetReason(), response.GetRefusal().GetMessage())
	}
	return r
}

// reconnect serves a new connector for the same tenant, as a host does after a
// crash or with another configuration.
func (r *rig) reconnect() *rig {
	r.Helper()
	again := *r
	again.client, again.config = serveConnector(r.T), maps.Clone(r.config)
	return again.connect()
}

// page is a whole page, joined from its parts.
type page struct {
	records []*connectorv1.Record
	cursor  string
}

// run is what a Sync sent.
type run struct {
	t           *testing.T
	pages       []page // since the last restart
	waits       []*connectorv1.Wait
	quarantined []*connectorv1.Quarantined
	restarts    []*connectorv1.Restarted
	completed   *connectorv1.Completed
	err         error
	refusal     *connectorv1.Refusal
}

// syncRequest asks for users from a cursor, with no limit for waits.
func syncRequest(cursor string) *connectorv1.SyncRequest {
	return connectorv1.SyncRequest_builder{Resource: resourceUsers, Cursor: cursor}.Build()
}

// impatient is syncRequest from the beginning with a budget for waits.
func impatient(budget time.Duration) *connectorv1.SyncRequest {
	request := syncRequest("")
	request.SetLimits(connectorv1.SyncLimits_builder{WaitBudget: durationpb.New(budget)}.Build())
	return request
}

// sync lists everybody.
func (r *rig) sync() *run { r.Helper(); return r.syncWith(syncRequest("")) }

// syncFrom lists those after a cursor.
func (r *rig) syncFrom(cursor string) *run { r.Helper(); return r.syncWith(syncRequest(cursor)) }

// syncWith reads a stream to its end.
func (r *rig) syncWith(request *connectorv1.SyncRequest) *run {
	r.Helper()
	stream, err := r.client.Sync(r.context(), request)
	if err != nil {
		r.Fatal(err)
	}
	return collect(r.T, stream)
}

func collect(t *testing.T, stream grpc.ServerStreamingClient[connectorv1.SyncResponse]) *run {
	t.Helper()
	got := &run{t: t}
	var parts []*connectorv1.Record
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return got
		}
		if err != nil {
			got.err = err
			got.refusal, _ = wire.RefusalOf(status.Convert(err))
			return got
		}
		switch {
		case event.HasPage():
			parts = append(parts, event.GetPage().GetRecords()...)
			if event.GetPage().GetMoreParts() {
				continue
			}
			got.pages = append(got.pages, page{parts, event.GetPage().GetCursor()})
			parts = nil
			if sequence := event.GetPage().GetSequence(); sequence != uint64(len(got.pages)) {
				t.Errorf("page %d has the sequence number %d", len(got.pages), sequence)
			}
		case event.HasWait():
			got.waits = append(got.waits, event.GetWait())
		case event.HasQuarantined():
			got.quarantined = append(got.quarantined, event.GetQuarantined())
		case event.HasRestarted():
			got.restarts, got.pages = append(got.restarts, event.GetRestarted()), nil
		case event.HasCompleted():
			got.completed = event.GetCompleted()
		}
	}
}

func (g *run) records() []*connectorv1.Record {
	var records []*connectorv1.Record
	for _, page := range g.pages {
		records = append(records, page.records...)
	}
	return records
}

func (g *run) ids() []string {
	var ids []string
	for _, record := range g.records() {
		ids = append(ids, record.GetId())
	}
	return ids
}

// wantComplete expects the stream to have said that it is complete, with the
// right totals.
func (g *run) wantComplete() *run {
	g.t.Helper()
	if g.err != nil {
		g.t.Fatalf("the stream failed: %v", g.err)
	}
	if g.completed == nil {
		g.t.Fatal("the stream ended without Completed")
	}
	if got, want := g.completed.GetRecords(), uint64(len(g.records())); got != want {
		g.t.Errorf("Completed counts %d records, and %d came", got, want)
	}
	if got, want := g.completed.GetPages(), uint64(len(g.pages)); got != want {
		g.t.Errorf("Completed counts %d pages, and %d came", got, want)
	}
	return g
}

// wantIDs expects exactly these people, in this order.
func (g *run) wantIDs(want []string) *run {
	g.t.Helper()
	got := g.ids()
	if slices.Equal(got, want) {
		return g
	}
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			g.t.Fatalf("%d people came, want %d; they differ from number %d on", len(got), len(want), i+1)
		}
	}
	return g
}

// wantRefused expects the stream to end without Completed, refused for a reason
// of a class, with a fix.
func (g *run) wantRefused(reason string, class connectorv1.Class) *run {
	g.t.Helper()
	if g.completed != nil {
		g.t.Error("a stream that should have failed said that it is complete")
	}
	if g.refusal == nil {
		g.t.Fatalf("the stream ended with %v, want a refusal %s", g.err, reason)
	}
	wantRefusal(g.t, g.refusal, reason, class)
	return g
}

func wantRefusal(t *testing.T, got *connectorv1.Refusal, reason string, class connectorv1.Class) {
	t.Helper()
	if got.GetReason() != reason || got.GetClass() != class {
		t.Errorf("refused for %s of class %s (%s), want %s of class %s", got.GetReason(), got.GetClass(), got.GetMessage(), reason, class)
	}
	if got.GetFix() == "" || !strings.HasSuffix(got.GetMessage(), ".") {
		t.Errorf("a refusal has a sentence and a fix; message %q, fix %q", got.GetMessage(), got.GetFix())
	}
}

// listed are the ids of the tenant's plain list.
func (r *rig) listed() []string { return slices.Collect(r.tenant.IDs()) }

// everybody are the ids of both lists.
func (r *rig) everybody() []string {
	return slices.AppendSeq(r.listed(), r.tenant.DeprovisionedIDs())
}

// requests counts requests at an endpoint so far.
func (r *rig) requests(endpoint oktatest.Endpoint) int { return r.tenant.Stats().Requests[endpoint] }

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
