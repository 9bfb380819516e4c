package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"

	"patchbay.example/host"
	"patchbay.example/internal/program"
)

// plainEvery is the pace of lines where nobody watches: a log should tell that
// a run lives, and no more.
const plainEvery = 10 * time.Second

// progress shows how a run goes: a live line on a terminal, plain lines
// elsewhere.
type progress struct {
	out  io.Writer
	bars *mpb.Progress // nil where nobody watches
	bar  *mpb.Bar
	quit chan struct{}
	done sync.WaitGroup

	mu      sync.Mutex // guards everything below
	began   time.Time
	records uint64
	pages   uint64
	waiting host.Wait
}

// newProgress begins to show. quiet suppresses the live line, for a terminal
// that shows the records themselves.
func newProgress(out io.Writer, quiet bool) *progress {
	p := &progress{out: out, quit: make(chan struct{}), began: time.Now()}
	if !quiet && program.IsTerminal(out) {
		p.bars = mpb.New(mpb.WithOutput(out), mpb.WithAutoRefresh())
		line := decor.Any(func(decor.Statistics) string { return p.line() })
		p.bar = p.bars.New(0, mpb.NopStyle(), mpb.PrependDecorators(line), mpb.BarRemoveOnComplete())
		return p
	}
	p.done.Go(p.plain)
	return p
}

// page notes that a page was accepted. It ends no wait: a connector that asks
// for the next page ahead may wait for that while it sends this one.
func (p *progress) page(records, pages uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.records, p.pages = records, pages
}

// wait notes that the connector waits. A wait ends when its time has come.
func (p *progress) wait(w host.Wait) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = w
}

// say writes a line of its own.
func (p *progress) say(text string) {
	if p.bars != nil {
		_, _ = fmt.Fprintln(p.bars, text)
		return
	}
	_, _ = fmt.Fprintln(p.out, text)
}

// stop ends the showing.
func (p *progress) stop() {
	close(p.quit)
	if p.bars != nil {
		p.bar.Abort(true)
		p.bars.Wait()
	}
	p.done.Wait()
}

func (p *progress) plain() {
	ticker := time.NewTicker(plainEvery)
	defer ticker.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-ticker.C:
			p.say(p.line())
		}
	}
}

// line is how the run stands.
func (p *progress) line() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	seconds := time.Since(p.began).Seconds()
	text := fmt.Sprintf("%s %s, %s %s, %.0f a second", program.Thousands(p.pages), program.Plural(p.pages, "page"), program.Thousands(p.records), program.Plural(p.records, "record"), float64(p.records)/max(seconds, 0.001))
	if left := time.Until(p.waiting.Until); left > 0 {
		text += fmt.Sprintf("; waiting until %s: %s (%s)", p.waiting.Until.Local().Format("15:04:05"), p.waiting.Message, p.waiting.Reason)
	}
	return text
}
