package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"log/slog"
	"maps"
	"net"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

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
