// Finding measures search for people beside the engines' own full-text search,
// over the same people and the same texts, in one run:
//
//	go run ./internal/bench/finding -people 100000
//
// The ways are the index in memory (package search), which counts eight facets for
// each text on the way; SQLite's FTS5 with words as prefixes, alone and with each
// word widened to those of the vocabulary that differ by one letter; and
// PostgreSQL's pg_trgm with word similarity. The engines count no facets, which
// would be eight more statements for each text.
//
// The texts are full names with and without a mistake, names as they are typed,
// family names, single letters, titles, departments, addresses and numbers. Recall
// is how many of the names with one mistake have somebody of that name among the
// first ten.
//
// PostgreSQL is the server that -postgres names, whose user must be able to create
// extensions and tables in a schema of its own, or one that is started for the
// occasion. Where there is neither, its row is left out.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"time"

	"patchbay.example/internal/bench/pgserver"
	"patchbay.example/internal/people/search"
	"patchbay.example/internal/people/search/searchtest"
)

func main() {
	s := settings{out: os.Stdout}
	flag.IntVar(&s.people, "people", 100_000, "people")
	flag.IntVar(&s.queries, "queries", 1000, "texts, and as many names with a mistake for recall")
	flag.StringVar(&s.postgres, "postgres", "", "connection string of a PostgreSQL server; empty: start one, if it is installed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, s); err != nil {
		log.Fatal(err)
	}
}

// settings say what to measure.
type settings struct {
	people, queries int
	postgres        string
	out             io.Writer // takes the table
}

// hits is how many people are asked for.
const hits = 10

// way is a way to find people.
type way struct {
	name string
	// build makes it ready for the documents.
	build func(ctx context.Context, documents []search.Document) (finder, error)
}

// finder is a way that is ready.
type finder interface {
	// find returns the indices of the best hits, at most hits.
	find(ctx context.Context, text string) ([]int32, error)
	// size is what it takes in memory and on disk, in bytes.
	size(ctx context.Context) (memory, disk int64, err error)
	close(ctx context.Context) error
}

func measure(ctx context.Context, s settings) error {
	folder, err := os.MkdirTemp("", "patchbay-finding-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	// In the locale C only ASCII has letters, and pg_trgm no trigrams of others.
	server, err := pgserver.Find(ctx, s.postgres, "C.UTF-8")
	if err != nil {
		return err
	}
	defer server.Stop()
	ways := []way{inMemory(), plainSQLite(folder), fuzzySQLite(folder)}
	if server.URL != "" {
		ways = append(ways, trigrams(server.URL))
	} else {
		log.Print("PostgreSQL is not installed and none is named: it is left out")
	}
	documents := searchtest.Corpus(s.people, 1)
	work := workload(documents, s.queries)
	if _, err := fmt.Fprintf(s.out, "%d people, %d texts, %d names with one mistake, %d hits each\n\n"+
		"| way | facets | build s | p50 ms | p99 ms | slowest ms | with a mistake: p99 ms | recall@%d %% | memory, bytes a person | disk, bytes a person |\n"+
		"|---|---|---:|---:|---:|---:|---:|---:|---:|---:|\n", s.people, len(work.texts), len(work.edited), hits, hits); err != nil {
		return err
	}
	for _, w := range ways {
		if err := w.report(ctx, s.out, documents, work); err != nil {
			return fmt.Errorf("%s: %w", w.name, err)
		}
	}
	return nil
}

// work is what every way is asked for.
type work struct {
	texts  []string
	edited []editedName
}

// editedName is a name and how it was typed.
type editedName struct{ name, text string }

func workload(documents []search.Document, n int) work {
	kinds := []string{searchtest.Typo, searchtest.Whole, searchtest.Typing, searchtest.Surname, searchtest.Letter, searchtest.Job, searchtest.Address}
	var w work
	for _, kind := range kinds {
		for _, q := range searchtest.Queries(documents, kind, max(n/len(kinds), 1), 2) {
			w.texts = append(w.texts, q.Text)
		}
	}
	for _, e := range searchtest.Edited(documents, n, 3) {
		w.edited = append(w.edited, editedName{documents[e.Person].Name, e.Text})
	}
	return w
}

// report measures a way and prints its row.
func (w way) report(ctx context.Context, out io.Writer, documents []search.Document, work work) (err error) {
	runtime.GC() // what the way before left is not this one's to collect
	began := time.Now()
	f, err := w.build(ctx, documents)
	built := time.Since(began)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.close(context.WithoutCancel(ctx)); err == nil {
			err = e
		}
	}()
	for _, text := range work.texts[:min(len(work.texts), 100)] { // caches fill
		if _, err := f.find(ctx, text); err != nil {
			return fmt.Errorf("find %q: %w", text, err)
		}
	}
	var texts, edited timings
	for _, text := range work.texts {
		if _, err := texts.time(ctx, f, text); err != nil {
			return err
		}
	}
	found := 0
	for _, e := range work.edited {
		persons, err := edited.time(ctx, f, e.text)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(persons, func(person int32) bool { return documents[person].Name == e.name }) {
			found++
		}
	}
	memory, disk, err := f.size(ctx)
	if err != nil {
		return err
	}
	facets := "–"
	if _, ok := f.(memoryFinder); ok {
		facets = fmt.Sprint(searchtest.Facets)
	}
	people := int64(len(documents))
	_, err = fmt.Fprintf(out, "| %s | %s | %.2f | %.2f | %.2f | %.2f | %.2f | %.1f | %d | %d |\n", w.name, facets, built.Seconds(),
		texts.at(50), texts.at(99), texts.at(100), edited.at(99), 100*float64(found)/float64(len(work.edited)), memory/people, disk/people)
	return err
}

// timings are how long searches took.
type timings []time.Duration

func (t *timings) time(ctx context.Context, f finder, text string) ([]int32, error) {
	began := time.Now()
	persons, err := f.find(ctx, text)
	*t = append(*t, time.Since(began))
	if err != nil {
		return nil, fmt.Errorf("find %q: %w", text, err)
	}
	return persons, nil
}

// at is what so many of a hundred took at most, in milliseconds.
func (t timings) at(percent int) float64 {
	sorted := slices.Sorted(slices.Values(t))
	return float64(sorted[(len(sorted)-1)*percent/100]) / float64(time.Millisecond)
}
