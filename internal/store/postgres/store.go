package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sheet"
)

const (
	// minConnections lets a page be stored while the job engine listens, takes
	// jobs, and somebody reads.
	minConnections = 8
	// connectTimeout bounds the wait for a server that does not answer, where
	// the connection string names no connect_timeout.
	connectTimeout = 10 * time.Second
	// sessionSettings: the server gives up a transaction whose process hangs or
	// was cut off, and with it the locks, for ours compute nothing inside; and it
	// plans a statement for the tables as they are, for a plan that was made when
	// a table was empty reads all of it for each page of a first load.
	sessionSettings = `SET idle_in_transaction_session_timeout = '60s'; SET plan_cache_mode = force_custom_plan`
)

// Store is an installation in a PostgreSQL database. It implements
// [store.Store].
type Store struct {
	pool *pgxpool.Pool
	log  *slog.Logger
	// target names the server and the database in errors, without credentials.
	target string
	books  sheet.Books
}

var _ store.Store = (*Store)(nil)

// Open connects to the database that url names, as libpq's connection strings
// do (https://www.postgresql.org/docs/current/libpq-connect.html), and brings
// its schema up to date. Several processes may open one database at once. A
// database whose schema is newer than this program is refused with
// [store.ErrSchemaNewer]; one that can't be reached with [ErrUnreachable]. No
// error holds the url or its password.
func Open(ctx context.Context, url string, log *slog.Logger) (*Store, error) {
	config, err := parse(url)
	if err != nil {
		return nil, err
	}
	s := &Store{log: log, target: target(config)}
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, s.explain("open the store", err)
	}
	if err := s.migrate(ctx); err != nil {
		s.pool.Close()
		return nil, s.explain("open the store", err)
	}
	return s, nil
}

// Pool is the store's connections, which the job engine shares. Close closes
// it.
func (s *Store) Pool() *pgxpool.Pool { return s.pool }

// Close waits for the operations under way and closes all connections. It
// returns nil.
func (s *Store) Close() error {
	s.pool.Close()
	return nil
}

// parse reads a connection string. What pgx says of one that it can't read may
// quote it, with the password, so that it is not passed on.
func parse(url string) (*pgxpool.Config, error) {
	if url == "" {
		return nil, errors.New("no database is named: give a connection string such as postgres://user@host:5432/patchbay")
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, errors.New("the database's connection string can't be read (it is not shown, for it may hold a password): " +
			"write it as postgres://user:password@host:5432/patchbay, with special characters percent-encoded, and check that the files it names are there")
	}
	config.MaxConns = max(config.MaxConns, minConnections)
	if config.ConnConfig.ConnectTimeout == 0 {
		config.ConnConfig.ConnectTimeout = connectTimeout
	}
	if _, given := config.ConnConfig.RuntimeParams["application_name"]; !given {
		config.ConnConfig.RuntimeParams["application_name"] = "patchbay"
	}
	// Set afterwards, for a pooler between us and the server refuses settings
	// that it does not know when a connection begins.
	config.AfterConnect = func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sessionSettings)
		return err
	}
	return config, nil
}

func target(config *pgxpool.Config) string {
	c := config.ConnConfig
	return fmt.Sprintf("%s:%d, database %s, user %s", c.Host, c.Port, c.Database, c.User)
}

// transact runs work in one transaction, which it rolls back where work returns
// an error.
func (s *Store) transact(ctx context.Context, doing string, work func(tx pgx.Tx) error) error {
	return s.explain(doing, pgx.BeginFunc(ctx, s.pool, work))
}

// read runs work on one snapshot.
func (s *Store) read(ctx context.Context, doing string, work func(tx pgx.Tx) error) error {
	return s.explain(doing, pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, work))
}
