package people

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"patchbay.example/internal/people/search/searchtest"
)

// multitude are people with the names, titles and teams of a large company, each
// with a manager who is written in one of several ways.
func multitude(n int) []who {
	documents := searchtest.Corpus(n, 1)
	of := func(i, facet int) string {
		if values := documents[i].Facets[facet]; len(values) > 0 {
			return values[0]
		}
		return ""
	}
	all := make([]who, n)
	for i := range all {
		all[i] = who{
			id: fmt.Sprintf("00u%07d", i), display: documents[i].Name, title: documents[i].Title, department: documents[i].Department,
			city: of(i, searchtest.City), kind: of(i, searchtest.UserType), number: fmt.Sprintf("%06d", i), mobile: "+48 555 0100", street: "1 Sample Street",
			custom: map[string]any{"badgeNumber": i, "shift": i % 3, "birthDate": "1990-01-01"},
		}
		if manager := (i - 1) / 9; i > 0 {
			all[i].managerID = []string{fmt.Sprintf("00u%07d", manager), fmt.Sprintf("%06d", manager), fmt.Sprintf("00u%07d@example.com", manager)}[i%3]
		}
	}
	return all
}

// BenchmarkSnapshot100k makes the snapshot of 100,000 people, step by step.
func BenchmarkSnapshot100k(b *testing.B) {
	const size = 100_000
	c := newCompany(b)
	c.sync(c.connection, noon.Add(-time.Hour), multitude(size)...)
	read := func() *roll {
		all, err := load(b.Context(), c.store, c.connection.ID, Settings{})
		if err != nil {
			b.Fatal(err)
		}
		return all
	}
	b.Run("load", func(b *testing.B) {
		for b.Loop() {
			read()
		}
	})
	all := read()
	again := func() *roll { // assembling takes the accounts away
		r := *all
		r.entries = slices.Clone(all.entries)
		return &r
	}
	b.Run("assemble", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			r := again()
			b.StartTimer()
			assemble(r, Settings{})
		}
	})
	s := assemble(again(), Settings{})
	for _, step := range []struct {
		name string
		take func()
	}{{"divide", s.divide}, {"find", s.find}, {"examine", s.examine}} {
		b.Run(step.name, func(b *testing.B) {
			for b.Loop() {
				step.take()
			}
		})
	}
	all, s = nil, nil
	b.Run("memory", func(b *testing.B) {
		for b.Loop() {
			before := heap()
			s := c.made()
			b.ReportMetric(float64(heap()-before)/size, "B/person")
			b.ReportMetric(float64(s.Bytes())/size, "said-B/person")
			runtime.KeepAlive(s)
		}
	})
}

// made is a new snapshot of the store's people.
func (r *company) made() *Snapshot {
	r.Helper()
	view, err := r.store.PeopleView(r.Context())
	if err != nil {
		r.Fatal(err)
	}
	s, err := r.directory.once(r.Context(), view, Settings{})
	if err != nil {
		r.Fatal(err)
	}
	return s
}

// heap is how many bytes are in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestBytesAreAboutWhatASnapshotTakes(t *testing.T) {
	const size = 5_000
	c := newCompany(t)
	c.sync(c.connection, noon.Add(-time.Hour), multitude(size)...)
	c.made() // what is made once only
	before := heap()
	s := c.made()
	took := heap() - before
	if said := s.Bytes(); said < took*3/4 || said > took*5/4 {
		t.Errorf("a snapshot of %d people says that it takes %d bytes; it takes %d", size, said, took)
	}
	runtime.KeepAlive(s)
}
