package schedule

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/riverqueue/river/rivertype"
)

// Queue is the database in which River keeps its jobs: the store's, through the
// store's own pool.
type Queue interface {
	// open brings River's tables up to date and makes a client.
	open(ctx context.Context, config *river.Config) (client, error)
}

// client is what the schedule needs of a [river.Client], whatever its database.
type client interface {
	Start(ctx context.Context) error
	Stop(ctx context.Context) error
	StopAndCancel(ctx context.Context) error
	Stopped() <-chan struct{}
	Insert(ctx context.Context, args river.JobArgs, opts *river.InsertOpts) (*rivertype.JobInsertResult, error)
}

// SQLite keeps jobs in the store's file. River must share the store's one
// writing connection: with two pools, writers of one file wait for each other
// for seconds. So nobody may call River while holding a transaction.
func SQLite(writePool *sql.DB) Queue { return sqliteQueue{writePool} }

type sqliteQueue struct{ pool *sql.DB }

func (q sqliteQueue) open(ctx context.Context, config *river.Config) (client, error) {
	return openRiver(ctx, riversqlite.New(q.pool), config)
}

// Postgres keeps jobs in the store's database. The pool needs a connection that
// River holds to listen for new jobs, and some to work with.
func Postgres(pool *pgxpool.Pool) Queue { return postgresQueue{pool} }

type postgresQueue struct{ pool *pgxpool.Pool }

// migrationLock is the key of the advisory lock under which processes that start
// at once bring River's tables up to date one after the other: "river" in ASCII.
const migrationLock = 0x7269766572

func (q postgresQueue) open(ctx context.Context, config *river.Config) (opened client, err error) {
	conn, err := q.pool.Acquire(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to the job queue: %w", err)
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", int64(migrationLock)); err != nil {
		return nil, fmt.Errorf("lock the job queue's tables: %w", err)
	}
	defer func() {
		// A lock that is not given back would outlive the call in the pool.
		if _, unlockErr := conn.Exec(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock($1)", int64(migrationLock)); unlockErr != nil {
			err = errors.Join(err, conn.Conn().Close(context.WithoutCancel(ctx)))
		}
	}()
	return openRiver(ctx, riverpgxv5.New(q.pool), config)
}

func openRiver[Tx any](ctx context.Context, driver riverdriver.Driver[Tx], config *river.Config) (client, error) {
	migrator, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: config.Logger})
	if err == nil {
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	}
	if err != nil {
		return nil, fmt.Errorf("bring the job queue's tables up to date: %w", err)
	}
	opened, err := river.NewClient(driver, config)
	if err != nil {
		return nil, fmt.Errorf("open the job queue: %w", err)
	}
	return opened, nil
}
