package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"patchbay.example/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

const (
	// migrationTable is where it is noted which migrations were applied.
	migrationTable = "patchbay_migration"
	// migrationLock is the advisory lock of who migrates: "patchbay" in bytes,
	// so that no other program's lock is met by chance.
	migrationLock int64 = 0x7061746368626179
)

// migrate applies the migrations that the database lacks. One process does at a
// time; the others wait, and find nothing left to do.
func (s *Store) migrate(ctx context.Context) error {
	// The lock has a connection of its own, beside the pool: a pool of one
	// connection would wait for itself. Closing the connection unlocks.
	lock, err := pgx.ConnectConfig(ctx, s.pool.Config().ConnConfig)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close(context.WithoutCancel(ctx)) }() // nothing was written through it
	if _, err := lock.Exec(ctx, `SELECT pg_advisory_lock($1)`, migrationLock); err != nil {
		return fmt.Errorf("wait for whoever migrates the schema: %w", err)
	}
	return s.migrateLocked(ctx)
}

func (s *Store) migrateLocked(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	db := stdlib.OpenDBFromPool(s.pool)
	defer db.Close()
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithTableName(migrationTable), goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return err
	}
	stands, ours, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read the version of the schema: %w", err)
	}
	if stands > ours {
		return fmt.Errorf("%w: its schema is %d, this one knows up to %d: run the newer one, or one newer still", store.ErrSchemaNewer, stands, ours)
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("bring the schema up to date: %w", err)
	}
	if len(applied) > 0 {
		s.log.LogAttrs(ctx, slog.LevelInfo, "schema brought up to date", slog.Int64("from", stands), slog.Int64("to", ours))
	}
	return nil
}
