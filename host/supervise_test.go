//go:build unix

package host

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// A process that dies before page N, in whatever start, costs nothing: every
// record comes, and comes once.
func TestAProcessThatDiesIsReplacedAndTheStreamGoesOn(t *testing.T) {
	for _, dieAt := range [][]int{{1}, {2}, {5}, {6}, {3, 3, 3}, {2, 3, 4, 5, 6}} {
		t.Run(fmt.Sprint(dieAt), func(t *testing.T) {
			s := script{Pages: 6, PerPage: 3, DieAt: dieAt, Starts: filepath.Join(t.TempDir(), "starts")}
			k := &collector{}
			consumer := k.consumer()
			s.URL = pacedBy(t, &consumer, s.Pages)
			c := connected(t, Settings{}, s)
			summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, consumer)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(k.ids, idsOf(s)) || !slices.Equal(k.sequences, []uint64{1, 2, 3, 4, 5, 6}) {
				t.Errorf("ids %v in pages %v, want each once, in order", k.ids, k.sequences)
			}
			if summary.Restarts != len(dieAt) || len(k.restarts) != len(dieAt) || summary.Records != 18 {
				t.Errorf("summary %+v, told of %d restarts, want %d", summary, len(k.restarts), len(dieAt))
			}
			if len(summary.Exits) != len(dieAt) || !strings.Contains(summary.Exits[0], "signal: killed") {
				t.Errorf("exits %q, want %d by signal", summary.Exits, len(dieAt))
			}
		})
	}
}

// The consumer kills the process at every third page. What gRPC has already
// received may still come from the old process: never twice.
func TestAProcessKilledFromOutsideIsReplaced(t *testing.T) {
	s := script{Pages: 30, PerPage: 50, SourceBytes: 20 << 10}
	c := connected(t, Settings{}, s)
	k := &collector{}
	consumer := k.consumer()
	accept := consumer.Page
	consumer.Page = func(ctx context.Context, page Page) error {
		if page.Sequence%3 == 0 && page.Cursor != "" {
			kill(t, c)
		}
		return accept(ctx, page)
	}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, consumer)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(k.ids, idsOf(s)) || summary.Restarts == 0 {
		t.Errorf("%d ids after %d restarts, want %d, each once and in order", len(k.ids), summary.Restarts, len(idsOf(s)))
	}
}

// A last page has no cursor to go on after it: it comes again.
func TestAProcessThatDiesAfterTheLastPageSendsItAgain(t *testing.T) {
	s := script{Pages: 3, PerPage: 2, DieAt: []int{4}, Starts: filepath.Join(t.TempDir(), "starts")}
	k := &collector{}
	consumer := k.consumer()
	s.URL = pacedBy(t, &consumer, s.Pages)
	c := connected(t, Settings{}, s)
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, consumer)
	if err != nil {
		t.Fatal(err)
	}
	if want := append(idsOf(s), "u3-0", "u3-1"); !slices.Equal(k.ids, want) || summary.Restarts != 1 || summary.Cursor != "" {
		t.Errorf("ids %v, summary %+v, want %v and one restart", k.ids, summary, want)
	}
}

func TestAfterThreeRestartsWithoutAPageTheRunEnds(t *testing.T) {
	s := script{Pages: 6, PerPage: 3, DieAt: []int{3, 3, 3, 3, 3}, Starts: filepath.Join(t.TempDir(), "starts")}
	k := &collector{}
	consumer := k.consumer()
	s.URL = pacedBy(t, &consumer, s.Pages)
	c := connected(t, Settings{}, s)
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, consumer)
	if !errors.Is(err, &Fault{Reason: ConnectorCrashed}) || ExitCode(err) != 5 || !strings.Contains(err.Error(), "after 3 restarts") {
		t.Errorf("error %v with exit code %d, want CONNECTOR_CRASHED and 5", err, ExitCode(err))
	}
	if summary.Restarts != 3 || summary.Cursor != "after-2" || summary.Completed {
		t.Errorf("summary %+v, want three restarts and the cursor after page 2", summary)
	}
	attempts := []int{}
	for _, restart := range k.restarts {
		attempts = append(attempts, restart.Attempt)
	}
	if !slices.Equal(attempts, []int{1, 2, 3}) {
		t.Errorf("attempts %v", attempts)
	}
}

// Records quarantined before a page that was never accepted come again, and are
// counted once.
func TestAQuarantinedRecordCountsOnceOverARestart(t *testing.T) {
	r := &run{connector: &Connector{starter: starter{redactor: &redactor{}}}, summary: Summary{}}
	s := &stream{run: r, joiner: newPageJoiner("users")}
	lost := connectorv1.Quarantined_builder{Id: "q", Reason: "RECORD_UNREADABLE"}.Build()
	for range 2 {
		if err := s.takeQuarantined(t.Context(), lost); err != nil {
			t.Fatal(err)
		}
	}
	r.forgetUnconfirmed()
	if err := s.takeQuarantined(t.Context(), lost); err != nil {
		t.Fatal(err)
	}
	if r.summary.Quarantined != 1 {
		t.Errorf("%d quarantined, want 1", r.summary.Quarantined)
	}
}

func TestAProcessThatDiesInConnectIsReplaced(t *testing.T) {
	c := launched(t, Settings{Path: connectorNamed(t, "scripted")})
	_, err := c.Connect(t.Context(), script{Misbehave: "die in Connect"}.configuration(nil))
	if !errors.Is(err, &Fault{Reason: ConnectorCrashed}) {
		t.Fatalf("Connect: %v, want CONNECTOR_CRASHED", err)
	}
	if _, err := c.Connect(t.Context(), script{}.configuration(nil)); err != nil {
		t.Errorf("the second Connect: %v", err)
	}
}

func TestAPanicOfTheWholeProcessIsACrashWithItsTrace(t *testing.T) {
	c := connected(t, Settings{Limits: Limits{MaxRestarts: -1}}, script{Pages: 3, PerPage: 1, Misbehave: "panic"})
	_, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, (&collector{}).consumer())
	var fault *Fault
	if !errors.As(err, &fault) || fault.Reason != ConnectorCrashed || !strings.Contains(err.Error(), "exit code 2") {
		t.Fatalf("error %v, want CONNECTOR_CRASHED with exit code 2", err)
	}
	if !strings.Contains(fault.Log, "goroutine") {
		t.Errorf("log %q, want the trace", fault.Log)
	}
	if strings.Contains(err.Error(), "goroutine") {
		t.Errorf("a stack trace in the error: %v", err)
	}
}

func TestAHangingProcessIsKilledAndReplaced(t *testing.T) {
	s := script{Pages: 4, PerPage: 2, StopAt: []int{3}, Starts: filepath.Join(t.TempDir(), "starts")}
	c := connected(t, Settings{Limits: Limits{IdleLimit: 2 * time.Second}}, s)
	k := &collector{}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, k.consumer())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(k.ids, idsOf(s)) || summary.Restarts != 1 {
		t.Errorf("ids %v after %d restarts", k.ids, summary.Restarts)
	}
	if !errors.Is(k.restarts[0].Cause, &Fault{Reason: ConnectorHung}) {
		t.Errorf("cause %v, want CONNECTOR_HUNG", k.restarts[0].Cause)
	}
}

func TestAHangingCallIsEndedAndTheNextGetsAnotherProcess(t *testing.T) {
	c := connected(t, Settings{Limits: Limits{CallTimeout: 500 * time.Millisecond}}, script{Misbehave: "hang in ListResources"})
	pid := c.Pid()
	if _, err := c.ListResources(t.Context()); !errors.Is(err, &Fault{Reason: ConnectorHung}) {
		t.Fatalf("ListResources: %v, want CONNECTOR_HUNG", err)
	}
	if _, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, (&collector{}).consumer()); err != nil || c.Pid() == pid {
		t.Errorf("Sync: %v by process %d, want another than %d", err, c.Pid(), pid)
	}
}

func TestBackoffDoublesToItsLimitAndLeavesHalfToChance(t *testing.T) {
	limits := Limits{Backoff: time.Second, MaxBackoff: 10 * time.Second}
	for restart, want := range map[int]time.Duration{1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 5: 10 * time.Second, 63: 10 * time.Second, 1000: 10 * time.Second} {
		for range 100 {
			if got := limits.backoff(restart); got < want/2 || got > want {
				t.Fatalf("restart %d after %s, want between %s and %s", restart, got, want/2, want)
			}
		}
	}
}

// pacedBy is a service that lets a connector have page N when the consumer has
// accepted page N-1: what a process sends in its last moment may never leave it.
func pacedBy(t *testing.T, consumer *Consumer, pages int) string {
	t.Helper()
	accepted := make([]chan struct{}, pages+2)
	for i := range accepted {
		accepted[i] = make(chan struct{})
	}
	close(accepted[0])
	accept := consumer.Page
	consumer.Page = func(ctx context.Context, page Page) error {
		err := accept(ctx, page)
		close(accepted[page.Sequence])
		return err
	}
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		number, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil || number < 1 || number > pages+1 {
			t.Errorf("asked for %s", r.URL)
			return
		}
		select {
		case <-accepted[number-1]:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(service.Close)
	return service.URL
}

// kill ends a connector's process from outside.
func kill(t *testing.T, c *Connector) {
	t.Helper()
	if err := syscall.Kill(c.Pid(), syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		t.Fatal(err)
	}
}
