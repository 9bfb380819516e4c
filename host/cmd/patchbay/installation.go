package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"patchbay.example/internal/api"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/people"
	"patchbay.example/internal/program"
	"patchbay.example/internal/schedule"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/sqlite"
	"patchbay.example/internal/syncer"
	"patchbay.example/internal/wire"
)

// open gives a command the installation: the service that runs on this machine,
// or, where none does, the store itself, which the command then has alone until
// it closes it.
func (a *app) open(ctx context.Context) (opened, error) {
	s, err := a.settings()
	if err != nil {
		return opened{}, err
	}
	var held *lock
	if !s.postgres() {
		var running *announcement
		if held, running, err = claim(ctx, s.data); err != nil {
			return opened{}, err
		}
		if running != nil {
			return remote(*running)
		}
	}
	// What becomes of a run the command says itself: its log is what somebody has
	// asked for, and what must not be missed.
	if _, asked := a.flags.given["log.level"]; !asked {
		s.logLevel = max(s.logLevel, slog.LevelError)
	}
	i, err := assemble(ctx, s, s.log(a), "")
	if err != nil {
		return opened{}, errors.Join(err, held.release())
	}
	return opened{
		ops: i.service,
		run: i.scheduler.RunOne,
		close: func() error {
			return errors.Join(i.close(), held.release())
		},
	}, nil
}

// remote is the installation of a service that runs.
func remote(running announcement) (opened, error) {
	base, err := running.base()
	if err != nil {
		return opened{}, err
	}
	client := api.NewClient(base, running.Token)
	return opened{ops: client, close: func() error {
		client.Close()
		return nil
	}}, nil
}

// installed are the parts of an installation, wired.
type installed struct {
	store     store.Store
	directory *people.Directory
	service   *service.Service
	scheduler *schedule.Scheduler
	// yield, when it is closed, has runs stop after the page in hand.
	yield chan struct{}
}

// assemble opens the store and wires what works on it. Nothing runs yet. origin
// is the address of the pages, if there are any.
func assemble(ctx context.Context, s settings, log *slog.Logger, origin string) (*installed, error) {
	if err := makeFolder(s.data); err != nil {
		return nil, err
	}
	if s.connectors != "" {
		if info, err := os.Stat(s.connectors); err != nil || !info.IsDir() {
			return nil, configError(fmt.Errorf("there is no folder %s, where connectors should be", s.connectors), "Make it, or set connectors to the folder in which they are.")
		}
	}
	sealer, err := connection.OpenSealer(s.sealingKey)
	if err != nil {
		return nil, &program.Error{Err: err, Reason: "SEALING_KEY", Code: wire.ExitOurs}
	}
	i := &installed{yield: make(chan struct{})}
	var queue schedule.Queue
	if i.store, queue, err = openStore(ctx, s, log); err != nil {
		return nil, err
	}
	i.directory = &people.Directory{Store: i.store, Log: log}
	i.service = service.New(service.Config{
		Store: i.store, People: i.directory, Sealer: sealer, ConnectorFolder: s.connectors, RequirePin: s.requirePin, HostName: hostName(), Log: log,
		Planned: func() {
			if i.scheduler != nil {
				i.scheduler.Wake()
			}
		},
	})
	worker := workerName()
	runner := &syncer.Syncer{
		Store: i.store, Launch: i.service.Launch, Configure: i.service.Configure, Connected: i.service.Connected,
		Worker: worker, Yield: i.yield, Slice: schedule.Slice, Lease: s.lease, Log: log,
	}
	i.scheduler, err = schedule.New(ctx, schedule.Config{
		Store: i.store, Queue: queue, Runner: runner, Webhook: s.webhook, WebhookSecret: s.webhookKey, Origin: origin,
		Worker: worker, TickEvery: s.tick, Lease: s.lease, MaxRuns: s.workers,
		Keep: schedule.Keep{Tombstones: s.keepTombstones, Runs: s.keepRuns}, Log: log,
	})
	if err != nil {
		i.directory.Close()
		return nil, errors.Join(storeError(err), i.store.Close())
	}
	return i, nil
}

// close closes what assemble has opened. The scheduler has been stopped, or was
// never started.
func (i *installed) close() error {
	i.directory.Close()
	return errors.Join(i.service.Close(), i.store.Close())
}

// ready reports whether the store answers.
func (i *installed) ready(ctx context.Context) error {
	_, err := i.store.Pending(ctx, 1)
	return err
}

// openStore opens the engine that the settings name, and the queue on it.
func openStore(ctx context.Context, s settings, log *slog.Logger) (store.Store, schedule.Queue, error) {
	if s.postgres() {
		engine, err := postgres.Open(ctx, s.database, log)
		if err != nil {
			return nil, nil, storeError(err)
		}
		return engine, schedule.Postgres(engine.Pool()), nil
	}
	engine, err := sqlite.Open(ctx, s.databasePath(), log)
	if err != nil {
		return nil, nil, storeError(err)
	}
	return engine, schedule.SQLite(engine.WritePool()), nil
}

// storeError is an error of opening a store, whose own words say what to do.
func storeError(err error) error {
	e := &program.Error{Err: err, Reason: "STORE_UNUSABLE", Code: wire.ExitOurs}
	switch {
	case errors.Is(err, store.ErrSchemaNewer):
		e.Reason, e.Fix = "SCHEMA_NEWER", "Run the version of Patchbay that wrote it, or a later one; this one has changed nothing. See docs/upgrade.md."
	case errors.Is(err, postgres.ErrUnreachable):
		e.Reason = "STORE_UNREACHABLE"
	case sqliteCode(err) == sqliteFull:
		e.Reason, e.Fix = "DISK_FULL", "Make room on the disk, and run this again."
	case sqliteCode(err) == sqliteCorrupt, sqliteCode(err) == sqliteNotADatabase:
		e.Fix = "Move what is in the data folder away, and put a backup there with patchbay restore: docs/backup.md."
	}
	return e
}

// Result codes of SQLite: https://sqlite.org/rescode.html.
const (
	sqliteCorrupt      = 11
	sqliteFull         = 13
	sqliteNotADatabase = 26
)

// sqliteCode is the primary result code of an error of SQLite, which the lowest
// byte holds; 0 for another error.
func sqliteCode(err error) int {
	if coded, ok := errors.AsType[interface {
		error
		Code() int
	}](err); ok {
		return coded.Code() & 0xff
	}
	return 0
}

// workerName names this process among those that share a database.
func workerName() string {
	name, err := os.Hostname()
	if err != nil || name == "" {
		name = "patchbay"
	}
	return fmt.Sprintf("%s/%d/%d", name, os.Getpid(), time.Now().UnixNano()%1_000_000)
}

var discardLog = slog.New(slog.DiscardHandler)
