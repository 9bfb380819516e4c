package sqlite_test

import (
	"path/filepath"
	"testing"
)

// BenchmarkDeparted reads everybody who left: one in ten of 20,000 people, of
// whom each has changed once.
func BenchmarkDeparted(b *testing.B) {
	const left = benchPeople / 10
	s := open(b, filepath.Join(b.TempDir(), "patchbay.db"))
	connection := addConnection(b, s)
	syncAll(b, s, connection, true, standing)
	syncAll(b, s, connection, true, func(int) int { return 1 })
	syncPeople(b, s, connection, benchPeople-left, true, func(int) int { return 1 })
	for b.Loop() {
		found, after := 0, ""
		for {
			part, err := s.Departed(b.Context(), connection, after, 0)
			if err != nil {
				b.Fatal(err)
			}
			if len(part) == 0 {
				break
			}
			found, after = found+len(part), part[len(part)-1].ID
		}
		if found != left {
			b.Fatalf("%d departed, want %d", found, left)
		}
	}
}
