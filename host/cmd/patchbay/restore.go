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

	"patchbay.example/internal/connection"
	"patchbay.example/internal/program"
	"patchbay.example/internal/store/sqlite"
	"patchbay.example/internal/wire"
)

func (a *app) restoreCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "restore FILE",
		Short: "Put a backup into an empty data folder",
		Long: `Restore puts what backup wrote into a data folder in which there is nothing yet.
The first sync of each connection afterwards brings what has changed since.`,
		Example: "  patchbay restore monday.tar --data /srv/patchbay",
		Args:    oneArgument("the backup's file"),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.restore(cmd.Context(), args[0]) },
	}
}

// restored is what restore prints as JSON.
type restored struct {
	Data     string    `json:"data"`
	Created  time.Time `json:"created"`
	Database bool      `json:"database"`
}

func (a *app) restore(ctx context.Context, path string) (err error) {
	s, err := a.settings()
	if err != nil {
		return err
	}
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return &program.Error{Err: fmt.Errorf("the backup %s can't be read: %w", path, reasonOfPath(err)), Code: wire.ExitUsage}
	}
	defer func() { _ = file.Close() }()
	if err := checkEmpty(s); err != nil {
		return err
	}
	held, err := tryClaim(s.data)
	if err != nil {
		return err
	}
	if held == nil {
		return notEmpty(s.data, lockFile+", held by a process that runs")
	}
	defer func() { err = errors.Join(err, held.release()) }()
	m, err := restoreInto(ctx, file, s)
	if errors.Is(err, errNoBackup) {
		return &program.Error{Err: fmt.Errorf("%s can't be restored: %w", path, err), Reason: "NO_BACKUP", Fix: "Take another backup; nothing was restored from this one.", Code: wire.ExitUsage}
	}
	if err != nil {
		return fmt.Errorf("restore %s: %w", path, err)
	}
	return a.show(restored{Data: s.data, Created: m.Created, Database: m.Store == storeSQLite}, func(w io.Writer) {
		if m.Store == storePostgres {
			_, _ = fmt.Fprintf(w, "The sealing key of %s is restored to %s. Restore the database with pg_restore (docs/backup.md).\n", m.Created.Format(time.RFC3339), s.sealingKey)
			return
		}
		_, _ = fmt.Fprintf(w, "The backup of %s is restored to %s. Go on with: patchbay serve --data %s\n", m.Created.Format(time.RFC3339), s.data, s.data)
	})
}

// checkEmpty refuses a folder in which something is.
func checkEmpty(s settings) error {
	entries, err := os.ReadDir(s.data)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return folderError(s.data, err)
	}
	for _, entry := range entries {
		if name := entry.Name(); name != lockFile && name != configFile {
			return notEmpty(s.data, name)
		}
	}
	if _, err := os.Stat(s.sealingKey); err == nil {
		return notEmpty(filepath.Dir(s.sealingKey), filepath.Base(s.sealingKey))
	}
	return nil
}

func notEmpty(data, name string) error {
	return &program.Error{
		Err:    fmt.Errorf("the data folder %s is not empty: it holds %s", data, name),
		Reason: "DATA_NOT_EMPTY", Fix: "Name an empty folder with --data, or move what is there away.", Code: wire.ExitUsage,
	}
}

// restoreInto puts a backup in its place, whole or not at all.
func restoreInto(ctx context.Context, file *os.File, s settings) (manifest, error) {
	info, err := file.Stat()
	if err != nil {
		return manifest{}, err
	}
	folder, err := os.MkdirTemp(s.data, ".restore-")
	if err != nil {
		return manifest{}, folderError(s.data, err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	m, err := readArchive(file, info.Size(), folder)
	if err != nil {
		return manifest{}, err
	}
	if err := checkRestored(ctx, m, folder); err != nil {
		return manifest{}, err
	}
	return m, putInPlace(m, folder, s)
}

// putInPlace puts what was read from a backup where the service looks for it:
// first the key, without which a service would make another one. The key may be
// wanted on another file system than the folder's, and so is copied.
func putInPlace(m manifest, folder string, s settings) error {
	key, err := os.ReadFile(filepath.Join(folder, sealingKeyFile)) //nolint:gosec // just written
	if err != nil {
		return err
	}
	if err := program.WriteFile(s.sealingKey, key); err != nil {
		return err
	}
	if _, err = syncFile(s.sealingKey); err == nil && m.Store == storeSQLite {
		err = moveDatabase(filepath.Join(folder, databaseFile), s.databasePath())
	}
	if err != nil { // all or nothing, so that it can be tried again
		err = errors.Join(err, os.Remove(s.sealingKey))
	}
	return err
}

func moveDatabase(from, to string) error {
	if _, err := syncFile(from); err != nil {
		return err
	}
	return os.Rename(from, to)
}

// checkRestored opens what was restored as the service will: that finds a key
// that is none, and a database of a newer version, while nothing is in place.
func checkRestored(ctx context.Context, m manifest, folder string) error {
	if _, err := connection.OpenSealer(filepath.Join(folder, sealingKeyFile)); err != nil {
		return fmt.Errorf("%w: %w", errNoBackup, err)
	}
	if m.Store != storeSQLite {
		return nil
	}
	opened, err := sqlite.Open(ctx, filepath.Join(folder, databaseFile), discardLog)
	if err != nil {
		return storeError(err)
	}
	return opened.Close()
}
