package web_test

import (
	"net/url"
	"slices"
	"testing"
	"time"
)

// BenchmarkFindingOverHTTP asks a service with 100,000 people for the page of a
// search, facets and all, over the loopback address.
func BenchmarkFindingOverHTTP(b *testing.B) {
	s := startCrowd(b)
	texts := []string{"", "sample", "exmaple", "zoe", "e", "engineer", "agent 500", "beispiel", "zoe exampel", "depots", "s", "przykladowska", "образец", "sampel dæmi"}
	took := make([]time.Duration, 0, b.N)
	for b.Loop() {
		began := time.Now()
		s.page(b, "/people?q="+url.QueryEscape(texts[len(took)%len(texts)]))
		took = append(took, time.Since(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
