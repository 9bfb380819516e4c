package telemetry

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

const (
	// scrapeTimeout bounds what a scrape waits for the store: Prometheus itself
	// gives up after 10 s unless told otherwise.
	scrapeTimeout = 8 * time.Second

	// maxConnections bounds the connections that have series of their own, 20
	// each; of more, the first by name have. All are counted by state.
	maxConnections = 1000
)

// connections collects how connections stand, anew for each scrape.
type connections struct {
	ops service.Operations
	now func() time.Time
}

var states = []store.ConnectionState{
	store.StateNew, store.StateActive, store.StateSyncing, store.StateSyncFailed,
	store.StateCredentialsExpired, store.StateHeldForReview, store.StatePaused,
}

func describe(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc("patchbay_"+name, help, labels, nil)
}

var (
	storeUp      = describe("store_up", "Whether the store answered this scrape: 1 or 0.")
	byState      = describe("connections", "Connections in each state.", "state")
	inState      = describe("connection_state", "Whether the connection is in the state: 1 or 0.", "connection", "state")
	people       = describe("connection_people", "People in the connection's directory.", "connection")
	withAccess   = describe("connection_people_with_access", "People of the directory who may sign in.", "connection")
	failures     = describe("connection_consecutive_failures", "Runs that failed since the last that did not.", "connection")
	lastSuccess  = describe("connection_last_success_timestamp_seconds", "When the directory that stands was complete, in seconds since 1970; absent before the first.", "connection")
	sinceSuccess = describe("connection_since_last_success_seconds", "Seconds since the directory that stands was complete; absent before the first.", "connection")
	nextRun      = describe("connection_next_run_timestamp_seconds", "When the next run is due, in seconds since 1970; absent where none is planned.", "connection")
	runSeconds   = describe("connection_last_run_duration_seconds", "How long the newest run took; absent while it runs.", "connection")
	runPages     = describe("connection_last_run_pages", "Pages that the newest run read.", "connection")
	runRecords   = describe("connection_last_run_records", "Records that the newest run read.", "connection")
)

// Describe implements [prometheus.Collector].
func (c connections) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{
		storeUp, byState, inState, people, withAccess, failures, lastSuccess, sinceSuccess, nextRun, runSeconds, runPages, runRecords,
	} {
		out <- desc
	}
}

// Collect implements [prometheus.Collector].
func (c connections) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), scrapeTimeout) // the interface passes no context
	defer cancel()
	all, err := c.ops.Connections(ctx)
	if err != nil {
		gauge(out, storeUp, 0)
		return
	}
	gauge(out, storeUp, 1)
	counts := map[store.ConnectionState]int{}
	for _, connection := range all {
		counts[connection.State]++
	}
	for _, state := range states {
		gauge(out, byState, float64(counts[state]), string(state))
	}
	for _, connection := range all[:min(len(all), maxConnections)] {
		c.collect(out, connection)
	}
}

func (c connections) collect(out chan<- prometheus.Metric, connection service.Connection) {
	name := connection.Name
	for _, state := range states {
		gauge(out, inState, truth(connection.State == state), name, string(state))
	}
	gauge(out, people, float64(connection.People), name)
	gauge(out, withAccess, float64(connection.WithAccess), name)
	gauge(out, failures, float64(connection.Failures), name)
	if at := connection.LastSuccess; at != nil {
		gauge(out, lastSuccess, timestamp(*at), name)
		gauge(out, sinceSuccess, max(0, c.now().Sub(*at).Seconds()), name)
	}
	if at := connection.NextRun; at != nil {
		gauge(out, nextRun, timestamp(*at), name)
	}
	run := connection.LastRun
	if run == nil {
		return
	}
	gauge(out, runPages, float64(run.Pages), name)
	gauge(out, runRecords, float64(run.Records), name)
	if run.Finished != nil {
		gauge(out, runSeconds, run.Finished.Sub(run.Started).Seconds(), name)
	}
}

func gauge(out chan<- prometheus.Metric, desc *prometheus.Desc, value float64, labels ...string) {
	metric, err := prometheus.NewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	if err != nil { // a label that is no UTF-8
		metric = prometheus.NewInvalidMetric(desc, err)
	}
	out <- metric
}

func truth(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func timestamp(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }
