//go:build unix

package syncer_test

import (
	"log/slog"
	"testing"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/postgres/postgrestest"
)

// openStore opens an empty store.
func openStore(t *testing.T) store.Store {
	t.Helper()
	engine, err := postgres.Open(t.Context(), postgrestest.Start(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return engine
}
