package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"os"
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
	"patchbay.example/plugin/ldap/ldaptest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// logged is everything that the connector logs while the tests run.
var logged lockedBuffer

func TestMain(m *testing.M) {
	slog.SetDefault(slog.New(slog.NewJSONHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug})))
	os.Exit(m.Run())
}

// testTimeout ends a test that hangs; none takes a quarter of it.
const testTimeout = 60 * time.Second

// rig is a connector that a test speaks with as a host does: over a socket.
type rig struct {
	*testing.T
	client  connectorv1.ConnectorServiceClient
	config  map[string]any
	secrets map[string]string
	resume  map[string]string // cursors that Connect is told of
}

// newRig makes one for a server, with further properties.
func newRig(t *testing.T, server *ldaptest.Server, more map[string]any) *rig {
	t.Helper()
	config := server.Config()
	maps.Copy(config, more)
	return &rig{T: t, client: serveConnector(t), config: config, secrets: server.Secrets()}
}

// scriptedRig makes one for a scripted server.
func scriptedRig(t *testing.T, server *ldaptest.Scripted, more map[string]any) *rig {
	t.Helper()
	config := map[string]any{"url": server.Serve(t), "bind_dn": ldaptest.BindDN, "base_dn": ldaptest.BaseDN}
	maps.Copy(config, more)
	return &rig{T: t, client: serveConnector(t), config: config, secrets: map[string]string{"bind_password": ldaptest.BindPassword}}
}

// loggingRig makes a rig's connector log into a buffer of its own.
func loggingRig(t *testing.T, r *rig) (*rig, *lockedBuffer) {
	t.Helper()
	log := &lockedBuffer{}
	r.client = serve(t, connector{log: slog.New(slog.NewJSONHandler(log, nil))})
	return r, log
}

// serveConnector serves a connector of its own over a loopback socket.
func serveConnector(t *testing.T) connectorv1.ConnectorServiceClient {
	t.Helper()
	return serve(t, connector{})
}

func serve(t *testing.T, c connector) connectorv1.ConnectorServiceClient {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(wire.MaxMessageBytes), grpc.MaxSendMsgSize(wire.MaxMessageBytes))
	connectorv1.RegisterConnectorServiceServer(server, plugin.NewServer(c, slog.Default()))
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

// reconnect serves a new connector for the same server, as a host does after a
// crash.
func (r *rig) reconnect() *rig {
	r.Helper()
	again := *r
	again.client = serveConnector(r.T)
	return again.connect()
}

// wantConnectRefused expects Connect to refuse with a check that failed.
func (r *rig) wantConnectRefused(check, reason string, class connectorv1.Class) *connectorv1.Refusal {
	r.Helper()
	response := r.tryConnect()
	if !response.HasRefusal() {
		r.Fatalf("connected, want a refusal %s", reason)
	}
	wantRefusal(r.T, response.GetRefusal(), reason, class)
	for _, c := range response.GetChecks() {
		failed := c.GetStatus() == connectorv1.CheckStatus_CHECK_STATUS_FAIL
		if failed != (c.GetName() == check) {
			r.Errorf("check %s has status %s; the one that fails should be %s", c.GetName(), c.GetStatus(), check)
		}
	}
	return response.GetRefusal()
}

// reconnectTo connects a new connector, whatever comes of it.
func (r *rig) reconnectTo(t *testing.T) *connectorv1.ConnectResponse {
	t.Helper()
	again := *r
	again.client = serveConnector(t)
	return again.tryConnect()
}

func checkOf(t *testing.T, response *connectorv1.ConnectResponse, name string) *connectorv1.Check {
	t.Helper()
	for _, c := range response.GetChecks() {
		if c.GetName() == name {
			return c
		}
	}
	t.Fatalf("there is no check %s", name)
	return nil
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

// sync lists a resource from a cursor; onPage is called after each page, nil for
// nothing.
func (r *rig) sync(resource, cursor string, onPage func(pages int)) *run {
	r.Helper()
	return r.syncWith(connectorv1.SyncRequest_builder{Resource: resource, Cursor: cursor}.Build(), onPage)
}

// contextOf is a context that the test may cancel.
func contextOf(r *rig) (context.Context, context.CancelFunc) { return context.WithCancel(r.context()) }

// syncSoon lists users as soon as the listing before, which was cancelled, has
// ended.
func (r *rig) syncSoon() *run {
	r.Helper()
	for ctx := r.context(); ctx.Err() == nil; {
		got := r.sync(resourceUsers, "", nil)
		if got.refusal.GetReason() != plugin.ReasonCallOrder {
			return got
		}
	}
	r.Fatal("the listing before did not end")
	return nil
}

// impatient lists users without time for a wait.
func (r *rig) impatient() *run {
	r.Helper()
	return r.syncWith(connectorv1.SyncRequest_builder{Resource: resourceUsers, Limits: noWaits()}.Build(), nil)
}

func noWaits() *connectorv1.SyncLimits {
	return connectorv1.SyncLimits_builder{WaitBudget: durationpb.New(time.Millisecond)}.Build()
}

func (r *rig) syncWith(request *connectorv1.SyncRequest, onPage func(pages int)) *run {
	r.Helper()
	stream, err := r.client.Sync(r.context(), request)
	if err != nil {
		r.Fatal(err)
	}
	got := &run{t: r.T}
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
			if onPage != nil {
				onPage(len(got.pages))
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

func (g *run) ids() []string { return idsOf(g.records()) }

func idsOf(records []*connectorv1.Record) []string {
	var ids []string
	for _, record := range records {
		ids = append(ids, record.GetId())
	}
	return ids
}

// wantComplete expects the stream to have said that it is complete, with the right
// totals.
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
	return g
}

// wantRefused expects the stream to end without Completed, refused for a reason of
// a class, with a fix.
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

// people makes so many of them, the first their manager.
func people(n int) []ldaptest.Person {
	all := make([]ldaptest.Person, n)
	for i := range all {
		uid := fmt.Sprintf("p%03d", i)
		all[i] = ldaptest.Person{UID: uid, GivenName: "Test", FamilyName: fmt.Sprintf("Person %03d", i), Mail: uid + "@example.com"}
		if i > 0 {
			all[i].Manager = "p000"
		}
	}
	return all
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
