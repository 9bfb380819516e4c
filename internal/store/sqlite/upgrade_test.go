package sqlite_test

import (
	"database/sql"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"patchbay.example/internal/store/sqlite"
	"patchbay.example/internal/store/storetest"
)

var writeFixture = flag.Bool("write-fixture", false, "write testdata/schema-N.db for the schema N that this tree makes, before a migration is added to it")

// TestUpgrade opens a file of each earlier schema. Whoever adds a migration
// writes a fixture of the schema before it first:
//
//	go test ./internal/store/sqlite -run TestUpgrade -write-fixture
func TestUpgrade(t *testing.T) {
	t.Parallel()
	migrations, err := filepath.Glob("migrations/*.sql")
	if err != nil {
		t.Fatal(err)
	}
	if *writeFixture {
		write(t, fixture(len(migrations)))
	}
	for schema := 1; schema < len(migrations); schema++ {
		t.Run(fmt.Sprint(schema), func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "patchbay.db")
			file, err := os.ReadFile(fixture(schema))
			if err != nil {
				t.Fatal(err)
			}
			writeFile(t, path, file)
			storetest.WantFilled(t, open(t, path))
		})
	}
}

// An upgrade does not wait for a run to end.
func TestUpgradeInTheMidstOfARun(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "patchbay.db")
	file, err := os.ReadFile(fixture(3))
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, path, file)
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range storetest.Unread("x''") {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	storetest.WantReadAgain(t, open(t, path))
}

func fixture(schema int) string { return fmt.Sprintf("testdata/schema-%d.db", schema) }

func write(t *testing.T, path string) {
	t.Helper()
	full := filepath.Join(t.TempDir(), "patchbay.db")
	s, err := sqlite.Open(t.Context(), full, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	storetest.Fill(t, s)
	if _, err := s.WritePool().ExecContext(t.Context(), "VACUUM INTO ?", path); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
