package main

import (
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	ber "github.com/go-asn1-ber/asn1-ber"

	"patchbay.example/plugin/ldap/internal/directory"
	"patchbay.example/plugin/ldap/ldaptest"
)

// A server that goes away while StartTLS is asked for is no server without LDAP.
func TestAServerThatGoesAwayBeforeTLS(t *testing.T) {
	t.Parallel()
	at := listen(t, func(conn net.Conn) { _, _ = ber.ReadPacket(conn) })
	rig := &rig{T: t, client: serveConnector(t), secrets: map[string]string{"bind_password": "x"}, config: map[string]any{
		"url": "ldap://" + at, "start_tls": true, "bind_dn": ldaptest.BindDN, "base_dn": ldaptest.BaseDN,
	}}
	rig.wantConnectRefused("tls", directory.ReasonConnectionBroke, serviceUnavailable)
}

// A load balancer that has no server to pass a connection on to, for a moment, ends
// it before TLS is in force: the listing goes on.
func TestALoadBalancerWithoutServersForAMoment(t *testing.T) {
	t.Parallel()
	for name, tls := range map[string]bool{"LDAPS": true, "StartTLS": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := ldaptest.Start(t, ldaptest.Settings{People: bulky(57), TLS: true})
			scheme, target := "ldap://", strings.TrimPrefix(server.URL(), "ldap://")
			if tls {
				scheme, target = "ldaps://", strings.TrimPrefix(server.SecureURL(), "ldaps://")
			}
			balancer := &balancer{target: target}
			rig := newRig(t, server, map[string]any{
				"url": scheme + balancer.serve(t), "start_tls": !tls, "ca_certificate": server.CA, "page_size": 10,
			}).connect()
			whole := rig.sync(resourceUsers, "", nil).wantComplete()
			got := rig.sync(resourceUsers, "", func(pages int) {
				if pages == 2 {
					balancer.interrupt()
				}
			}).wantComplete()
			if !slices.Equal(got.ids(), whole.ids()) || len(got.restarts) > 0 {
				t.Errorf("%d people and %d restarts came, want each of the 57 once", len(got.ids()), len(got.restarts))
			}
			if balancer.refused.Load() != 1 {
				t.Errorf("%d connections were ended at once, want one", balancer.refused.Load())
			}
		})
	}
}

// balancer passes connections on to a server.
type balancer struct {
	target  string
	refuse  atomic.Bool // the next connection
	refused atomic.Int64

	mu   sync.Mutex // guards open
	open []net.Conn
}

func (b *balancer) serve(t *testing.T) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			serving.Go(func() { b.pass(t, conn) })
		}
	})
	t.Cleanup(func() {
		_ = listener.Close() // nobody connects any more
		b.end()
		serving.Wait()
	})
	return listener.Addr().String()
}

// pass copies in both directions until either side ends.
func (b *balancer) pass(t *testing.T, conn net.Conn) {
	defer conn.Close()
	if b.refuse.CompareAndSwap(true, false) {
		b.refused.Add(1)
		_, _ = conn.Read(make([]byte, 1)) // its first word
		return
	}
	server, err := net.Dial("tcp", b.target) //nolint:noctx // end closes it
	if err != nil {
		t.Error(err)
		return
	}
	defer server.Close()
	b.mu.Lock()
	b.open = append(b.open, conn, server)
	b.mu.Unlock()
	var back sync.WaitGroup
	back.Go(func() {
		_, _ = io.Copy(conn, server)
		_ = conn.Close()
	})
	_, _ = io.Copy(server, conn)
	_ = server.Close()
	back.Wait()
}

// interrupt ends what is open, and the next connection as soon as it says something.
func (b *balancer) interrupt() {
	b.refuse.Store(true)
	b.end()
}

func (b *balancer) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, conn := range b.open {
		_ = conn.Close() // it may be closed already
	}
	b.open = nil
}
