//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// endLimit ends a test whose program hangs; none takes a quarter of it.
const endLimit = 2 * time.Minute

func TestMain(m *testing.M) {
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

// built are the programs that the tests run, built when the first test needs
// them.
var built struct {
	once   sync.Once
	folder string
	err    error
}

// programFolder is a folder with the real patchbay and the real Okta connector.
func programFolder(t *testing.T) string {
	t.Helper()
	noteSources(t)
	built.once.Do(func() {
		built.folder, built.err = os.MkdirTemp("", "patchbay-test-")
		if built.err != nil {
			return
		}
		build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-o", built.folder+"/", "./host/cmd/patchbay", "./plugin/okta")
		build.Dir = moduleFolder(t)
		output, err := build.CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("build patchbay and okta: %w\n%s", err, output)
		}
	})
	if errors.Is(built.err, exec.ErrNotFound) {
		skipUnlessRequired(t, "subprocess", built.err)
	}
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.folder
}

// noteSources reads the folders of what the programs are made of. The test does
// not import all of it, and cmd/go must not take an earlier result for that of
// a program that has changed: it notes what a test reads.
func noteSources(t *testing.T) {
	t.Helper()
	for _, room := range []string{"host", "internal", "plugin", "proto"} {
		err := filepath.WalkDir(filepath.Join(moduleFolder(t), room), func(_ string, _ os.DirEntry, err error) error { return err })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// moduleFolder is this module's.
func moduleFolder(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// skipUnlessRequired skips a test that this machine can't run, or fails it
// where PATCHBAY_REQUIRE lists what it needs.
func skipUnlessRequired(t *testing.T, need string, reason error) {
	t.Helper()
	if slices.Contains(strings.Split(os.Getenv("PATCHBAY_REQUIRE"), ","), need) {
		t.Fatalf("%s is required: %v", need, reason)
	}
	t.Skipf("needs %s: %v", need, reason)
}

// command is how a test runs patchbay.
type command struct {
	path    string   // empty: the one in programFolder
	folder  string   // working folder; empty: an empty one, outside of the module
	env     []string // beside the test's own
	stdin   string
	open    *os.File // standard input instead of stdin, if not nil
	stdout  *os.File // nil: kept
	stderr  *os.File // nil: kept
	secrets []string // that must not be shown
	args    []string
}

// execution is a patchbay that runs.
type execution struct {
	*testing.T
	command        command
	process        *os.Process
	stdout, stderr transcript
	ended          chan struct{}
	code           int
}

// start starts patchbay.
func (c command) start(t *testing.T) *execution {
	t.Helper()
	if c.path == "" {
		c.path = filepath.Join(programFolder(t), "patchbay")
	}
	if c.folder == "" {
		c.folder = t.TempDir()
	}
	p := &execution{T: t, command: c, ended: make(chan struct{})}
	p.stdout.init()
	p.stderr.init()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), c.path, c.args...) // the test ends it
	cmd.Dir, cmd.Env = c.folder, append(os.Environ(), c.env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(c.stdin), &p.stdout, &p.stderr
	if c.open != nil {
		cmd.Stdin = c.open
	}
	if c.stdout != nil {
		cmd.Stdout = c.stdout
	}
	if c.stderr != nil {
		cmd.Stderr = c.stderr
	}
	// Of its own process group: a Ctrl-C of whoever runs the tests is not the
	// program's.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := cmd.Start(); err != nil {
		skipUnlessRequired(t, "subprocess", err)
	}
	p.process = cmd.Process
	go func() {
		defer close(p.ended)
		_ = cmd.Wait() // the state says it all
		p.code = cmd.ProcessState.ExitCode()
	}()
	t.Cleanup(func() {
		_ = p.process.Kill() // nothing, when it has ended
		<-p.ended
	})
	return p
}

// run starts patchbay and waits for its end.
func (c command) run(t *testing.T) *execution {
	t.Helper()
	return c.start(t).wait()
}

// wait waits for the end, and checks what holds for every run: no secret and
// no stack trace on the screen.
func (p *execution) wait() *execution {
	p.Helper()
	select {
	case <-p.ended:
	case <-time.After(endLimit):
		p.Fatalf("%v does not end; it said:\n%s", p.command.args, p.stderr.text())
	}
	shown := p.stdout.text() + p.stderr.text()
	for _, secret := range p.command.secrets {
		if strings.Contains(shown, secret) {
			p.Errorf("%v shows the secret %.8s… on the screen", p.command.args, secret)
		}
	}
	if token := jsonWebToken.FindString(shown); token != "" {
		p.Errorf("%v shows a token on the screen: %.16s…", p.command.args, token)
	}
	for _, trace := range []string{"goroutine ", "panic:", "runtime error", ".go:"} {
		if strings.Contains(p.stderr.text(), trace) {
			p.Errorf("%v shows a stack trace (%q):\n%s", p.command.args, trace, p.stderr.text())
		}
	}
	return p
}

// jsonWebToken is the form of client assertions and of access tokens: header
// and payload begin with {".
var jsonWebToken = regexp.MustCompile(`eyJ[\w-]+\.eyJ[\w-]+`)

// wantCode checks the exit code, and shows what was said where it is another.
func (p *execution) wantCode(code int) *execution {
	p.Helper()
	if p.code != code {
		p.Errorf("%v ended with %d, want %d; it said:\n%s%s", p.command.args, p.code, code, short(p.stdout.text()), p.stderr.text())
	}
	return p
}

// wantStderr checks that standard error holds each of the texts.
func (p *execution) wantStderr(texts ...string) *execution {
	p.Helper()
	wantTexts(p.T, "standard error", p.stderr.text(), texts...)
	return p
}

// wantStdout checks that standard output holds each of the texts.
func (p *execution) wantStdout(texts ...string) *execution {
	p.Helper()
	wantTexts(p.T, "standard output", p.stdout.text(), texts...)
	return p
}

// wantNoStdout checks that nothing came where records go.
func (p *execution) wantNoStdout() *execution {
	p.Helper()
	if text := p.stdout.text(); text != "" {
		p.Errorf("%v: standard output holds %q, want nothing", p.command.args, short(text))
	}
	return p
}

func wantTexts(t *testing.T, where, got string, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !strings.Contains(got, text) {
			t.Errorf("%s lacks %q:\n%s", where, text, short(got))
		}
	}
}

func short(text string) string {
	const enough = 4000
	return text[:min(len(text), enough)]
}

// signal sends the program a signal.
func (p *execution) signal(s os.Signal) {
	p.Helper()
	if err := p.process.Signal(s); err != nil {
		p.Fatalf("send %v to patchbay: %v", s, err)
	}
}

// transcript is what a program has written so far.
type transcript struct {
	mu    sync.Mutex // guards all below
	all   bytes.Buffer
	grown chan struct{} // closed and replaced at each write
}

var _ io.Writer = (*transcript)(nil)

func (t *transcript) init() { t.grown = make(chan struct{}) }

// Write implements [io.Writer].
func (t *transcript) Write(text []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.all.Write(text)
	close(t.grown)
	t.grown = make(chan struct{})
	return len(text), nil
}

func (t *transcript) text() string {
	text, _ := t.watch()
	return text
}

func (t *transcript) watch() (string, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.all.String(), t.grown
}

// await waits until the program has written a text, and returns all of it as
// it was then.
func (t *transcript) await(p *execution, text string) string {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.Context(), endLimit)
	defer cancel()
	for {
		all, grown := t.watch()
		if strings.Contains(all, text) {
			return all
		}
		select {
		case <-grown:
		case <-p.ended:
			if all := t.text(); strings.Contains(all, text) {
				return all
			}
			p.Fatalf("%v ended with %d and without saying %q:\n%s", p.command.args, p.code, text, p.stderr.text())
		case <-ctx.Done():
			p.Fatalf("%v does not say %q:\n%s", p.command.args, text, p.stderr.text())
		}
	}
}
