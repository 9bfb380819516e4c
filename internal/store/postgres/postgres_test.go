package postgres_test

import (
	"log/slog"
	"testing"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/postgres/postgrestest"
	"patchbay.example/internal/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) store.Store { return open(t, postgrestest.Start(t)) })
}

// open opens a store, which the test's end closes.
func open(t testing.TB, url string) *postgres.Store {
	t.Helper()
	s, err := postgres.Open(t.Context(), url, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
