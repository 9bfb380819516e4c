package main

import (
	"fmt"
	"strconv"
	"time"
)

// report prints the table.
func (b *bench) report(listings []sample, results []result) error {
	listing := median(listings, wall)
	_, _ = fmt.Fprintf(b.out, "%s people, 200 a page, https, %d of each in turn, medians; of reads, the slowest of all\n\n", thousands(b.users), b.runs)
	_, err := fmt.Fprintf(b.out, "| store | case | wall s | of its yardstick | goal | CPU s | server's CPU s | of its yardstick's | promote ms | reads: slowest ms | 99 %% ms | bodies | search rows | host, peak MiB |\n"+
		"|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n"+
		"| – | listing alone | %.2f | | | %.2f | | | | | | | | |\n", listing, median(listings, cpu))
	for _, r := range results {
		load := median(r.loads, wall)
		_, _ = fmt.Fprintf(b.out, "| %s | bulk load | %.2f | | | %.2f | %.2f | | | | | | | |\n", r.engine, load, median(r.loads, cpu), median(r.loads, serverCPU))
		for i, c := range cases {
			yardstick, yardstickCPU, goal := listing, median(listings, cpu), steadyGoal[r.engine]
			if i == 0 {
				yardstick, goal = listing+load, firstGoal
				yardstickCPU += median(r.loads, cpu) + median(r.loads, serverCPU)
			}
			of := r.cases[i]
			_, err = fmt.Fprintf(b.out, "| %s | %s | %.2f | **%.2f** | ≤ %.1f | %.2f | %.2f | %.2f | %.0f | %.0f | %.0f | %s | %s | %.0f |\n",
				r.engine, c.name, median(of, wall), median(of, wall)/yardstick, goal, median(of, cpu), median(of, serverCPU),
				(median(of, cpu)+median(of, serverCPU))/yardstickCPU,
				median(of, func(s sample) float64 { return milliseconds(s.Promote) }),
				highest(of, func(s sample) float64 { return milliseconds(s.Wait) }),
				median(of, func(s sample) float64 { return milliseconds(s.Usual) }),
				thousands(int(of[0].bodies)), thousands(int(of[0].words)),
				median(of, func(s sample) float64 { return mib(s.Peak) }))
		}
	}
	return err
}

// The goals: of a first run, beside listing and bulk load together; of any
// other, beside the listing.
const firstGoal = 2.0

var steadyGoal = map[string]float64{sqliteName: 1.3, postgresName: 2}

func wall(s sample) float64 { return s.Wall.Seconds() }

func cpu(s sample) float64 { return s.CPU.Seconds() }

func serverCPU(s sample) float64 { return s.server.Seconds() }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func mib(bytes int64) float64 { return float64(bytes) / (1 << 20) }

// thousands writes a number as 100,000.
func thousands(n int) string {
	text := strconv.Itoa(n)
	for i := len(text) - 3; i > 0; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}
