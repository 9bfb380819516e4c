package main

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

const (
	// warmEvery is how often to look whether the People view is of the directory
	// that stands: one small query, and nothing more where it is.
	warmEvery = 5 * time.Second
	// warmLimit is how long making it may take: a hundred times what 100,000
	// people take.
	warmLimit = 5 * time.Minute
)

// keepWarm makes the People view ahead of whoever asks for it, at the start and
// after each promotion, by whichever process, until sv.cool is called.
func (sv *served) keepWarm(ctx context.Context) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var warming sync.WaitGroup
	sv.cool = func() {
		cancel()
		warming.Wait()
	}
	warming.Go(func() {
		ticker := time.NewTicker(warmEvery)
		defer ticker.Stop()
		for {
			sv.warm(ctx)
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
			}
		}
	})
}

// warm makes the People view, if it is another one than before. Whoever asks for
// it gets the error, too, so that the log alone knows of it here.
func (sv *served) warm(ctx context.Context) {
	limited, cancel := context.WithTimeout(ctx, warmLimit)
	defer cancel()
	if err := sv.directory.Warm(limited); err != nil && ctx.Err() == nil {
		sv.log.WarnContext(ctx, "the People view could not be made", slog.Any("error", err))
	}
}
