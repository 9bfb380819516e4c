package reporting_test

import (
	"runtime"
	"testing"

	"patchbay.example/internal/people/reporting"
	"patchbay.example/internal/people/reporting/reportingtest"
)

// BenchmarkResolve100k is what a promoted run costs: everybody's manager, circles,
// and both spans of everybody, of 100,000 accounts in which every encoding is
// mixed and names are as unevenly spread as real ones.
func BenchmarkResolve100k(b *testing.B) {
	tenant := reportingtest.New(reportingtest.Shape{Seed: 1, People: 100_000, Untidy: 15})
	contractors := make([]bool, len(tenant.Accounts))
	for i := range contractors {
		contractors[i] = i%7 == 0
	}
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		r := reporting.Resolve(tenant.Accounts, tenant.Departed, reporting.Options{})
		f := reporting.Grow(r.Managers(), nil)
		if f.Size() != len(tenant.Accounts) || len(f.Totals(contractors)) != f.Size() {
			b.Fatal("somebody is missing")
		}
	}
}

// BenchmarkExplain100k is what a page about one person's manager costs.
func BenchmarkExplain100k(b *testing.B) {
	tenant := reportingtest.New(reportingtest.Shape{Seed: 1, People: 100_000, Untidy: 15})
	r := reporting.Resolve(tenant.Accounts, tenant.Departed, reporting.Options{})
	i := int32(0)
	for b.Loop() {
		r.Explain(i % int32(r.Len()))
		i++
	}
}

// BenchmarkMemory100k states what is kept per account.
func BenchmarkMemory100k(b *testing.B) {
	tenant := reportingtest.New(reportingtest.Shape{Seed: 1, People: 100_000, Untidy: 15})
	for b.Loop() {
		before := heap()
		r := reporting.Resolve(tenant.Accounts, tenant.Departed, reporting.Options{})
		resolved := heap()
		f := reporting.Grow(r.Managers(), nil)
		grown := heap()
		b.ReportMetric(float64(resolved-before)/100_000, "link-B/person")
		b.ReportMetric(float64(grown-resolved)/100_000, "forest-B/person")
		runtime.KeepAlive(r)
		runtime.KeepAlive(f)
	}
}

func heap() int64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}
