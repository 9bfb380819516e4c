//go:build unix

package syncer_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/host"
	"patchbay.example/internal/store"
	"patchbay.example/internal/syncer"
	"patchbay.example/plugin/okta/oktatest"
)

func TestTheFirstRunMakesTheDirectory(t *testing.T) {
	r := newRig(t, 45)
	run := r.sync(store.RunPromoted)
	if run.Records != 45 || run.Pages != 5 || run.Added != 45 || run.Removed != 0 || run.Quarantined != 0 || run.Bytes == 0 || run.Trigger != "manual" || run.ConnectorVersion == "" {
		t.Errorf("the run is reported as %+v", run)
	}
	r.wantDirectory(r.everybody())
	r.wantSource()
	r.wantStoredOnce(5)
	connection, err := r.Connection(t.Context(), "acme")
	if err != nil || connection.People != 45 || connection.Generation != run.ID || connection.State() != store.StateActive {
		t.Errorf("the connection stands as %s at %d with %d people (%v)", connection.State(), connection.Generation, connection.People, err)
	}
	if log := r.log.text(); !strings.Contains(log, fmt.Sprintf("run=%d", run.ID)) || !strings.Contains(log, `msg="the run is promoted"`) {
		t.Errorf("the log does not tell of the run: %s", log)
	}
}

func TestAQuietDayChangesNothing(t *testing.T) {
	r := newRig(t, 30)
	first := r.sync(store.RunPromoted)
	second := r.sync(store.RunPromoted)
	if second.Unchanged != 30 || second.Added+second.Changed+second.Removed != 0 || len(r.changes(second)) > 0 {
		t.Errorf("nothing happened, and the run says %+v", second.Totals)
	}
	for _, id := range r.everybody() {
		person, err := r.Person(t.Context(), r.job.Connection.ID, id)
		if err != nil || person.Since != first.ID {
			t.Errorf("%s has a version of run %d, want %d (%v)", id, person.Since, first.ID, err)
		}
	}
}

// user is an account as Okta has it.
func user(id, title, status, lastLogin string) json.RawMessage {
	return fmt.Appendf(nil, `{"id":%q,"status":%q,"created":"2026-01-01T00:00:00.000Z","lastLogin":%s,"lastUpdated":"2026-01-02T00:00:00.000Z","profile":{"login":"%s@example.com","email":"%s@example.com","title":%q,"department":"Research"}}`,
		id, status, lastLogin, id, id, title)
}

func TestJoinersMoversAndLeaversAreTold(t *testing.T) {
	const monday, tuesday = `"2026-01-05T08:00:00.000Z"`, `"2026-01-06T08:00:00.000Z"`
	r := newRig(t, 1)
	r.becomes(oktatest.Settings{CustomUsers: []json.RawMessage{
		user("00u1", "Engineer", "ACTIVE", monday), user("00u2", "Engineer", "ACTIVE", monday),
		user("00u3", "Engineer", "ACTIVE", "null"), user("00u4", "Engineer", "ACTIVE", monday),
	}})
	if first := r.sync(store.RunPromoted); len(r.changes(first)) > 0 {
		t.Errorf("in the first run everybody seems to have changed: %v", r.changes(first))
	}
	r.becomes(oktatest.Settings{CustomUsers: []json.RawMessage{
		user("00u2", "Lead", "ACTIVE", tuesday), user("00u3", "Engineer", "ACTIVE", tuesday),
		user("00u4", "Engineer", "SUSPENDED", monday), user("00u5", "Engineer", "ACTIVE", "null"),
	}})
	run := r.sync(store.RunPromoted)
	if diff := cmp.Diff([]string{"left 00u1", "changed 00u2", "changed 00u4", "joined 00u5"}, r.changes(run)); diff != "" {
		t.Error(diff)
	}
	r.wantDirectory([]string{"00u2", "00u3", "00u4", "00u5"})
	person, err := r.Person(t.Context(), r.job.Connection.ID, "00u3")
	if want := time.Date(2026, 1, 6, 8, 0, 0, 0, time.UTC); err != nil || !person.Times.LastLogin.Equal(want) || person.Since == run.ID {
		t.Errorf("who has only signed in did so at %s and has a version of run %d (%v)", person.Times.LastLogin, person.Since, err)
	}
}

func TestAnotherWorkersRunIsLeftAlone(t *testing.T) {
	r := newRig(t, 30)
	r.order("users:page=2:hang-headers")
	ended := make(chan error, 1)
	go func() {
		_, err := r.try(r.Context())
		ended <- err
	}()
	r.await(func(s oktatest.Stats) bool { return s.Struck > 0 })
	if run, err := r.try(t.Context()); !errors.Is(err, store.ErrRunning) || run.ID != 0 {
		t.Errorf("a second run ended as %q with %v, want ErrRunning", run.Status, err)
	}
	if err := syscall.Kill(r.connector.Load().Pid(), syscall.SIGKILL); err != nil {
		t.Error(err)
	}
	if err := <-ended; err != nil {
		t.Errorf("the first run: %v", err)
	}
	r.wantDirectory(r.everybody())
}

func TestAWorkerThatLostItsRunStopsAtOnce(t *testing.T) {
	r := newRig(t, 90)
	var taken store.Run
	r.afterPage = func(stored int) error {
		if stored != 3 {
			return nil
		}
		running, err := r.Running(t.Context(), r.job.Connection.ID)
		if err != nil {
			return err
		}
		later := time.Now().Add(2 * syncer.DefaultLease)
		taken, err = r.TakeOver(t.Context(), running.ID, "another", later, later.Add(syncer.DefaultLease))
		return err
	}
	_, err := r.try(t.Context())
	if !errors.Is(err, store.ErrFenced) {
		t.Fatalf("the worker ended with %v, want ErrFenced", err)
	}
	r.wantStoredOnce(3)
	if run, err := r.Running(t.Context(), r.job.Connection.ID); err != nil || run.Epoch != taken.Epoch || run.Pages != 3 || !run.LeaseUntil.Equal(taken.LeaseUntil) {
		t.Errorf("the other worker's run is %+v (%v), want %+v", run, err, taken)
	}
	if log := r.log.text(); !strings.Contains(log, "taken away") {
		t.Errorf("the log does not say why the worker stops: %s", log)
	}
}

// A connector that waits, or answers nothing, stores no page: the lease is
// renewed all the same, and its loss is noticed.
func TestALeaseIsRenewedWithoutPages(t *testing.T) {
	r := newRig(t, 30)
	r.syncer.Lease = 200 * time.Millisecond
	r.order("users:page=2x*:hang-headers")
	renewed := make(chan struct{})
	r.afterRenew = func(renewals int) {
		if renewals == 8 { // two whole leases
			close(renewed)
		}
	}
	ended := make(chan error, 1)
	go func() {
		_, err := r.try(r.Context())
		ended <- err
	}()
	r.await(func(s oktatest.Stats) bool { return s.Struck > 0 })
	<-renewed
	running, err := r.Running(t.Context(), r.job.Connection.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.TakeOver(t.Context(), running.ID, "another", time.Now().Add(time.Hour), time.Now().Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; !errors.Is(err, store.ErrFenced) {
		t.Errorf("the worker ended with %v, want ErrFenced", err)
	}
	if s := r.tenant.Stats(); s.Struck != 1 {
		t.Errorf("the worker went on until the connector asked %d times", s.Struck)
	}
}

func TestWhatTheConnectorRefusesFailsTheRun(t *testing.T) {
	for name, c := range map[string]struct {
		fault, class, reason string
		state                store.ConnectionState
	}{
		"no consent":    {"token:*:error=E0000006", "", "", store.StateSyncFailed},
		"rejected key":  {"token:*:invalid_client", "CREDENTIALS_REJECTED", "", store.StateCredentialsExpired},
		"role is gone":  {"users:*:role-missing", "PERMISSION_MISSING", "ROLE_MISSING", store.StateSyncFailed},
		"sees nobody":   {"users:*:role-empty", "PERMISSION_MISSING", "ROLE_SEES_NOBODY", store.StateSyncFailed},
		"no list":       {"users:*:body-object", "SERVICE_MISBEHAVED", "", store.StateSyncFailed},
		"role mid-run":  {"users:page=3x*:role-missing", "PERMISSION_MISSING", "ROLE_MISSING", store.StateSyncFailed},
		"error mid-run": {"users:page=3x*:error=E0000005", "PERMISSION_MISSING", "", store.StateSyncFailed},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, 60)
			r.sync(store.RunPromoted)
			r.order(c.fault)
			run := r.sync(store.RunFailed)
			if (c.class != "" && run.Class != c.class) || (c.reason != "" && run.Reason != c.reason) || run.Reason == "" || run.Message == "" || run.Fix == "" {
				t.Errorf("the run failed as %s %s: %q %q, want %s %s", run.Class, run.Reason, run.Message, run.Fix, c.class, c.reason)
			}
			r.wantDirectory(r.everybody())
			connection, err := r.Connection(t.Context(), "acme")
			if err != nil || connection.State() != c.state {
				t.Errorf("the connection is %s, want %s (%v)", connection.State(), c.state, err)
			}
		})
	}
}

func TestAConfigurationThatCannotBeReadFailsTheRun(t *testing.T) {
	r := newRig(t, 10)
	r.syncer.Configure = func(context.Context, store.Connection) (host.Configuration, error) {
		return host.Configuration{}, errors.New("the environment variable OKTA_KEY is not set")
	}
	run := r.sync(store.RunFailed)
	if run.Class != "CONFIG_INVALID" || run.Reason != syncer.ReasonConfigurationUnreadable || !strings.Contains(run.Message, "OKTA_KEY") || run.Fix == "" {
		t.Errorf("the run failed as %s %s: %q", run.Class, run.Reason, run.Message)
	}
}

func TestAConnectorThatIsNotThereFailsTheRun(t *testing.T) {
	r := newRig(t, 10)
	r.syncer.Launch = func(ctx context.Context, _ store.Connection) (*host.Connector, error) {
		return host.Launch(ctx, host.Settings{Path: "/nowhere/okta"})
	}
	run := r.sync(store.RunFailed)
	if run.Class != "CONFIG_INVALID" || run.Reason != string(host.ConnectorNotFound) {
		t.Errorf("the run failed as %s %s: %q", run.Class, run.Reason, run.Message)
	}
}

// Whoever looks at a person whom the service sends spoilt sees the last good
// state; who can't be told from the others removes nobody.
func TestWhatCannotBeReadRemovesNobody(t *testing.T) {
	r := newRig(t, 60)
	r.sync(store.RunPromoted)
	before := r.everybody()
	r.becomes(oktatest.Settings{Users: 55}, "users:page=2:member-no-id")
	run := r.sync(store.RunPromoted)
	if run.Quarantined != 1 || run.Unidentified != 1 || run.Removed != 0 {
		t.Errorf("the run is reported as %+v", run.Totals)
	}
	r.wantDirectory(before)
}

func TestDuplicatesCountOnce(t *testing.T) {
	r := newRig(t, 40, "users:page=3:repeat-across")
	run := r.sync(store.RunPromoted)
	if run.Added != 40 || slices.Contains(r.changes(run), "left") {
		t.Errorf("the run is reported as %+v", run.Totals)
	}
	r.wantDirectory(r.everybody())
}

// unreadable is somebody without an id.
var unreadable = json.RawMessage(`{"status":"ACTIVE"}`)

// Too much that can't be read fails the run, and then it must not stand as
// complete: whoever resumed it would promote it.
func TestARunThatCannotReadEnoughIsNotComplete(t *testing.T) {
	r := newRig(t, 50)
	r.sync(store.RunPromoted)
	before := r.everybody()
	r.becomes(oktatest.Settings{CustomUsers: slices.Concat(small(50), slices.Repeat([]json.RawMessage{unreadable}, 12))})
	run := r.sync(store.RunFailed)
	if run.Class != "SERVICE_MISBEHAVED" || run.Reason != string(host.RecordsUnreadable) || run.Complete || run.Quarantined != 12 {
		t.Errorf("the run failed as %s %s, complete: %t, with %d quarantined", run.Class, run.Reason, run.Complete, run.Quarantined)
	}
	r.wantDirectory(before)
}

// What was unreadable before a crash counts as well.
func TestWhatWasUnreadableBeforeACrashCounts(t *testing.T) {
	r := newRig(t, 1)
	r.becomes(oktatest.Settings{CustomUsers: slices.Concat(slices.Repeat([]json.RawMessage{unreadable}, 12), small(100))})
	r.interrupt(5)
	run := r.sync(store.RunFailed)
	if run.Reason != string(host.RecordsUnreadable) || run.Epoch != 2 {
		t.Errorf("run of epoch %d failed as %s %s: %q", run.Epoch, run.Class, run.Reason, run.Message)
	}
}

// small are accounts with little in them.
func small(n int) []json.RawMessage {
	users := make([]json.RawMessage, n)
	for i := range users {
		users[i] = user(fmt.Sprintf("00u%03d", i), "Engineer", "ACTIVE", "null")
	}
	return users
}

func TestWaitsAreReported(t *testing.T) {
	r := newRig(t, 30, "users:page=2:429=2s")
	run := r.sync(store.RunPromoted)
	if run.Waited <= 0 {
		t.Errorf("the run waited for %s", run.Waited)
	}
	if log := r.log.text(); !strings.Contains(log, `msg="the connector waits"`) || !strings.Contains(log, "waited_rate_limit") {
		t.Errorf("the log does not tell of the wait")
	}
}

func TestAMachineThatCannotStartAConnectorInterruptsTheRun(t *testing.T) {
	r := newRig(t, 40)
	left := r.interrupt(2)
	launch := r.syncer.Launch
	r.syncer.Launch = func(context.Context, store.Connection) (*host.Connector, error) {
		return nil, &host.Fault{Reason: host.ConnectorWontStop, Message: "a process does not end"}
	}
	if run, err := r.try(t.Context()); !errors.Is(err, &host.Fault{Reason: host.ConnectorWontStop}) || run.ID != left.ID || run.Status != store.RunRunning || run.Pages != 2 {
		t.Errorf("the run is %+v (%v), want it with its checkpoint", run, err)
	}
	r.syncer.Launch = launch
	if run := r.sync(store.RunPromoted); run.ID != left.ID {
		t.Errorf("run %d was left behind by %d", left.ID, run.ID)
	}
}
