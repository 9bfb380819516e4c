//go:build unix

package host

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"patchbay.example/internal/needtest"
	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Host and connector are installed apart, so each meets older and newer ones of
// the other. Three contracts meet here: testdata/v1 is a frozen copy of the first,
// this tree's is today's, and testdata/future is today's with what a later one
// may add.
func TestEvolution(t *testing.T) {
	old := builtFrom(t, "testdata/v1", "./connector", "./host")
	t.Run("an old connector under today's host", func(t *testing.T) { oldConnector(t, filepath.Join(old, "connector")) })
	program := oldHost{filepath.Join(old, "host")}
	t.Run("an old host with today's connector", program.readsTodaysConnector)

	future := filepath.Join(builtFrom(t, ".", "./testdata/future"), "future")
	t.Run("an old host with a future connector", func(t *testing.T) { program.readsFutureConnector(t, future) })
	t.Run("today's host with a future connector", func(t *testing.T) { futureConnector(t, future) })
	t.Run("a future connector refuses today's host", func(t *testing.T) { futureRefusal(t, future) })
	t.Run("a future host with today's connector", futureHost)
}

// The old connector declares no capability: nothing of what came later is asked
// of it, also where the caller wants it.
func oldConnector(t *testing.T, path string) {
	log := &lockedBuffer{}
	c := launched(t, Settings{Path: path, Log: slog.New(slog.NewJSONHandler(log, nil)), HostName: "patchbay/test"})
	response, err := c.Connect(t.Context(), Configuration{JSON: []byte("{}")})
	if err != nil || response.GetAccount().GetId() != "example.com" {
		t.Fatalf("Connect: %v, %v", response, err)
	}
	resources, err := c.ListResources(t.Context())
	if err != nil || len(resources) != 1 || resources[0].GetKind() != connectorv1.ResourceKind_RESOURCE_KIND_USERS {
		t.Fatalf("ListResources: %v, %v", resources, err)
	}

	everybody := idsOf(script{Pages: 5, PerPage: 4})
	for page, cursor := range []string{"", "after-1", "after-2", "after-3", "after-4"} {
		k := &collector{}
		summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Cursor: cursor, Window: 1}, k.consumer())
		if err != nil || !summary.Completed || !slices.Equal(k.ids, everybody[4*page:]) {
			t.Errorf("after %d pages: %v, %v", page, k.ids, err)
		}
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if strings.Contains(log.String(), "that I do not know") {
		t.Errorf("the old connector was asked for what came later:\n%s", log.String())
	}
}

// oldHost is the program of that name in testdata/v1.
type oldHost struct{ path string }

// oldLine is what it prints.
type oldLine struct {
	Connector, Resource, Refused, Cursor string
	Page                                 []string
	Completed, Ignored                   bool
	Pages, Records                       uint64
}

func (h oldHost) read(t *testing.T, arguments ...string) []oldLine {
	t.Helper()
	var stderr bytes.Buffer
	command := exec.CommandContext(t.Context(), h.path, arguments...)
	command.Stderr = &stderr
	// go-plugin hands its own standard input on, whose end tells a connector that
	// the host is gone.
	if _, err := command.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	output, err := command.Output()
	if err != nil {
		t.Fatalf("the old host: %v\n%s", err, &stderr)
	}
	var lines []oldLine
	for decoder := json.NewDecoder(bytes.NewReader(output)); decoder.More(); {
		var l oldLine
		if err := decoder.Decode(&l); err != nil {
			t.Fatalf("what the old host prints: %v", err)
		}
		lines = append(lines, l)
	}
	return lines
}

// The old host acknowledges nothing and asks for no window: no page is held back
// for that. Today's pages of several parts are among those that it gets.
func (h oldHost) readsTodaysConnector(t *testing.T) {
	for before := range 5 {
		arguments := []string{connectorNamed(t, "sdk"), "{}"}
		if before > 0 {
			arguments = append(arguments, fmt.Sprintf("after-%d", before))
		}
		lines := h.read(t, arguments...)
		if len(lines) < 3 || lines[0].Connector != "sdk" || lines[1].Resource != "users" {
			t.Fatalf("%+v", lines)
		}
		var ids []string
		for _, l := range lines[2:] {
			ids = append(ids, l.Page...)
		}
		pages := uint64(5 - before)
		if last := lines[len(lines)-1]; !last.Completed || last.Pages != pages || last.Records != 200*pages {
			t.Errorf("after %d pages it ends with %+v", before, last)
		}
		want := idsOf(script{Pages: 5, PerPage: 200})[200*before:]
		if !slices.Equal(ids, want) {
			t.Errorf("after %d pages: %d people, %d must come", before, len(ids), len(want))
		}
	}
}

func (h oldHost) readsFutureConnector(t *testing.T, future string) {
	want := []oldLine{
		{Connector: "future"},
		{Resource: "things"},
		{Ignored: true},
		{Page: []string{"t1", "t2"}, Cursor: "after-1"},
		{Ignored: true},
		{Page: []string{"t3"}},
		{Ignored: true},
		{Completed: true, Pages: 2, Records: 3},
	}
	got := h.read(t, future, "{}")
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := h.read(t, future, `{"refuse":"message"}`); len(got) != 2 || got[1].Refused != "LATER_REASON" {
		t.Errorf("refused: %+v", got)
	}
}

// What today's host does not know, it ignores, and keeps for those who may: in a
// record every byte arrives.
func futureConnector(t *testing.T, path string) {
	c := launched(t, Settings{Path: path})
	if _, err := c.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	response, err := c.Connect(t.Context(), Configuration{JSON: []byte("{}")})
	if err != nil || len(response.GetChecks()) != 1 {
		t.Fatalf("Connect: %v, %v", response, err)
	}
	resources, err := c.ListResources(t.Context())
	if err != nil || len(resources) != 1 || resources[0].GetName() != "things" {
		t.Fatalf("ListResources: %v, %v", resources, err)
	}
	var records []*connectorv1.Record
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "things", Window: 1}, Consumer{Page: func(_ context.Context, page Page) error {
		records = append(records, page.Records...)
		return nil
	}})
	if err != nil || !summary.Completed || summary.Pages != 2 || len(records) != 3 {
		t.Fatalf("%d records, %+v, %v", len(records), summary, err)
	}
	for _, record := range records {
		if len(record.ProtoReflect().GetUnknown()) == 0 {
			t.Errorf("what came later was lost of record %s", record.GetId())
		}
	}
}

// A class that the host does not know is the connector's fault, as the contract
// has it; reason and message are shown all the same.
func futureRefusal(t *testing.T, path string) {
	for _, way := range []string{"message", "status"} {
		c := launched(t, Settings{Path: path})
		_, err := c.Connect(t.Context(), Configuration{JSON: fmt.Appendf(nil, `{"refuse":%q}`, way)})
		refused, ok := errors.AsType[*RefusedError](err)
		if !ok || refused.Class != connectorv1.Class_CLASS_CONNECTOR_FAULT || refused.Reason != "LATER_REASON" || refused.Message != "Refused as later connectors do." {
			t.Errorf("in a %s: %#v", way, err)
		}
	}
}

// futureHost speaks to the SDK's service with fields and capabilities that the
// SDK does not know.
func futureHost(t *testing.T) {
	service := served(t, sdkConnector{})
	description, err := service.Describe(t.Context(), fromLater(connectorv1.DescribeRequest_builder{
		Host: "patchbay/9.0.0", Capabilities: []string{"later-ability", "", "acknowledge"},
	}.Build()))
	if err != nil || description.GetName() != "sdk" {
		t.Fatalf("Describe: %v, %v", description, err)
	}
	response, err := service.Connect(t.Context(), fromLater(connectorv1.ConnectRequest_builder{ConfigJson: []byte("{}")}.Build()))
	if err != nil || response.HasRefusal() {
		t.Fatalf("Connect: %v, %v", response, err)
	}
	if _, err := service.ListResources(t.Context(), fromLater(&connectorv1.ListResourcesRequest{})); err != nil {
		t.Errorf("ListResources: %v", err)
	}
	limits := fromLater(&connectorv1.SyncLimits{})
	stream, err := service.Sync(t.Context(), fromLater(connectorv1.SyncRequest_builder{Resource: "users", Cursor: "after-3", Limits: limits, Window: 1}.Build()))
	if err != nil {
		t.Fatal(err)
	}
	var joined Summary
	for {
		event, err := stream.Recv()
		if err != nil {
			t.Fatalf("after %+v: %v", joined, err)
		}
		if event.WhichEvent() == connectorv1.SyncResponse_Completed_case {
			break
		}
		joined.Records += uint64(len(event.GetPage().GetRecords()))
		if event.HasPage() && !event.GetPage().GetMoreParts() {
			joined.Pages++
		}
		if event.GetPage().GetCursor() != "" { // of the last page nothing hangs
			if _, err := service.Acknowledge(t.Context(), fromLater(connectorv1.AcknowledgeRequest_builder{Pages: joined.Pages}.Build())); err != nil {
				t.Errorf("Acknowledge: %v", err)
			}
		}
	}
	if joined.Pages != 2 || joined.Records != 400 {
		t.Errorf("%d records in %d pages", joined.Records, joined.Pages)
	}
}

// served serves a connector on a socket of its own, as Serve does in a process.
func served(t *testing.T, connector plugin.Connector) connectorv1.ConnectorServiceClient {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(runtimeDir(t), "s"))
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	connectorv1.RegisterConnectorServiceServer(server, plugin.NewServer(connector, slog.New(slog.DiscardHandler)))
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	conn, err := grpc.NewClient("unix:"+listener.Addr().String(), grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = conn.Close()
		server.Stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return connectorv1.NewConnectorServiceClient(conn)
}

// fromLater adds to a message fields that only a later contract has.
func fromLater[M proto.Message](message M) M {
	fields := protowire.AppendTag(nil, 900, protowire.BytesType)
	fields = protowire.AppendString(fields, "later")
	message.ProtoReflect().SetUnknown(protoreflect.RawFields(fields))
	return message
}

// builtFrom builds programs of a folder's module and returns where they are. It
// needs nothing that this module does not need: the frozen module has the same
// dependencies.
func builtFrom(t *testing.T, folder string, packages ...string) string {
	t.Helper()
	goCommand, err := exec.LookPath("go")
	if err != nil {
		needtest.Missing(t, "subprocess", err)
	}
	// cmd/go must not take an earlier result for that of programs that have
	// changed: it notes what a test reads.
	for _, read := range []string{"testdata", "../plugin", "../proto", "../internal/wire"} {
		if err := filepath.WalkDir(read, func(_ string, _ fs.DirEntry, err error) error { return err }); err != nil {
			t.Fatal(err)
		}
	}
	into := t.TempDir()
	build := exec.CommandContext(t.Context(), goCommand, append([]string{"build", "-buildvcs=false", "-o", into + "/"}, packages...)...)
	build.Dir = folder
	build.Env = append(os.Environ(), "GOFLAGS=-mod=readonly", "GOWORK=off")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build in %s: %v\n%s", folder, err, output)
	}
	return into
}
