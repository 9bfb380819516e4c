//go:build unix

package host

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// collector is a consumer that keeps what it gets.
type collector struct {
	ids         []string
	sequences   []uint64
	quarantined int
	restarted   int
	restarts    []ConnectorRestart
	waits       []Wait
	fail        error // returned at page failAt
	failAt      uint64
}

func (k *collector) consumer() Consumer {
	return Consumer{
		Page: func(_ context.Context, page Page) error {
			if page.Sequence == k.failAt {
				return k.fail
			}
			for _, record := range page.Records {
				k.ids = append(k.ids, record.GetId())
			}
			k.sequences = append(k.sequences, page.Sequence)
			return nil
		},
		Quarantined: func(context.Context, Quarantined) error { k.quarantined++; return nil },
		Restarted:   func(context.Context, Restarted) error { k.restarted++; k.ids = nil; return nil },
		Wait:        func(wait Wait) { k.waits = append(k.waits, wait) },
		ConnectorRestarting: func(restart ConnectorRestart) {
			k.restarts = append(k.restarts, restart)
		},
	}
}

// idsOf are the ids of a script's pages, in order.
func idsOf(s script) []string {
	var ids []string
	for page := 1; page <= s.Pages; page++ {
		for i := range s.PerPage {
			ids = append(ids, fmt.Sprintf("u%d-%d", page, i))
		}
	}
	return ids
}

func TestWhatBreaksTheContractEndsTheStream(t *testing.T) {
	tests := []struct {
		misbehave string
		want      Reason
		says      string
	}{
		{"oversize message", MessageTooLarge, "4194304"},
		{"oversize page", PageTooLarge, "page 2 exceeds 16777216 bytes"},
		{"parts left open", ContractBroken, "in the midst of page 2"},
		{"cursor on a part", ContractBroken, "not its last"},
		{"odd cursor", ContractBroken, "printable ASCII"},
		{"sequence", ContractBroken, "page 7 where page 2"},
		{"repeated id", ContractBroken, `"u2-0" occurs twice`},
		{"no id", ContractBroken, "no id"},
		{"other resource", ContractBroken, `"groups"`},
		{"page after the last", ContractBroken, "no cursor"},
		{"skipped page", ContractBroken, "page 3 where page 2"},
		{"silent end", ContractBroken, "without completing it"},
		{"wrong totals", ContractBroken, "says that it sent"},
		{"completed twice", ContractBroken, "after it had completed"},
		{"restarted for ever", RestartedTooOften, "Lost our place."},
		{"bare error", ConnectorFailed, "something broke"},
	}
	for _, tt := range tests {
		t.Run(tt.misbehave, func(t *testing.T) {
			c := connected(t, Settings{}, script{Pages: 3, PerPage: 3, Misbehave: tt.misbehave})
			k := &collector{}
			summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, k.consumer())
			if !errors.Is(err, &Fault{Reason: tt.want}) || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("error %v, want %s and %q", err, tt.want, tt.says)
			}
			if summary.Completed || len(k.restarts) > 0 {
				t.Errorf("completed %v after %d restarts, want neither", summary.Completed, len(k.restarts))
			}
		})
	}
}

func TestPartsBecomeOnePage(t *testing.T) {
	s := script{Pages: 3, PerPage: 4, Misbehave: "parts"}
	c := connected(t, Settings{}, s)
	k := &collector{}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, k.consumer())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(k.ids, idsOf(s)) || !slices.Equal(k.sequences, []uint64{1, 2, 3}) || summary.Records != 12 {
		t.Errorf("ids %v in pages %v, summary %+v", k.ids, k.sequences, summary)
	}
}

func TestRestartedBeginsAgain(t *testing.T) {
	s := script{Pages: 4, PerPage: 2, Misbehave: "restarted"}
	c := connected(t, Settings{}, s)
	k := &collector{}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, k.consumer())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(k.ids, idsOf(s)) || k.restarted != 1 || !slices.Equal(k.sequences, []uint64{1, 1, 2, 3, 4}) {
		t.Errorf("ids %v, pages %v, restarted %d times", k.ids, k.sequences, k.restarted)
	}
	if summary.Pages != 4 || summary.Records != 8 {
		t.Errorf("summary %+v, want 4 pages and 8 records", summary)
	}
}

func TestARefusalKeepsWhatTheConnectorSays(t *testing.T) {
	c := connected(t, Settings{}, script{Pages: 3, PerPage: 1, Misbehave: "refuses"})
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, (&collector{}).consumer())
	var refused *RefusedError
	if !errors.As(err, &refused) || refused.Reason != "SERVICE_DOWN" || refused.Fix != "Wait." ||
		refused.Class != connectorv1.Class_CLASS_SERVICE_UNAVAILABLE || ExitCode(err) != 4 {
		t.Errorf("error %#v, want the refusal", err)
	}
	if summary.Cursor != "after-1" || summary.Pages != 1 {
		t.Errorf("summary %+v, want to go on after page 1", summary)
	}
}

func TestAForeignCursorIsRefusedBeforeAnyPage(t *testing.T) {
	c := connected(t, Settings{}, script{Pages: 3, PerPage: 1})
	_, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Cursor: "mine"}, (&collector{}).consumer())
	if got := ExitCode(err); got != 2 {
		t.Errorf("exit code %d for %v, want 2", got, err)
	}
}

func TestTheConsumersErrorComesBack(t *testing.T) {
	full := errors.New("disk full")
	c := connected(t, Settings{}, script{Pages: 5, PerPage: 2})
	k := &collector{fail: full, failAt: 3}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, k.consumer())
	if !errors.Is(err, full) || ExitCode(err) != 1 {
		t.Errorf("error %v with exit code %d, want the consumer's and 1", err, ExitCode(err))
	}
	if summary.Cursor != "after-2" || summary.Pages != 2 {
		t.Errorf("summary %+v, want to go on after page 2", summary)
	}
	again := &collector{}
	if _, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Cursor: summary.Cursor}, again.consumer()); err != nil {
		t.Fatalf("the next Sync: %v", err)
	}
	if len(again.ids) != 6 {
		t.Errorf("%d records, want the 6 after page 2", len(again.ids))
	}
}

func TestCancellingStopsTheRequestInFlightAndKeepsTheProcess(t *testing.T) {
	arrived, gone := make(chan struct{}), make(chan struct{})
	first := true
	service := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if !first {
			return
		}
		first = false
		close(arrived)
		<-r.Context().Done()
		close(gone)
	}))
	defer service.Close()
	c := connected(t, Settings{}, script{Pages: 2, PerPage: 1, URL: service.URL})
	pid := c.Pid()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	if _, err := c.Sync(ctx, SyncRequest{Resource: "users"}, (&collector{}).consumer()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
	<-gone
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, (&collector{}).consumer())
	if err != nil || summary.Pages != 2 || c.Pid() != pid {
		t.Errorf("the next Sync: %+v, %v, process %d after %d", summary, err, c.Pid(), pid)
	}
}

func TestAConnectorDeafToCancelIsReplaced(t *testing.T) {
	starts := t.TempDir() + "/starts"
	c := connected(t, Settings{Limits: Limits{GracePeriod: 200 * time.Millisecond}}, script{Pages: 3, PerPage: 1, Misbehave: "deaf to cancel", Starts: starts})
	pid := c.Pid()
	ctx, cancel := context.WithCancel(t.Context())
	k := &collector{}
	consumer := k.consumer()
	accept := consumer.Page
	consumer.Page = func(ctx context.Context, page Page) error {
		if page.Sequence == 2 {
			cancel()
		}
		return accept(ctx, page)
	}
	if _, err := c.Sync(ctx, SyncRequest{Resource: "users"}, consumer); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want context.Canceled", err)
	}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Cursor: "after-2"}, k.consumer())
	if err != nil || c.Pid() == pid || summary.Restarts != 1 {
		t.Errorf("the next Sync: %+v, %v, process %d after %d, want another process", summary, err, c.Pid(), pid)
	}
}

func TestOneSyncAtATimeAndOneConnect(t *testing.T) {
	c := connected(t, Settings{}, script{Pages: 1, PerPage: 1})
	consumer := (&collector{}).consumer()
	consumer.Page = func(ctx context.Context, _ Page) error {
		_, err := c.Sync(ctx, SyncRequest{Resource: "users"}, consumer)
		return err
	}
	if _, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, consumer); !errors.Is(err, &Fault{Reason: CallOutOfOrder}) {
		t.Errorf("a Sync in a Sync: %v, want CALL_OUT_OF_ORDER", err)
	}
	if _, err := c.Connect(t.Context(), Configuration{JSON: []byte("{}")}); !errors.Is(err, &Fault{Reason: CallOutOfOrder}) {
		t.Errorf("a second Connect: %v, want CALL_OUT_OF_ORDER", err)
	}
}

// What a connector sends ahead is bounded by gRPC's windows, however slow the
// consumer is; and a consumer that takes longer than the idle limit is no hang.
func TestASlowConsumerHoldsTheConnectorUpAndIsNoHang(t *testing.T) {
	var asked atomic.Int64
	service := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer service.Close()
	limits := Limits{IdleLimit: time.Second}
	s := script{Pages: 120, PerPage: 5, SourceBytes: 100 << 10, URL: service.URL}
	c := connected(t, Settings{Limits: limits}, s)
	k := &collector{}
	consumer := k.consumer()
	accept := consumer.Page
	consumer.Page = func(ctx context.Context, page Page) error {
		if page.Sequence == 1 {
			<-time.After(3 * limits.IdleLimit / 2) // the time is what is tested
			// The window, the sockets' buffers, and a page on each end.
			if ahead := asked.Load(); ahead > 8 {
				t.Errorf("%d pages of 500 KB sent ahead", ahead)
			}
		}
		return accept(ctx, page)
	}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, consumer)
	if err != nil || summary.Restarts != 0 || len(k.ids) != 600 {
		t.Errorf("summary %+v, error %v, want a quiet end", summary, err)
	}
}

func TestWaitsAreTold(t *testing.T) {
	c := connected(t, Settings{}, script{Pages: 3, PerPage: 1, Misbehave: "wait", WaitSeconds: 1})
	k := &collector{}
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users", WaitBudget: time.Minute}, k.consumer())
	if err != nil {
		t.Fatal(err)
	}
	if len(k.waits) != 1 || k.waits[0].Reason != "RATE_LIMITED" {
		t.Errorf("waits %+v, want one for RATE_LIMITED", k.waits)
	}
	if _, ok := summary.Waited["RATE_LIMITED"]; !ok {
		t.Errorf("waited %v, want it by reason", summary.Waited)
	}
}

func TestAConnectorThatIgnoresTheWaitBudgetIsEnded(t *testing.T) {
	c := connected(t, Settings{}, script{Pages: 3, PerPage: 1, Misbehave: "ignores the budget", WaitSeconds: 3600})
	_, err := c.Sync(t.Context(), SyncRequest{Resource: "users", WaitBudget: time.Minute}, (&collector{}).consumer())
	if !errors.Is(err, &Fault{Reason: WaitBudgetSpent}) || ExitCode(err) != 4 {
		t.Errorf("error %v with exit code %d, want WAIT_BUDGET_SPENT and 4", err, ExitCode(err))
	}
}

func TestTooManyUnreadableRecordsFailTheRun(t *testing.T) {
	for _, tt := range []struct {
		quarantine int
		fails      bool
	}{{9, false}, {10, true}} {
		c := connected(t, Settings{}, script{Pages: 1, PerPage: 500, Quarantine: tt.quarantine})
		k := &collector{}
		summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users"}, k.consumer())
		if got := errors.Is(err, &Fault{Reason: RecordsUnreadable}); got != tt.fails {
			t.Errorf("%d of 500 quarantined: %v, want failure %v", tt.quarantine, err, tt.fails)
		}
		if k.quarantined != tt.quarantine || summary.Quarantined != uint64(tt.quarantine) {
			t.Errorf("told of %d, summary %+v, want %d", k.quarantined, summary, tt.quarantine)
		}
	}
}
