package oktatest

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"log"
	"math/big"
	"net"
	"net/http"
	"time"
)

const (
	// certificateLifetime outlives any test and any afternoon with the harness.
	certificateLifetime = 7 * 24 * time.Hour
	// maxHeaderBytes is far above any sensible client's headers.
	maxHeaderBytes = 64 << 10
	// readHeaderTimeout ends connections that never finish a request.
	readHeaderTimeout = 30 * time.Second
)

// listen opens the tenant's address and the stranger's, fills in the company
// and serves.
func (t *Tenant) listen() error {
	var tlsConfig *tls.Config
	scheme := "http://"
	if t.settings.TLS {
		certificate, certPEM, err := newCertificate()
		if err != nil {
			return err
		}
		tlsConfig = &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12}
		t.certPEM = certPEM
		scheme = "https://"
	}
	ctx, stop := context.WithCancel(context.Background())
	t.stop, t.stopped = stop, ctx.Done()
	tenant, err := (&net.ListenConfig{}).Listen(ctx, "tcp", t.settings.Addr)
	if err != nil {
		stop()
		return fmt.Errorf("listen on %s: %w", t.settings.Addr, err)
	}
	stranger, err := (&net.ListenConfig{}).Listen(ctx, "tcp", DefaultAddr)
	if err != nil {
		stop()
		return fmt.Errorf("listen on a second address: %w", closeAfter(tenant, err))
	}
	t.origin, t.elsewhere = scheme+tenant.Addr().String(), scheme+stranger.Addr().String()
	if t.settings.CustomUsers != nil {
		t.people = newCustom(t.settings.CustomUsers)
	} else {
		c := newCompany(t.settings.Seed, t.settings.Users, t.origin)
		c.untidy = t.settings.Untidy
		t.people = c
	}
	if t.settings.Prerender {
		t.rendered = t.prerender()
	}
	t.serve(tenant, tlsConfig, http.HandlerFunc(t.handle))
	t.serve(stranger, tlsConfig, http.HandlerFunc(t.handleElsewhere))
	return nil
}

func closeAfter(listener net.Listener, err error) error {
	_ = listener.Close() // the reason to give up is err
	return err
}

func (t *Tenant) serve(listener net.Listener, tlsConfig *tls.Config, handler http.Handler) {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(t.settings.HTTP2)
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !t.enter() {
				panic(http.ErrAbortHandler) // net/http's own way to abort a response
			}
			defer t.running.Done()
			handler.ServeHTTP(w, r)
		}),
		Protocols:         protocols,
		TLSConfig:         tlsConfig.Clone(), // the server adds its protocols; nil stays nil
		MaxHeaderBytes:    maxHeaderBytes,
		ReadHeaderTimeout: readHeaderTimeout,
		// Failed handshakes and cut connections are the point of this server.
		ErrorLog: log.New(discard{}, "", 0),
	}
	t.servers = append(t.servers, server)
	t.running.Go(func() {
		if tlsConfig != nil {
			_ = server.ServeTLS(listener, "", "") // ends with ErrServerClosed when the tenant closes
			return
		}
		_ = server.Serve(listener)
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }

func newCertificate() (tls.Certificate, []byte, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("make the certificate's key: %w", err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "fake Okta tenant"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(certificateLifetime),
		KeyUsage:              x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
		IsCA:                  true,
		DNSNames:              []string{"localhost"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, nil, fmt.Errorf("make the certificate: %w", err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, certPEM, nil
}
