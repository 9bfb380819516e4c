package syncer

import (
	"context"
	"time"

	"patchbay.example/internal/killpoint"
	"patchbay.example/internal/store"
)

// points is a store with a kill point before and after each write of a run, and
// between the comparison of a page and its transaction. Only the renewal of the
// lease has none: it comes when it comes, and changes nothing that is seen. In
// ordinary builds the calls go straight through.
type points struct{ Store }

// around is called when a write begins, and what it returns when it has ended.
func around(write string) func() {
	if !killpoint.Enabled {
		return func() {}
	}
	killpoint.Here(write + ".before")
	return func() { killpoint.Here(write + ".after") }
}

func (p points) TakeOver(ctx context.Context, run int64, worker string, now, leaseUntil time.Time) (store.Run, error) {
	defer around("TakeOver")()
	return p.Store.TakeOver(ctx, run, worker, now, leaseUntil)
}

func (p points) BeginRun(ctx context.Context, b store.Begin) (store.Run, error) {
	defer around("BeginRun")()
	return p.Store.BeginRun(ctx, b)
}

func (p points) Note(ctx context.Context, run int64, n store.Note) error {
	defer around("Note")()
	return p.Store.Note(ctx, run, n)
}

func (p points) Release(ctx context.Context, f store.Fence, now time.Time) error {
	defer around("Release")()
	return p.Store.Release(ctx, f, now)
}

func (p points) StagePage(ctx context.Context, f store.Fence, page store.StagedPage) error {
	defer around("StagePage")()
	if killpoint.Enabled && len(page.Records) > 0 {
		last := &page.Records[len(page.Records)-1]
		version := last.Version
		last.Version = func() store.Version {
			killpoint.Here("StagePage.compared")
			return version()
		}
	}
	return p.Store.StagePage(ctx, f, page)
}

func (p points) Quarantine(ctx context.Context, f store.Fence, q store.Quarantine) error {
	defer around("Quarantine")()
	return p.Store.Quarantine(ctx, f, q)
}

func (p points) Restart(ctx context.Context, f store.Fence) error {
	defer around("Restart")()
	return p.Store.Restart(ctx, f)
}

func (p points) Finish(ctx context.Context, f store.Fence, end store.Finish) error {
	defer around("Finish")()
	return p.Store.Finish(ctx, f, end)
}

func (p points) Promote(ctx context.Context, f store.Fence, now time.Time) (store.Run, error) {
	defer around("Promote")()
	return p.Store.Promote(ctx, f, now)
}
