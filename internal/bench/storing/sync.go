package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"patchbay.example/internal/store"
)

const (
	// pageSize is how many people Okta lists at once.
	pageSize = 200
	// lease is long enough that nobody takes the benchmark's runs over.
	lease = time.Hour
	// readEvery is how often the reader looks somebody up: often enough to meet
	// each wait, and seldom enough to leave the run its time.
	readEvery = 2 * time.Millisecond
)

// syncAll measures the cases, one after the other, in an empty store.
func syncAll(ctx context.Context, s store.Store, people *people) ([]sample, error) {
	connection, err := s.AddConnection(ctx, store.Connection{Name: "benchmark", Connector: "benchmark", Resource: "users", Created: began, Updated: began})
	if err != nil {
		return nil, err
	}
	var samples []sample
	for _, c := range cases {
		one, err := measureCase(ctx, s, connection, people, c)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", c.name, err)
		}
		samples = append(samples, one)
	}
	return samples, nil
}

// measureCase is a run with a reader beside it.
func measureCase(ctx context.Context, s store.Store, connection int64, people *people, c change) (sample, error) {
	reading, stop := context.WithCancel(ctx)
	read := make(chan error, 1)
	var wait time.Duration
	go func() {
		var err error
		wait, err = readOn(reading, s, connection, len(people.words))
		read <- err
	}()
	started := time.Now()
	promote, err := run(ctx, s, connection, people, c)
	whole := time.Since(started)
	stop()
	return sample{whole, promote, wait}, errors.Join(err, <-read)
}

// run stages everybody and promotes, and says how long promoting took.
func run(ctx context.Context, s store.Store, connection int64, people *people, c change) (time.Duration, error) {
	begun, err := s.BeginRun(ctx, store.Begin{ConnectionID: connection, Trigger: "manual", Now: began, LeaseUntil: began.Add(lease)})
	if err != nil {
		return 0, err
	}
	fence := store.Fence{Run: begun.ID, Epoch: begun.Epoch}
	n := len(people.words)
	for first := 0; first < n; first += pageSize {
		page := store.StagedPage{LeaseUntil: began.Add(lease)}
		after := min(first+pageSize, n)
		if after < n {
			page.Cursor = id(after)
		}
		for person := first; person < after; person++ {
			page.Records = append(page.Records, people.record(person, c))
		}
		if err := s.StagePage(ctx, fence, page); err != nil {
			return 0, err
		}
	}
	promoting := time.Now()
	_, err = s.Promote(ctx, fence, began)
	return time.Since(promoting), err
}

// readOn looks up people until ctx ends, and says how long one took at most.
func readOn(ctx context.Context, s store.Store, connection int64, n int) (time.Duration, error) {
	var longest time.Duration
	tick := time.NewTicker(readEvery)
	defer tick.Stop()
	for person := 0; ; person = (person + 7919) % n { // a prime: all over the directory
		select {
		case <-ctx.Done():
			return longest, nil
		case <-tick.C:
		}
		started := time.Now()
		_, err := s.Person(ctx, connection, id(person))
		longest = max(longest, time.Since(started))
		if err != nil && ctx.Err() == nil && !errors.Is(err, store.ErrNotFound) { // nobody is there before the first promotion
			return longest, err
		}
	}
}
