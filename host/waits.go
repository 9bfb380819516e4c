package host

import "time"

// waitBudgetSlack is what host and connector may differ by: the connector
// refuses by its own account when the budget is spent, and that says more than
// what the host can.
const waitBudgetSlack = 5 * time.Second

// waits adds up a run's announced waits.
type waits struct {
	budget time.Duration // 0: none; negative: no wait at all
	total  time.Duration
	by     map[string]time.Duration

	since, until time.Time // of the wait in progress; zero when there is none
	reason       string
}

// note begins a wait, or goes on with it. WAIT_BUDGET_SPENT says that it would
// be too long.
func (w *waits) note(wait Wait, now time.Time) error {
	w.end(now)
	w.since, w.until, w.reason = now, wait.Until, wait.Reason
	if ahead := max(0, wait.Until.Sub(now)); w.budget != 0 && w.total+ahead > max(0, w.budget)+waitBudgetSlack {
		return faultf(WaitBudgetSpent, "the connector wants to wait %s more (%s), has waited %s, and may wait %s altogether",
			ahead.Round(time.Second), wait.Reason, w.total.Round(time.Second), max(0, w.budget))
	}
	return nil
}

// settle ends the wait in progress if its time is over. Any other event may
// come while it lasts: a connector that reads ahead waits for the page after
// the one that it sends.
func (w *waits) settle(now time.Time) {
	if !now.Before(w.until) {
		w.end(now)
	}
}

// end ends the wait in progress, if any, no later than it was announced to.
func (w *waits) end(now time.Time) {
	if w.since.IsZero() {
		return
	}
	if w.by == nil {
		w.by = map[string]time.Duration{}
	}
	if now.After(w.until) {
		now = w.until
	}
	waited := max(0, now.Sub(w.since))
	w.by[w.reason] += waited
	w.total += waited
	w.since = time.Time{}
}

// left is what may still be waited; false for no limit.
func (w *waits) left() (time.Duration, bool) {
	return max(0, w.budget-w.total), w.budget != 0
}
