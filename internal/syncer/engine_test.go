//go:build unix

package syncer_test

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/postgres/postgrestest"
	"patchbay.example/internal/store/sqlite"
)

// engineVariable names the engine of these tests: sqlite, or postgres. Both
// pass one suite; this is to see that a run needs nothing beside it.
const engineVariable = "PATCHBAY_TEST_ENGINE"

// openStore opens an empty store.
func openStore(t *testing.T) store.Store {
	t.Helper()
	var engine store.Store
	var err error
	if os.Getenv(engineVariable) == "postgres" {
		engine, err = postgres.Open(t.Context(), postgrestest.Start(t), slog.New(slog.DiscardHandler))
	} else {
		engine, err = sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "patchbay.db"), slog.New(slog.DiscardHandler))
	}
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
