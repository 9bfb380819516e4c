//go:build unix

package programtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"patchbay.example/internal/needtest"
)

// EndLimit ends a test whose program hangs; none takes a quarter of it.
const EndLimit = 2 * time.Minute

// Command is how a test runs the program.
type Command struct {
	Path    string   // empty: the one in ProgramFolder
	Folder  string   // working folder; empty: an empty one, outside of the module
	Env     []string // beside the test's own
	Stdin   string
	Open    *os.File // standard input instead of Stdin, if not nil
	Stdout  *os.File // nil: kept
	Stderr  *os.File // nil: kept
	Secrets []string // that must not be shown
	Args    []string
}

// Execution is a program that runs.
type Execution struct {
	*testing.T
	Command        Command
	Process        *os.Process
	Stdout, Stderr Transcript
	Ended          chan struct{}
	Code           int
}

// Start starts the program.
func (c Command) Start(t *testing.T) *Execution {
	t.Helper()
	if c.Path == "" {
		c.Path = filepath.Join(ProgramFolder(t), program)
	}
	if c.Folder == "" {
		c.Folder = t.TempDir()
	}
	p := &Execution{T: t, Command: c, Ended: make(chan struct{})}
	p.Stdout.init()
	p.Stderr.init()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), c.Path, c.Args...) // the test ends it
	cmd.Dir, cmd.Env = c.Folder, append(os.Environ(), c.Env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(c.Stdin), &p.Stdout, &p.Stderr
	if c.Open != nil {
		cmd.Stdin = c.Open
	}
	if c.Stdout != nil {
		cmd.Stdout = c.Stdout
	}
	if c.Stderr != nil {
		cmd.Stderr = c.Stderr
	}
	// Of its own process group: a Ctrl-C of whoever runs the tests is not the
	// program's.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		needtest.Missing(t, "subprocess", err)
	}
	p.Process = cmd.Process
	go func() {
		defer close(p.Ended)
		_ = cmd.Wait() // the state says it all
		p.Code = cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() {
		_ = p.Process.Kill() // nothing, when it has ended
		<-p.Ended
	})
	return p
}

// Run starts the program and waits for its end.
func (c Command) Run(t *testing.T) *Execution {
	t.Helper()
	return c.Start(t).Wait()
}

// Wait waits for the end, and checks what holds for every run: no secret and
// no stack trace on the screen.
func (p *Execution) Wait() *Execution {
	p.Helper()
	select {
	case <-p.Ended:
	case <-time.After(EndLimit):
		p.Fatalf("%v does not end; it said:\n%s", p.Command.Args, p.Stderr.Text())
	}
	shown := p.Stdout.Text() + p.Stderr.Text()
	for _, secret := range p.Command.Secrets {
		if strings.Contains(shown, secret) {
			p.Errorf("%v shows the secret %.8s… on the screen", p.Command.Args, secret)
		}
	}
	if token := jsonWebToken.FindString(shown); token != "" {
		p.Errorf("%v shows a token on the screen: %.16s…", p.Command.Args, token)
	}
	for _, trace := range []string{"goroutine ", "panic:", "runtime error", ".go:"} {
		if strings.Contains(p.Stderr.Text(), trace) {
			p.Errorf("%v shows a stack trace (%q):\n%s", p.Command.Args, trace, p.Stderr.Text())
		}
	}
	return p
}

// jsonWebToken is the form of client assertions and of access tokens: header
// and payload begin with {".
var jsonWebToken = regexp.MustCompile(`eyJ[\w-]+\.eyJ[\w-]+`)

// WantCode checks the exit code, and shows what was said where it is another.
func (p *Execution) WantCode(code int) *Execution {
	p.Helper()
	if p.Code != code {
		p.Errorf("%v ended with %d, want %d; it said:\n%s%s", p.Command.Args, p.Code, code, Short(p.Stdout.Text()), p.Stderr.Text())
	}
	return p
}

// WantStderr checks that standard error holds each of the texts.
func (p *Execution) WantStderr(texts ...string) *Execution {
	p.Helper()
	WantTexts(p.T, "standard error", p.Stderr.Text(), texts...)
	return p
}

// WantStdout checks that standard output holds each of the texts.
func (p *Execution) WantStdout(texts ...string) *Execution {
	p.Helper()
	WantTexts(p.T, "standard output", p.Stdout.Text(), texts...)
	return p
}

// WantNoStdout checks that nothing came where records go.
func (p *Execution) WantNoStdout() *Execution {
	p.Helper()
	if text := p.Stdout.Text(); text != "" {
		p.Errorf("%v: standard output holds %q, want nothing", p.Command.Args, Short(text))
	}
	return p
}

// WantTexts checks that a text holds each of the others. where names it.
func WantTexts(t *testing.T, where, got string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("%s lacks %q:\n%s", where, text, Short(got))
		}
	}
}

// Short is the beginning of a text that may be long.
func Short(text string) string {
	const enough = 4000
	return text[:min(len(text), enough)]
}

// Signal sends the program a signal.
func (p *Execution) Signal(s os.Signal) {
	p.Helper()
	if err := p.Process.Signal(s); err != nil {
		p.Fatalf("send %v to the program: %v", s, err)
	}
}
