package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
)

// Backup implements [store.Store]: one read transaction copies the whole file,
// packed, and keeps nobody from writing.
func (s *Store) Backup(ctx context.Context, path string) error {
	return BackupFile(ctx, s.path, path)
}

// BackupFile copies the store in a file, of which another process may be the
// writer at the time, into a new file of its owner's. The schema stays as it
// is. An error wraps [fs.ErrExist] where the new file is there already, and says
// what is wrong with the store's as [Open] does.
func BackupFile(ctx context.Context, path, to string) error {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("the database %s cannot be read: %w", path, err)
	}
	if err := claim(ctx, path); err != nil {
		return explained(path, err)
	}
	from := connect(path, url.Values{"mode": {"ro"}, "_pragma": {
		"busy_timeout(" + strconv.Itoa(busyMilliseconds) + ")", "cache_size(-" + strconv.Itoa(backupCacheKiB) + ")",
	}})
	return errors.Join(backUp(ctx, from, to), from.Close())
}

// backUp writes the copy beside its place, and moves it there when it is whole.
func backUp(ctx context.Context, from *sql.DB, path string) error {
	err := writeCopy(ctx, from, path)
	if err != nil {
		return fmt.Errorf("back up into %s: %w", path, err)
	}
	return nil
}

func writeCopy(ctx context.Context, from *sql.DB, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	folder, err := os.MkdirTemp(filepath.Dir(path), ".backup-") // mode 0700
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	whole := filepath.Join(folder, "copy")
	if _, err := from.ExecContext(ctx, "VACUUM INTO ?", whole); err != nil {
		return err
	}
	if err := keep(whole); err != nil {
		return err
	}
	// Unlike a rename, a link takes nobody's place. Some file systems have none,
	// such as those of memory sticks.
	if err := os.Link(whole, path); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	return os.Rename(whole, path)
}

// keep makes a file its owner's, and sees to it that it outlasts a power cut,
// which SQLite leaves to whoever makes a copy
// (https://www.sqlite.org/lang_vacuum.html, section 4).
func keep(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR, fileMode)
	if err != nil {
		return err
	}
	return errors.Join(file.Chmod(fileMode), file.Sync(), file.Close())
}
