package subprocess

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

const (
	// DrainLimit is how long the pipes of a process that has ended are still
	// read. Its last words are already in the kernel's buffer; only a
	// grandchild that holds the pipe can make the reading last longer.
	DrainLimit = 500 * time.Millisecond

	// pipeBufferBytes is the size of one read of standard output or error: the
	// capacity of a pipe on Linux is 64 KiB.
	pipeBufferBytes = 32 << 10
)

// Process is one run of a connector's executable. Its methods may be called
// concurrently.
type Process struct {
	executable *Executable
	stderr     io.WriteCloser
	env        []string
	socketDir  string
	handshake  *handshake
	done       chan struct{}

	mu      sync.Mutex // guards what follows, and the pid against reuse
	process *os.Process
	pid     int
	stopped bool // Kill was called
	reaped  bool
	exit    Exit
}

// ErrKilled says that a process was killed before it started.
var ErrKilled = errors.New("killed before it started")

var _ runner.Runner = (*Process)(nil)

// New makes a process of an executable, which it closes. stderr receives
// standard error as it comes, from one goroutine, must not block, and is closed
// at its end.
func New(executable *Executable, stderr io.WriteCloser) *Process {
	return &Process{executable: executable, stderr: stderr, handshake: newHandshake(), done: make(chan struct{})}
}

// Prepare sets the whole environment, and the folder where the connector may
// make its socket: an address outside it is refused. Call it before Start.
func (p *Process) Prepare(env []string, socketDir string) {
	p.env, p.socketDir = env, socketDir
}

// Start starts the process, once. Its errors are those of the operating system,
// wrapped, and [ErrKilled].
func (p *Process) Start(context.Context) error {
	pipes, err := openPipes()
	if err != nil {
		close(p.done)
		p.handshake.end()
		_ = p.executable.Close()
		return fmt.Errorf("start %s: %w", p.Name(), err)
	}
	started := make(chan error)
	go p.live(pipes, started)
	if err := <-started; err != nil {
		return fmt.Errorf("start %s: %w", p.Name(), err)
	}
	return nil
}

// Wait returns when the process has ended and its pipes are closed, or when ctx
// ends. An exit other than 0 is an error.
func (p *Process) Wait(ctx context.Context) error {
	select {
	case <-p.done:
		return p.Exit().err()
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Done is closed when the process has ended and its pipes are closed, and when
// it could not be started.
func (p *Process) Done() <-chan struct{} { return p.done }

// Kill kills the process group at once, and keeps a process that was not
// started yet from starting. It does not wait.
func (p *Process) Kill(context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	if p.process == nil || p.reaped {
		return nil
	}
	p.exit.Ours = true
	if err := killGroup(p.process); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill %s: %w", p.Name(), err)
	}
	return nil
}

// Exit tells how the process ended; meaningful once Done is closed.
func (p *Process) Exit() Exit {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.exit
}

// Pid is the process's id, 0 before it was started.
func (p *Process) Pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pid
}

// PeakRSS is the highest resident memory of the process so far in bytes, 0
// where the system does not tell.
func (p *Process) PeakRSS() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.process != nil && !p.reaped {
		p.exit.PeakRSS = max(p.exit.PeakRSS, peakRSS(p.pid))
	}
	return p.exit.PeakRSS
}

// FirstLine is the first line of standard output so far, cut at a limit: the
// handshake, or what came in its place.
func (p *Process) FirstLine() string { return p.handshake.firstLine() }

// Stdout gives go-plugin the first line of standard output, then its end.
func (p *Process) Stdout() io.ReadCloser { return p.handshake }

// Stderr gives go-plugin nothing: see the package's comment.
func (p *Process) Stderr() io.ReadCloser { return io.NopCloser(bytes.NewReader(nil)) }

// Name is the executable's path.
func (p *Process) Name() string { return p.executable.Path() }

// ID is the process id as text, empty before it was started.
func (p *Process) ID() string {
	if pid := p.Pid(); pid != 0 {
		return strconv.Itoa(pid)
	}
	return ""
}

// Diagnose adds nothing: package host explains failures itself.
func (p *Process) Diagnose(context.Context) string { return "" }

// live owns the process from its start to its end, on one thread: Linux sends
// the parent-death signal when the thread that started the process ends.
func (p *Process) live(pipes *pipes, started chan<- error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	defer close(p.done)

	err := p.start(pipes)
	pipes.closeChildEnds()
	if err != nil {
		pipes.closeHostEnds()
		p.handshake.end()
		started <- err
		return
	}
	var readers sync.WaitGroup
	readers.Go(func() { _, _ = io.CopyBuffer(writerOnly{p.handshake}, pipes.stdout, make([]byte, pipeBufferBytes)) })
	readers.Go(func() {
		_, _ = io.CopyBuffer(writerOnly{p.stderr}, pipes.stderr, make([]byte, pipeBufferBytes))
		_ = p.stderr.Close()
	})
	started <- nil

	p.reap()
	late := time.AfterFunc(DrainLimit, pipes.closeHostEnds)
	readers.Wait()
	late.Stop()
	pipes.closeHostEnds()
	p.handshake.end()
}

func (p *Process) start(pipes *pipes) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() { _ = p.executable.Close() }()
	if p.stopped {
		return ErrKilled
	}
	process, err := os.StartProcess(p.executable.execPath(), []string{p.Name()}, &os.ProcAttr{
		Env:   p.env,
		Files: []*os.File{pipes.childStdin, pipes.childStdout, pipes.childStderr},
		Sys:   processAttributes(),
	})
	if err != nil {
		return err
	}
	p.process, p.pid = process, process.Pid
	forbidCoreDumps(process.Pid)
	return nil
}

// reap waits for the end of the process, kills what is left of its group, and
// notes how it ended.
func (p *Process) reap() {
	waitable := awaitExit(p.process)
	if waitable { // still a zombie, so its pid and group are certainly its own
		p.mu.Lock()
		defer p.mu.Unlock()
		_ = killGroup(p.process)
	}
	state, err := p.process.Wait()
	if !waitable {
		_ = killGroup(p.process)
		p.mu.Lock()
		defer p.mu.Unlock()
	}
	p.reaped = true
	p.exit.note(state, err)
}

// writerOnly hides ReaderFrom, so that io.CopyBuffer uses the buffer it was
// given.
type writerOnly struct{ io.Writer }
