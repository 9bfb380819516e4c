package syncer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"

	"patchbay.example/host"
	"patchbay.example/internal/store"
)

// The reasons of a held run.
const (
	// ReasonNobodyListed: the service listed nobody.
	ReasonNobodyListed = "NOBODY_LISTED"
	// ReasonPlanRequested: somebody asked what the run would do.
	ReasonPlanRequested = "PLAN_REQUESTED"
	// ReasonDirectoryShrinks: many fewer people would have access.
	ReasonDirectoryShrinks = "DIRECTORY_SHRINKS"
)

const (
	// leastFewer is how many people's access a run takes at least before it is
	// held, whatever the share: in a company of 20, five leavers are a Friday.
	leastFewer = 10

	// A run that could not read more than unreadablePercent of the records, and
	// at least leastUnreadable, fails, as it does in [host.Connector.Sync].
	unreadablePercent = 1
	leastUnreadable   = 10
)

// checkListed looks at what a complete listing has brought, and fails a run that
// left out too much. The host has counted what this worker asked for; of a run
// that was interrupted, that is only the rest.
func (w *worker) checkListed(ctx context.Context) error {
	run, err := w.Store.Run(ctx, w.run.ID)
	if err != nil {
		return fmt.Errorf("read the run: %w", err)
	}
	w.run.Totals = run.Totals
	if !w.run.Complete { // as it was when this worker got it
		w.noteListed(ctx, run)
	}
	left, all := run.Quarantined, run.Quarantined+run.Records
	if !w.resumed || left < leastUnreadable || left*100 <= all*unreadablePercent {
		return nil
	}
	return &host.Fault{
		Reason:  host.RecordsUnreadable,
		Message: fmt.Sprintf("%d of %d records could not be read, more than %d %%", left, all, unreadablePercent),
	}
}

// verdict is what the guard says of a complete run.
type verdict struct {
	plan        *Plan // nil: to be promoted
	reason, fix string
}

// guard compares the complete run with the directory that stands.
func (w *worker) guard(ctx context.Context) (verdict, error) {
	comparison, err := w.Store.Compare(ctx, w.fence())
	if err != nil {
		return verdict{}, fmt.Errorf("compare with the directory: %w", err)
	}
	reconfigured, err := w.reconfigured(ctx)
	if err != nil {
		return verdict{}, err
	}
	v := verdict{reason: judge(comparison, w.run.Records, w.job.Connection.ShrinkPercent)}
	if reconfigured && v.reason == ReasonDirectoryShrinks {
		w.log.InfoContext(ctx, "fewer people have access because the configuration changed what is listed",
			slog.Int64("before", comparison.StandsWithAccess), slog.Int64("after", comparison.WithAccess))
		v.reason = ""
	}
	judged := v.reason
	if w.run.Trigger == string(store.WhyPlan) {
		v.reason = ReasonPlanRequested
	}
	if v.reason == "" {
		return verdict{}, nil
	}
	vanishing, err := w.Store.Vanishing(ctx, w.run.ID, maxGrouped)
	if err != nil {
		return verdict{}, fmt.Errorf("see who would go: %w", err)
	}
	plan := newPlan(v.reason, comparison, reconfigured, vanishing)
	v.plan, v.fix = &plan, "Look at who would go. Approve the run if that is right; else discard it, and correct the cause."
	if v.reason == ReasonPlanRequested {
		v.fix = "Approve the run to make it the directory, or discard it."
		if judged != "" {
			plan.Cause += " Another run would be held for review as well. " + plan.cause(judged)
		}
	}
	return v, nil
}

// judge says why a run is to be held; empty: it is not. percent is the
// connection's limit; 0: [store.DefaultShrinkPercent].
func judge(c store.Comparison, records int64, percent int) string {
	if percent <= 0 {
		percent = store.DefaultShrinkPercent
	}
	fewer := c.StandsWithAccess - c.WithAccess
	switch {
	case records == 0:
		return ReasonNobodyListed
	case fewer >= leastFewer && fewer*100 > c.StandsWithAccess*int64(percent):
		return ReasonDirectoryShrinks
	default:
		return ""
	}
}

// reconfigured reports whether the directory that stands was listed under
// another configuration.
func (w *worker) reconfigured(ctx context.Context) (bool, error) {
	if w.run.Base == 0 {
		return false, nil
	}
	base, err := w.Store.Run(ctx, w.run.Base)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read the run that stands: %w", err)
	}
	return !bytes.Equal(base.ConfigHash, w.hash), nil
}
