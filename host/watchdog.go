package host

import (
	"sync/atomic"
	"time"
)

// maxWaitNotice is how far ahead a single Wait is believed. A connector repeats
// it at least every 30 s, so a wait of hours needs no watchdog of hours.
const maxWaitNotice = 2 * time.Minute

// watchdog calls bite when a wait for the connector takes too long. It watches
// only between watch and rest: a consumer may take its time.
type watchdog struct {
	idle  time.Duration
	extra time.Duration // on top of idle, after a Wait
	timer *time.Timer
	bit   atomic.Bool
}

func newWatchdog(idle time.Duration, bite func()) *watchdog {
	w := &watchdog{idle: idle}
	w.timer = time.AfterFunc(idle, func() {
		w.bit.Store(true)
		bite()
	})
	w.timer.Stop()
	return w
}

func (w *watchdog) watch() { w.timer.Reset(w.idle + w.extra) }

func (w *watchdog) rest() { w.timer.Stop() }

// announce takes a Wait of that length; 0 for any other event.
func (w *watchdog) announce(wait time.Duration) { w.extra = min(max(0, wait), maxWaitNotice) }
