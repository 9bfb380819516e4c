package plugintest

import (
	"bytes"
	"strings"
	"sync"
)

const (
	// maxFirstLine bounds the handshake, which takes about 1 KiB with its
	// certificate; it is the host's limit.
	maxFirstLine = 16 << 10
	// maxTail is how much of the end of an output is quoted. More is kept, for a
	// secret that is cut in two can't be taken out.
	maxTail, maxKept = 600, 16 << 10
)

// output takes what a process writes: it is searched for secrets and measured,
// and only its first line and its end are kept.
type output struct {
	search *search

	mu        sync.Mutex // guards everything below
	first     []byte     // the first line, without its line break
	firstDone bool       // it is complete
	over      bool
	complete  chan struct{} // closed when the first line is complete, or nothing follows
	last      []byte        // at most maxKept bytes
	total     int64
	line      int64 // bytes of the line so far
	longest   int64
}

// output makes the output of a name, such as "standard error".
func (t *trial) output(name string) *output {
	return &output{search: t.canaries.search(name), complete: make(chan struct{})}
}

// Write takes a chunk. It never fails, and never blocks for long.
func (o *output) Write(chunk []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.search.write(chunk)
	o.total += int64(len(chunk))
	o.takeFirst(chunk)
	o.measure(chunk)
	o.last = append(o.last, chunk[max(0, len(chunk)-maxKept):]...)
	o.last = o.last[max(0, len(o.last)-maxKept):]
	return len(chunk), nil
}

func (o *output) takeFirst(chunk []byte) {
	if o.firstDone || o.over {
		return
	}
	line, _, found := bytes.Cut(chunk, []byte("\n"))
	room := maxFirstLine - len(o.first)
	o.first = append(o.first, line[:min(room, len(line))]...)
	if found || len(line) >= room {
		o.firstDone = true
		close(o.complete)
	}
}

func (o *output) measure(chunk []byte) {
	for {
		end := bytes.IndexByte(chunk, '\n')
		if end < 0 {
			o.line += int64(len(chunk))
			o.longest = max(o.longest, o.line)
			return
		}
		o.longest = max(o.longest, o.line+int64(end))
		o.line = 0
		chunk = chunk[end+1:]
	}
}

// end says that nothing follows.
func (o *output) end() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.over && !o.firstDone {
		close(o.complete)
	}
	o.over = true
}

// firstLine is the first line as far as it came, and whether it is complete.
func (o *output) firstLine() (string, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return strings.TrimSuffix(string(o.first), "\r"), o.firstDone
}

// size is how much was written, and the bytes of the longest line.
func (o *output) size() (total, longest int64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.total, o.longest
}

// tail is the end of what was written, without secrets.
func (o *output) tail() string {
	o.mu.Lock()
	kept := string(o.last)
	o.mu.Unlock()
	text := o.search.canaries.without(kept)
	return text[max(0, len(text)-maxTail):]
}
