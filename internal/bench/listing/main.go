// Listing measures the way of an org's people from Okta to a file, side by side
// with the naive loop, on one fake tenant in one run:
//
//	go run ./internal/bench/listing
//
// It builds what it measures, starts a tenant whose pages are rendered before
// the clock starts, and runs each way in turn, several times. What it prints is
// the source of docs/performance.md. Memory and the tenant's share are read
// from /proc, so they are zero elsewhere than on Linux.
package main

import (
	"context"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"text/tabwriter"
	"time"
)

func main() {
	users := flag.Int("users", 100_000, "people")
	runs := flag.Int("runs", 5, "runs of each way")
	latency := flag.Duration("latency", 100*time.Millisecond, "of a page, in the run that measures how waiting overlaps; 0 to leave it out")
	latencyUsers := flag.Int("latency-users", 40_000, "people in that run")
	large := flag.Int("large", 0, "people in a run that measures memory, for example 1000000; 0 to leave it out")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := measure(ctx, *users, *runs, *latency, *latencyUsers, *large); err != nil {
		log.Fatal(err)
	}
}

func measure(ctx context.Context, users, runs int, latency time.Duration, latencyUsers, large int) error {
	folder, err := os.MkdirTemp("", "patchbay-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	b := bench{folder: folder}
	if err := b.build(ctx); err != nil {
		return err
	}
	if err := b.compare(ctx, users, runs); err != nil {
		return err
	}
	if latency > 0 {
		if err := b.overlap(ctx, latencyUsers, latency); err != nil {
			return err
		}
	}
	if large > 0 {
		return b.large(ctx, large)
	}
	return nil
}

// bench holds the built programs.
type bench struct{ folder string }

func (b bench) path(name string) string { return filepath.Join(b.folder, name) }

func (b bench) build(ctx context.Context) error {
	command := exec.CommandContext(ctx, "go", "build", "-buildvcs=false", "-o", b.folder+string(filepath.Separator), //nolint:gosec // fixed arguments
		"./host/cmd/harness", "./plugin/okta", "./internal/bench/naive")
	command.Stderr = os.Stderr
	return command.Run()
}

// way is one way to read everybody.
type way struct {
	name    string
	command []string
}

func (b bench) patchbay(extra ...string) way {
	command := append([]string{
		b.path("harness"), "sync", "--connector", b.path("okta"), "--config", b.path("t.json"),
		"--resource", "users", "--format", "jsonl", "--output", b.path("out.jsonl"),
	}, extra...)
	return way{"patchbay, to JSON lines on disk", command}
}

// compare runs all ways in turn and prints medians.
func (b bench) compare(ctx context.Context, users, runs int) error {
	tenant, err := b.startTenant(ctx, "--users", fmt.Sprint(users), "--prerender")
	if err != nil {
		return err
	}
	defer tenant.stop()
	ways := []way{
		b.patchbay(),
		{"naive loop, nothing written", []string{b.path("naive"), b.path("t.json")}},
		{"discarding loop", []string{b.path("naive"), b.path("t.json"), "-discard"}},
	}
	results := make([][]sample, len(ways))
	for range runs {
		for i, w := range ways {
			s, err := tenant.time(ctx, w)
			if err != nil {
				return err
			}
			results[i] = append(results[i], s)
		}
	}
	fmt.Printf("%d people, 200 a page, https, %d runs of each in turn, medians\n\n", users, runs)
	naive := median(results[1], func(s sample) float64 { return s.wall.Seconds() })
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	_, _ = fmt.Fprintln(table, "way\twall s\tlowest-highest\tof naive\tCPU s\ttenant's CPU s\tpeak MiB\t")
	for i, w := range ways {
		walls := func(s sample) float64 { return s.wall.Seconds() }
		_, _ = fmt.Fprintf(table, "%s\t%.2f\t%.2f-%.2f\t%.2f\t%.2f\t%.2f\t%.0f\t\n", w.name, median(results[i], walls),
			lowest(results[i], walls), highest(results[i], walls), median(results[i], walls)/naive,
			median(results[i], func(s sample) float64 { return s.cpu.Seconds() }),
			median(results[i], func(s sample) float64 { return s.tenantCPU.Seconds() }),
			median(results[i], func(s sample) float64 { return mib(s.host + s.connector) }))
	}
	return table.Flush()
}

// overlap measures how much longer a listing takes than the service's own
// latency adds up to.
func (b bench) overlap(ctx context.Context, users int, latency time.Duration) error {
	tenant, err := b.startTenant(ctx, "--users", fmt.Sprint(users), "--prerender", "--latency", latency.String(), "--stats-out", b.path("stats.json"))
	if err != nil {
		return err
	}
	s, err := tenant.time(ctx, b.patchbay())
	tenant.stop()
	if err != nil {
		return err
	}
	first, err := firstUsersRequest(b.path("stats.json"))
	if err != nil {
		return err
	}
	pages := (users + 199) / 200
	least := time.Duration(pages) * latency
	took := s.ended.Sub(first)
	fmt.Printf("\n%d pages at %s: %.2f s from the first request for users to the end, %.2f s is their sum: %+.1f %%\n",
		pages, latency, took.Seconds(), least.Seconds(), 100*(took.Seconds()/least.Seconds()-1))
	return nil
}

// large measures memory at a size.
func (b bench) large(ctx context.Context, users int) error {
	tenant, err := b.startTenant(ctx, "--users", fmt.Sprint(users))
	if err != nil {
		return err
	}
	defer tenant.stop()
	s, err := tenant.time(ctx, b.patchbay())
	if err != nil {
		return err
	}
	fmt.Printf("\n%d people: %.1f s, peak host %.1f MiB, connector %.1f MiB, together %.1f MiB\n",
		users, s.wall.Seconds(), mib(s.host), mib(s.connector), mib(s.host+s.connector))
	return nil
}

func median(samples []sample, of func(sample) float64) float64 {
	values := sorted(samples, of)
	return values[len(values)/2]
}

func lowest(samples []sample, of func(sample) float64) float64 { return sorted(samples, of)[0] }

func highest(samples []sample, of func(sample) float64) float64 {
	return sorted(samples, of)[len(samples)-1]
}

func sorted(samples []sample, of func(sample) float64) []float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values
}

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }
