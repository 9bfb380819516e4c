package postgres

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// ErrUnreachable says that the server can't be reached, or that the connection
// to it was lost. What was being written may have been stored.
var ErrUnreachable = errors.New("PostgreSQL can't be reached")

// advice says what to do about the server's refusals, by SQLSTATE or its class
// (https://www.postgresql.org/docs/current/errcodes-appendix.html).
var advice = map[string]string{
	"28":    "check the user and the password in the connection string, and the server's pg_hba.conf",
	"3D000": "create the database, or name another one in the connection string",
	"42501": "the user needs all rights on the schema: make it the owner of the database",
	"25006": "the database is read-only: name the primary server in the connection string",
	"53100": "the server's disk is full: free some space, then try again",
	"53300": "the server has no connection to spare: raise its max_connections, or lower pool_max_conns in the connection string",
	"55P03": "another program holds a lock: look into pg_stat_activity, then try again",
	"22021": "the database must be encoded in UTF8: create it with ENCODING 'UTF8'",
	"22P05": "the database must be encoded in UTF8: create it with ENCODING 'UTF8'",
}

// explain says what failed, and what to do about it where that is known. It
// keeps what errors.Is and errors.As find, and returns nil for nil.
func (s *Store) explain(doing string, err error) error {
	var refusal *pgconn.PgError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded) && !pgconn.Timeout(err):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.As(err, &refusal) && adviceFor(refusal.Code) != "":
		return fmt.Errorf("%s (PostgreSQL at %s): %w: %s", doing, s.target, err, adviceFor(refusal.Code))
	case lost(err):
		return fmt.Errorf("%s: %w at %s: %w: check that the server runs and that this machine may connect to it, then try again", doing, ErrUnreachable, s.target, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

func adviceFor(code string) string {
	if said := advice[code]; said != "" {
		return said
	}
	return advice[code[:min(len(code), 2)]]
}

// lost reports whether err means that there is no connection (any more).
func lost(err error) bool {
	if refusal, ok := errors.AsType[*pgconn.PgError](err); ok {
		// Connection exceptions, and shutdown, crash and "starting up".
		return strings.HasPrefix(refusal.Code, "08") || strings.HasPrefix(refusal.Code, "57P0")
	}
	var connect *pgconn.ConnectError
	var network net.Error
	return errors.As(err, &connect) || errors.As(err, &network) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed)
}

// violates reports whether err says that a unique index would be broken.
func violates(err error, index string) bool {
	var refusal *pgconn.PgError
	return errors.As(err, &refusal) && refusal.Code == "23505" && refusal.ConstraintName == index
}
