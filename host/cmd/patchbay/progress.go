package main

import (
	"fmt"
	"io"
	"slices"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"patchbay.example/internal/program"
	"patchbay.example/internal/service"
	"patchbay.example/internal/store"
)

// plainEvery is the pace of lines where nobody watches: a log should tell that
// a run lives, and no more.
const plainEvery = 10 * time.Second

// progress shows how a run goes, on standard error: its log, and a live line on
// a terminal, or a line now and then elsewhere. nil shows nothing.
type progress struct {
	app  *app
	out  io.Writer
	bars *mpb.Progress // nil where nobody watches
	bar  *mpb.Bar
	told time.Time // of the last plain line

	mu   sync.Mutex // guards what follows, which the bar reads
	run  service.Run
	last service.LogLine // shown
}

// newProgress begins to show.
func newProgress(a *app) *progress {
	p := &progress{app: a, out: a.stderr, told: time.Now()}
	if program.IsTerminal(a.stderr) {
		p.bars = mpb.New(mpb.WithOutput(a.stderr), mpb.WithAutoRefresh())
		line := decor.Any(func(decor.Statistics) string { return p.line() })
		p.bar = p.bars.New(0, mpb.NopStyle(), mpb.PrependDecorators(line), mpb.BarRemoveOnComplete())
		p.out = p.bars
	}
	return p
}

// update shows a run as it stands.
func (p *progress) update(run service.Run) {
	if p == nil {
		return
	}
	for _, line := range p.news(run) {
		_, _ = fmt.Fprintln(p.out, p.app.logLine(line))
	}
	if p.bars == nil && run.Status == store.RunRunning && time.Since(p.told) >= plainEvery {
		p.told = time.Now()
		_, _ = fmt.Fprintln(p.out, p.line())
	}
}

// news are the lines of the run's log that were not shown yet.
func (p *progress) news(run service.Run) []service.LogLine {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.run = run
	log := run.Log
	for i, line := range slices.Backward(log) {
		if line.At.Equal(p.last.At) && line.Text == p.last.Text {
			log = log[i+1:]
			break
		}
	}
	if len(log) > 0 {
		p.last = log[len(log)-1]
	}
	return log
}

// stop ends the showing.
func (p *progress) stop() {
	if p != nil && p.bars != nil {
		p.bar.Abort(true)
		p.bars.Wait()
	}
}

// stepWords are what a run is doing.
var stepWords = map[string]string{"stage": "Reading", "guard": "Comparing", "done": "Done"}

// line is how the run stands.
func (p *progress) line() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.run.ID == 0 {
		return "Waiting for the run to begin"
	}
	text := fmt.Sprintf("%s: %s", word(stepWords, p.run.Step), program.Thousands(p.run.Records))
	if p.run.Expected > 0 {
		text += " of about " + program.Thousands(p.run.Expected)
	}
	seconds := p.app.clock().Sub(p.run.Started).Seconds()
	text += fmt.Sprintf(" people, %s %s, %.0f a second", program.Thousands(p.run.Pages), program.Plural(p.run.Pages, "page"), float64(p.run.Records)/max(seconds, 1))
	if p.run.Waited > 0 {
		text += ", " + took(time.Duration(p.run.Waited)) + " of it waiting"
	}
	return text
}
