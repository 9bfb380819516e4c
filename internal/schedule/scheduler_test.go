package schedule

import (
	"context"
	"errors"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

// A job whose process was killed before it claimed a run stays running for
// River, which would rescue it in ten minutes.
func TestAJobThatDiedBeforeItClaimedItsRunIsReplaced(t *testing.T) {
	b := newBench(t)
	c := b.add("acme")
	scheduler, err := New(t.Context(), b.config)
	if err != nil {
		t.Fatal(err)
	}
	if err := scheduler.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := b.alter(`UPDATE river_job SET state = 'running', attempt = 1, attempted_at = datetime('now', '-30 seconds') WHERE kind = 'sync'`); n != 1 {
		t.Fatalf("%d jobs for a connection that is due, want 1", n)
	}
	if err := scheduler.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n := b.count(`SELECT count(*) FROM river_job WHERE kind = 'sync'`); n != 1 {
		t.Errorf("%d jobs while the first may be at work, want 1", n)
	}
	b.alter(`UPDATE river_job SET attempted_at = datetime('now', '-2 minutes') WHERE kind = 'sync'`)
	b.start()
	b.await("the run", func() bool { return b.connection(c.Name).Schedule.Settled > 0 })
	if runs := b.runs(c.ID); len(runs) != 1 || runs[0].Status != store.RunPromoted {
		t.Errorf("the runs are %+v, want one that is promoted", runs)
	}
}

// What our own machine could not do is tried again after a while, and by nobody
// before that.
func TestAnInterruptedRunWaitsBeforeItGoesOn(t *testing.T) {
	b := newBench(t)
	var full atomic.Bool
	full.Store(true)
	b.runner.page = func(_ context.Context, _ store.Run, page int64) error {
		if page == 1 && full.Load() {
			return errors.New("the disk is full")
		}
		return nil
	}
	b.start()
	c := b.add("acme")
	b.scheduler.Wake()
	b.poll("a job that waits", `SELECT count(*) FROM river_job WHERE kind = 'sync' AND state = 'scheduled'`)
	for range 3 {
		if err := b.scheduler.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if run := b.runs(c.ID)[0]; run.Status != store.RunRunning || run.Epoch != 1 || run.Pages != 1 {
		t.Errorf("while it waits the run is %s, epoch %d, %d pages", run.Status, run.Epoch, run.Pages)
	}
	full.Store(false)
	b.alter(`UPDATE river_job SET state = 'available', scheduled_at = datetime('now') WHERE state = 'scheduled'`)
	b.await("the rest of the run", func() bool { return b.connection(c.Name).Schedule.Settled > 0 })
	if runs := b.runs(c.ID); len(runs) != 1 || runs[0].Status != store.RunPromoted || runs[0].Epoch != 2 || runs[0].Pages != 2 {
		t.Errorf("the runs are %+v, want one that went on", runs)
	}
}

// A run that does not come to the end of its page in time is cancelled, keeps
// its checkpoint, and goes on after the next start.
func TestStopCancelsWhatDoesNotEndInTime(t *testing.T) {
	b := newBench(t)
	var stuck atomic.Bool
	stuck.Store(true)
	b.runner.page = func(ctx context.Context, _ store.Run, page int64) error {
		if page == 1 && stuck.Load() {
			b.tell()
			<-ctx.Done()
			return ctx.Err()
		}
		return nil
	}
	b.start()
	c := b.add("acme")
	b.scheduler.Wake()
	b.await("the first page", func() bool {
		runs := b.runs(c.ID)
		return len(runs) == 1 && runs[0].Pages == 1
	})
	over, cancel := context.WithCancel(t.Context())
	cancel()
	if err := b.scheduler.Stop(over); err != nil {
		t.Fatal(err)
	}
	stuck.Store(false)
	b.start()
	b.await("the rest of the run", func() bool { return b.connection(c.Name).Schedule.Settled > 0 })
	if runs := b.runs(c.ID); len(runs) != 1 || runs[0].Status != store.RunPromoted || runs[0].Epoch != 2 {
		t.Errorf("the runs are %+v, want one that went on", runs)
	}
}

// Somebody who asks for a run while nothing is due gets one at once.
func TestWhatSomebodyAsksForRunsAtOnce(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		b.start()
		c := b.add("acme")
		b.runOnce(c.Name)
		b.passTo(at(1))
		if err := b.Plan(t.Context(), RunNow(b.connection(c.Name), b.now(), store.WhyManual)); err != nil {
			t.Fatal(err)
		}
		b.runOnce(c.Name)
		runs := b.runs(c.ID)
		if len(runs) != 2 || runs[1].Trigger != string(store.WhyManual) || !runs[1].Started.Equal(at(1)) {
			t.Fatalf("the runs are %+v", runs)
		}
		if got := b.connection(c.Name).Schedule; !got.Next.Equal(at(6)) || got.Why != store.WhySchedule {
			t.Errorf("the next is %v (%s), want %v", got.Next, got.Why, at(6))
		}
	})
}

func TestAPausedConnectionIsNotRun(t *testing.T) {
	b := newBench(t)
	b.start()
	paused, other := b.add("paused"), b.add("running")
	if err := b.Plan(t.Context(), Pause(paused)); err != nil {
		t.Fatal(err)
	}
	b.runOnce(other.Name)
	b.runOnce(other.Name)
	if runs := b.runs(paused.ID); len(runs) != 0 {
		t.Errorf("it has %d runs", len(runs))
	}
}

// One sweep is ordered in an hour, however many processes look.
func TestSweepsComeHourly(t *testing.T) {
	b := newBench(t)
	for range 3 {
		for range 2 {
			scheduler, err := New(t.Context(), b.config)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if err := scheduler.Tick(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
		}
		b.passTo(b.now().Add(time.Hour))
	}
	if n := b.count(`SELECT count(*) FROM river_job WHERE kind = 'sweep'`); n != 3 {
		t.Errorf("%d sweeps in three hours, want 3", n)
	}
}

// A command runs a connection without anybody who serves.
func TestRunOneRunsWhatIsPlanned(t *testing.T) {
	eachStore(t, func(t *testing.T, b *bench) {
		r := newReceiver(b, http.StatusNoContent)
		scheduler, err := New(t.Context(), b.config)
		if err != nil {
			t.Fatal(err)
		}
		c := b.add("acme")
		if err := scheduler.RunOne(t.Context(), "acme"); err != nil {
			t.Fatal(err)
		}
		if got := b.connection("acme"); got.State() != store.StateActive || got.Schedule.Settled != got.LastRun.ID || !got.Schedule.Next.Equal(at(6)) {
			t.Errorf("after the run it is %s, next at %v", got.State(), got.Schedule.Next)
		}

		b.runner.page = func(context.Context, store.Run, int64) error { return errDied }
		if err := scheduler.RunOne(t.Context(), "acme"); err == nil {
			t.Error("a worker that died reports nothing")
		}
		if err := scheduler.RunOne(t.Context(), "acme"); !errors.Is(err, store.ErrRunning) {
			t.Errorf("RunOne while the lease lasts = %v, want store.ErrRunning", err)
		}
		b.passTo(b.now().Add(time.Hour))
		b.runner.page = nil
		b.outcomes(store.Finish{Status: store.RunFailed, Reason: "A", Message: "m"})
		if err := scheduler.RunOne(t.Context(), "acme"); err == nil || err.Error() != "A" {
			t.Errorf("RunOne of a run that fails = %v, want the Runner's error", err)
		}
		if runs := b.runs(c.ID); len(runs) != 2 || runs[1].Epoch != 2 {
			t.Errorf("the runs are %+v, want two, the second taken over", runs)
		}
		if got := len(r.deliveries()); got != 1 {
			t.Errorf("%d notifications, want 1", got)
		}

		if err := b.Plan(t.Context(), Pause(c)); err != nil {
			t.Fatal(err)
		}
		if err := scheduler.RunOne(t.Context(), "acme"); !errors.Is(err, store.ErrSlotTaken) {
			t.Errorf("RunOne without a plan = %v, want store.ErrSlotTaken", err)
		}
		if err := scheduler.RunOne(t.Context(), "other"); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("RunOne of no connection = %v, want store.ErrNotFound", err)
		}
		if err := scheduler.Stop(t.Context()); err != nil {
			t.Errorf("Stop without Start = %v", err)
		}
	})
}

// alter changes River's jobs, and returns how many.
func (b *bench) alter(sql string) int64 {
	b.Helper()
	result, err := b.jobs.ExecContext(b.Context(), sql)
	if err != nil {
		b.Fatal(err)
	}
	n, err := result.RowsAffected()
	if err != nil {
		b.Fatal(err)
	}
	return n
}

// poll waits until a query counts one row: River tells nobody of its own rows.
func (b *bench) poll(what, sql string) {
	b.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for end := time.After(endLimit); b.count(sql) != 1; {
		select {
		case <-look.C:
		case <-end:
			b.Fatalf("%s: did not happen", what)
		}
	}
}

func (b *bench) count(sql string) (n int) {
	b.Helper()
	if err := b.jobs.QueryRowContext(b.Context(), sql).Scan(&n); err != nil {
		b.Fatal(err)
	}
	return n
}
