package sqlite_test

import (
	"log/slog"
	"path/filepath"
	"testing"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sqlite"
	"patchbay.example/internal/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, filepath.Join(t.TempDir(), "patchbay.db")) })
}

// open opens a store that the test's end closes.
func open(tb testing.TB, path string) *sqlite.Store {
	tb.Helper()
	s, err := sqlite.Open(tb.Context(), path, slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}
