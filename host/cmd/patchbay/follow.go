package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
	"patchbay.example/internal/wire"
)

const (
	// pollEvery is how often a run is looked at: as often as anybody can read.
	pollEvery = 500 * time.Millisecond
	// beginLimit bounds the wait for a service to begin a run: it looks several
	// times a minute, and has other runs to do.
	beginLimit = 5 * time.Minute
)

// follow follows a connection's run to its end, and does it where no service
// does.
type follow struct {
	opened

	name string
	// after is the run before: the one that is followed has a larger number.
	after int64
	shows *progress // nil: nothing is shown
}

// toEnd returns the run as it ended.
func (f follow) toEnd(ctx context.Context) (service.Run, error) {
	worked := make(chan error, 1)
	if f.run != nil {
		inner, stop := context.WithCancel(ctx)
		go func() { worked <- f.work(inner) }()
		defer func() {
			stop()
			worked <- <-worked // wait for it
		}()
	}
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	began := time.Now()
	for {
		var workErr error
		done := false
		select {
		case <-ctx.Done():
			return service.Run{}, context.Cause(ctx)
		case <-ticker.C:
		case workErr = <-worked:
			done = true
			worked <- workErr
		}
		run, found, err := f.current(ctx)
		switch {
		case err != nil:
			return service.Run{}, err
		case found && run.Status != store.RunRunning:
			f.shows.update(run)
			return run, nil
		case workErr != nil:
			return service.Run{}, workErr
		case !found && (done || time.Since(began) > beginLimit):
			return service.Run{}, &program.Error{
				Err: fmt.Errorf("no run of %s has begun", f.name), Reason: "NOT_BEGUN", Code: wire.ExitOurs,
				Fix: "patchbay connections show " + f.name + " says when the next is due and why; patchbay doctor checks the service.",
			}
		case found:
			f.shows.update(run)
		}
	}
}

// work does the run, slice by slice. Where another worker has it, that is waited
// for: it may die, and the run be ours to go on with.
func (f follow) work(ctx context.Context) error {
	for {
		err := f.run(ctx, f.name)
		if err != nil && !elsewhere(err) && !errors.Is(err, syncer.ErrYielded) {
			return err
		}
		run, found, lookErr := f.current(ctx)
		if lookErr != nil {
			return lookErr
		}
		if found && run.Status != store.RunRunning || !found && err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pollEvery):
		}
	}
}

// elsewhere reports whether another worker has the run.
func elsewhere(err error) bool {
	return errors.Is(err, store.ErrRunning) || errors.Is(err, store.ErrSlotTaken) || errors.Is(err, store.ErrFenced)
}

// current is the run that is followed, if it has begun.
func (f follow) current(ctx context.Context) (service.Run, bool, error) {
	c, err := f.ops.Connection(ctx, f.name)
	if err != nil || c.LastRun == nil || c.LastRun.ID <= f.after {
		return service.Run{}, false, err
	}
	run, err := f.ops.Run(ctx, c.LastRun.ID)
	return run, err == nil, err
}
