//go:build unix

package host

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// launched starts a connector of the test binary, and closes it in the end.
func launched(t *testing.T, settings Settings) *Connector {
	t.Helper()
	if settings.RuntimeDir == "" {
		settings.RuntimeDir = runtimeDir(t)
	}
	c, err := Launch(t.Context(), settings)
	if err != nil {
		t.Fatalf("Launch: %v", err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return c
}

// connected starts the scripted connector and connects it.
func connected(t *testing.T, settings Settings, s script) *Connector {
	t.Helper()
	settings.Path = connectorNamed(t, "scripted")
	settings.Limits.Backoff = time.Millisecond
	c := launched(t, settings)
	if _, err := c.Connect(t.Context(), s.configuration(nil)); err != nil {
		t.Fatalf("Connect: %v", err)
	}
	return c
}

func TestAConnectorIsLaunchedConnectedAndRead(t *testing.T) {
	c := launched(t, Settings{Path: connectorNamed(t, "sdk")})
	description, err := c.Describe(t.Context())
	if err != nil || description.GetName() != "sdk" {
		t.Fatalf("Describe = %v, %v", description, err)
	}
	response, err := c.Connect(t.Context(), Configuration{JSON: []byte("{}")})
	if err != nil || response.GetAccount().GetId() != "example.com" {
		t.Fatalf("Connect = %v, %v", response, err)
	}
	resources, err := c.ListResources(t.Context())
	if err != nil || len(resources) != 1 || resources[0].GetName() != "users" {
		t.Fatalf("ListResources = %v, %v", resources, err)
	}
	var got []int
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Cursor: "after-1"}, Consumer{
		Page: func(_ context.Context, page Page) error {
			got = append(got, len(page.Records))
			return nil
		},
	})
	if err != nil {
		t.Fatalf("Sync: %v", err)
	}
	if len(got) != 4 || summary.Records != 800 || !summary.Completed || summary.Bytes != 800*20<<10 {
		t.Errorf("pages %v, summary %+v, want 4 pages of 200 records of 20 KiB", got, summary)
	}
	if summary.PeakRSS == 0 {
		t.Error("the peak memory is not known")
	}
}

// One such line ends a host that lets go-plugin parse it.
func TestNoLogLineOfAConnectorHurtsTheHost(t *testing.T) {
	log := &lockedBuffer{}
	c := launched(t, Settings{Path: connectorNamed(t, "badlog"), Log: slog.New(slog.NewJSONHandler(log, nil))})
	if _, err := c.Connect(t.Context(), script{}.configuration(nil)); err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(log.String()), "\n")
	if len(lines) > 2*logBurst {
		t.Errorf("%d lines for a flood", len(lines))
	}
	for _, want := range []string{`"text":"a proper line"`, `"account":"example.com"`, `"n":"9007199254740993"`, `{\"@level\":1}`, "connector logs too much"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %s", want)
		}
	}
	if !strings.Contains(c.LastLog(), "flood 4999") {
		t.Error("the last line was not kept")
	}
}

func TestARefusedConnectCarriesItsChecks(t *testing.T) {
	c := launched(t, Settings{Path: connectorNamed(t, "scripted")})
	response, err := c.Connect(t.Context(), script{Refuse: "SCOPE_MISSING"}.configuration(nil))
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Reason != "SCOPE_MISSING" || refused.Fix != "Grant the scope." ||
		len(refused.Checks()) != 1 || refused.Metadata["request_id"] != "r-1" || ExitCode(err) != 3 {
		t.Errorf("error %#v, want the refusal and its check", err)
	}
	if response.GetChecks()[0].GetName() != "config" {
		t.Errorf("response %v, want it with the checks", response)
	}
	if _, err := c.ListResources(t.Context()); !errors.Is(err, &Fault{Reason: CallOutOfOrder}) {
		t.Errorf("ListResources after a refusal: %v, want CALL_OUT_OF_ORDER", err)
	}
}

func TestAConfigurationAboveTheLimitIsNotSent(t *testing.T) {
	c := launched(t, Settings{Path: connectorNamed(t, "scripted")})
	for _, configuration := range []Configuration{
		{JSON: make([]byte, wire.MaxConfigBytes+1)},
		{JSON: []byte("{}"), Secrets: map[string]string{"private_key": strings.Repeat("k", wire.MaxSecretBytes+1)}},
	} {
		if _, err := c.Connect(t.Context(), configuration); !errors.Is(err, &Fault{Reason: ConfigurationTooLarge}) {
			t.Errorf("%s: %v, want CONFIGURATION_TOO_LARGE", configuration, err)
		}
	}
}

// The socket is private twice: by its folder's mode, and by mutual TLS.
func TestNobodyElseCanCallAConnector(t *testing.T) {
	base := runtimeDir(t)
	launched(t, Settings{Path: connectorNamed(t, "scripted"), RuntimeDir: base})
	sockets, err := filepath.Glob(filepath.Join(base, "c-*", "plugin-dir*", "plugin*"))
	if err != nil || len(sockets) != 1 {
		t.Fatalf("sockets %v, %v, want one", sockets, err)
	}
	for folder := filepath.Dir(sockets[0]); folder != base; folder = filepath.Dir(folder) {
		info, err := os.Stat(folder)
		if err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v, %v, want 0700", folder, info.Mode(), err)
		}
	}
	for name, transport := range map[string]credentials.TransportCredentials{
		"no TLS":         insecure.NewCredentials(),
		"no certificate": credentials.NewTLS(&tls.Config{InsecureSkipVerify: true, NextProtos: []string{"h2"}}), // the stranger trusts anybody
	} {
		conn, err := grpc.NewClient("unix:"+sockets[0], grpc.WithTransportCredentials(transport))
		if err != nil {
			t.Fatal(err)
		}
		response, err := connectorv1.NewConnectorServiceClient(conn).Describe(t.Context(), &connectorv1.DescribeRequest{})
		if err == nil {
			t.Errorf("%s: answered %v", name, response)
		}
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestARunGoesOnWithTheVersionThatBeganItOnly(t *testing.T) {
	version := func(name, version string) *connectorv1.DescribeResponse {
		return connectorv1.DescribeResponse_builder{Name: name, Version: version}.Build()
	}
	if err := sameConnector(version("okta", "1"), version("okta", "1")); err != nil {
		t.Error(err)
	}
	for _, after := range []*connectorv1.DescribeResponse{version("okta", "2"), version("ldap", "1")} {
		if err := sameConnector(version("okta", "1"), after); !errors.Is(err, &Fault{Reason: ConnectorReplaced}) {
			t.Errorf("%v: %v, want CONNECTOR_REPLACED", after, err)
		}
	}
}
