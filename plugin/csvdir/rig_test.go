package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"patchbay.example/internal/wire"
	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// testTimeout ends a test that hangs; none takes a quarter of it.
const testTimeout = 60 * time.Second

// testDay is the day of which the tests' listings speak.
var testDay = time.Date(2026, time.June, 15, 12, 0, 0, 0, time.UTC)

// rig is a file, and a connector that a test speaks with as a host does: over a
// socket.
type rig struct {
	*testing.T
	path   string
	client connectorv1.ConnectorServiceClient
	config map[string]any
	resume map[string]string // cursors that Connect is told of
}

// newRig writes a file that was left alone for an hour, and serves a connector
// that is configured for it and not connected.
func newRig(t *testing.T, name, content string) *rig {
	t.Helper()
	r := &rig{T: t, path: filepath.Join(t.TempDir(), name), client: serveConnector(t)}
	r.config = map[string]any{"path": r.path}
	r.write(content)
	return r
}

// fileRig is newRig for a file of testdata.
func fileRig(t *testing.T, name string) *rig {
	t.Helper()
	return newRig(t, name, fixture(t, name))
}

func fixture(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// write puts content into the file, as of an hour before the tests' day.
func (r *rig) write(content string) {
	r.Helper()
	r.writeAt(content, testDay.Add(-time.Hour))
}

func (r *rig) writeAt(content string, modified time.Time) {
	r.Helper()
	if err := os.WriteFile(r.path, []byte(content), 0o600); err != nil {
		r.Fatal(err)
	}
	if err := os.Chtimes(r.path, modified, modified); err != nil {
		r.Fatal(err)
	}
}

// overwrite puts content into the file without making it empty before.
func (r *rig) overwrite(content string) {
	r.Helper()
	file, err := os.OpenFile(r.path, os.O_WRONLY, 0)
	if err != nil {
		r.Fatal(err)
	}
	defer func() {
		if err := file.Close(); err != nil {
			r.Error(err)
		}
	}()
	if _, err := file.WriteString(content); err != nil {
		r.Fatal(err)
	}
	if err := file.Truncate(int64(len(content))); err != nil {
		r.Fatal(err)
	}
}

// touch sets the time at which the file was modified.
func (r *rig) touch(modified time.Time) {
	r.Helper()
	if err := os.Chtimes(r.path, modified, modified); err != nil {
		r.Fatal(err)
	}
}

// serveConnector serves a connector of its own over a loopback socket. It waits
// hardly at all for files that change.
func serveConnector(t *testing.T) connectorv1.ConnectorServiceClient {
	t.Helper()
	return serve(t, func() time.Time { return testDay })
}

// serve is serveConnector with a clock, which is asked before each survey.
func serve(t *testing.T, now func() time.Time) connectorv1.ConnectorServiceClient {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.MaxRecvMsgSize(wire.MaxMessageBytes), grpc.MaxSendMsgSize(wire.MaxMessageBytes))
	connectorv1.RegisterConnectorServiceServer(server, plugin.NewServer(connector{now: now, pause: time.Millisecond}, slog.New(slog.DiscardHandler)))
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
	response, err := r.client.Connect(r.context(), connectorv1.ConnectRequest_builder{ConfigJson: object, ResumeCursors: r.resume}.Build())
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

// reconnect serves a new connector for the same file, as a host does after a
// crash.
func (r *rig) reconnect() *rig {
	r.Helper()
	again := *r
	again.client = serveConnector(r.T)
	return again.connect()
}

// check connects and returns the check of a name.
func (r *rig) check(name string) *connectorv1.Check {
	r.Helper()
	response := r.tryConnect()
	for _, check := range response.GetChecks() {
		if check.GetName() == name {
			return check
		}
	}
	r.Fatalf("there is no check %q", name)
	return nil
}

// wantRefused connects and expects a refusal that tells what to do.
func (r *rig) wantRefused(reason string, class connectorv1.Class) string {
	r.Helper()
	response := r.tryConnect()
	if !response.HasRefusal() {
		r.Fatalf("connected, want it refused for %s", reason)
	}
	wantRefusal(r.T, response.GetRefusal(), reason, class)
	return response.GetRefusal().GetMessage()
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

// run is what a Sync sent.
type run struct {
	t           *testing.T
	pages       []page // since the last restart
	quarantined []*connectorv1.Quarantined
	restarts    []*connectorv1.Restarted
	completed   *connectorv1.Completed
	err         error
	refusal     *connectorv1.Refusal
}

// page is a whole page, joined from its parts.
type page struct {
	records []*connectorv1.Record
	cursor  string
}

// sync lists everybody.
func (r *rig) sync() *run { r.Helper(); return r.syncFrom("") }

// syncFrom lists those after a cursor.
func (r *rig) syncFrom(cursor string) *run {
	r.Helper()
	return r.syncAnd(cursor, func(int) {})
}

// syncAnd lists those after a cursor and calls between after each page.
func (r *rig) syncAnd(cursor string, between func(page int)) *run {
	r.Helper()
	// With a window of one page the connector is never far ahead of between.
	stream, err := r.client.Sync(r.context(), connectorv1.SyncRequest_builder{Resource: resourceUsers, Cursor: cursor, Window: 1}.Build())
	if err != nil {
		r.Fatal(err)
	}
	got := &run{t: r.T}
	var parts []*connectorv1.Record
	acknowledged := uint64(0)
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
			between(len(got.pages))
			if acknowledged++; event.GetPage().GetCursor() == "" {
				continue // nothing follows
			}
			if _, err := r.client.Acknowledge(r.context(), connectorv1.AcknowledgeRequest_builder{Pages: acknowledged}.Build()); err != nil {
				r.Logf("acknowledge: %v", err) // the stream may have ended
			}
		case event.HasQuarantined():
			got.quarantined = append(got.quarantined, event.GetQuarantined())
		case event.HasRestarted():
			got.restarts, got.pages, got.quarantined = append(got.restarts, event.GetRestarted()), nil, nil
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

// user is the typed view of the person with an id.
func (g *run) user(id string) *connectorv1.User {
	g.t.Helper()
	for _, record := range g.records() {
		if record.GetId() == id {
			return record.GetUser()
		}
	}
	g.t.Fatalf("nobody has the id %q; there are %v", id, g.ids())
	return nil
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
	if got, want := g.completed.GetQuarantined(), uint64(len(g.quarantined)); got != want {
		g.t.Errorf("Completed counts %d quarantined, and %d came", got, want)
	}
	return g
}

// wantIDs expects exactly these people, in this order.
func (g *run) wantIDs(want ...string) *run {
	g.t.Helper()
	if got := g.ids(); !slices.Equal(got, want) {
		g.t.Fatalf("the ids are %q, want %q", got, want)
	}
	return g
}

// wantQuarantined expects exactly these reasons, in this order.
func (g *run) wantQuarantined(want ...string) *run {
	g.t.Helper()
	var got []string
	for _, q := range g.quarantined {
		got = append(got, q.GetReason())
		if q.GetLocation() == "" || !strings.HasSuffix(q.GetMessage(), ".") {
			g.t.Errorf("a quarantined row has a location and a sentence: %v", q)
		}
	}
	if !slices.Equal(got, want) {
		g.t.Errorf("rows were quarantined for %q, want %q", got, want)
	}
	return g
}
