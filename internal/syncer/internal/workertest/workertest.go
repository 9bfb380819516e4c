// Package workertest is a worker that a test can kill: it runs one connection
// once, in a process of its own (the program worker beside), on a store that the
// test reads afterwards. Built with the tag killpoints it has the points at which
// to die; see [patchbay.example/internal/killpoint].
package workertest

import (
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"sync/atomic"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/sqlite"
	"patchbay.example/internal/syncer"
)

// Who may be killed.
const (
	Host      = "host" // the worker itself
	Connector = "connector"
)

// Order is what a worker is to do.
type Order struct {
	// Engine is "sqlite" or "postgres", and URL where its database is.
	Engine, URL string
	// Connector is the connector's executable, RuntimeDir the folder for its
	// sockets.
	Connector, RuntimeDir string
	// Domain, ClientID, KeyID and PrivateKey are a fake tenant's.
	Domain, ClientID, KeyID, PrivateKey string
	// Ahead is how far the worker's clock is ahead: a dead worker's lease is
	// over.
	Ahead time.Duration
	// Victim is who dies at the kill point that the environment names; empty:
	// Host.
	Victim string
}

// Work runs the connection "acme" once.
func Work(ctx context.Context, order Order) error {
	engine, err := Open(ctx, order.Engine, order.URL)
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }()
	connection, err := engine.Connection(ctx, "acme")
	if err != nil {
		return err
	}
	var connector atomic.Pointer[host.Connector]
	if order.Victim == Connector {
		aim(&connector)
	}
	s := syncer.Syncer{
		Store: engine,
		Launch: func(ctx context.Context, _ store.Connection) (*host.Connector, error) {
			launched, err := host.Launch(ctx, host.Settings{
				Path: order.Connector, RuntimeDir: order.RuntimeDir, HostName: "syncer-test/1",
				Limits: host.Limits{Backoff: time.Millisecond},
			})
			connector.Store(launched)
			return launched, err
		},
		Configure: func(context.Context, store.Connection) (host.Configuration, error) {
			text, err := json.Marshal(map[string]string{"domain": order.Domain, "client_id": order.ClientID, "key_id": order.KeyID})
			return host.Configuration{JSON: text, Secrets: map[string]string{"private_key": order.PrivateKey}}, err
		},
		Now: func() time.Time { return time.Now().Add(order.Ahead) },
		Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	}
	_, err = s.Run(ctx, syncer.Job{Connection: connection, Trigger: store.WhyManual})
	return err
}

// Open opens a store of that engine.
func Open(ctx context.Context, engine, url string) (store.Store, error) {
	if engine == "postgres" {
		return postgres.Open(ctx, url, slog.New(slog.DiscardHandler))
	}
	return sqlite.Open(ctx, url, slog.New(slog.DiscardHandler))
}
