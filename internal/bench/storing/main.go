// Storing measures what a run costs each store, beside a bulk load of the same
// rows, both stores in turn in one run:
//
//	go run ./internal/bench/storing -postgres postgres://user@host:5432/postgres
//
// Bulk load: the rows of a first sync, from memory, into the same tables with
// the same indexes, 1,000 people a transaction. Each case is a whole run from
// memory in pages of 200: begun, staged, promoted. Meanwhile a reader looks up
// people one by one; what it waited longest is printed, too. Without -postgres,
// SQLite is measured alone. The user of -postgres must be able to create
// databases: each repetition has one of its own, dropped at its end.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/signal"
	"slices"
	"text/tabwriter"
	"time"
)

func main() {
	users := flag.Int("users", 100_000, "people")
	runs := flag.Int("runs", 3, "repetitions; medians are printed")
	postgres := flag.String("postgres", "", "connection string of a PostgreSQL server to measure as well")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *users, *runs, *postgres); err != nil {
		log.Fatal(err)
	}
}

// A change says which state a person is in when a case begins. States of a
// person differ in what people see; logins in lastLogin alone.
type change struct {
	name         string
	state, login func(person int) int
}

// everybody is the same for all.
func everybody(n int) func(int) int { return func(int) int { return n } }

// some is one for so many in a hundred, and otherwise zero.
func some(percent int) func(int) int {
	return func(person int) int {
		if person%100 < percent {
			return 1
		}
		return 0
	}
}

// cases follow upon each other, each on the directory that the last has left.
var cases = []change{
	{"first sync", everybody(0), everybody(0)},
	{"unchanged", everybody(0), everybody(0)},
	{"40 % a new lastLogin only", everybody(0), some(40)},
	{"1 % changed", some(1), some(40)},
}

// sample is one case, measured once.
type sample struct {
	whole, promote, wait time.Duration
}

func measure(ctx context.Context, users, runs int, url string) error {
	folder, err := os.MkdirTemp("", "patchbay-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	engines := []engine{sqliteEngine(folder)}
	if url != "" {
		engines = append(engines, postgresEngine(url))
	}
	people := newPeople(users)
	results := make([][][]sample, len(engines)) // by engine, by case with the bulk load first
	for i := range results {
		results[i] = make([][]sample, len(cases)+1)
	}
	for range runs {
		for i, e := range engines {
			samples, err := repetition(ctx, e, people)
			if err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
			for j, s := range samples {
				results[i][j] = append(results[i][j], s)
			}
		}
	}
	fmt.Printf("%d people, %d repetitions of each in turn, medians\n\n", users, runs)
	return report(engines, results, users)
}

// repetition is one bulk load and all cases.
func repetition(ctx context.Context, e engine, people *people) ([]sample, error) {
	loaded, err := e.load(ctx, people)
	if err != nil {
		return nil, fmt.Errorf("bulk load: %w", err)
	}
	synced, err := e.sync(ctx, people)
	return append([]sample{{whole: loaded}}, synced...), err
}

func report(engines []engine, results [][][]sample, users int) error {
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "store\tcase\ts\tof bulk load\tpeople/s\tpromoting s\treader's longest wait ms\t")
	for i, e := range engines {
		load := median(results[i][0], func(s sample) time.Duration { return s.whole })
		_, _ = fmt.Fprintf(table, "%s\tbulk load\t%.2f\t1.00\t%.0f\t\t\t\n", e.name, load.Seconds(), float64(users)/load.Seconds())
		for j, c := range cases {
			of := results[i][j+1]
			whole := median(of, func(s sample) time.Duration { return s.whole })
			promote := median(of, func(s sample) time.Duration { return s.promote })
			longest := slices.MaxFunc(of, func(a, b sample) int { return int(a.wait - b.wait) }).wait
			_, _ = fmt.Fprintf(table, "%s\t%s\t%.2f\t%.2f\t%.0f\t%.2f\t%.0f\t\n", e.name, c.name, whole.Seconds(),
				whole.Seconds()/load.Seconds(), float64(users)/whole.Seconds(), promote.Seconds(), float64(longest)/float64(time.Millisecond))
		}
	}
	return table.Flush()
}

func median(samples []sample, of func(sample) time.Duration) time.Duration {
	values := make([]time.Duration, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
