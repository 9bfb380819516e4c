package main

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
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
	"patchbay.example/plugin/scim/internal/scimapi"
	"patchbay.example/plugin/scim/scimtest"
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
	code := m.Run()
	if all := flag.Lookup("test.run").Value.String() + flag.Lookup("test.fuzz").Value.String(); code == 0 && all == "" {
		for _, name := range notGiven() {
			fmt.Fprintf(os.Stderr, "no test makes the reason %s happen\n", name)
			code = 1
		}
	}
	os.Exit(code)
}

// given are the reasons that the connector gave while the tests ran.
var given sync.Map

// madeBelow are reasons that need a network which a loopback is not: the tests of
// scimapi make them.
var madeBelow = []string{scimapi.ReasonHostNotFound, scimapi.ReasonNameServiceUnavailable, scimapi.ReasonProxyFailed, scimapi.ReasonTimedOut}

// notGiven are the declared reasons that no test has made happen.
func notGiven() []string {
	var names []string
	for _, r := range reasons {
		if _, ok := given.Load(r.Name); !ok && !slices.Contains(madeBelow, r.Name) {
			names = append(names, r.Name)
		}
	}
	return names
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

// newRig serves a connector that is configured for a base URL and not connected.
func newRig(t *testing.T, baseURL string) *rig {
	t.Helper()
	return &rig{
		T: t, client: serveConnector(t),
		config: map[string]any{"base_url": baseURL}, secrets: map[string]string{"token": scimtest.Token},
	}
}

// company serves people through the library, and a connector for them.
func company(t *testing.T, settings scimtest.Settings) (*rig, *scimtest.Server) {
	t.Helper()
	server, err := scimtest.Start(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	return newRig(t, server.URL()), server
}

// strict serves objects through the strict server, and a connector for them.
func strict(t *testing.T, settings scimtest.StrictSettings) (*rig, *scimtest.Strict) {
	t.Helper()
	server, err := scimtest.StartStrict(settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		server.Close()
		for _, violation := range server.Violations() {
			t.Errorf("the service objects: %s", violation)
		}
	})
	return newRig(t, server.URL()), server
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

// set changes a property of the configuration.
func (r *rig) set(name string, value any) *rig {
	r.config[name] = value
	return r
}

// useClientCredentials configures client credentials instead of a token.
func (r *rig) useClientCredentials(tokenURL string) *rig {
	r.secrets = map[string]string{"client_secret": scimtest.ClientSecret}
	return r.set("authentication", "client_credentials").set("token_url", tokenURL).set("client_id", scimtest.ClientID)
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
	for _, c := range response.GetChecks() {
		given.Store(c.GetReason(), true)
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

// reconnect serves a new connector for the same service, as a host does after a
// crash or with another configuration.
func (r *rig) reconnect() *rig {
	r.Helper()
	again := *r
	again.client, again.config = serveConnector(r.T), maps.Clone(r.config)
	return again.connect()
}

// wantConnectRefused expects the connection to be refused.
func (r *rig) wantConnectRefused(reason string, class connectorv1.Class) *connectorv1.ConnectResponse {
	r.Helper()
	response := r.tryConnect()
	if !response.HasRefusal() {
		r.Fatalf("the connection is accepted, want it refused for %s", reason)
	}
	wantRefusal(r.T, response.GetRefusal(), reason, class)
	return response
}

// check finds a check by its name.
func check(t *testing.T, response *connectorv1.ConnectResponse, name string) *connectorv1.Check {
	t.Helper()
	for _, c := range response.GetChecks() {
		if c.GetName() == name {
			return c
		}
	}
	t.Fatalf("there is no check %q", name)
	return nil
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
