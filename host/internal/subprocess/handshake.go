package subprocess

import (
	"bytes"
	"io"
	"sync"
)

// maxHandshakeBytes bounds the first line of standard output. A handshake with
// a certificate takes about 1 KiB; whatever is longer is none.
const maxHandshakeBytes = 16 << 10

// handshake takes a process's standard output and hands its first line to
// go-plugin, whose scanner would stop draining at a line of 64 KiB. The rest is
// dropped: package plugin replaces os.Stdout, so that only foreign code in the
// process and grandchildren write there.
type handshake struct {
	mu   sync.Mutex // guards all fields
	more *sync.Cond
	line []byte // the first line, with its line break once complete
	read int    // how much of line go-plugin has
	over bool   // line is complete, or nothing more comes
}

func newHandshake() *handshake {
	h := &handshake{}
	h.more = sync.NewCond(&h.mu)
	return h
}

// Write takes standard output. It never blocks and never fails.
func (h *handshake) Write(chunk []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.over {
		return len(chunk), nil
	}
	line, _, complete := bytes.Cut(chunk, []byte("\n"))
	room := maxHandshakeBytes - len(h.line)
	h.line = append(h.line, line[:min(room, len(line))]...)
	if complete || len(line) >= room {
		h.line = append(h.line, '\n')
		h.over = true
		h.more.Broadcast()
	}
	return len(chunk), nil
}

// Read hands over the line once it is complete, then io.EOF.
func (h *handshake) Read(into []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for !h.over {
		h.more.Wait()
	}
	if h.read == len(h.line) {
		return 0, io.EOF
	}
	n := copy(into, h.line[h.read:])
	h.read += n
	return n, nil
}

// Close ends reading.
func (h *handshake) Close() error {
	h.end()
	return nil
}

func (h *handshake) end() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.over = true
	h.more.Broadcast()
}

func (h *handshake) firstLine() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return string(bytes.TrimRight(h.line, "\r\n"))
}
