//go:build unix

package schedule

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/postgres"
	"patchbay.example/internal/store/postgres/postgrestest"
)

// Three processes share one PostgreSQL, and are killed at random and replaced:
// each of 200 connections is synced once for each of its slots, and what a
// killed process left goes on elsewhere.
//
// The gate runs 1 slot with a kill after each 40 beginnings; -tags soak runs 5.
func TestKilledWorkersAreReplacedAndNoSlotRunsTwice(t *testing.T) {
	const (
		connections = 200
		processes   = 3
		killEach    = 40
		lease       = 2 * time.Second
	)
	w := newWorkers(t, lease, killEach)
	for range processes {
		w.launch()
	}
	anchor := time.Now().Truncate(time.Millisecond)
	for i := range connections {
		_, err := w.AddConnection(t.Context(), store.Connection{
			Name: fmt.Sprintf("c%03d", i), Connector: "test", Resource: "users", Config: []byte("{}"), Interval: time.Hour, Deadline: time.Hour, Created: anchor, Updated: anchor,
			Schedule: store.Schedule{Next: anchor, Why: store.WhyFirst, Anchor: anchor},
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for slot := range slots {
		if slot > 0 {
			w.planAgain()
		}
		w.awaitAll(connections * (slot + 1))
	}
	w.end()
	w.check(connections)
}

// workers are the processes of an installation.
type workers struct {
	*testing.T
	store.Store
	url      string
	lease    time.Duration
	killEach int
	random   *rand.Rand
	lines    chan line

	alive   []*process
	started int
	readers sync.WaitGroup

	begun  int
	killed map[string]time.Time // by the process's name
	owners map[int64]string     // of each run, the process that had it last
	taken  []time.Duration      // from a kill until another process had the run
}

type process struct {
	name  string
	cmd   *exec.Cmd
	input io.Closer
}

// line is what a process says of a run.
type line struct {
	process    string
	run, epoch int64
	at         time.Time
}

func newWorkers(t *testing.T, lease time.Duration, killEach int) *workers {
	t.Helper()
	url := postgrestest.Start(t)
	s, err := postgres.Open(t.Context(), url, testLog(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeStore(t, s) })
	w := &workers{
		T: t, Store: s, url: url, lease: lease, killEach: killEach, random: rand.New(rand.NewPCG(3, 200)), lines: make(chan line, 1000),
		killed: map[string]time.Time{}, owners: map[int64]string{},
	}
	t.Cleanup(w.end)
	return w
}

// launch starts a process.
func (w *workers) launch() {
	w.Helper()
	w.started++
	p := &process{name: fmt.Sprintf("worker-%d", w.started)}
	p.cmd = exec.CommandContext(context.WithoutCancel(w.Context()), os.Args[0])
	p.cmd.Env = append(os.Environ(), workerVariable+"="+w.url, nameVariable+"="+p.name, leaseVariable+"="+w.lease.String())
	p.cmd.Stderr = w.Output()
	input, err := p.cmd.StdinPipe()
	if err != nil {
		w.Fatal(err)
	}
	p.input = input
	output, err := p.cmd.StdoutPipe()
	if err != nil {
		w.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		w.Fatal(err)
	}
	w.alive = append(w.alive, p)
	w.readers.Go(func() {
		for scanner := bufio.NewScanner(output); scanner.Scan(); {
			l, unix := line{process: p.name}, int64(0)
			if _, err := fmt.Sscan(scanner.Text(), &l.run, &l.epoch, &unix); err == nil {
				l.at = time.UnixMilli(unix)
				w.lines <- l
			}
		}
	})
}

// kill kills a process without warning, and starts another.
func (w *workers) kill() {
	w.Helper()
	i := w.random.IntN(len(w.alive))
	p := w.alive[i]
	w.alive = slices.Delete(w.alive, i, i+1)
	w.killed[p.name] = time.Now()
	if err := p.cmd.Process.Kill(); err != nil {
		w.Fatal(err)
	}
	_ = p.cmd.Wait() // it was killed
	w.launch()
}

// awaitAll waits until so many runs are promoted and taken account of, and kills
// at random meanwhile.
func (w *workers) awaitAll(promoted int) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), endLimit)
	defer cancel()
	look := time.NewTicker(w.lease / 4)
	defer look.Stop()
	for {
		select {
		case l := <-w.lines:
			w.note(l)
		case <-look.C:
			// Counting takes longer than a tick where the machine is busy; what the
			// processes said meanwhile comes first, so that kills meet runs.
			for len(w.lines) > 0 {
				w.note(<-w.lines)
			}
			if w.count() >= promoted {
				return
			}
		case <-ctx.Done():
			w.Fatalf("%d runs are promoted, want %d: %v", w.count(), promoted, ctx.Err())
		}
	}
}

// note takes account of a line, and kills a process each so many runs.
func (w *workers) note(l line) {
	w.Helper()
	w.record(l)
	if w.begun%w.killEach == 0 {
		w.kill()
	}
}

// record takes account of a line.
func (w *workers) record(l line) {
	if at, was := w.killed[w.owners[l.run]]; was && l.epoch > 1 {
		w.taken = append(w.taken, l.at.Sub(at))
	}
	w.owners[l.run] = l.process
	w.begun++
}

// count is how many runs are promoted and taken account of.
func (w *workers) count() int {
	w.Helper()
	connections, err := w.Connections(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	n := 0
	for _, c := range connections {
		if c.LastRun == nil || c.LastRun.Status != store.RunPromoted || c.Schedule.Settled != c.LastRun.ID {
			continue
		}
		runs, err := w.Runs(w.Context(), store.RunsQuery{ConnectionID: c.ID})
		if err != nil {
			w.Fatal(err)
		}
		n += len(runs)
	}
	return n
}

// planAgain makes all connections due.
func (w *workers) planAgain() {
	w.Helper()
	connections, err := w.Connections(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	for _, c := range connections {
		if err := w.Plan(w.Context(), store.Plan{ConnectionID: c.ID, Next: time.Now().Truncate(time.Millisecond), Why: store.WhySchedule}); err != nil {
			w.Fatal(err)
		}
	}
}

// end has all processes stop as their owner would, and waits for them.
func (w *workers) end() {
	w.Helper()
	for _, p := range w.alive {
		if err := p.input.Close(); err != nil {
			w.Errorf("end %s: %v", p.name, err)
		}
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		w.readers.Wait()
	}()
	for done := false; !done; {
		select {
		case l := <-w.lines:
			w.record(l)
		case <-drained:
			done = true
		}
	}
	for _, p := range w.alive {
		if err := p.cmd.Wait(); err != nil {
			w.Errorf("%s: %v", p.name, err)
		}
	}
	w.alive = nil
}

// check finds one promoted run for each slot, and nothing else.
func (w *workers) check(connections int) {
	w.Helper()
	all, err := w.Connections(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	if len(all) != connections {
		w.Fatalf("%d connections, want %d", len(all), connections)
	}
	resumed := 0
	for _, c := range all {
		runs, err := w.Runs(w.Context(), store.RunsQuery{ConnectionID: c.ID})
		if err != nil {
			w.Fatal(err)
		}
		if len(runs) != slots {
			w.Errorf("%s: %d runs, want one for each of %d slots", c.Name, len(runs), slots)
		}
		seen := map[time.Time]bool{}
		for _, run := range runs {
			if run.Status != store.RunPromoted || run.Slot.IsZero() || seen[run.Slot] || run.Pages != workerPages || run.Records != workerPages {
				w.Errorf("%s: run %d is %s, for the slot %v, with %d pages and %d records", c.Name, run.ID, run.Status, run.Slot, run.Pages, run.Records)
			}
			seen[run.Slot] = true
			if run.Epoch > 1 {
				resumed++
			}
		}
		if c.People != workerPages || c.Schedule.Failures != 0 {
			w.Errorf("%s: %d people, %d failures", c.Name, c.People, c.Schedule.Failures)
		}
	}
	if resumed == 0 || len(w.taken) == 0 {
		w.Errorf("%d runs were taken over, %d seen: no kill met a run", resumed, len(w.taken))
	}
	slices.Sort(w.taken)
	texts := make([]string, len(w.taken))
	for i, d := range w.taken {
		texts[i] = fmt.Sprintf("%.1f s", d.Seconds())
	}
	w.Logf("%d processes were killed; %d runs were taken over, after (lease %v): %s", len(w.killed), resumed, w.lease, strings.Join(texts, ", "))
}
