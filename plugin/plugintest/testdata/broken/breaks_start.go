package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"fmt"
	"io"
	"math/big"
	"os"
	"slices"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"patchbay.example/internal/wire"
)

// Places in the handshake's line, which is core|version|network|address|protocol|certificate.
const (
	partVersion     = 1
	partNetwork     = 2
	partAddress     = 3
	partCertificate = 5
)

// startBreaks are about the start, the handshake and who is let in.
func startBreaks() []flaw {
	return []flaw{
		{
			Name: "by-hand-silent", Case: "started-by-hand", Saw: "nothing",
			Does:   "It ends without a word when a person starts it.",
			byHand: func() int { return wire.ExitUsage },
		},
		{
			Name: "by-hand-content", Case: "started-by-hand", Saw: "0",
			Does: "It ends with exit code 0 when a person starts it, as if it had done something.",
			byHand: func() int {
				fmt.Fprintln(os.Stderr, "This is a connector.")
				return wire.ExitDone
			},
		},
		{
			Name: "by-hand-stays", Case: "started-by-hand", Saw: "still there", Hangs: true,
			Does: "It waits when a person starts it, for nobody.",
			byHand: func() int {
				fmt.Fprintln(os.Stderr, "This is a connector.")
				time.Sleep(lingerLimit)
				return wire.ExitUsage
			},
		},
		{
			Name: "by-hand-on-stdout", Case: "started-by-hand", Saw: "standard output",
			Does: "It tells a person on standard output what it is as well.",
			byHand: func() int {
				fmt.Fprintln(os.Stderr, "This is a connector.")
				fmt.Println("This is a connector.")
				return wire.ExitUsage
			},
		},
		{
			Name: "greeting", Case: "handshake", Saw: "Welcome",
			Does:      "It prints a greeting to standard output before the handshake.",
			handshake: func(line string) string { return "Welcome to the connector of example.com!\n" + line },
		},
		{
			Name: "no-certificate", Case: "handshake", Saw: "certificate",
			Does:  "It serves without TLS.",
			start: func(*process) { _ = os.Unsetenv("PLUGIN_CLIENT_CERT") },
		},
		{
			Name: "foreign-address", Case: "handshake", Saw: "192.0.2.1",
			Does: "It names an address of another machine.",
			handshake: func(line string) string {
				return withPart(withPart(line, partNetwork, "tcp"), partAddress, "192.0.2.1:50051")
			},
		},
		{
			Name: "certificate-garbled", Case: "handshake", Saw: "certificate",
			Does:      "Its certificate is cut off.",
			handshake: func(line string) string { return withPart(line, partCertificate, "AAAA") },
		},
		{
			Name: "no-health", Case: "handshake", Saw: "health",
			Does: "It does not serve go-plugin's health service.",
			grpc: []grpc.ServerOption{grpc.UnaryInterceptor(withoutHealth)},
		},
		{
			Name: "no-handshake", Case: "handshake", Saw: "exit status 1",
			Does:  "It ends before it says where it listens.",
			start: func(*process) { startedByHost(func() { os.Exit(wire.ExitOurs) }) },
		},
		{
			Name: "version-claimed", Case: "version-mismatch", Saw: "4711",
			Does: "It claims whatever protocol version the host offers.",
			handshake: func(line string) string {
				offered, _, _ := strings.Cut(os.Getenv("PLUGIN_PROTOCOL_VERSIONS"), ",")
				return withPart(line, partVersion, offered)
			},
		},
		{
			Name: "version-hangs", Case: "version-mismatch", Saw: "did not end", Hangs: true,
			Does: "It waits for ever when it does not speak the version that the host offers.",
			start: func(*process) {
				offered := strings.Split(os.Getenv("PLUGIN_PROTOCOL_VERSIONS"), ",")
				if !slices.Contains(offered, "") && !slices.Contains(offered, "1") {
					_, _ = io.Copy(io.Discard, os.Stdin)
				}
			},
		},
		{
			Name: "version-first", Case: "version-mismatch", Saw: "4711",
			Does: "Of the versions that the host offers it looks at the first only.",
			start: func(*process) {
				if offered := os.Getenv("PLUGIN_PROTOCOL_VERSIONS"); offered != "" && !strings.HasPrefix(offered, "1") {
					os.Exit(wire.ExitOurs)
				}
			},
		},
		withOwnTLS(flaw{
			Name: "anybody", Case: "mutual-tls", Saw: "certificate",
			Does: "It lets in clients that show no certificate.",
		}, tls.NoClientCert),
		withOwnTLS(flaw{
			Name: "any-certificate", Case: "mutual-tls", Saw: "certificate",
			Does: "It lets in clients that show whatever certificate.",
		}, tls.RequireAnyClientCert),
	}
}

// withoutHealth knows no health service.
func withoutHealth(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if strings.HasPrefix(info.FullMethod, "/grpc.health.v1.Health/") {
		return nil, status.Error(codes.Unimplemented, "unknown service grpc.health.v1.Health")
	}
	return handler(ctx, request)
}

// startedByHost calls do if a host has started the process.
func startedByHost(do func()) {
	if os.Getenv(wire.Handshake.MagicCookieKey) == wire.Handshake.MagicCookieValue {
		do()
	}
}

// withPart returns the handshake's line with one of its parts replaced.
func withPart(line string, part int, value string) string {
	parts := strings.Split(strings.TrimSpace(line), "|")
	parts[part] = value
	return strings.Join(parts, "|") + "\n"
}

// withOwnTLS makes a flaw serve with a certificate of its own making, as
// go-plugin does, and ask of clients what policy says.
func withOwnTLS(f flaw, policy tls.ClientAuthType) flaw {
	f.start = func(p *process) {
		certificate := selfSigned()
		p.flaw.handshake = func(line string) string {
			return withPart(line, partCertificate, base64.RawStdEncoding.EncodeToString(certificate.Certificate[0]))
		}
		config := &tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: policy, MinVersion: tls.VersionTLS12}
		p.flaw.grpc = []grpc.ServerOption{grpc.Creds(credentials.NewTLS(config))}
	}
	return f
}

func selfSigned() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Minute), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}
