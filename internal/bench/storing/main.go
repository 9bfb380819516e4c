// Storing measures what a run costs from Okta to the directory, on both stores
// side by side in one run:
//
//	go run ./internal/bench/storing
//
// It builds what it measures and starts fake tenants whose pages are rendered
// before the clock starts. The yardsticks are the listing alone, which is the
// harness writing the same people to a file, and a bulk load: the rows of the
// first run, from memory, into the same tables with the same indexes, 1,000
// people a transaction. Each case is a run of the real syncer with the real
// connector, in a process of its own, so that the peak of its memory is its own.
// What a reader waits for meanwhile is measured in repetitions of their own: a
// reader takes time from the run.
//
// PostgreSQL is the server that -postgres names, whose user must be able to
// create databases, or one that is started for the occasion with its own
// defaults. Where there is neither, SQLite is measured alone. Memory and the
// server's time are read from /proc, so they are zero elsewhere than on Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"

	"patchbay.example/internal/bench/pgserver"
)

func main() {
	s := settings{out: os.Stdout}
	flag.IntVar(&s.users, "users", 100_000, "people")
	flag.IntVar(&s.runs, "runs", 3, "repetitions of everything in turn; medians are printed")
	flag.StringVar(&s.postgres, "postgres", "", "connection string of a PostgreSQL server; empty: start one, if it is installed")
	flag.StringVar(&s.profiles, "profiles", "", "folder for CPU profiles of the runs, which cost some time; empty: none")
	million := flag.Bool("million", false, "measure memory with 1,000,000 people as well")
	child := flag.Bool("child", false, "do what standard input orders (the program starts itself so)")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if *child {
		if err := obey(ctx, os.Stdin, os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	if *million {
		s.large = 1_000_000
	}
	if err := measure(ctx, s); err != nil {
		log.Fatal(err)
	}
}

// settings say what to measure.
type settings struct {
	users, runs int
	large       int // people in the run that measures memory; 0: none
	postgres    string
	profiles    string
	out         io.Writer // takes the tables
}

// bench holds what the measurements share.
type bench struct {
	settings
	folder  string
	engines []engine
}

func measure(ctx context.Context, s settings) (err error) {
	folder, err := os.MkdirTemp("", "patchbay-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	b := bench{settings: s, folder: folder, engines: []engine{sqliteEngine(folder)}}
	if err := b.build(ctx); err != nil {
		return err
	}
	server, err := pgserver.Find(ctx, s.postgres, "C")
	if err != nil {
		return err
	}
	defer server.Stop()
	if server.URL != "" {
		b.engines = append(b.engines, postgresEngine(server))
	} else {
		log.Print("PostgreSQL is not installed and none is named: SQLite alone is measured")
	}
	if err := b.compare(ctx); err != nil {
		return err
	}
	if s.large > 0 {
		return b.memory(ctx)
	}
	return nil
}

// build builds the programs.
func (b *bench) build(ctx context.Context) error {
	command := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", b.folder+string(filepath.Separator), //nolint:gosec // fixed arguments
		"patchbay.example/host/cmd/harness", "patchbay.example/plugin/okta")
	command.Stderr = os.Stderr
	return command.Run()
}

func (b *bench) path(name string) string { return filepath.Join(b.folder, name) }

// compare measures everything in turn and prints the table.
func (b *bench) compare(ctx context.Context) error {
	tenants, err := b.startTenants(b.users)
	if err != nil {
		return err
	}
	defer tenants.close()
	var listings []sample
	results := make([]result, len(b.engines))
	for i := range results {
		results[i] = result{engine: b.engines[i].name, cases: make([][]sample, len(cases))}
	}
	for range b.runs {
		listing, err := b.list(ctx, tenants[cases[0].tenant])
		if err != nil {
			return fmt.Errorf("listing alone: %w", err)
		}
		listings = append(listings, listing)
		for i, e := range b.engines {
			if err := b.repeat(ctx, e, tenants, &results[i]); err != nil {
				return fmt.Errorf("%s: %w", e.name, err)
			}
		}
	}
	return b.report(listings, results)
}

// result is what was measured of one engine.
type result struct {
	engine string
	loads  []sample
	cases  [][]sample // by case
}

// repeat measures all cases once without a reader, the bulk load of what the
// first has written, and all cases once more with a reader.
func (b *bench) repeat(ctx context.Context, e engine, tenants tenants, r *result) error {
	return within(ctx, e, func(first string) error {
		for i, c := range cases {
			s, err := b.sync(ctx, e, order{Database: first, Profile: b.profile(e, c)}, tenants[c.tenant])
			if err != nil {
				return fmt.Errorf("%s: %w", c.name, err)
			}
			r.cases[i] = append(r.cases[i], s)
			if i > 0 {
				continue
			}
			if err := b.load(ctx, e, first, r); err != nil {
				return fmt.Errorf("bulk load: %w", err)
			}
		}
		return within(ctx, e, func(read string) error {
			for i, c := range cases {
				s, err := b.sync(ctx, e, order{Database: read, Read: true}, tenants[c.tenant])
				if err != nil {
					return fmt.Errorf("%s with a reader: %w", c.name, err)
				}
				last := &r.cases[i][len(r.cases[i])-1]
				last.Wait, last.Usual, last.Reads = s.Wait, s.Usual, s.Reads
			}
			return nil
		})
	})
}

// load measures a bulk load of what a database holds into an empty one.
func (b *bench) load(ctx context.Context, e engine, from string, r *result) error {
	return within(ctx, e, func(into string) error {
		s, err := b.child(ctx, e, order{Do: doLoad, Engine: e.name, Database: into, From: from}, nil)
		r.loads = append(r.loads, s)
		return err
	})
}

// sync measures a run, and what it wrote.
func (b *bench) sync(ctx context.Context, e engine, o order, t *tenant) (sample, error) {
	before, err := e.written(ctx, o.Database)
	if err != nil {
		return sample{}, err
	}
	o.Do, o.Engine, o.Connector, o.RuntimeDir = doSync, e.name, b.path("okta"), b.path("run")
	o.Configuration, o.PrivateKey = t.configuration, t.privateKey
	s, err := b.child(ctx, e, o, t)
	if err != nil {
		return s, err
	}
	after, err := e.written(ctx, o.Database)
	s.bodies, s.words = after.bodies-before.bodies, after.words-before.words
	if err != nil {
		return s, err
	}
	return s, e.settle(ctx, o.Database)
}

// profile is where a run's CPU profile goes, if anywhere. The last repetition's
// is kept.
func (b *bench) profile(e engine, c change) string {
	if b.profiles == "" {
		return ""
	}
	return filepath.Join(b.profiles, e.name+", "+c.name+".pprof")
}

// memory measures the memory of runs at a size.
func (b *bench) memory(ctx context.Context) error {
	t, err := b.startLarge(b.large)
	if err != nil {
		return err
	}
	defer t.Close()
	_, _ = fmt.Fprintf(b.out, "\n%s people, one run of each.\n\n| store | case | wall s | promote ms | host, peak MiB |\n|---|---|---:|---:|---:|\n", thousands(b.large))
	for _, e := range b.engines {
		err := within(ctx, e, func(database string) error {
			for _, c := range cases[:2] {
				s, err := b.sync(ctx, e, order{Database: database}, t)
				if err != nil {
					return fmt.Errorf("%s: %w", c.name, err)
				}
				_, _ = fmt.Fprintf(b.out, "| %s | %s | %.1f | %.0f | %.1f |\n", e.name, c.name, s.Wall.Seconds(), milliseconds(s.Promote), mib(s.Peak))
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("%s: %w", e.name, err)
		}
	}
	return nil
}
