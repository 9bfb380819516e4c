package plugin

import (
	"fmt"
	"sync"
)

// window keeps a stream from running ahead of what the host has taken care of:
// it counts the pages that were sent against those that were acknowledged. Both
// counts go on when a listing begins again.
type window struct {
	size uint64 // how many may be sent and not acknowledged; 0 for any number

	mu           sync.Mutex // guards all below
	sent         uint64
	acknowledged uint64
	// held are the channels given out and not closed yet, by how many pages
	// must be acknowledged; never more than size.
	held map[uint64]chan struct{}
}

// open is a channel that holds nobody up.
var open = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func newWindow(size uint32) *window {
	return &window{size: uint64(size), held: map[uint64]chan struct{}{}}
}

// room returns a channel that is closed when of the pages sent so far fewer
// than size are unacknowledged.
func (w *window) room() <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.size == 0 || w.sent-w.acknowledged < w.size {
		return open
	}
	needed := w.sent - w.size + 1
	if w.held[needed] == nil {
		w.held[needed] = make(chan struct{})
	}
	return w.held[needed]
}

// send counts a page that is about to be sent.
func (w *window) send() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.sent++
}

// acknowledge takes the host's word for the first pages of the stream. It
// returns an error for more than were sent.
func (w *window) acknowledge(pages uint64) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if pages > w.sent {
		return fmt.Errorf("%d pages were acknowledged, and %d were sent", pages, w.sent)
	}
	w.acknowledged = max(w.acknowledged, pages)
	for needed, room := range w.held {
		if needed <= w.acknowledged {
			close(room)
			delete(w.held, needed)
		}
	}
	return nil
}
