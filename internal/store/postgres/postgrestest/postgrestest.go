// Package postgrestest gives tests a PostgreSQL: the server that
// PATCHBAY_TEST_POSTGRES_URL names, or one of their own, which it starts from
// the programs initdb and postgres of this machine. Each call of [Start] makes a
// database of its own.
//
// The server of their own is one for each test process. It listens on a socket
// in a temporary folder and nowhere else, and it ends with the process, however
// that ends: its keeper, a shell, waits for the end of a pipe that only the
// process holds open, then stops the server and removes the folder. So no test
// needs a TestMain for it.
package postgrestest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/needtest"
)

const (
	// serverVariable names a server to use. Its user must be able to create
	// databases.
	serverVariable = "PATCHBAY_TEST_POSTGRES_URL"
	// startTimeout bounds how long initdb and the server may take: a few seconds,
	// and ten times that on a machine that has other things to do.
	startTimeout = time.Minute
)

// server is the process's own, or the one that is named.
var server = sync.OnceValues(func() (string, error) {
	if named := os.Getenv(serverVariable); named != "" {
		return named, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	return startServer(ctx)
})

// databases numbers the databases of this process.
var databases atomic.Int64

// Start returns the URL of an empty database in UTF-8, which is dropped when the
// test ends. Where there is no PostgreSQL the test is skipped, or fails if
// PATCHBAY_REQUIRE names postgres.
func Start(t testing.TB) string {
	t.Helper()
	base, err := server()
	if err != nil {
		needtest.Missing(t, "postgres", err)
	}
	name := fmt.Sprintf("patchbay_test_%d_%d", os.Getpid(), databases.Add(1))
	if err := execute(t.Context(), base, `CREATE DATABASE `+name+` TEMPLATE template0 ENCODING 'UTF8'`); err != nil {
		t.Fatalf("create a database for the test: %v", err)
	}
	t.Cleanup(func() {
		// The test's own context has ended.
		if err := execute(context.WithoutCancel(t.Context()), base, `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			t.Errorf("drop the test's database: %v", err)
		}
	})
	return databaseURL(t, base, name)
}

// execute runs one statement on a connection of its own.
func execute(ctx context.Context, url, sql string) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	_, err = conn.Exec(ctx, sql)
	if closed := conn.Close(ctx); err == nil {
		err = closed
	}
	return err
}

// databaseURL is the URL of another database of the same server.
func databaseURL(t testing.TB, server, name string) string {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil || u.Scheme == "" {
		t.Fatalf("%s is no URL: write it as postgres://user:password@host:5432/postgres", serverVariable)
	}
	u.Path = "/" + name
	return u.String()
}
