package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/bench/pgserver"
	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/sqlite"
)

const (
	sqliteName   = "SQLite"
	postgresName = "PostgreSQL"
)

// engine is a store to measure.
type engine struct {
	name string
	// create makes an empty database and returns how it is opened.
	create func(ctx context.Context) (string, error)
	drop   func(ctx context.Context, database string) error
	// written counts the rows that were ever written.
	written func(ctx context.Context, database string) (rows, error)
	// settle does what a service and a server do between two runs.
	settle func(ctx context.Context, database string) error
	// serverTime is the CPU time of the engine's own server so far.
	serverTime func() time.Duration
}

// rows counts rows: of bodies, and of the search index.
type rows struct{ bodies, words int64 }

// within calls do with an empty database, of which nothing is left afterwards.
func within(ctx context.Context, e engine, do func(database string) error) error {
	database, err := e.create(ctx)
	if err != nil {
		return err
	}
	return errors.Join(do(database), e.drop(context.WithoutCancel(ctx), database))
}

// openStore opens a database of the engine of this name.
func openStore(ctx context.Context, engine, database string) (store.Store, error) {
	if engine == sqliteName {
		return sqlite.Open(ctx, database, quiet)
	}
	return postgres.Open(ctx, database, quiet)
}

// sweep does the service's hourly work. Nothing is past its retention.
func sweep(ctx context.Context, engine, database string) error {
	s, err := openStore(ctx, engine, database)
	if err != nil {
		return err
	}
	long := time.Now().Add(-90 * 24 * time.Hour)
	return errors.Join(s.Sweep(ctx, long, long), s.Close())
}

func sqliteEngine(folder string) engine {
	return engine{
		name: sqliteName,
		create: func(context.Context) (string, error) {
			own, err := os.MkdirTemp(folder, "store-")
			return filepath.Join(own, "patchbay.db"), err
		},
		drop:       func(_ context.Context, database string) error { return os.RemoveAll(filepath.Dir(database)) },
		written:    writtenToSQLite,
		settle:     func(ctx context.Context, database string) error { return sweep(ctx, sqliteName, database) },
		serverTime: func() time.Duration { return 0 },
	}
}

// writtenToSQLite goes by the ids, which grow with each row.
func writtenToSQLite(ctx context.Context, database string) (rows, error) {
	s, err := sqlite.Open(ctx, database, quiet)
	if err != nil {
		return rows{}, err
	}
	var r rows
	err = s.WritePool().QueryRowContext(ctx, "SELECT coalesce((SELECT max(id) FROM body), 0), coalesce((SELECT max(id) FROM body_words_docsize), 0)").Scan(&r.bodies, &r.words)
	return r, errors.Join(err, s.Close())
}

func postgresEngine(server pgserver.Server) engine {
	databases := 0
	return engine{
		name: postgresName,
		create: func(ctx context.Context) (string, error) {
			databases++
			name := fmt.Sprintf("patchbay_bench_%d_%d", os.Getpid(), databases)
			own, err := url.Parse(server.URL)
			if err != nil || own.Scheme == "" {
				return "", errors.New("write -postgres as postgres://user:password@host:5432/postgres")
			}
			own.Path = "/" + name
			if err := execute(ctx, server.URL, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'UTF8'`); err != nil {
				return "", err
			}
			s, err := postgres.Open(ctx, own.String(), quiet) // with its tables
			if err != nil {
				return "", err
			}
			return own.String(), s.Close()
		},
		drop: func(ctx context.Context, database string) error {
			own, err := url.Parse(database)
			if err != nil {
				return err
			}
			return execute(ctx, server.URL, `DROP DATABASE `+strings.TrimPrefix(own.Path, "/")+` WITH (FORCE)`)
		},
		written: writtenToPostgres,
		settle: func(ctx context.Context, database string) error {
			if err := sweep(ctx, postgresName, database); err != nil {
				return err
			}
			// The server's autovacuum does the first within a minute, and its
			// checkpointer the second within five.
			return execute(ctx, database, `VACUUM (ANALYZE)`, `CHECKPOINT`)
		},
		serverTime: func() time.Duration { return serverTime(server) },
	}
}

// serverTime is the server's CPU time so far, as far as it can be known.
func serverTime(server pgserver.Server) time.Duration {
	if server.PID == 0 {
		return 0
	}
	return treeTime(server.PID)
}

// writtenToPostgres goes by the server's own statistics. A row that is updated
// in place of another (HOT) leaves the search index alone; see
// https://www.postgresql.org/docs/current/monitoring-stats.html.
func writtenToPostgres(ctx context.Context, database string) (rows, error) {
	var r rows
	err := connected(ctx, database, func(conn *pgx.Conn) error {
		return conn.QueryRow(ctx, `SELECT n_tup_ins + n_tup_upd, n_tup_ins + n_tup_upd - n_tup_hot_upd
			FROM pg_stat_user_tables WHERE relname = 'body'`).Scan(&r.bodies, &r.words)
	})
	return r, err
}

// execute runs statements on a connection of its own.
func execute(ctx context.Context, url string, statements ...string) error {
	return connected(ctx, url, func(conn *pgx.Conn) error {
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				return err
			}
		}
		return nil
	})
}

func connected(ctx context.Context, url string, do func(*pgx.Conn) error) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	return errors.Join(do(conn), conn.Close(ctx))
}
