package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"patchbay.example/internal/program"
	"patchbay.example/internal/store/sqlite"
	"patchbay.example/internal/wire"
)

func (a *app) backupCommand() *cobra.Command {
	output := ""
	cmd := &cobra.Command{
		Use:   "backup",
		Short: "Write a backup, also while the service runs",
		Long: `Backup writes one file with the database, as of one moment, and the sealing key.
Whoever has the file can read all people and all sealed secrets: keep it as you
keep a key. On PostgreSQL the database is backed up by pg_dump, and the file
holds the sealing key alone.`,
		Example: `  patchbay backup --output /srv/backups
  patchbay backup --output monday.tar`,
		Args: program.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.backup(cmd.Context(), output) },
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "file to write, or a folder for one named after the time")
	_ = cmd.MarkFlagRequired("output")
	return cmd
}

// backedUp is what backup prints as JSON.
type backedUp struct {
	File  string `json:"file"`
	Bytes int64  `json:"bytes"`
	// Database says that the file holds it; on PostgreSQL it does not.
	Database bool `json:"database"`
}

// backup writes a backup. It needs no lock: it only reads, and SQLite shows a
// reader one moment whatever is being written.
func (a *app) backup(ctx context.Context, output string) error {
	s, err := a.settings()
	if err != nil {
		return err
	}
	now := time.Now().UTC()
	if info, err := os.Stat(output); err == nil && info.IsDir() {
		output = filepath.Join(output, now.Format("patchbay-20060102T150405Z.tar"))
	}
	// Copied beside the backup, where there must be room for it anyway.
	folder, err := os.MkdirTemp(filepath.Dir(output), ".patchbay-backup-") // mode 0700
	if err != nil {
		return fmt.Errorf("%w: %s: %w", program.ErrOutput, output, reasonOfPath(err))
	}
	defer func() { _ = os.RemoveAll(folder) }()
	parts, err := collect(ctx, s, folder)
	if err != nil {
		return err
	}
	m := manifest{Format: archiveFormat, Created: now, Version: version, Store: storeSQLite}
	if s.postgres() {
		m.Store = storePostgres
	}
	if err := program.CreateFile(output, func(w io.Writer) error { return writeArchive(ctx, w, m, parts) }); err != nil {
		return err
	}
	size, err := syncFile(output)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", program.ErrOutput, output, reasonOfPath(err))
	}
	return a.show(backedUp{File: output, Bytes: size, Database: !s.postgres()}, func(w io.Writer) {
		if s.postgres() {
			_, _ = fmt.Fprintf(w, "%s holds the sealing key alone. Keep it as you keep a key, and back the PostgreSQL database up with pg_dump (docs/backup.md).\n", output)
			return
		}
		_, _ = fmt.Fprintf(w, "%s holds the database and the sealing key, %s KiB. Keep it as you keep a key.\n", output, program.Thousands(size>>10))
	})
}

// collect puts what a backup holds into a folder.
func collect(ctx context.Context, s settings, folder string) ([]part, error) {
	parts := []part{{name: sealingKeyFile, path: s.sealingKey}}
	if _, err := os.Stat(s.sealingKey); err != nil {
		return nil, &program.Error{
			Err:    fmt.Errorf("the sealing key %s can't be read: %w", s.sealingKey, reasonOfPath(err)),
			Reason: "SEALING_KEY", Fix: "Name the installation's data folder with --data, or the key with --sealing-key.", Code: wire.ExitOurs,
		}
	}
	if s.postgres() {
		return parts, nil
	}
	if _, err := os.Stat(s.databasePath()); errors.Is(err, fs.ErrNotExist) {
		return nil, &program.Error{
			Err:    fmt.Errorf("there is no database in %s", s.data),
			Reason: "NOTHING_TO_BACK_UP", Fix: "Name the installation's data folder with --data.", Code: wire.ExitUsage,
		}
	}
	database := part{name: databaseFile, path: filepath.Join(folder, databaseFile)}
	if err := sqlite.BackupFile(ctx, s.databasePath(), database.path); err != nil {
		return nil, storeError(err)
	}
	return append(parts, database), nil
}

// syncFile has the disk keep a file, and returns its size.
func syncFile(path string) (int64, error) {
	file, err := os.OpenFile(path, os.O_RDWR, 0) //nolint:gosec // the one just written
	if err != nil {
		return 0, err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() { // such as a pipe
		return 0, err
	}
	return info.Size(), file.Sync()
}
