package telemetry

import (
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"patchbay.example/internal/service"
)

// maxScrapes bounds answers in the making: each asks the store. Prometheus sends
// one at a time, and two servers may watch the same installation.
const maxScrapes = 4

// Config is what metrics are made of.
type Config struct {
	// Operations are asked for connections whenever metrics are.
	Operations service.Operations
	// Version is the program's.
	Version string
	Now     func() time.Time // nil: time.Now
}

// Telemetry gathers metrics. Its methods may be called concurrently.
type Telemetry struct {
	registry *prometheus.Registry
	requests *requests
	now      func() time.Time
}

// New begins to gather. Each Telemetry has a registry of its own.
func New(c Config) *Telemetry {
	if c.Now == nil {
		c.Now = time.Now
	}
	build := prometheus.NewGauge(prometheus.GaugeOpts{
		Name: "patchbay_build_info", Help: "Is 1; the label says which version runs.",
		ConstLabels: prometheus.Labels{"version": c.Version},
	})
	build.Set(1)
	t := &Telemetry{registry: prometheus.NewRegistry(), requests: newRequests(), now: c.Now}
	t.registry.MustRegister( // they are the same in every program: a clash is a bug that any test finds
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		build,
		connections{c.Operations, c.Now},
		t.requests.total, t.requests.seconds, t.requests.running,
	)
	return t
}

// Metrics answers with the metrics, in the formats of Prometheus. Whoever serves
// it sees to it that only those ask who may know the connections' names.
func (t *Telemetry) Metrics() http.Handler {
	return promhttp.HandlerFor(t.registry, promhttp.HandlerOpts{
		ErrorHandling:       promhttp.ContinueOnError,
		MaxRequestsInFlight: maxScrapes,
	})
}
