//go:build unix

package syncer_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
	"patchbay.example/plugin/okta/oktatest"
)

// planOf reads a held run's plan.
func (r *rig) planOf(run store.Run) syncer.Plan {
	r.Helper()
	var plan syncer.Plan
	if err := json.Unmarshal(run.Plan, &plan); err != nil {
		r.Fatalf("the plan of a held run is %q: %v", run.Plan, err)
	}
	return plan
}

// nameless is a tenant of which nobody can be read, too few to say that the
// service misbehaves.
var nameless = oktatest.Settings{CustomUsers: slices.Repeat([]json.RawMessage{json.RawMessage(`{"status":"ACTIVE"}`)}, 3)}

func TestATenantThatTurnsBadChangesNothing(t *testing.T) {
	for name, c := range map[string]struct {
		turn   func(r *rig)
		status store.RunStatus
		reason string // empty: any
	}{
		"to 200 [] mid-run":       {func(r *rig) { r.order("users:page=3+:role-empty") }, store.RunHeld, syncer.ReasonDirectoryShrinks},
		"to 200 [] at once":       {func(r *rig) { r.order("users:*:role-empty") }, store.RunFailed, "ROLE_SEES_NOBODY"},
		"to 200 [] after Connect": {func(r *rig) { r.becomes(oktatest.Settings{Users: 60}, "users:2+:role-empty") }, store.RunFailed, "ROLE_SEES_NOBODY"},
		"to users without ids":    {func(r *rig) { r.becomes(nameless) }, store.RunHeld, syncer.ReasonNobodyListed},
		"to 403 mid-run":          {func(r *rig) { r.order("users:page=3x*:role-missing") }, store.RunFailed, "ROLE_MISSING"},
		"to half its users":       {func(r *rig) { r.becomes(oktatest.Settings{Users: 30}) }, store.RunHeld, syncer.ReasonDirectoryShrinks},
		"to no link mid-run":      {func(r *rig) { r.order("users:page=3x*:link-missing") }, "", ""},
		"to truncated pages":      {func(r *rig) { r.order("users:page=3x*:truncate-gzip"); r.syncer.WaitBudget = time.Second }, store.RunFailed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 60)
			r.sync(store.RunPromoted)
			before := r.everybody()
			c.turn(r)
			run, err := r.try(t.Context())
			if c.status == "" { // refused, or held: never promoted
				if run.Status != store.RunFailed && run.Status != store.RunHeld {
					t.Errorf("the run ended as %s", run.Status)
				}
			} else if run.Status != c.status {
				t.Fatalf("the run ended as %s with %v: %s %s", run.Status, err, run.Reason, run.Message)
			}
			if c.reason != "" && run.Reason != c.reason || run.Reason == "" || run.Message == "" || run.Fix == "" {
				t.Errorf("the run says %s: %q %q, want %s", run.Reason, run.Message, run.Fix, c.reason)
			}
			r.wantDirectory(before)
		})
	}
}

func TestAHeldRunIsApproved(t *testing.T) {
	r := newRig(t, 60)
	r.sync(store.RunPromoted)
	before := r.everybody()
	r.becomes(oktatest.Settings{Users: 30})
	held := r.sync(store.RunHeld)
	plan := r.planOf(held)
	if plan.Headline != "This run would remove 30 of 60 people. Nothing was changed." || plan.Cause == "" {
		t.Errorf("the plan says %q %q", plan.Headline, plan.Cause)
	}
	if plan.Grouped != 30 || len(plan.Departments) == 0 || len(plan.Statuses) == 0 || len(plan.Samples) != 6 || plan.Samples[0].Name == "" || plan.ConfigurationChanged {
		t.Errorf("the plan is %s", held.Plan)
	}
	if held.Removed != 30 || !strings.Contains(held.Message, plan.Headline) {
		t.Errorf("the held run is reported as %+v: %q", held.Totals, held.Message)
	}
	r.wantDirectory(before)
	if _, err := r.Approve(t.Context(), held.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	r.wantDirectory(before[:30])
}

func TestAHeldRunBlocksNothing(t *testing.T) {
	r := newRig(t, 60)
	r.sync(store.RunPromoted)
	whole := r.tenant
	r.becomes(oktatest.Settings{Users: 30})
	held := r.sync(store.RunHeld)
	r.tenant = whole
	r.sync(store.RunPromoted)
	r.wantDirectory(r.everybody())
	if old, err := r.Store.Run(t.Context(), held.ID); err != nil || old.Status != store.RunSuperseded {
		t.Errorf("the held run is %s (%v), want superseded", old.Status, err)
	}
}

func TestFewerPeopleAfterAChangeOfConfigurationAreNoShrink(t *testing.T) {
	r := newRig(t, 60)
	r.sync(store.RunPromoted)
	before := r.everybody()
	r.becomes(oktatest.Settings{Users: 30})
	r.reconfigure("2")
	if run := r.sync(store.RunPromoted); run.Removed != 30 {
		t.Errorf("the run is reported as %+v", run)
	}
	r.wantDirectory(before[:30])
	// But nobody at all is never believed.
	r.reconfigure("3")
	r.becomes(nameless)
	held := r.sync(store.RunHeld)
	if plan := r.planOf(held); held.Reason != syncer.ReasonNobodyListed || !plan.ConfigurationChanged || !strings.Contains(plan.Cause, "configuration") {
		t.Errorf("the run is held for %s: %s", held.Reason, held.Plan)
	}
	r.wantDirectory(before[:30])
}

// Another key, client or pace says nothing about who there is.
func TestNewCredentialsKeepTheGuard(t *testing.T) {
	r := newRig(t, 60)
	r.sync(store.RunPromoted)
	r.becomes(oktatest.Settings{Users: 30})
	r.job.Connection.Config = []byte(`{"client_id":"another","key_id":"another","rate_limit_share":80}`)
	if held := r.sync(store.RunHeld); held.Reason != syncer.ReasonDirectoryShrinks {
		t.Errorf("the run is held for %s", held.Reason)
	}
}

func TestAShrinkLimitOfOnesOwn(t *testing.T) {
	r := newRig(t, 60)
	r.job.Connection.ShrinkPercent = 60
	r.sync(store.RunPromoted)
	before := r.everybody()
	r.becomes(oktatest.Settings{Users: 30})
	r.sync(store.RunPromoted)
	r.wantDirectory(before[:30])
}

func TestARunThatWasAskedForAsAPlanIsHeld(t *testing.T) {
	r := newRig(t, 40)
	r.job.Trigger = store.WhyPlan
	first := r.sync(store.RunHeld)
	if first.Reason != syncer.ReasonPlanRequested || !strings.HasPrefix(first.Message, "This run would add 40 people. Nothing was changed.") || first.Fix == "" {
		t.Errorf("the run is held for %s: %q %q", first.Reason, first.Message, first.Fix)
	}
	r.wantDirectory(nil)
	if _, err := r.Approve(t.Context(), first.ID, time.Now()); err != nil {
		t.Fatal(err)
	}
	r.wantDirectory(r.everybody())
	before := r.everybody()
	again := r.sync(store.RunHeld)
	if plan := r.planOf(again); again.Reason != syncer.ReasonPlanRequested || plan.Headline != "This run would add, change and remove nobody. Nothing was changed." {
		t.Errorf("a run that would change nothing is held for %s: %q", again.Reason, plan.Headline)
	}
	r.becomes(oktatest.Settings{Users: 20})
	fewer := r.sync(store.RunHeld)
	if plan := r.planOf(fewer); fewer.Reason != syncer.ReasonPlanRequested || plan.Headline != "This run would change 20 people and remove 20. Nothing was changed." || !strings.Contains(plan.Cause, "held for review as well") || plan.Grouped != 20 {
		t.Errorf("a run that would remove many is held for %s: %s", fewer.Reason, fewer.Plan)
	}
	r.wantDirectory(before)
}
