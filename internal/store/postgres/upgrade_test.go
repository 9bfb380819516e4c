package postgres_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"

	"patchbay.example/internal/store/postgres/postgrestest"
	"patchbay.example/internal/store/storetest"
)

var writeFixture = flag.Bool("write-fixture", false, "write testdata/schema-N.sql for the schema N that this tree makes, before a migration is added to it; needs pg_dump")

// TestUpgrade opens a database of each earlier schema. Whoever adds a migration
// writes a fixture of the schema before it first:
//
//	go test ./internal/store/postgres -run TestUpgrade -write-fixture
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
			address := postgrestest.Start(t)
			dump, err := os.ReadFile(fixture(schema))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := connect(t, address).Exec(t.Context(), string(dump)); err != nil {
				t.Fatal(err)
			}
			storetest.WantFilled(t, open(t, address))
		})
	}
}

// An upgrade does not wait for a run to end.
func TestUpgradeInTheMidstOfARun(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t)
	dump, err := os.ReadFile(fixture(3))
	if err != nil {
		t.Fatal(err)
	}
	conn := connect(t, address)
	for _, statement := range append([]string{string(dump), `SET search_path = public`}, storetest.Unread("NULL")...) {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	storetest.WantReadAgain(t, open(t, address))
}

func fixture(schema int) string { return fmt.Sprintf("testdata/schema-%d.sql", schema) }

// ownSettings are lines of a dump that only psql, or a server of the same
// version, understands.
var ownSettings = regexp.MustCompile(`(?m)^(\\.*|SET .*|SELECT pg_catalog\.set_config.*|--.*|)\n`)

func write(t *testing.T, path string) {
	t.Helper()
	address := postgrestest.Start(t)
	storetest.Fill(t, open(t, address))
	dump := exec.CommandContext(t.Context(), "pg_dump", "--inserts", "--no-owner", "--no-privileges", address) //nolint:gosec // the test's own server
	dump.Stderr = os.Stderr
	text, err := dump.Output()
	if err != nil {
		t.Fatal(err)
	}
	text = append(bytes.TrimSpace(ownSettings.ReplaceAll(text, nil)), '\n')
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}
