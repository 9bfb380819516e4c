//go:build unix

package syncer_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
	"patchbay.example/plugin/okta/oktatest"
)

func TestAConnectorThatIsKilledLosesNobody(t *testing.T) {
	for page := 1; page <= 6; page++ {
		t.Run(fmt.Sprintf("at page %d", page), func(t *testing.T) {
			// Connect asks for one user before.
			r := newRig(t, 60, fmt.Sprintf("users:%d:hang-headers", page+1))
			killed := make(chan error, 1)
			go func() {
				r.await(func(s oktatest.Stats) bool { return s.Struck > 0 })
				killed <- syscall.Kill(r.connector.Load().Pid(), syscall.SIGKILL)
			}()
			run := r.sync(store.RunPromoted)
			if err := <-killed; err != nil {
				t.Fatal(err)
			}
			if run.Records != 60 || run.Pages != 6 {
				t.Errorf("the run is reported as %+v", run)
			}
			r.wantDirectory(r.everybody())
			r.wantStoredOnce(6)
		})
	}
}

func TestAWorkerThatIsInterruptedLosesNothing(t *testing.T) {
	const pages = 6
	for k := 1; k < pages; k++ {
		t.Run(fmt.Sprintf("after page %d", k), func(t *testing.T) {
			r := newRig(t, 1)
			r.becomes(oktatest.Settings{CustomUsers: small(pages * pageSize)})
			left := r.interrupt(k)
			if left.Pages != int64(k) || left.Complete || left.Cursor == "" {
				t.Errorf("the run was left with %d pages, want %d", left.Pages, k)
			}
			run := r.sync(store.RunPromoted)
			if run.ID != left.ID || run.Epoch != left.Epoch+1 || run.Records != pages*pageSize || run.Pages != pages {
				t.Errorf("run %d went on as %+v", left.ID, run)
			}
			r.wantDirectory(r.everybody())
			r.wantSource()
			r.wantStoredOnce(pages)
			// Each of the two connected, which asks for one user; the pages after the
			// first have a cursor. When the worker ended, a page was on its way to it,
			// and one was read ahead.
			if s, most := r.tenant.Stats(), pages-1+2; s.UsersContinued > most || s.UsersFirst > 3 {
				t.Errorf("%d pages were asked for with a cursor, %d without, want at most %d and 3", s.UsersContinued, s.UsersFirst, most)
			}
		})
	}
}

// Between the last page and the promotion nothing is left to be asked.
func TestACompleteRunAsksNothingAgain(t *testing.T) {
	r := newRig(t, 30)
	left := r.interrupt(3)
	if !left.Complete {
		t.Fatalf("the run was left as %+v", left)
	}
	before := r.tenant.Stats()
	run := r.sync(store.RunPromoted)
	if run.ID != left.ID || run.Added != 30 {
		t.Errorf("run %d went on as %+v", left.ID, run)
	}
	after := r.tenant.Stats()
	if after.UsersFirst != before.UsersFirst || after.UsersContinued != before.UsersContinued || after.TokensIssued != before.TokensIssued {
		t.Errorf("the tenant was asked again: %+v, before %+v", after, before)
	}
	r.wantDirectory(r.everybody())
}

func TestAnInterruptedRunThatIsOutOfDateIsAbandoned(t *testing.T) {
	for name, c := range map[string]struct {
		version string // of the connector that began it; empty: the same
		change  func(r *rig)
		reason  string
	}{
		"deadline passed":       {"", func(r *rig) { r.pass(syncer.DefaultDeadline) }, syncer.ReasonDeadlinePassed},
		"own deadline passed":   {"", func(r *rig) { r.job.Connection.Deadline = time.Hour; r.pass(2 * time.Hour) }, syncer.ReasonDeadlinePassed},
		"configuration changed": {"", func(r *rig) { r.reconfigure("2") }, syncer.ReasonConfigurationChanged},
		"connector changed":     {"0.0.1", func(*rig) {}, syncer.ReasonConnectorChanged},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 40)
			r.version = c.version
			left := r.interrupt(2)
			r.version = ""
			c.change(r)
			run := r.sync(store.RunPromoted)
			if run.ID <= left.ID || run.Epoch != 1 || run.Pages != 4 {
				t.Errorf("after run %d came %+v, want a new one", left.ID, run)
			}
			old, err := r.Store.Run(t.Context(), left.ID)
			if err != nil || old.Status != store.RunAbandoned || old.Reason != c.reason || old.Message == "" || old.Fix == "" {
				t.Errorf("the interrupted run ended as %s %s %q (%v), want abandoned for %s", old.Status, old.Reason, old.Message, err, c.reason)
			}
			r.wantDirectory(r.everybody())
		})
	}
}

func TestARunThatIsYoungEnoughGoesOn(t *testing.T) {
	r := newRig(t, 40)
	left := r.interrupt(2)
	r.pass(syncer.DefaultDeadline - time.Minute)
	if run := r.sync(store.RunPromoted); run.ID != left.ID {
		t.Errorf("run %d was left behind by %d", left.ID, run.ID)
	}
}

func TestARunThatTakesTooLongFails(t *testing.T) {
	r := newRig(t, 40, "users:page=3:hang-headers")
	r.job.Connection.Deadline = 2 * time.Second
	run, err := r.try(t.Context())
	if err == nil || run.Status != store.RunFailed || run.Reason != syncer.ReasonDeadlinePassed || run.Fix == "" {
		t.Errorf("the run ended as %s %s with %v", run.Status, run.Reason, err)
	}
}

// The service loses our place at each page in turn: the listing begins again,
// and the directory is the same.
func TestALostCursorLosesNobody(t *testing.T) {
	const pages = 5
	for page := 2; page <= pages; page++ {
		t.Run(fmt.Sprintf("at page %d", page), func(t *testing.T) {
			r := newRig(t, pages*pageSize, fmt.Sprintf("users:page=%d:cursor-lost", page))
			run := r.sync(store.RunPromoted)
			if run.Pass != 2 || run.Records != pages*pageSize || run.Pages != pages || r.counted("restart") != 1 {
				t.Errorf("the run is reported as %+v", run)
			}
			r.wantDirectory(r.everybody())
			r.wantSource()
		})
		t.Run(fmt.Sprintf("at page %d, and a crash", page), func(t *testing.T) {
			r := newRig(t, pages*pageSize, fmt.Sprintf("users:page=%d:cursor-lost", page))
			r.interrupt(page) // one page after the listing began again
			r.sync(store.RunPromoted)
			r.wantDirectory(r.everybody())
			r.wantSource()
		})
	}
}

// Somebody who was met before the place was lost, and not after, is gone.
func TestOnlyTheLastPassCounts(t *testing.T) {
	r := newRig(t, 60)
	r.sync(store.RunPromoted)
	before := r.everybody()
	r.becomes(oktatest.Settings{Users: 55}, "users:page=4:cursor-lost")
	run := r.sync(store.RunPromoted)
	if run.Removed != 5 || run.Pass != 2 {
		t.Errorf("the run is reported as %+v", run)
	}
	r.wantDirectory(before[:55])
}

func TestAStoreThatIsOutOfReachInterruptsTheRun(t *testing.T) {
	r := newRig(t, 40)
	full := errors.New("disk full")
	r.afterPage = func(stored int) error {
		if stored == 2 {
			return full
		}
		return nil
	}
	run, err := r.try(t.Context())
	if !errors.Is(err, full) || run.Status != store.RunRunning {
		t.Fatalf("the run ended as %s with %v", run.Status, err)
	}
	r.afterPage = nil
	r.sync(store.RunPromoted)
	r.wantDirectory(r.everybody())
	if log := r.log.text(); !strings.Contains(log, "keeps its checkpoint") {
		t.Errorf("the log does not say that the run is interrupted: %s", log)
	}
}

// A held run is approved while the next one goes on: what that one finds is
// compared with a directory that is gone.
func TestARunThatWasOvertakenIsAbandoned(t *testing.T) {
	r := newRig(t, 40)
	r.sync(store.RunPromoted)
	whole := r.everybody()
	r.becomes(oktatest.Settings{Users: 20})
	held := r.sync(store.RunHeld)
	before := r.storedPages()
	r.afterPage = func(stored int) error {
		if stored != before+2 {
			return nil
		}
		_, err := r.Approve(t.Context(), held.ID, time.Now())
		return err
	}
	r.becomes(oktatest.Settings{Users: 41})
	run, err := r.try(t.Context())
	if !errors.Is(err, store.ErrFenced) {
		t.Errorf("the run ended with %v, want ErrFenced", err)
	}
	if ended, err := r.Store.Run(t.Context(), run.ID); err != nil || ended.Status != store.RunAbandoned {
		t.Errorf("the run that was overtaken is %s (%v)", ended.Status, err)
	}
	r.wantDirectory(whole[:20])
}

func TestARunWhoseBaseIsGoneIsAbandoned(t *testing.T) {
	r := newRig(t, 40)
	r.promoteError = store.ErrBaseMoved
	run := r.sync(store.RunAbandoned)
	if run.Reason != syncer.ReasonDirectoryMoved || run.Message == "" || run.Fix == "" {
		t.Errorf("the run was abandoned for %s: %q %q", run.Reason, run.Message, run.Fix)
	}
}

// farAhead is how long a test waits for a request that must not come: far longer
// than one takes that nothing holds back.
const farAhead = 150 * time.Millisecond

// While a page is being stored, the next one is asked for, and no more: what a
// crash now would have asked for again.
func TestNoMoreIsUnderWayThanWhatACrashMayRepeat(t *testing.T) {
	r := newRig(t, 60)
	r.beforePage = func(stored int) {
		if stored > 1 {
			return
		}
		r.await(func(s oktatest.Stats) bool { return s.UsersContinued >= stored+1 })
		ctx, cancel := context.WithTimeout(t.Context(), farAhead)
		defer cancel()
		if s, err := r.tenant.Await(ctx, func(s oktatest.Stats) bool { return s.UsersContinued > stored+1 }); err == nil {
			t.Errorf("with %d pages stored, %d were asked for after the first", stored, s.UsersContinued)
		}
	}
	r.sync(store.RunPromoted)
	r.wantDirectory(r.everybody())
}
