package telemetry

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const (
	// tracerName is the scope of spans.
	tracerName = "patchbay.example/internal/telemetry"

	// noRoute is the route of requests that met no pattern, and otherMethod the
	// method of those with one that nobody should use: labels are few whatever is
	// sent.
	noRoute     = "none"
	otherMethod = "other"

	// aborted is the status of an answer that was cut off.
	aborted = "aborted"
)

// requestBuckets reach from a page out of memory to the test of a connection,
// in seconds.
var requestBuckets = []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}

var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// requests are the metrics of HTTP requests.
type requests struct {
	total   *prometheus.CounterVec
	seconds *prometheus.HistogramVec
	running prometheus.Gauge
}

func newRequests() *requests {
	return &requests{
		total: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "patchbay_http_requests_total", Help: "HTTP requests that were answered, by the pattern of their route.",
		}, []string{"method", "route", "status"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "patchbay_http_request_duration_seconds", Help: "How long HTTP requests took; streams last as long as somebody reads.", Buckets: requestBuckets,
		}, []string{"method", "route"}),
		running: prometheus.NewGauge(prometheus.GaugeOpts{
			Name: "patchbay_http_requests_in_flight", Help: "HTTP requests that are being answered.",
		}),
	}
}

// Instrument counts and times the requests that next answers, and makes a span
// of each where [Start] sends traces. The route is the pattern that an
// [http.ServeMux] below next found ([http.Request.Pattern]); it is seen as long
// as everybody in between hands on the request itself and no copy.
func (t *Telemetry) Instrument(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.Method
		if !slices.Contains(methods, method) {
			method = otherMethod
		}
		ctx, span := startSpan(r.Context(), r.Header, method)
		r = r.WithContext(ctx)
		answer := &answer{ResponseWriter: w}
		begun := t.now()
		t.requests.running.Inc()
		finished := false
		defer func() { // also when a handler cuts the answer off by a panic
			t.requests.running.Dec()
			route := routeOf(r.Pattern)
			status := aborted
			if finished {
				status = strconv.Itoa(answer.code())
			}
			t.requests.total.WithLabelValues(method, route, status).Inc()
			t.requests.seconds.WithLabelValues(method, route).Observe(t.now().Sub(begun).Seconds())
			endSpan(span, method, route, answer.code(), finished)
		}()
		next.ServeHTTP(answer, r)
		finished = true
	})
}

// routeOf is a pattern without its method.
func routeOf(pattern string) string {
	if pattern == "" {
		return noRoute
	}
	if _, path, ok := strings.Cut(pattern, " "); ok {
		return strings.TrimSpace(path)
	}
	return pattern
}

// startSpan begins the span of a request, in the trace that its sender named.
// otelhttp would put the path into it: ours may tell whom somebody looked at.
func startSpan(ctx context.Context, header http.Header, method string) (context.Context, trace.Span) {
	ctx = otel.GetTextMapPropagator().Extract(ctx, propagation.HeaderCarrier(header))
	return otel.Tracer(tracerName).Start(ctx, method, trace.WithSpanKind(trace.SpanKindServer))
}

func endSpan(span trace.Span, method, route string, code int, finished bool) {
	span.SetName(method + " " + route)
	span.SetAttributes(
		attribute.String("http.request.method", method),
		attribute.String("http.route", route),
		attribute.Int("http.response.status_code", code),
	)
	if !finished || code >= http.StatusInternalServerError {
		span.SetStatus(codes.Error, "")
	}
	span.End()
}

// answer remembers the status of an answer.
type answer struct {
	http.ResponseWriter

	status int
}

// code is the status that was sent.
func (a *answer) code() int {
	if a.status == 0 {
		return http.StatusOK
	}
	return a.status
}

// WriteHeader implements [http.ResponseWriter].
func (a *answer) WriteHeader(status int) {
	if a.status == 0 && status >= http.StatusOK { // before it may come 1xx
		a.status = status
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write implements [http.ResponseWriter].
func (a *answer) Write(b []byte) (int, error) {
	if a.status == 0 {
		a.status = http.StatusOK
	}
	return a.ResponseWriter.Write(b)
}

// Flush implements [http.Flusher], for what streams.
func (a *answer) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() }

// Unwrap lets [http.ResponseController] find what is beneath.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }
