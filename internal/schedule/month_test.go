package schedule

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"patchbay.example/internal/store"
)

// A month of a connection that runs every six hours, on a clock that goes from
// event to event, with River in. The service is stopped and started at random,
// in the midst of runs too, and workers die with their lease.
func TestAMonthWithoutOutageHas120Runs(t *testing.T) {
	m := newMonth(t, 1)
	m.until(at(30 * 24))
	m.want(120, 0)
}

// Three days off miss twelve slots, and one run makes up for them.
func TestAMonthWithThreeDaysOffHas109Runs(t *testing.T) {
	m := newMonth(t, 2)
	m.until(at(10*24 + 1))
	m.stop()
	m.passTo(at(13*24 + 1))
	m.start()
	m.until(at(30 * 24))
	m.want(109, 1)
}

type month struct {
	*bench
	random     *rand.Rand
	connection store.Connection
	stops      int
	died       atomic.Int64 // workers that died in the midst of a run
	working    atomic.Int64
	overlaps   atomic.Int64
	// halfway is told when a run is half done and waits for the service to be
	// stopped; it does so where hold is set.
	hold    atomic.Bool
	halfway chan struct{}
}

func newMonth(t *testing.T, seed uint64) *month {
	t.Helper()
	t.Parallel()
	m := &month{bench: newBench(t), random: rand.New(rand.NewPCG(seed, 30)), halfway: make(chan struct{})}
	fate := rand.New(rand.NewPCG(seed, 31))
	m.runner.pages = 3
	m.runner.page = func(ctx context.Context, _ store.Run, page int64) error {
		if m.working.Add(1) > 1 {
			m.overlaps.Add(1)
		}
		defer m.working.Add(-1)
		switch {
		case page == 1 && m.hold.CompareAndSwap(true, false):
			m.halfway <- struct{}{}
			select {
			case <-m.runner.yield:
			case <-ctx.Done():
			}
		case page == 2 && fate.IntN(10) == 0:
			m.died.Add(1)
			m.tell()
			return errDied
		}
		return nil
	}
	m.start()
	m.connection = m.add("acme")
	return m
}

// until lets time pass up to end, from event to event.
func (m *month) until(end time.Time) {
	m.Helper()
	for {
		event := m.next()
		if !event.Before(end) {
			m.passTo(end)
			return
		}
		m.passTo(event.Add(time.Duration(m.random.IntN(60)) * time.Second))
		m.work()
	}
}

// next is when something is due: the run's lease, or the next slot.
func (m *month) next() time.Time {
	m.Helper()
	c := m.bench.connection("acme")
	if c.LastRun != nil && c.LastRun.Status == store.RunRunning {
		return c.LastRun.LeaseUntil
	}
	return c.Schedule.Next
}

// work has the service do what is due, until nothing is or a worker has died.
// At times it is stopped and started, within a run or after it.
func (m *month) work() {
	m.Helper()
	died := m.died.Load()
	begins := !m.bench.connection("acme").Schedule.Next.After(m.now())
	within := begins && m.random.IntN(8) == 0
	m.hold.Store(within)
	m.scheduler.Wake()
	if within {
		select {
		case <-m.halfway:
		case <-time.After(endLimit):
			m.Fatal("no run came half way")
		}
		m.restart()
	}
	m.await("a run", func() bool { return m.died.Load() > died || m.next().After(m.now()) })
	if m.random.IntN(10) == 0 {
		m.restart()
	}
}

func (m *month) restart() {
	m.Helper()
	m.stop()
	m.stops++
	m.start()
}

// want checks what the month came to.
func (m *month) want(promoted, caughtUp int) {
	m.Helper()
	m.stop()
	counts := map[string]int{}
	slots := map[time.Time]int{}
	resumed := 0
	var before store.Run
	for _, run := range m.runs(m.connection.ID) {
		counts[string(run.Status)]++
		counts[run.Trigger]++
		slots[run.Slot]++
		if slots[run.Slot] > 1 || run.Slot.IsZero() {
			m.Errorf("run %d is for the slot %v, which had %d before", run.ID, run.Slot, slots[run.Slot]-1)
		}
		if run.Started.Before(before.Finished) {
			m.Errorf("run %d began at %v, before run %d ended at %v", run.ID, run.Started, before.ID, before.Finished)
		}
		if !before.Started.IsZero() && run.Started.Sub(before.Started) < regularInterval/2 {
			m.Errorf("runs %d and %d began at %v and %v", before.ID, run.ID, before.Started, run.Started)
		}
		if run.Epoch > 1 {
			resumed++
		}
		before = run
	}
	if counts["promoted"] != promoted || counts["promoted"] != len(slots) {
		m.Errorf("%d runs are promoted, of %d slots, want %d: %v", counts["promoted"], len(slots), promoted, counts)
	}
	if counts[string(store.WhyCatchUp)] != caughtUp {
		m.Errorf("%d runs made up for missed ones, want %d", counts[string(store.WhyCatchUp)], caughtUp)
	}
	if n := m.overlaps.Load(); n > 0 {
		m.Errorf("%d times two workers were at it", n)
	}
	if m.stops == 0 || m.died.Load() == 0 || resumed < int(m.died.Load()) {
		m.Errorf("%d restarts, %d dead workers, %d runs taken over: the month was too quiet", m.stops, m.died.Load(), resumed)
	}
	m.Logf("%d runs, %d restarts, %d dead workers, %d runs taken over", len(slots), m.stops, m.died.Load(), resumed)
}
