package program

import (
	"context"
	"io"
)

// Interruptible is a reader that the end of ctx ends, so that a signal is heard
// by a program that waits for somebody to type. A Read that ctx has ended
// returns its cause; the read beneath that was under way goes on until the
// program's end, for nothing can end it.
func Interruptible(ctx context.Context, r io.Reader) io.Reader { return interruptible{ctx, r} }

type interruptible struct {
	ctx context.Context //nolint:containedctx // io.Reader has no place for one
	r   io.Reader
}

// Read implements [io.Reader].
func (i interruptible) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	own := make([]byte, len(p)) // the caller's is not to be touched when it has gone
	read := make(chan result, 1)
	go func() {
		n, err := i.r.Read(own)
		read <- result{n, err}
	}()
	select {
	case r := <-read:
		return copy(p, own[:r.n]), r.err
	case <-i.ctx.Done():
		return 0, context.Cause(i.ctx)
	}
}
