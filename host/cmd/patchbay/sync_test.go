package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
	"patchbay.example/internal/wire"
)

// going is an installation whose run goes through stages: one more at each
// look, or when a test says so.
type going struct {
	*scripted

	mu     sync.Mutex
	stages []service.Run
	at     int // below zero: the run has not begun
	shown  int // the stage that was looked at last
	still  bool
}

func (g *going) Connection(ctx context.Context, name string) (service.Connection, error) {
	c, err := g.scripted.Connection(ctx, name)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.at >= 0 && len(g.stages) > 0 {
		g.shown = min(g.at, len(g.stages)-1)
		c.LastRun = &g.stages[g.shown]
	}
	if !g.still {
		g.at++
	}
	return c, err
}

func (g *going) Run(_ context.Context, _ int64) (service.Run, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.stages[g.shown], nil
}

// step lets the run go on by a stage.
func (g *going) step() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.at++
}

// stages are a run that reads two pages and ends so.
func stages(end service.Run) []service.Run {
	first := service.Run{
		ID: end.ID, Connection: "workforce", Status: store.RunRunning, Started: theTime.Add(-10 * time.Second), Step: "stage", Expected: 1000, Pages: 1, Records: 200,
		Log: []service.LogLine{{At: theTime, Text: "Connected to Example."}},
	}
	second := first
	second.Pages, second.Records, second.Waited = 2, 400, service.Duration(3*time.Second)
	second.Log = append(second.Log, service.LogLine{At: theTime, Warning: true, Text: "Okta asks to wait."})
	return []service.Run{first, second, end}
}

func ending(change func(*service.Run)) service.Run {
	r := done()
	r.ID = 50
	change(&r)
	return r
}

func TestSyncEndsAsTheRunDoes(t *testing.T) {
	t.Parallel()
	ended := func(status store.RunStatus, class, reason, message, fix string) service.Run {
		return ending(func(r *service.Run) {
			r.Status, r.Class, r.Reason, r.Message, r.Fix = status, class, reason, message, fix
		})
	}
	ofHeld := held()
	ofHeld.ID = 50
	for _, c := range []struct {
		name           string
		end            service.Run
		flag           string
		code           int
		stdout, stderr string
	}{
		{"promoted", ended(store.RunPromoted, "", "", "", ""), "--now", wire.ExitDone, "workforce: 3 joined, 12 changed, 1 left, 18,189 unchanged. Run 50 took 1m.\n", ""},
		{"held", ofHeld, "--now", wire.ExitHeld, "patchbay runs approve 50 makes it so", "patchbay: run 50 is held for review: This run would remove 5,700 of 18,204 people. Nothing was changed (SHRINK_LIMIT)\nTo fix: Look at the plan"},
		{"planned", ofHeld, "--plan", wire.ExitDone, "By department  Sales 5,000", "Connected to Example."},
		{"refused", ended(store.RunFailed, "PERMISSION_MISSING", "ROLE_MISSING", "The app has no role.", "Give it one."), "--now", wire.ExitRefused, "", "patchbay: run 50 failed: The app has no role (ROLE_MISSING)\nTo fix: Give it one.\n"},
		{"unavailable", ended(store.RunFailed, "SERVICE_UNAVAILABLE", "NETWORK_UNREACHABLE", "No way to it.", ""), "--now", wire.ExitService, "", "patchbay: run 50 failed: No way to it (NETWORK_UNREACHABLE)\n"},
		{"crashed", ended(store.RunFailed, "CONNECTOR_FAULT", "CONNECTOR_CRASHED", "It ended.", ""), "--now", wire.ExitConnector, "", "run 50 failed"},
		{"ours", ended(store.RunFailed, "", "STORE", "The disk is full.", ""), "--now", wire.ExitOurs, "", "run 50 failed: The disk is full (STORE)"},
		{"abandoned", ended(store.RunAbandoned, "", "EARLIER_RUN_APPROVED", "An earlier run was approved.", ""), "--now", wire.ExitOurs, "", "run 50 was abandoned"},
		{"json", ended(store.RunPromoted, "", "", "", ""), "--now --format json", wire.ExitDone, `"status": "promoted"`, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ops := &going{scripted: standing(), stages: stages(c.end), at: -2}
				i := invoke(t, ops, nil, append([]string{"sync", "workforce"}, strings.Fields(c.flag)...)...)
				if i.code != c.code {
					t.Errorf("exit code %d, want %d", i.code, c.code)
				}
				if !strings.Contains(i.stdout.String(), c.stdout) || !strings.Contains(i.stderr.String(), c.stderr) || c.stderr == "" && i.stderr.Len() > 0 {
					t.Errorf("standard output %q, error %q", i.stdout.String(), i.stderr.String())
				}
			})
		})
	}
}

func TestWatchingTellsWhatHappens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ops := &going{scripted: standing(), stages: stages(ending(func(*service.Run) {})), still: true, at: -1}
		go func() {
			for range 3 {
				time.Sleep(9 * time.Second)
				ops.step()
			}
			ops.step()
		}()
		i := invoke(t, ops, nil, "sync", "workforce", "--watch")
		want := "  13:00:00  Connected to Example.\n" +
			"Reading: 200 of about 1,000 people, 1 page, 20 a second\n" +
			"! 13:00:00  Okta asks to wait.\n" +
			"Reading: 400 of about 1,000 people, 2 pages, 40 a second, 3.0 s of it waiting\n"
		if i.code != wire.ExitDone || !strings.HasPrefix(i.stderr.String(), want) {
			t.Errorf("exit code %d, says\n%s\nwant\n%s", i.code, i.stderr.String(), want)
		}
	})
}

// Where no service runs, the command does the run itself, slice by slice.
func TestWhereNoServiceRunsTheCommandDoesTheRun(t *testing.T) {
	t.Parallel()
	for name, errs := range map[string][]error{
		"in one go":       {nil},
		"in slices":       {fmt.Errorf("sync: %w", syncer.ErrYielded), nil},
		"after another":   {fmt.Errorf("sync: %w", store.ErrRunning), store.ErrSlotTaken, nil},
		"failed and said": {errors.New("what the run says, too")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				ops := &going{scripted: standing(), stages: stages(ending(func(*service.Run) {})), still: true, at: -1}
				calls := 0
				run := func(_ context.Context, connection string) error {
					err := errs[calls]
					if calls++; connection != "workforce" {
						t.Errorf("runs %s", connection)
					}
					if calls == len(errs) {
						for range 3 {
							ops.step()
						}
						ops.step()
					}
					return err
				}
				i := invoke(t, ops, opening(ops, run), "sync", "workforce")
				if i.code != wire.ExitDone || calls != len(errs) || !strings.Contains(i.stdout.String(), "Run 50 took") {
					t.Errorf("exit code %d after %d calls; %s%s", i.code, calls, i.stdout.String(), i.stderr.String())
				}
			})
		})
	}
}

func TestARunThatCannotBeginIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ops := &going{scripted: standing(), still: true, at: -1}
		i := invoke(t, ops, opening(ops, func(context.Context, string) error { return errors.New("the disk is full") }), "sync", "workforce")
		if i.code != wire.ExitOurs || !strings.Contains(i.stderr.String(), "the disk is full") {
			t.Errorf("exit code %d, %q", i.code, i.stderr.String())
		}
		began := time.Now()
		i = invoke(t, ops, nil, "sync", "workforce", "--now")
		if i.code != wire.ExitOurs || !strings.Contains(i.stderr.String(), "no run of workforce has begun") {
			t.Errorf("exit code %d, %q", i.code, i.stderr.String())
		}
		if waited := time.Since(began); waited < beginLimit || waited > beginLimit+time.Minute {
			t.Errorf("waited %v", waited)
		}
	})
}

// A run that is under way already is followed, also one that began just now.
func TestARunThatIsUnderWayIsFollowed(t *testing.T) {
	t.Parallel()
	for _, at := range []int{0, -1} {
		testUnderWay(t, at)
	}
}

func testUnderWay(t *testing.T, at int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ops := &going{scripted: standing(), stages: stages(ending(func(*service.Run) {})), at: at}
		ops.errs["SyncNow"] = fmt.Errorf("connection workforce: %w", store.ErrRunning)
		i := invoke(t, ops, nil, "sync", "workforce", "--watch")
		if i.code != wire.ExitDone || !strings.Contains(i.stderr.String(), "workforce is syncing already.") || !strings.Contains(i.stdout.String(), "Run 50 took") {
			t.Errorf("exit code %d, %q", i.code, i.stderr.String())
		}
	})
}

// A signal ends the wait; the run of a command is told to end, and waited for.
func TestASignalEndsTheWait(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ops := &going{scripted: standing(), still: true, at: -1}
		ended := false
		run := func(ctx context.Context, _ string) error {
			<-ctx.Done()
			time.Sleep(5 * time.Second) // the page in hand
			ended = true
			return ctx.Err()
		}
		i := opening(ops, run)
		i.app.stdin, i.app.stdout, i.app.stderr = strings.NewReader(""), &i.stdout, &i.stderr
		stopped := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(3*time.Second, func() { cancel(stopped) })
		root := i.app.command()
		root.SetArgs([]string{"sync", "workforce"})
		err := root.ExecuteContext(ctx)
		if !errors.Is(err, stopped) || !ended || program.ExitCode(ctx, err) == wire.ExitDone {
			t.Errorf("got %v; the run has ended: %v", err, ended)
		}
	})
}

// opening is an invocation where no service runs.
func opening(ops service.Operations, run func(context.Context, string) error) *invocation {
	return &invocation{app: &app{opener: func(context.Context) (opened, error) {
		return opened{ops: ops, run: run, close: func() error { return nil }}, nil
	}}}
}
