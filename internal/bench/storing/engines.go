package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/sqlite"
)

// engine is a store to measure. Each call of its functions is in a new and empty
// database, of which nothing is left.
type engine struct {
	name string
	load func(ctx context.Context, p *people) (time.Duration, error)
	sync func(ctx context.Context, p *people) ([]sample, error)
}

// quiet keeps the stores' logs out of the table.
var quiet = slog.New(slog.DiscardHandler)

func sqliteEngine(folder string) engine {
	within := func(ctx context.Context, do func(s *sqlite.Store) error) error {
		own, err := os.MkdirTemp(folder, "store-")
		if err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(own) }()
		s, err := sqlite.Open(ctx, filepath.Join(own, "patchbay.db"), quiet)
		if err != nil {
			return err
		}
		return errors.Join(do(s), s.Close())
	}
	return engine{
		name: "SQLite",
		load: func(ctx context.Context, p *people) (took time.Duration, err error) {
			err = within(ctx, func(s *sqlite.Store) error {
				started := time.Now()
				err := loadSQLite(ctx, s.WritePool(), p)
				took = time.Since(started)
				return err
			})
			return took, err
		},
		sync: func(ctx context.Context, p *people) (samples []sample, err error) {
			err = within(ctx, func(s *sqlite.Store) error {
				samples, err = syncAll(ctx, s, p)
				return err
			})
			return samples, err
		},
	}
}

func postgresEngine(server string) engine {
	databases := 0
	within := func(ctx context.Context, do func(s *postgres.Store) error) error {
		databases++
		name := fmt.Sprintf("patchbay_bench_%d_%d", os.Getpid(), databases)
		own, err := url.Parse(server)
		if err != nil || own.Scheme == "" {
			return errors.New("write -postgres as postgres://user:password@host:5432/postgres")
		}
		own.Path = "/" + name
		if err := execute(ctx, server, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'UTF8'`); err != nil {
			return err
		}
		s, err := postgres.Open(ctx, own.String(), quiet)
		if err == nil {
			err = errors.Join(do(s), s.Close())
		}
		return errors.Join(err, execute(context.WithoutCancel(ctx), server, `DROP DATABASE `+name+` WITH (FORCE)`))
	}
	return engine{
		name: "PostgreSQL",
		load: func(ctx context.Context, p *people) (took time.Duration, err error) {
			err = within(ctx, func(s *postgres.Store) error {
				started := time.Now()
				err := loadPostgres(ctx, s.Pool(), p)
				took = time.Since(started)
				return err
			})
			return took, err
		},
		sync: func(ctx context.Context, p *people) (samples []sample, err error) {
			err = within(ctx, func(s *postgres.Store) error {
				samples, err = syncAll(ctx, s, p)
				return err
			})
			return samples, err
		},
	}
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, server, sql string) error {
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	_, err = conn.Exec(ctx, sql)
	return errors.Join(err, conn.Close(ctx))
}
