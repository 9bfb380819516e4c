//go:build unix

package syncer_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
	"patchbay.example/plugin/okta/oktatest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestTheLogOfARun(t *testing.T) {
	r := newRig(t, 45)
	r.syncer.Worker = "first"
	run := r.sync(store.RunPromoted)
	r.wantNotes(run,
		"Begun (manual) on worker first, with connector version "+run.ConnectorVersion+".",
		"The listing is complete: 5 pages, 45 people, ",
		"Promoted: 45 joined, 0 changed, 0 left, 0 did not change; 0 records could not be read.")
	if listed := r.notes(run)[1]; !strings.Contains(listed, "MiB of memory") && !strings.Contains(listed, "KiB of memory") {
		t.Errorf("the log does not say what memory the connector took: %q", listed)
	}
}

func TestTheLogOfARunThatIsHeld(t *testing.T) {
	r := newRig(t, 60)
	r.sync(store.RunPromoted)
	r.becomes(oktatest.Settings{Users: 30})
	r.wantNotes(r.sync(store.RunHeld), "Held for review (DIRECTORY_SHRINKS): 0 would join, 30 would change, 30 would be removed.")
}

func TestTheLogOfARunThatFails(t *testing.T) {
	r := newRig(t, 60, "users:page=3x*:role-missing")
	r.wantNotes(r.sync(store.RunFailed), "Failed (ROLE_MISSING) after 2 pages and 20 people; the directory stands as it was.")
}

func TestTheLogOfARunThatGoesOn(t *testing.T) {
	r := newRig(t, 40)
	r.interrupt(2)
	r.syncer.Worker = "second"
	r.wantNotes(r.sync(store.RunPromoted), "Begun", "Goes on after 2 pages on worker second.", "The listing is complete: 4 pages", "Promoted: ")
}

func TestTheLogOfARunThatIsAbandoned(t *testing.T) {
	r := newRig(t, 40)
	left := r.interrupt(3)
	r.reconfigure("2")
	r.sync(store.RunPromoted)
	r.wantNotes(left, "Begun", "Abandoned (CONFIGURATION_CHANGED) after 3 pages and 30 people")
}

func TestTheLogTellsOfTrouble(t *testing.T) {
	for name, c := range map[string]struct{ fault, line string }{
		"a lost place": {"users:page=3:cursor-lost", "The service lost our place, and the listing begins again: "},
		"a wait":       {"users:page=2:429=2s", "The connector waits until "},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 40, c.fault)
			run := r.sync(store.RunPromoted)
			r.wantNotes(run, "Begun", c.line, "The listing is complete: ")
			if n := strings.Count(strings.Join(r.notes(run), "\n"), c.line); n != 1 {
				t.Errorf("it is told %d times", n)
			}
		})
	}
}

func TestTheLogTellsOfAConnectorThatDied(t *testing.T) {
	r := newRig(t, 40, "users:3:hang-headers")
	killed := make(chan error, 1)
	go func() {
		r.await(func(s oktatest.Stats) bool { return s.Struck > 0 })
		killed <- syscall.Kill(r.connector.Load().Pid(), syscall.SIGKILL)
	}()
	run := r.sync(store.RunPromoted)
	if err := <-killed; err != nil {
		t.Fatal(err)
	}
	r.wantNotes(run, "The connector's process has ended and is started again, attempt 1: CONNECTOR_CRASHED.", "How the connector's processes ended: process ")
}

// The log names places and reasons, and nobody.
func TestTheLogOfWhatCouldNotBeRead(t *testing.T) {
	r := newRig(t, 1)
	r.becomes(oktatest.Settings{CustomUsers: slices.Concat(slices.Repeat(nameless.CustomUsers[:1], 25), small(30))})
	run := r.sync(store.RunFailed)
	lines := r.notes(run)
	told := 0
	for _, line := range lines {
		if strings.HasPrefix(line, "A record could not be read (listed users, page ") {
			told++
		}
	}
	if told != 20 || !slices.Contains(lines, "More records could not be read; the run counts them.") {
		t.Errorf("%d records are told of:\n%s", told, strings.Join(lines, "\n"))
	}
	for id := range r.tenant.IDs() {
		if id != "" && strings.Contains(strings.Join(lines, "\n"), id) {
			t.Errorf("the log names %s:\n%s", id, strings.Join(lines, "\n"))
		}
	}
}

func TestARunGoesOnWithoutItsLog(t *testing.T) {
	r := newRig(t, 20)
	r.noteError = errors.New("disk full")
	r.sync(store.RunPromoted)
	if !strings.Contains(r.log.text(), "could not be stored") {
		t.Error("nobody is told that the run's log is not kept")
	}
}

func TestWhatTheConnectorFoundIsPassedOn(t *testing.T) {
	r := newRig(t, 20)
	var answers []*connectorv1.ConnectResponse
	r.syncer.Connected = func(_ context.Context, c store.Connection, response *connectorv1.ConnectResponse) {
		if c.ID != r.job.Connection.ID {
			t.Errorf("it is told of connection %d", c.ID)
		}
		answers = append(answers, response)
	}
	r.sync(store.RunPromoted)
	r.order("users:*:role-missing")
	r.sync(store.RunFailed)
	if len(answers) != 2 || answers[0].HasRefusal() || !answers[1].HasRefusal() || len(answers[0].GetChecks()) == 0 || len(answers[1].GetChecks()) == 0 {
		t.Errorf("what was passed on is %v", answers)
	}
}

// Why a connector could not be started is a matter for the run, which must not
// wait for it for ever.
func TestAConnectorThatCannotBeStartedFailsTheRun(t *testing.T) {
	r := newRig(t, 40)
	launch := r.syncer.Launch
	r.syncer.Launch = func(context.Context, store.Connection) (*host.Connector, error) {
		return nil, errors.New("the folder of connectors is gone")
	}
	failed := r.sync(store.RunFailed)
	if failed.Reason != syncer.ReasonConnectorNotStarted || !strings.Contains(failed.Message, "the folder of connectors is gone") || failed.Fix == "" {
		t.Errorf("the run failed as %s: %q %q", failed.Reason, failed.Message, failed.Fix)
	}
	cannot := r.syncer.Launch
	r.syncer.Launch = launch
	left := r.interrupt(2)
	r.syncer.Launch = cannot
	if run, err := r.try(t.Context()); err == nil || run.ID != left.ID || run.Status != store.RunRunning || run.Pages != 2 {
		t.Errorf("a run with pages ended as %+v (%v), want it with its checkpoint", run, err)
	}
	r.pass(syncer.DefaultDeadline + time.Minute)
	if run := r.sync(store.RunFailed); run.ID != left.ID || run.Reason != syncer.ReasonConnectorNotStarted {
		t.Errorf("after its deadline the run is %+v", run)
	}
}
