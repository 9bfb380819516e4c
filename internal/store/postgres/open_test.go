package postgres_test

import (
	"context"
	"errors"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/postgres/postgrestest"
)

// canary is a password that nothing may show.
const canary = "canary-5f21c0"

// Several processes that start at once migrate once.
func TestOpenAtOnce(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t)
	const openers = 4
	opened := make(chan error, openers)
	for range openers {
		go func() {
			s, err := postgres.Open(t.Context(), address, slog.New(slog.DiscardHandler))
			if err == nil {
				err = s.Close()
			}
			opened <- err
		}()
	}
	for range openers {
		if err := <-opened; err != nil {
			t.Error(err)
		}
	}
}

// What one process stored, the next finds.
func TestReopen(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t)
	first := open(t, address)
	id, err := first.AddConnection(t.Context(), store.Connection{Name: "acme", Connector: "okta", Resource: "users"})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := open(t, address).Connection(t.Context(), "acme"); err != nil || got.ID != id {
		t.Errorf("%+v, %v", got, err)
	}
}

// A backup is pg_dump's, and nothing is written.
func TestBackupElsewhere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "copy")
	if err := open(t, postgrestest.Start(t)).Backup(t.Context(), path); !errors.Is(err, store.ErrBackupElsewhere) {
		t.Errorf("backed up: %v", err)
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("there is a file: %v", err)
	}
}

func TestOpenNewerSchema(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t)
	s := open(t, address)
	if _, err := s.Pool().Exec(t.Context(), `INSERT INTO patchbay_migration (version_id, is_applied) VALUES (99999, true)`); err != nil {
		t.Fatal(err)
	}
	_, err := postgres.Open(t.Context(), address, slog.New(slog.DiscardHandler))
	if !errors.Is(err, store.ErrSchemaNewer) || !strings.Contains(err.Error(), "99999") {
		t.Errorf("opened a newer schema: %v", err)
	}
}

// An error says what to do, and nothing of the password.
func TestOpenFails(t *testing.T) {
	t.Parallel()
	closed := closedPort(t)
	for name, tt := range map[string]struct {
		url  string
		want string
		is   error
	}{
		"none":        {"", "no database is named", nil},
		"unreadable":  {"postgres://user:" + canary + "%zz@127.0.0.1/db", "can't be read", nil},
		"no scheme":   {"user:" + canary + "@127.0.0.1/db", "can't be read", nil},
		"bad port":    {"postgres://user:" + canary + "@127.0.0.1:x/db", "can't be read", nil},
		"bad setting": {"postgres://user:" + canary + "@127.0.0.1/db?sslmode=" + canary, "can't be read", nil},
		"nobody home": {"postgres://user:" + canary + "@" + closed + "/db?sslmode=disable", "check that the server runs", postgres.ErrUnreachable},
		"keywords":    {"host=127.0.0.1 port=" + portOf(t, closed) + " user=user password=" + canary + " sslmode=disable", "check that the server runs", postgres.ErrUnreachable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), tt.url, slog.New(slog.DiscardHandler))
			if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), canary) || tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("got %v, want one with %q and without the password", err, tt.want)
			}
		})
	}
}

func TestOpenMissingDatabase(t *testing.T) {
	t.Parallel()
	u, err := url.Parse(postgrestest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	u.Path, u.User = "/not_there", url.UserPassword(u.User.Username(), canary)
	_, err = postgres.Open(t.Context(), u.String(), slog.New(slog.DiscardHandler))
	if err == nil || !strings.Contains(err.Error(), "create the database") || strings.Contains(err.Error(), canary) {
		t.Errorf("opened a database that is not there: %v", err)
	}
}

// A lost connection says so, and the store goes on once the server is back.
func TestLostConnection(t *testing.T) {
	t.Parallel()
	address := postgrestest.Start(t)
	s := open(t, address)
	ctx := t.Context()
	conn, err := s.Pool().Acquire(ctx)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		t.Fatal(err)
	}
	end(t, address, conn.Conn().PgConn().PID())
	if _, err := tx.Exec(ctx, `SELECT 1`); err == nil {
		t.Fatal("the connection was not ended")
	}
	conn.Release()

	blocked, cancel := context.WithCancel(ctx)
	defer cancel()
	locker := connect(t, address)
	if _, err := locker.Exec(ctx, `BEGIN; LOCK TABLE connection`); err != nil {
		t.Fatal(err)
	}
	listed := make(chan error, 1)
	go func() {
		_, err := s.Connections(blocked)
		listed <- err
	}()
	end(t, address, waiting(t, address))
	if err := <-listed; !errors.Is(err, postgres.ErrUnreachable) || !strings.Contains(err.Error(), "check that the server runs") {
		t.Errorf("a lost connection: %v", err)
	}
	if _, err := locker.Exec(ctx, `ROLLBACK`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Connections(ctx); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// connect is a connection beside the store's.
func connect(t *testing.T, address string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return conn
}

// end ends a connection as an administrator would, and waits until it is gone.
func end(t *testing.T, address string, pid uint32) {
	t.Helper()
	conn := connect(t, address)
	var ended bool
	if err := conn.QueryRow(t.Context(), `SELECT pg_terminate_backend($1, 10000)`, int64(pid)).Scan(&ended); err != nil || !ended {
		t.Fatalf("end the connection: %t, %v", ended, err)
	}
}

// waiting is the process of the server that waits for a lock.
func waiting(t *testing.T, address string) uint32 {
	t.Helper()
	conn := connect(t, address)
	for {
		var pid uint32
		err := conn.QueryRow(t.Context(), `SELECT pid FROM pg_stat_activity
			WHERE datname = current_database() AND wait_event_type = 'Lock' LIMIT 1`).Scan(&pid)
		if err == nil {
			return pid
		}
		if !errors.Is(err, pgx.ErrNoRows) {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond) // the server tells nobody that somebody waits
	}
}

// closedPort is an address where nothing listens.
func closedPort(t *testing.T) string {
	t.Helper()
	var config net.ListenConfig
	listener, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

func portOf(t *testing.T, address string) string {
	t.Helper()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	return port
}
