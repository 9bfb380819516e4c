package search_test

import (
	"slices"
	"testing"
	"time"

	"patchbay.example/internal/people/search"
	"patchbay.example/internal/people/search/searchtest"
)

// benchPeople is the size that the goals are for.
const benchPeople = 100_000

func BenchmarkBuild(b *testing.B) {
	documents := searchtest.Corpus(benchPeople, 1)
	var ix *search.Index
	for b.Loop() {
		ix = search.Build(documents, searchtest.Facets)
	}
	b.ReportMetric(float64(ix.Bytes())/benchPeople, "B/person")
}

func BenchmarkSearch(b *testing.B) {
	documents := searchtest.Corpus(benchPeople, 1)
	ix := search.Build(documents, searchtest.Facets)
	for _, kind := range searchtest.Kinds {
		b.Run(kind, func(b *testing.B) {
			queries := searchtest.Queries(documents, kind, 2000, 2)
			took := make([]time.Duration, 0, b.N)
			for i := range b.N {
				began := time.Now()
				ix.Search(queries[i%len(queries)])
				took = append(took, time.Since(began))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
		})
	}
}
