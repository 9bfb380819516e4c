package subprocess

import (
	"errors"
	"os"
	"sync"
)

// pipes are both ends of a process's three standard streams.
type pipes struct {
	childStdin, childStdout, childStderr *os.File
	stdin, stdout, stderr                *os.File
	closeHost                            sync.Once
}

func openPipes() (*pipes, error) {
	var p pipes
	var errs [3]error
	p.childStdin, p.stdin, errs[0] = os.Pipe()
	p.stdout, p.childStdout, errs[1] = os.Pipe()
	p.stderr, p.childStderr, errs[2] = os.Pipe()
	if err := errors.Join(errs[:]...); err != nil {
		p.closeChildEnds()
		p.closeHostEnds()
		return nil, err
	}
	return &p, nil
}

// closeChildEnds closes the host's copies of the process's ends. Without it
// reading would never reach the end of file.
func (p *pipes) closeChildEnds() {
	closeAll(p.childStdin, p.childStdout, p.childStderr)
}

// closeHostEnds ends all reading, also one that blocks. It may be called twice.
func (p *pipes) closeHostEnds() {
	p.closeHost.Do(func() { closeAll(p.stdin, p.stdout, p.stderr) })
}

// closeAll closes pipe ends, which has no failure that anybody could act on; a
// nil *os.File reports one too.
func closeAll(files ...*os.File) {
	for _, file := range files {
		_ = file.Close()
	}
}
