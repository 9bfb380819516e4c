package plugintest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/grpc"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	// killLimit is how long a process may take to die of SIGKILL. Only one that
	// waits for a device takes longer than milliseconds.
	killLimit = 10 * time.Second
	// drainLimit is how long the output of a process that has ended is read: a
	// grandchild may hold the pipe for ever.
	drainLimit = time.Second
	// maxSocketFolder leaves room for a socket's name in a path of 104 bytes,
	// which is the limit on macOS.
	maxSocketFolder = 80
	// minPort and maxPort are where a connector listens on Windows: the dynamic
	// ports of RFC 6335.
	minPort, maxPort = 49152, 65535
)

// passedOn are the variables of this process that a connector gets, as from a
// host; no others, PATH least of all.
var passedOn = []string{
	"TZ", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR",
	"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy",
	"SYSTEMROOT", // Windows needs it for sockets and random numbers
}

// startup is how a process is started. The zero value is how a host does it.
type startup struct {
	byHand   bool   // without the cookie, and all else that a host says
	versions string // PLUGIN_PROTOCOL_VERSIONS; empty for the one that there is
	logLevel string // empty for DEBUG
}

// process is one run of the connector's executable, in a process group of its
// own, with a socket folder and a folder for temporary files of its own.
type process struct {
	trial   *trial
	command *exec.Cmd
	folder  string
	stdin   *os.File // the only writing end; nothing is ever written
	stdout  *output
	stderr  *output
	printed *output       // what it prints through go-plugin's stream
	done    chan struct{} // closed when the process has ended
	ended   string        // how it ended; read after done

	conn      *grpc.ClientConn // nil until dial
	service   connectorv1.ConnectorServiceClient
	connected *connectorv1.ConnectResponse // nil until Connect was answered
	resources []*connectorv1.Resource
	cancelled bool        // a Sync was cancelled, and may not have ended yet
	ending    atomic.Bool // it is being ended, so that calls may break
	following sync.WaitGroup
}

// start starts the executable. The process is the trial's to end.
func (t *trial) start(ctx context.Context, how startup) (*process, error) {
	t.starts++
	p := &process{
		trial: t, folder: filepath.Join(t.folder, strconv.Itoa(t.starts)), done: make(chan struct{}),
		stdout: t.output("standard output"), stderr: t.output("standard error"), printed: t.output("what it prints"),
	}
	if len(p.folder) > maxSocketFolder {
		return nil, fmt.Errorf("the folder for sockets, %s, has a path of more than %d bytes: set TMPDIR to a shorter one", p.folder, maxSocketFolder)
	}
	if err := os.MkdirAll(p.temporary(), 0o700); err != nil {
		return nil, fmt.Errorf("make a folder for the connector's socket: %w", err)
	}
	childStdin, stdin, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("make a pipe for the connector's standard input: %w", err)
	}
	p.stdin = stdin
	// The process outlives a case's context and ends with the trial.
	p.command = exec.CommandContext(context.WithoutCancel(ctx), t.target.Path) //nolint:gosec // to run that file is what the package is for
	p.command.Env = t.environment(p, how)
	p.command.Stdin, p.command.Stdout, p.command.Stderr = childStdin, p.stdout, p.stderr
	p.command.SysProcAttr = ownGroup()
	p.command.WaitDelay = drainLimit
	err = p.command.Start()
	_ = childStdin.Close()
	if err != nil {
		_ = stdin.Close()
		return nil, fmt.Errorf("the executable can't be started: %w", err)
	}
	t.running[p] = struct{}{}
	go p.wait()
	return p, nil
}

// wait waits for the end of the process and of its output.
func (p *process) wait() {
	defer close(p.done)
	err := p.command.Wait()
	p.ended = "exit status 0"
	if err != nil && !errors.Is(err, exec.ErrWaitDelay) {
		p.ended = err.Error()
	}
	p.stdout.end()
	p.stderr.end()
}

// environment is what a host gives a connector: from a short list of its own
// variables, the handshake's, and nothing else.
func (t *trial) environment(p *process, how startup) []string {
	env := []string{"TMPDIR=" + p.temporary(), "TMP=" + p.temporary(), "TEMP=" + p.temporary()}
	for _, name := range passedOn {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	env = append(env, "PLUGIN_UNIX_SOCKET_DIR="+p.folder)
	if how.byHand {
		return env
	}
	versions, level := how.versions, how.logLevel
	if versions == "" {
		versions = strconv.Itoa(wire.ProtocolVersion)
	}
	if level == "" {
		level = "DEBUG"
	}
	return append(env,
		wire.Handshake.MagicCookieKey+"="+wire.Handshake.MagicCookieValue,
		wire.LogLevelVariable+"="+level,
		"PLUGIN_PROTOCOL_VERSIONS="+versions,
		"PLUGIN_MIN_PORT="+strconv.Itoa(minPort), "PLUGIN_MAX_PORT="+strconv.Itoa(maxPort),
		"PLUGIN_CLIENT_CERT="+string(t.identity.pem),
	)
}

// temporary is the process's own folder for temporary files: what it leaves
// there can be looked at.
func (p *process) temporary() string { return filepath.Join(p.folder, "t") }

func (p *process) pid() int { return p.command.Process.Pid }

func (p *process) alive() bool {
	select {
	case <-p.done:
		return false
	default:
		return true
	}
}

// wasEnded waits for the end of the process, at most that long.
func (p *process) wasEnded(ctx context.Context, limit time.Duration) bool {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.done:
		return true
	case <-timer.C:
	case <-ctx.Done():
	}
	return !p.alive()
}

// hangUp closes the connector's standard input, as a host's death does.
func (p *process) hangUp() { _ = p.stdin.Close() }

// kill kills the process group, and waits for the end.
func (p *process) kill(ctx context.Context) {
	p.ending.Store(true)
	if p.alive() {
		killGroup(p.command.Process)
		p.wasEnded(context.WithoutCancel(ctx), killLimit)
	}
}

// discard kills the process and whatever is left of it, and forgets it. What it
// left in its folder is looked at first.
func (p *process) discard(ctx context.Context) {
	if p == nil {
		return
	}
	p.kill(ctx)
	for _, left := range p.leftovers() {
		killByPID(left.pid)
	}
	if p.conn != nil {
		_ = p.conn.Close() // it has no unsent data that anybody could miss
		p.following.Wait()
	}
	p.hangUp()
	p.trial.noteLog(p)
	p.trial.searchFolder(p.temporary())
	_ = os.RemoveAll(p.folder) // the trial removes the folder above as well
	delete(p.trial.running, p)
	if p.trial.main == p {
		p.trial.main = nil
	}
}

// logged is how much the process has written beside its handshake.
func (p *process) logged() int64 {
	log, _ := p.stderr.size()
	printed, _ := p.printed.size()
	return log + printed
}

// lastWords is the end of what it logged, to be quoted; empty for nothing.
func (p *process) lastWords() string {
	text := strings.TrimSpace(p.stderr.tail())
	if text == "" {
		return " It logged nothing."
	}
	return fmt.Sprintf(" The end of its log: %q.", text)
}
