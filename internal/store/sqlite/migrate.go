package sqlite

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"

	"patchbay.example/internal/store"
)

//go:embed migrations/*.sql
var migrations embed.FS

// migrate brings the schema up to date. There is no way back: whoever needs the
// older schema restores the backup that was made before.
func (s *Store) migrate(ctx context.Context) error {
	files, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectSQLite3, s.write, files, goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()))
	if err != nil {
		return fmt.Errorf("the schema's migrations: %w", err)
	}
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("the schema's version: %w", err)
	}
	if current > target {
		return fmt.Errorf("%w: its schema is %d, this one knows up to %d", store.ErrSchemaNewer, current, target)
	}
	applied, err := provider.Up(ctx)
	if err != nil {
		return fmt.Errorf("migrating the schema: %w", err)
	}
	if len(applied) > 0 {
		s.log.InfoContext(ctx, "the database's schema was brought up to date", slog.Int64("from", current), slog.Int64("to", target))
	}
	return nil
}
