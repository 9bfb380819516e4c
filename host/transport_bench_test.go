//go:build unix

package host

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"math/big"
	"net"
	"path/filepath"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// BenchmarkTransport measures what mutual TLS costs on the socket between host
// and connector: the same 100,000 users, with and without, one after the other
// in one process, so that both ends' work is in the figure.
func BenchmarkTransport(b *testing.B) {
	server, client := mutualTLS(b)
	b.Run("mtls", func(b *testing.B) { benchmarkTransport(b, server, client) })
	b.Run("plain", func(b *testing.B) { benchmarkTransport(b, insecure.NewCredentials(), insecure.NewCredentials()) })
}

func benchmarkTransport(b *testing.B, server, client credentials.TransportCredentials) {
	socket := filepath.Join(runtimeDir(b), "s")
	listener, err := net.Listen("unix", socket) //nolint:noctx // a benchmark's own socket
	if err != nil {
		b.Fatal(err)
	}
	service := grpc.NewServer(grpc.Creds(server), grpc.MaxSendMsgSize(wire.MaxMessageBytes))
	connectorv1.RegisterConnectorServiceServer(service, bulkService{})
	go func() { _ = service.Serve(listener) }()
	defer service.Stop()
	conn, err := grpc.NewClient("unix:"+socket, grpc.WithTransportCredentials(client),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(wire.MaxMessageBytes)),
		grpc.WithStaticStreamWindowSize(wire.FlowWindowBytes), grpc.WithStaticConnWindowSize(wire.FlowWindowBytes))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	for b.Loop() {
		if got := receiveAll(b, connectorv1.NewConnectorServiceClient(conn)); got != bulkPages*bulkPerPage {
			b.Fatalf("received %d users, want %d", got, bulkPages*bulkPerPage)
		}
	}
}

// bulkService streams what the connector "bulk" does.
type bulkService struct {
	connectorv1.UnimplementedConnectorServiceServer
}

func (bulkService) Sync(_ *connectorv1.SyncRequest, stream grpc.ServerStreamingServer[connectorv1.SyncResponse]) error {
	s := &scripted{script: script{PerPage: bulkPerPage, SourceBytes: 1300}}
	return s.bulk(stream)
}

func receiveAll(b *testing.B, client connectorv1.ConnectorServiceClient) int {
	b.Helper()
	stream, err := client.Sync(b.Context(), &connectorv1.SyncRequest{})
	if err != nil {
		b.Fatal(err)
	}
	users := 0
	for {
		event, err := stream.Recv()
		if err != nil {
			b.Fatal(err)
		}
		users += len(event.GetPage().GetRecords())
		if event.HasCompleted() {
			return users
		}
	}
}

// mutualTLS makes credentials as go-plugin's AutoMTLS does: one P-521
// certificate for each end, each trusting the other's alone.
func mutualTLS(b *testing.B) (server, client credentials.TransportCredentials) {
	b.Helper()
	serverCert, serverPool := selfSigned(b)
	clientCert, clientPool := selfSigned(b)
	return credentials.NewTLS(&tls.Config{
			Certificates: []tls.Certificate{serverCert}, ClientCAs: clientPool,
			ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12,
		}), credentials.NewTLS(&tls.Config{
			Certificates: []tls.Certificate{clientCert}, RootCAs: serverPool, ServerName: "localhost", MinVersion: tls.VersionTLS12,
		})
}

func selfSigned(b *testing.B) (tls.Certificate, *x509.CertPool) {
	b.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P521(), rand.Reader)
	if err != nil {
		b.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), DNSNames: []string{"localhost"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		b.Fatal(err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		b.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(certificate)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: certificate}, pool
}
