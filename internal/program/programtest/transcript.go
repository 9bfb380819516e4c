//go:build unix

package programtest

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
)

// Transcript is what a program has written so far.
type Transcript struct {
	mu    sync.Mutex // guards all below
	all   bytes.Buffer
	grown chan struct{} // closed and replaced at each write
}

var _ io.Writer = (*Transcript)(nil)

func (t *Transcript) init() { t.grown = make(chan struct{}) }

// Write implements [io.Writer].
func (t *Transcript) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.Write(text)
	close(t.grown)
	t.grown = make(chan struct{})
	return len(text), nil
}

// Text is all of it.
func (t *Transcript) Text() string {
	text, _ := t.watch()
	return text
}

func (t *Transcript) watch() (string, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.String(), t.grown
}

// Await waits until the program has written a text, and returns all of it as
// it was then.
func (t *Transcript) Await(p *Execution, text string) string {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), EndLimit)
	defer cancel()
	for {
		all, grown := t.watch()
		if strings.Contains(all, text) {
			return all
		}
		select {
		case <-grown:
		case <-p.Ended:
			if all := t.Text(); strings.Contains(all, text) {
				return all
			}
			p.Fatalf("%v ended with %d and without saying %q:\n%s", p.Command.Args, p.Code, text, p.Stderr.Text())
		case <-ctx.Done():
			p.Fatalf("%v does not say %q:\n%s", p.Command.Args, text, p.Stderr.Text())
		}
	}
}
