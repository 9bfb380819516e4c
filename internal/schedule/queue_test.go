package schedule

import (
	"log/slog"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"

	"patchbay.example/internal/store/postgres/postgrestest"
)

// Processes that start together on a new database make River's tables once.
func TestProcessesThatStartTogetherShareTheTables(t *testing.T) {
	url := postgrestest.Start(t)
	var processes sync.WaitGroup
	for range 6 {
		processes.Go(func() {
			pool, err := pgxpool.New(t.Context(), url)
			if err != nil {
				t.Error(err)
				return
			}
			defer pool.Close()
			if _, err := Postgres(pool).open(t.Context(), &river.Config{Logger: slog.New(slog.DiscardHandler)}); err != nil {
				t.Errorf("open the queue: %v", err)
			}
		})
	}
	processes.Wait()
}
