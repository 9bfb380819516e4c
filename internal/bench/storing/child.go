package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"runtime/pprof"
	"slices"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
)

// quiet keeps logs out of the table.
var quiet = slog.New(slog.DiscardHandler)

// obey does what the order on input says, and writes the sample to output.
func obey(ctx context.Context, input io.Reader, output io.Writer) error {
	var o order
	if err := json.NewDecoder(input).Decode(&o); err != nil {
		return fmt.Errorf("read the order: %w", err)
	}
	var s sample
	var err error
	switch o.Do {
	case doSync:
		s, err = syncOnce(ctx, o)
	case doLoad:
		s, err = loadOnce(ctx, o)
	default:
		err = fmt.Errorf("an order to %q is none", o.Do)
	}
	if err != nil {
		return err
	}
	return json.NewEncoder(output).Encode(s)
}

// syncOnce measures a run.
func syncOnce(ctx context.Context, o order) (sample, error) {
	opened, err := openStore(ctx, o.Engine, o.Database)
	if err != nil {
		return sample{}, err
	}
	s, err := syncWith(ctx, o, opened)
	return s, errors.Join(err, opened.Close())
}

func syncWith(ctx context.Context, o order, opened store.Store) (sample, error) {
	job, err := jobOn(ctx, opened)
	if err != nil {
		return sample{}, err
	}
	timed := &timedStore{Store: opened}
	runner := syncer.Syncer{
		Store: timed,
		Launch: func(ctx context.Context, _ store.Connection) (*host.Connector, error) {
			return host.Launch(ctx, host.Settings{Path: o.Connector, RuntimeDir: o.RuntimeDir, HostName: "bench/1", Log: quiet, LogLevel: slog.LevelInfo})
		},
		Configure: func(context.Context, store.Connection) (host.Configuration, error) {
			return host.Configuration{JSON: o.Configuration, Secrets: map[string]string{"private_key": o.PrivateKey}}, nil
		},
		Log: quiet,
	}
	stopReading := func() (reading, error) { return reading{}, nil }
	if o.Read {
		stopReading = readBeside(ctx, opened, job.Connection.ID)
	}
	stopProfile, err := profileTo(o.Profile)
	if err != nil {
		return sample{}, err
	}
	cpu, began := ownTime(), time.Now()
	run, err := runner.Run(ctx, job)
	s := sample{Wall: time.Since(began), CPU: ownTime() - cpu, Promote: timed.promote, Peak: peak()}
	read, errRead := stopReading()
	s.Wait, s.Usual, s.Reads = read.at(100), read.at(99), int64(len(read.took))
	if err := errors.Join(err, errRead, stopProfile()); err != nil {
		return s, err
	}
	if run.Status != store.RunPromoted {
		return s, fmt.Errorf("the run ended as %s: %s", run.Status, run.Message)
	}
	return s, nil
}

// jobOn is an order for a run of the database's only connection.
func jobOn(ctx context.Context, s store.Store) (syncer.Job, error) {
	const name = "bench"
	c, err := s.Connection(ctx, name)
	if errors.Is(err, store.ErrNotFound) {
		now := time.Now()
		_, err = s.AddConnection(ctx, store.Connection{Name: name, Connector: "okta", Resource: "users", Config: []byte(`{}`), Interval: 6 * time.Hour, Created: now, Updated: now})
		if err == nil {
			c, err = s.Connection(ctx, name)
		}
	}
	return syncer.Job{Connection: c, Trigger: "manual"}, err
}

// timedStore notes how long promoting takes.
type timedStore struct {
	store.Store
	promote time.Duration
}

// Promote implements [syncer.Store].
func (t *timedStore) Promote(ctx context.Context, f store.Fence, now time.Time) (store.Run, error) {
	began := time.Now()
	run, err := t.Store.Promote(ctx, f, now)
	t.promote = time.Since(began)
	return run, err
}

// profileTo begins a CPU profile, if path is not empty. The returned function
// ends it.
func profileTo(path string) (func() error, error) {
	if path == "" {
		return func() error { return nil }, nil
	}
	file, err := os.Create(path) //nolint:gosec // a flag's
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(file); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return func() error {
		pprof.StopCPUProfile()
		return file.Close()
	}, nil
}

const (
	// readEvery is how often the reader asks: often enough to meet every wait of
	// a length that matters.
	readEvery = 5 * time.Millisecond
	// readPeople is how many people it asks for, about a page of the table.
	readPeople = 50
)

// reading is what a reader met: how long each of its questions took, sorted once
// it has ended.
type reading struct{ took []time.Duration }

// at is what so many of a hundred questions took at most.
func (r reading) at(percent int) time.Duration {
	if len(r.took) == 0 {
		return 0
	}
	return r.took[(len(r.took)-1)*percent/100]
}

// readBeside reads pages of people, one after the other through the directory,
// until the returned function is called.
func readBeside(ctx context.Context, s store.Store, connection int64) func() (reading, error) {
	ctx, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	var r reading
	go func() { ended <- r.read(ctx, s, store.PeopleQuery{ConnectionID: connection, Limit: readPeople}) }()
	return func() (reading, error) {
		stop()
		err := <-ended
		slices.Sort(r.took)
		return r, err
	}
}

func (r *reading) read(ctx context.Context, s store.Store, query store.PeopleQuery) error {
	tick := time.NewTicker(readEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		began := time.Now()
		people, err := s.People(ctx, query)
		if ctx.Err() != nil { // it may have been torn away
			return nil
		}
		if err != nil {
			return err
		}
		r.took = append(r.took, time.Since(began))
		if query.After = ""; len(people) > 0 {
			query.After = people[len(people)-1].ID
		}
	}
}
