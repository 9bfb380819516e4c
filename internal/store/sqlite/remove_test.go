package sqlite_test

import (
	"path/filepath"
	"testing"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
	"patchbay.example/internal/store/sqlite"
)

// TestRemoveLeavesNoRow: neither does a removal leave anything, nor one that
// was interrupted once a sweep has gone on with it.
func TestRemoveLeavesNoRow(t *testing.T) {
	t.Parallel()
	for name, remove := range map[string]func(t *testing.T, s *sqlite.Store, connection int64) error{
		"removed": func(t *testing.T, s *sqlite.Store, connection int64) error {
			return s.RemoveConnection(t.Context(), connection)
		},
		"interrupted": func(t *testing.T, s *sqlite.Store, connection int64) error {
			if _, err := s.WritePool().ExecContext(t.Context(), "UPDATE connection SET name = NULL WHERE id = ?", connection); err != nil {
				return err
			}
			return s.Sweep(t.Context(), time.Time{}, time.Time{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := open(t, filepath.Join(t.TempDir(), "patchbay.db"))
			connection := addConnection(t, s)
			syncAll(t, s, connection, true, standing)
			if err := remove(t, s, connection); err != nil {
				t.Fatal(err)
			}
			for _, table := range []string{"connection", "run", "version", "body", "sheet", "stranger", "body_words('person1')"} {
				if got := count(t, s, table); got != 0 {
					t.Errorf("%d rows are left in %s", got, table)
				}
			}
		})
	}
}

// TestSweepLeavesNoBody: a body goes with its version.
func TestSweepLeavesNoBody(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "patchbay.db"))
	connection := addConnection(t, s)
	for round := range 3 {
		syncAll(t, s, connection, true, func(person int) int { return round * (person % 2) })
	}
	later := time.Date(2026, 11, 3, 0, 0, 0, 0, time.UTC)
	if err := s.Sweep(t.Context(), later, later); err != nil {
		t.Fatal(err)
	}
	for table, want := range map[string]int{"version": benchPeople, "body": benchPeople, "sheet": (benchPeople + sheet.People - 1) / sheet.People} {
		if got := count(t, s, table); got != want {
			t.Errorf("%d rows in %s, want %d", got, table, want)
		}
	}
	found, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: connection, Search: "person1999"})
	if err != nil || len(found) != 11 { // person1999 and person19990 to person19999
		t.Errorf("%d people found, %v", len(found), err)
	}
}

func count(t *testing.T, s *sqlite.Store, table string) int {
	t.Helper()
	var rows int
	if err := s.WritePool().QueryRowContext(t.Context(), "SELECT count(*) FROM "+table).Scan(&rows); err != nil {
		t.Fatal(err)
	}
	return rows
}
