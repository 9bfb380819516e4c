package telemetry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

var now = time.Date(2026, 3, 1, 6, 0, 0, 0, time.UTC)

// installation knows its connections only.
type installation struct {
	service.Operations

	connections []service.Connection
	err         error
}

func (i installation) Connections(context.Context) ([]service.Connection, error) {
	return i.connections, i.err
}

func newTelemetry(i installation) *Telemetry {
	return New(Config{Operations: i, Version: "1.2.3", Now: func() time.Time { return now }})
}

func scrape(t *testing.T, telemetry *Telemetry) string {
	t.Helper()
	recorder := httptest.NewRecorder()
	telemetry.Metrics().ServeHTTP(recorder, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/metrics", nil))
	if recorder.Code != http.StatusOK {
		t.Fatalf("answered %d: %s", recorder.Code, recorder.Body)
	}
	return recorder.Body.String()
}

func wantLines(t *testing.T, text string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+text, "\n"+line+"\n") {
			t.Errorf("no line %q in:\n%s", line, only(text, "patchbay_"))
		}
	}
}

// only are the lines with a prefix.
func only(text, prefix string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, prefix) {
			b.WriteString(line)
		}
	}
	return b.String()
}

func TestConnectionsAreMeasured(t *testing.T) {
	success, next, started, finished := now.Add(-90*time.Second), now.Add(time.Hour), now.Add(-2*time.Hour), now.Add(-2*time.Hour+1500*time.Millisecond)
	text := scrape(t, newTelemetry(installation{connections: []service.Connection{
		{
			Name: "workforce", State: store.StateSyncFailed, People: 1200, WithAccess: 1100, Failures: 3, LastSuccess: &success, NextRun: &next,
			LastRun: &service.Run{Started: started, Finished: &finished, Pages: 7, Records: 1234},
		},
		{Name: "new-one", State: store.StateNew},
		{Name: "running", State: store.StateSyncing, LastRun: &service.Run{Started: started}},
	}}))
	wantLines(t, text,
		`patchbay_store_up 1`,
		`patchbay_build_info{version="1.2.3"} 1`,
		`patchbay_connections{state="sync_failed"} 1`,
		`patchbay_connections{state="active"} 0`,
		`patchbay_connection_state{connection="workforce",state="sync_failed"} 1`,
		`patchbay_connection_state{connection="workforce",state="active"} 0`,
		`patchbay_connection_people{connection="workforce"} 1200`,
		`patchbay_connection_people_with_access{connection="workforce"} 1100`,
		`patchbay_connection_consecutive_failures{connection="workforce"} 3`,
		`patchbay_connection_since_last_success_seconds{connection="workforce"} 90`,
		fmt.Sprintf(`patchbay_connection_last_success_timestamp_seconds{connection="workforce"} %s`, "1.77234471e+09"),
		fmt.Sprintf(`patchbay_connection_next_run_timestamp_seconds{connection="workforce"} %s`, "1.7723484e+09"),
		`patchbay_connection_last_run_duration_seconds{connection="workforce"} 1.5`,
		`patchbay_connection_last_run_pages{connection="workforce"} 7`,
		`patchbay_connection_last_run_records{connection="workforce"} 1234`,
		`patchbay_connection_people{connection="new-one"} 0`,
	)
	for _, absent := range []string{
		`patchbay_connection_last_run_duration_seconds{connection="running"}`,
		`patchbay_connection_since_last_success_seconds{connection="new-one"}`,
		`patchbay_connection_next_run_timestamp_seconds{connection="new-one"}`,
	} {
		if strings.Contains(text, absent) {
			t.Errorf("%s is there, and means nothing", absent)
		}
	}
	if !strings.Contains(text, "\ngo_goroutines ") {
		t.Error("nothing of the process")
	}
}

func TestAStoreThatDoesNotAnswerIsSeen(t *testing.T) {
	text := scrape(t, newTelemetry(installation{err: errors.New("CANARY: the database is gone")}))
	wantLines(t, text, `patchbay_store_up 0`)
	if strings.Contains(text, "CANARY") || strings.Contains(text, "patchbay_connections{") {
		t.Errorf("more than that the store is down:\n%s", only(text, "patchbay_"))
	}
}

func TestSeriesAreBounded(t *testing.T) {
	var many []service.Connection
	for i := range maxConnections + 5 {
		many = append(many, service.Connection{Name: fmt.Sprintf("c%06d", i), State: store.StateActive})
	}
	text := scrape(t, newTelemetry(installation{connections: many}))
	if got := strings.Count(text, "\npatchbay_connection_people{"); got != maxConnections {
		t.Errorf("%d connections with series of their own, want %d", got, maxConnections)
	}
	wantLines(t, text, fmt.Sprintf(`patchbay_connections{state="active"} %d`, maxConnections+5))
}

func TestRequestsAreCountedByRoute(t *testing.T) {
	telemetry := newTelemetry(installation{})
	mux := http.NewServeMux()
	mux.HandleFunc("GET /people/{id}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotFound) })
	mux.HandleFunc("POST /sync", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /broken", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	inner := http.NewServeMux()
	inner.HandleFunc("GET /api/v1/runs/{run}", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("{}")) })
	mux.Handle("/api/", inner)
	handler := telemetry.Instrument(mux)
	ask := func(method, path string) {
		defer func() { _ = recover() }() // of the handler that breaks off
		handler.ServeHTTP(httptest.NewRecorder(), httptest.NewRequestWithContext(t.Context(), method, path, nil))
	}
	ask("GET", "/people/CANARY-1")
	ask("GET", "/people/CANARY-2?q=CANARY-3")
	ask("POST", "/sync")
	ask("GET", "/broken")
	ask("GET", "/api/v1/runs/7")
	ask("CANARY", "/nowhere/CANARY-4")
	text := scrape(t, telemetry)
	wantLines(t, text,
		`patchbay_http_requests_total{method="GET",route="/people/{id}",status="404"} 2`,
		`patchbay_http_requests_total{method="POST",route="/sync",status="200"} 1`,
		`patchbay_http_requests_total{method="GET",route="/broken",status="aborted"} 1`,
		`patchbay_http_requests_total{method="GET",route="/api/v1/runs/{run}",status="200"} 1`,
		`patchbay_http_requests_total{method="other",route="none",status="404"} 1`,
		`patchbay_http_request_duration_seconds_count{method="GET",route="/people/{id}"} 2`,
		`patchbay_http_requests_in_flight 0`,
	)
	if strings.Contains(text, "CANARY") {
		t.Errorf("a label repeats what was sent:\n%s", only(text, "patchbay_http"))
	}
}

func TestInstrumentedAnswersStream(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(newTelemetry(installation{}).Instrument(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = w.Write([]byte("first"))
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Errorf("flush: %v", err)
		}
		if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil {
			t.Errorf("deadline: %v", err)
		}
		select {
		case <-release:
		case <-r.Context().Done():
		}
	})))
	defer server.Close()
	defer close(release)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	first := make([]byte, 5)
	if _, err := response.Body.Read(first); err != nil || string(first) != "first" {
		t.Errorf("read %q, %v before the handler ended", first, err)
	}
}
