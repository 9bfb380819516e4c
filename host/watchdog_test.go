package host

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestTheWatchdogBitesOnlyWhoeverIsWaitedFor(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(*watchdog)
		quiet   time.Duration // no bite until then
		bites   time.Duration // a bite by then; 0: none in an hour
	}{
		{"waited for", func(w *watchdog) { w.watch() }, 4 * time.Minute, 6*time.Minute + 15*time.Second},
		{"the consumer works", func(w *watchdog) { w.watch(); w.rest() }, time.Hour, 0},
		{"a wait was announced", func(w *watchdog) { w.announce(time.Minute); w.watch() }, 6 * time.Minute, 6*time.Minute + 15*time.Second},
		{"a wait of days", func(w *watchdog) { w.announce(48 * time.Hour); w.watch() }, 7 * time.Minute, 7*time.Minute + 15*time.Second},
		{"a wait that is over", func(w *watchdog) { w.announce(-time.Hour); w.watch() }, 5 * time.Minute, 5*time.Minute + 15*time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				w := startWatchdog(ctx, 5*time.Minute, func(context.Context) error { return nil }, cancel)
				tt.prepare(w)
				time.Sleep(tt.quiet - time.Second)
				if ctx.Err() != nil {
					t.Errorf("it bit before %s: %s", tt.quiet, w.finding())
				}
				if tt.bites > 0 {
					time.Sleep(tt.bites - tt.quiet + time.Second)
					if !strings.Contains(w.finding(), "no sign of life") {
						t.Errorf("after %s it has found %q", tt.bites, w.finding())
					}
				}
				cancel()
				<-w.done
			})
		})
	}
}

func TestAProcessThatDoesNotAnswerIsFoundSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		deaf := func(ctx context.Context) error {
			<-ctx.Done()
			return status.FromContextError(ctx.Err()).Err()
		}
		w := startWatchdog(ctx, time.Hour, deaf, cancel)
		w.watch()
		time.Sleep(time.Minute)
		if got := w.finding(); !strings.Contains(got, "did not answer") {
			t.Errorf("found %q", got)
		}
		<-w.done
	})
}

func TestAnyAnswerIsASignOfLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		answers := func(context.Context) error { return status.Error(codes.Unimplemented, "no health service") }
		w := startWatchdog(ctx, time.Hour, answers, cancel)
		w.watch()
		time.Sleep(30 * time.Minute)
		if got := w.finding(); got != "" {
			t.Errorf("found %q", got)
		}
		cancel()
		<-w.done
	})
}

func TestWaitsAddUpByReasonAgainstTheBudget(t *testing.T) {
	now := time.Now()
	at := func(seconds int) time.Time { return now.Add(time.Duration(seconds) * time.Second) }
	w := waits{budget: time.Minute}
	steps := []struct {
		second int
		until  int
		reason string
		spent  bool
	}{
		{0, 30, "RATE_LIMITED", false},
		{20, 30, "RATE_LIMITED", false},
		{30, 60, "RETRY", false},
		{60, 66, "RETRY", true},
	}
	for _, step := range steps {
		err := w.note(Wait{Until: at(step.until), Reason: step.reason}, at(step.second))
		if (err != nil) != step.spent {
			t.Errorf("second %d: %v, want spent %v", step.second, err, step.spent)
		}
	}
	w.end(at(61))
	if w.by["RATE_LIMITED"] != 30*time.Second || w.by["RETRY"] != 31*time.Second {
		t.Errorf("waited %v", w.by)
	}
	if left, limited := w.left(); left != 0 || !limited {
		t.Errorf("left %s, limited %v, want nothing", left, limited)
	}
	none := waits{budget: -1}
	if left, limited := none.left(); left != 0 || !limited {
		t.Errorf("no wait at all: left %s, limited %v", left, limited)
	}
	if _, limited := (&waits{}).left(); limited {
		t.Error("no budget is a limit")
	}
}

// A connector that reads ahead announces the wait for page 5 before it sends
// page 4: the page does not end the wait, and the time after it is no wait.
func TestAWaitLastsUntilItsEndWhateverComesMeanwhile(t *testing.T) {
	now := time.Now()
	at := func(seconds int) time.Time { return now.Add(time.Duration(seconds) * time.Second) }
	var w waits
	if err := w.note(Wait{Until: at(30), Reason: "RATE_LIMITED"}, at(0)); err != nil {
		t.Fatal(err)
	}
	w.settle(at(1))
	w.settle(at(45))
	w.end(at(60))
	if got := w.by["RATE_LIMITED"]; got != 30*time.Second {
		t.Errorf("waited %s, want 30s", got)
	}
}
