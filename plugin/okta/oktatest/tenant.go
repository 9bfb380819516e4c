package oktatest

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"net/http"
	"sync"
	"time"
)

// closeTimeout bounds [Tenant.Close]. Connections are cut first, so handlers end
// at once; the limit is for a handler that does not.
const closeTimeout = 5 * time.Second

// Tenant is a running fake tenant. Its methods may be called at any time from
// any goroutine.
type Tenant struct {
	settings  Settings
	people    directory
	app       *app
	cursors   cursorCipher
	limits    *rateLimits
	faults    faultList
	stats     statsBook
	rendered  renderedPages
	origin    string // scheme://host:port of the tenant
	elsewhere string // the same of the host that must never see a token
	certPEM   []byte

	stop      context.CancelFunc
	stopped   <-chan struct{}
	servers   []*http.Server
	running   sync.WaitGroup // the servers' accept loops and handlers
	closeOnce sync.Once

	gate    sync.Mutex // guards closed, and running against growth after it, and deleted
	closed  bool
	deleted map[int]bool // groups by index
}

// Start begins to serve. It returns an error for settings that make no sense, a
// fault that [Fault.Validate] refuses, an address that is taken or, as
// [ErrNotLoopback], one that is not the machine's own.
func Start(settings Settings) (*Tenant, error) {
	settings, err := settings.withDefaults()
	if err != nil {
		return nil, fmt.Errorf("start fake tenant: %w", err)
	}
	t := &Tenant{settings: settings, cursors: newCursorCipher(settings.Seed), limits: newRateLimits(settings)}
	t.stats.init()
	if t.app, err = newApp(settings); err != nil {
		return nil, fmt.Errorf("start fake tenant: %w", err)
	}
	if err := t.Order(settings.Faults...); err != nil {
		return nil, fmt.Errorf("start fake tenant: %w", err)
	}
	if err := t.listen(); err != nil {
		return nil, fmt.Errorf("start fake tenant: %w", err)
	}
	return t, nil
}

// URL is where the tenant is reached, without a trailing slash:
// http://127.0.0.1:port, or https with Settings.TLS.
func (t *Tenant) URL() string { return t.origin }

// ElsewhereURL is a second address of the tenant's that plays a stranger's
// host: faults send next links and redirects there. Whatever arrives is counted
// in [Stats.Elsewhere].
func (t *Tenant) ElsewhereURL() string { return t.elsewhere }

// CertPEM is the certificate to trust, in PEM; nil without Settings.TLS. It is
// valid for 127.0.0.1, ::1 and localhost.
func (t *Tenant) CertPEM() []byte { return t.certPEM }

// Listed is the number of users in the plain list.
func (t *Tenant) Listed() int { return t.people.listed() }

// Deprovisioned is the number of users that only the filter on their status
// lists.
func (t *Tenant) Deprovisioned() int { return t.people.total() - t.people.listed() }

// User returns user i as the tenant serves it to a client that asked for
// credentials to be left out, which is byte for byte what such a client must
// have received. Users 0 to Listed()-1 are the plain list in its order, those
// after them the deprovisioned ones. nil for an i beyond them.
func (t *Tenant) User(i int) json.RawMessage {
	if i < 0 || i >= t.people.total() {
		return nil
	}
	return t.people.appendUser(nil, i, form{})
}

// IDs yields the ids of the plain list in its order.
func (t *Tenant) IDs() iter.Seq[string] { return t.ids(0, t.people.listed()) }

// DeprovisionedIDs yields the ids of the deprovisioned users in their order.
func (t *Tenant) DeprovisionedIDs() iter.Seq[string] {
	return t.ids(t.people.listed(), t.people.total())
}

func (t *Tenant) ids(from, to int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for i := from; i < to; i++ {
			if !yield(t.people.id(i)) {
				return
			}
		}
	}
}

// Close stops the tenant: it cuts all connections and waits, at most some
// seconds, until nothing of it runs. Calling it again does nothing.
func (t *Tenant) Close() {
	t.closeOnce.Do(func() {
		t.gate.Lock()
		t.closed = true
		t.gate.Unlock()
		t.stop()
		for _, server := range t.servers {
			_ = server.Close() // its listener may be closed already; nothing is left to save
		}
		ended := make(chan struct{})
		go func() {
			t.running.Wait()
			close(ended)
		}()
		select {
		case <-ended:
		case <-time.After(closeTimeout):
		}
	})
}

// enter counts a handler in, unless the tenant is closing.
func (t *Tenant) enter() bool {
	t.gate.Lock()
	defer t.gate.Unlock()
	if !t.closed {
		t.running.Add(1)
	}
	return !t.closed
}
