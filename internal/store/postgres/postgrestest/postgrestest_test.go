package postgrestest_test

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store/postgres/postgrestest"
)

// Each test has a database of its own, in UTF-8.
func TestStart(t *testing.T) {
	t.Parallel()
	first, second := postgrestest.Start(t), postgrestest.Start(t)
	if first == second {
		t.Fatalf("one database for two: %s", first)
	}
	conn, err := pgx.Connect(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	var encoding string
	var tables int
	err = conn.QueryRow(t.Context(), `SELECT current_setting('server_encoding'),
		(SELECT count(*) FROM pg_tables WHERE schemaname = 'public')`).Scan(&encoding, &tables)
	if err != nil || encoding != "UTF8" || tables != 0 {
		t.Errorf("encoding %s, %d tables, %v", encoding, tables, err)
	}
}
