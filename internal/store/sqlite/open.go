package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"

	driver "modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"patchbay.example/internal/store"
)

const (
	// fileMode keeps the directory, which is personal data, to its owner. SQLite
	// gives its -wal and -shm files the same.
	fileMode = 0o600
	// readers bounds the reading connections: a page of the UI, an API call and
	// two runs' comparisons at once.
	readers = 4
	// The page caches, in KiB: 16 MiB in all, with what the UI and the indexes
	// touch most. A backup has two, one of each file.
	writerCacheKiB = 7 << 10
	readerCacheKiB = 2 << 10
	backupCacheKiB = 512
	// busyMilliseconds is how long a writer waits for one of another process,
	// such as a backup; within the process there is one writer only.
	busyMilliseconds = 10_000
	// walBytes is how large the write-ahead log grows before it is copied into the
	// file, and what is left of it then. People come in no order, so that each
	// page of them touches leaves all over an index: the longer the log, the more
	// often a leaf is written to it before it is copied once.
	walBytes = 16 << 20
	// pageBytes is SQLite's default, and that of our files.
	pageBytes = 4 << 10
)

// Open opens the file at path, or makes it, readable by its owner only, and
// brings its schema up to date. The folder must exist. The error says in a
// sentence when the file is no database, damaged, another program's, or cannot
// be written; [store.ErrSchemaNewer] when a newer Patchbay has written it.
func Open(ctx context.Context, path string, log *slog.Logger) (*Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("the database's path: %w", err)
	}
	if err := createFile(path); err != nil {
		return nil, err
	}
	s := &Store{path: path, log: log, write: pool(path, 1, writerCacheKiB, "immediate"), read: pool(path, readers, readerCacheKiB, "deferred", "query_only(1)")}
	err = claim(ctx, path)
	if err == nil {
		err = s.prepare(ctx)
	}
	if err != nil {
		return nil, errors.Join(explained(path, err), s.Close())
	}
	return s, nil
}

// createFile makes an empty file, or takes everybody else's permissions from
// one that is there, and finds out whether it can be written.
func createFile(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, fileMode)
	if err != nil {
		return fmt.Errorf("the database %s cannot be opened for writing; check that its folder exists and that this user may write there: %w", path, err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	info, err := file.Stat()
	if err != nil {
		return fmt.Errorf("the database %s: %w", path, err)
	}
	if info.Mode().IsRegular() && info.Mode().Perm() != fileMode {
		if err := file.Chmod(fileMode); err != nil {
			return fmt.Errorf("the database %s cannot be made private to its owner: %w", path, err)
		}
	}
	return nil
}

// pool is a pool of connections to the file, opened at first use.
func pool(path string, size, cacheKiB int, lock string, pragmas ...string) *sql.DB {
	settings := url.Values{"_txlock": {lock}, "_pragma": append([]string{
		"busy_timeout(" + strconv.Itoa(busyMilliseconds) + ")",
		"journal_mode(WAL)",
		"synchronous(NORMAL)",
		"foreign_keys(1)",
		"secure_delete(1)", // what is forgotten is overwritten
		"cache_size(-" + strconv.Itoa(cacheKiB) + ")",
		"journal_size_limit(" + strconv.Itoa(walBytes) + ")",
		"wal_autocheckpoint(" + strconv.Itoa(walBytes/pageBytes) + ")",
	}, pragmas...)}
	db := connect(path, settings)
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db
}

func connect(path string, settings url.Values) *sql.DB {
	source := url.URL{Scheme: "file", Path: filepath.ToSlash(path), RawQuery: settings.Encode()}
	db, err := sql.Open("sqlite", source.String())
	if err != nil { // the driver is linked in: it cannot be missing
		panic("sqlite: " + err.Error())
	}
	return db
}

// prepare makes a claimed file ready for use.
func (s *Store) prepare(ctx context.Context) error {
	if err := s.migrate(ctx); err != nil {
		return err
	}
	return s.statements.prepare(ctx, s.write, s.read)
}

// applicationID is in the header of Patchbay's files: "Ptch". See
// https://www.sqlite.org/fileformat2.html, section 1.3.15.
const applicationID = 0x50746368

// errForeign: the file is a database, but another program's.
var errForeign = errors.New("it is another program's")

// claim sees to it that the file is new or ours. It only reads: another
// program's file stays as it is, its journal mode included.
func claim(ctx context.Context, path string) error {
	db := connect(path, url.Values{"mode": {"ro"}})
	var id, tables int64
	err := db.QueryRowContext(ctx, "SELECT (SELECT application_id FROM pragma_application_id), (SELECT count(*) FROM sqlite_schema)").Scan(&id, &tables)
	if err == nil && id != applicationID && (id != 0 || tables > 0) {
		err = errForeign
	}
	return errors.Join(err, db.Close())
}

// explained is an error of opening as a sentence for whoever started the
// program.
func explained(path string, err error) error {
	var code int
	if failure, ok := errors.AsType[*driver.Error](err); ok {
		code = failure.Code() & 0xff // without the extension
	}
	switch {
	case errors.Is(err, store.ErrSchemaNewer):
		return fmt.Errorf("the database %s cannot be used: %w; install that version or a later one", path, err)
	case errors.Is(err, errForeign), code == sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("the file %s is no Patchbay database; name another file, or move this one away: %w", path, err)
	case code == sqlite3.SQLITE_CORRUPT:
		return fmt.Errorf("the database %s is damaged; restore it from a backup: %w", path, err)
	case code == sqlite3.SQLITE_READONLY, code == sqlite3.SQLITE_CANTOPEN:
		return fmt.Errorf("the database %s cannot be written; check that this user may write the file and its folder: %w", path, err)
	case code == sqlite3.SQLITE_FULL:
		return fmt.Errorf("the database %s cannot be written, for the disk is full: %w", path, err)
	case code == sqlite3.SQLITE_BUSY:
		return fmt.Errorf("the database %s is in use by another program: %w", path, err)
	default:
		return fmt.Errorf("the database %s cannot be opened: %w", path, err)
	}
}
