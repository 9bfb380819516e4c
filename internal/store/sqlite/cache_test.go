package sqlite

import (
	"database/sql"
	"log/slog"
	"path/filepath"
	"testing"
)

// TestCachesInAll adds up the page caches of all connections that the store can
// have at once, those of a backup included.
func TestCachesInAll(t *testing.T) {
	t.Parallel()
	const atMostKiB = 16 << 10
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "patchbay.db"), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	kib := 2 * backupCacheKiB
	for _, pool := range []*sql.DB{s.write, s.read} {
		connections := pool.Stats().MaxOpenConnections
		if connections == 0 {
			t.Fatal("a pool has no limit")
		}
		for range connections { // held until the end, so that each is another one
			conn, err := pool.Conn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close() //nolint:errcheck // nothing was written
			var size int       // negative: in KiB
			if err := conn.QueryRowContext(t.Context(), "PRAGMA cache_size").Scan(&size); err != nil {
				t.Fatal(err)
			}
			if size >= 0 {
				t.Fatalf("a cache has %d pages, whatever their size", size)
			}
			kib -= size
		}
	}
	if kib > atMostKiB {
		t.Errorf("the caches have %d KiB in all, more than %d", kib, atMostKiB)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
}
