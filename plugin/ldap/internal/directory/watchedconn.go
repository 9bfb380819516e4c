package directory

import (
	"errors"
	"net"
	"sync"
)

// maxHeldBytes is how much memory messages may take that were read and not taken
// yet: go-ldap reads ahead, a dozen messages however large they are.
const maxHeldBytes = 32 << 20

// readBytes is how much is read from the network at a time.
const readBytes = 16 << 10

// watchedConn stands between the network and go-ldap. It remembers what ended the
// connection, which go-ldap passes on as text; it refuses a message that would take
// too much memory before that is read; and it holds the next one up while those
// before it wait to be taken.
type watchedConn struct {
	net.Conn

	// Of the one goroutine that reads.
	scanner messageScanner
	buffer  []byte
	unread  []byte // of buffer

	mu     sync.Mutex // guards what follows
	err    error
	held   []int // what messages take that were read and not taken, in their order
	total  int   // the sum of held
	closed bool
	taken  *sync.Cond // said when total goes down or closed becomes true
}

func watch(conn net.Conn) *watchedConn {
	w := &watchedConn{Conn: conn, buffer: make([]byte, readBytes)}
	w.taken = sync.NewCond(&w.mu)
	return w
}

// Read implements [net.Conn]. It reads no further than to the end of a message.
func (w *watchedConn) Read(p []byte) (int, error) {
	w.awaitRoom()
	if len(w.unread) == 0 {
		n, err := w.Conn.Read(w.buffer)
		w.unread = w.buffer[:n]
		if n == 0 && err != nil {
			w.note(err)
			return 0, err
		}
	}
	passed, cost, err := w.scanner.pass(w.unread[:min(len(p), len(w.unread))])
	n := copy(p, w.unread[:passed])
	w.unread = w.unread[passed:]
	w.hold(cost)
	if err != nil {
		w.note(err)
		return 0, err
	}
	return n, nil
}

// Write implements [net.Conn].
func (w *watchedConn) Write(p []byte) (int, error) {
	n, err := w.Conn.Write(p)
	if err != nil {
		w.note(err)
	}
	return n, err
}

// Close implements [net.Conn]: it also ends a Read that waits for room.
func (w *watchedConn) Close() error {
	w.mu.Lock()
	w.closed = true
	w.taken.Broadcast()
	w.mu.Unlock()
	return w.Conn.Close()
}

func (w *watchedConn) awaitRoom() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.total > maxHeldBytes && !w.closed {
		w.taken.Wait()
	}
}

func (w *watchedConn) hold(cost int) {
	if cost == 0 {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held, w.total = append(w.held, cost), w.total+cost
}

// take says that the oldest message that is held was taken.
func (w *watchedConn) take() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.held) > 0 {
		w.total -= w.held[0]
		w.held = w.held[1:]
		w.taken.Broadcast()
	}
}

// takeAll says that nothing is held: a new request begins.
func (w *watchedConn) takeAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.held, w.total = nil, 0
	w.taken.Broadcast()
}

// note keeps the first error: those after it are its consequences.
func (w *watchedConn) note(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		w.err = err
	}
}

func (w *watchedConn) failure() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// refusal is what the server sent that was not read, or nil.
func (w *watchedConn) refusal() *Error {
	refused, _ := errors.AsType[*Error](w.failure())
	return refused
}
