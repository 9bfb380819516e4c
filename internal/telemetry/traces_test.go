package telemetry

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"go.opentelemetry.io/otel/trace"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

// loopback is an OTLP collector that keeps what it is sent.
type loopback struct {
	*httptest.Server

	mu    sync.Mutex
	paths []string
	sent  []*collector.ExportTraceServiceRequest
	text  strings.Builder
}

func newLoopback(t *testing.T) *loopback {
	t.Helper()
	l := &loopback{}
	l.Server = httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		request := &collector.ExportTraceServiceRequest{}
		if err == nil {
			err = proto.Unmarshal(body, request)
		}
		if err != nil {
			t.Errorf("the collector can't read what came: %v", err)
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.paths, l.sent = append(l.paths, r.URL.Path), append(l.sent, request)
		l.text.Write(body)
	}))
	t.Cleanup(l.Close)
	return l
}

// traced passes one request through an instrumented route and reports whether
// it was in a trace.
func traced(t *testing.T) bool {
	t.Helper()
	valid := false
	mux := http.NewServeMux()
	mux.HandleFunc("GET /people/{id}", func(_ http.ResponseWriter, r *http.Request) {
		valid = trace.SpanContextFromContext(r.Context()).IsValid()
	})
	request := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/people/CANARY-1?q=CANARY-2", nil)
	request.Header.Set("Authorization", "Bearer CANARY-3")
	newTelemetry(installation{}).Instrument(mux).ServeHTTP(httptest.NewRecorder(), request)
	return valid
}

// without clears the variables that this machine may have set.
func without(t *testing.T) {
	t.Helper()
	for _, name := range []string{
		endpointVariable, tracesEndpointVariable, disabledVariable, exporterVariable, "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES",
		"OTEL_TRACES_SAMPLER", "HTTP_PROXY", "http_proxy",
	} {
		t.Setenv(name, "")
	}
}

func TestTracesArriveWhereTheVariablesSay(t *testing.T) {
	for _, tt := range []struct{ variable, suffix, wantPath string }{
		{endpointVariable, "", "/v1/traces"},
		{tracesEndpointVariable, "/elsewhere", "/elsewhere"},
	} {
		t.Run(tt.variable, func(t *testing.T) {
			without(t)
			l := newLoopback(t)
			t.Setenv(tt.variable, l.URL+tt.suffix)
			stop, err := Start(t.Context(), "1.2.3")
			if err != nil {
				t.Fatal(err)
			}
			if !traced(t) {
				t.Error("the request was in no trace")
			}
			if err := stop(t.Context()); err != nil {
				t.Fatal(err)
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			if len(l.sent) != 1 || l.paths[0] != tt.wantPath {
				t.Fatalf("the collector was asked at %v, want once at %s", l.paths, tt.wantPath)
			}
			sent := l.sent[0].GetResourceSpans()[0]
			if name := sent.GetScopeSpans()[0].GetSpans()[0].GetName(); name != "GET /people/{id}" {
				t.Errorf("the span is called %q", name)
			}
			if text := sent.GetResource().String(); !strings.Contains(text, "patchbay") || !strings.Contains(text, "1.2.3") {
				t.Errorf("the resource is %s", text)
			}
			if strings.Contains(l.text.String(), "CANARY") {
				t.Error("the span repeats what was asked")
			}
			if traced(t) {
				t.Error("a request after the end is in a trace")
			}
		})
	}
}

func TestNoTraceIsMadeUnasked(t *testing.T) {
	l := newLoopback(t)
	for _, tt := range []struct {
		name string
		set  map[string]string
	}{
		{"nothing set", nil},
		{"disabled", map[string]string{endpointVariable: l.URL, disabledVariable: "true"}},
		{"no exporter", map[string]string{endpointVariable: l.URL, exporterVariable: "none"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			without(t)
			for name, value := range tt.set {
				t.Setenv(name, value)
			}
			stop, err := Start(t.Context(), "1.2.3")
			if err != nil {
				t.Fatal(err)
			}
			if traced(t) {
				t.Error("the request was in a trace")
			}
			if err := stop(t.Context()); err != nil {
				t.Error(err)
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			if len(l.paths) != 0 {
				t.Errorf("the collector was asked at %v", l.paths)
			}
		})
	}
}
