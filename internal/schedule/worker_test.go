package schedule

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strconv"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
)

// The environment of a worker process, which is this test binary again.
const (
	workerVariable = "PATCHBAY_SCHEDULE_TEST_WORKER" // the database's URL
	nameVariable   = "PATCHBAY_SCHEDULE_TEST_NAME"
	leaseVariable  = "PATCHBAY_SCHEDULE_TEST_LEASE"
)

// The pages of a worker's run, and how long its service takes for each.
const (
	workerPages = 4
	pageTakes   = 20 * time.Millisecond
)

// workerMain is a process that runs the schedule until its standard input ends.
// It writes a line for each run that it begins or takes over: the run, its epoch
// and the time in Unix milliseconds.
func workerMain(url string) int {
	if err := work(context.Background(), url); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func work(ctx context.Context, url string) error {
	lease, err := time.ParseDuration(os.Getenv(leaseVariable))
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError}))
	s, err := postgres.Open(ctx, url, log)
	if err != nil {
		return err
	}
	defer s.Close() //nolint:errcheck // it returns nil
	yield := make(chan struct{})
	name := os.Getenv(nameVariable)
	r := &runner{store: s, now: time.Now, lease: lease, worker: name, yield: yield, pages: workerPages, page: serviceTakes, begun: func(run store.Run) {
		fmt.Println(strconv.FormatInt(run.ID, 10), run.Epoch, time.Now().UnixMilli())
	}}
	scheduler, err := New(ctx, Config{
		Store: s, Queue: Postgres(s.Pool()), Runner: r, Worker: name, Lease: lease, TickEvery: lease / 4, MaxRuns: 4, Log: log, poll: 10 * time.Millisecond,
	})
	if err != nil {
		return err
	}
	if err := scheduler.Start(ctx); err != nil {
		return err
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // until the test ends it
	close(yield)
	ctx, cancel := context.WithTimeout(ctx, endLimit)
	defer cancel()
	return scheduler.Stop(ctx)
}

// serviceTakes is the time that a service takes for a page.
func serviceTakes(ctx context.Context, _ store.Run, _ int64) error {
	select {
	case <-time.After(pageTakes):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
