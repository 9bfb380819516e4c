package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"patchbay.example/internal/wire"
)

// shutdownGrace is how long handlers get to notice that the process ends.
const shutdownGrace = time.Second

// process is the process around the service: how it starts and how it ends.
type process struct {
	flaw     flaw
	server   *server
	children []*os.Process // that a flaw has started
	hostGone atomic.Bool   // standard input has ended

	mu      sync.Mutex // guards grpc
	grpc    *grpc.Server
	stopped bool
}

// run serves until the host ends it, and returns the exit code.
func (p *process) run() int {
	if p.flaw.start != nil {
		p.flaw.start(p)
	}
	if os.Getenv(wire.Handshake.MagicCookieKey) != wire.Handshake.MagicCookieValue {
		if p.flaw.byHand != nil {
			return p.flaw.byHand()
		}
		fmt.Fprintln(os.Stderr, "This is a connector that serves the tests of the conformance suite. A host starts it.")
		return wire.ExitUsage
	}
	go p.stopAtEOF()
	go p.stopOnSignal()
	if p.flaw.handshake != nil {
		rewriteHandshake(p.flaw.handshake)
	}
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig:  wire.Handshake,
		VersionedPlugins: wire.PluginSets(p.server),
		GRPCServer:       p.newGRPC,
		Logger:           hclog.New(&hclog.LoggerOptions{Output: os.Stderr, JSONFormat: true, Level: hclog.Warn}),
	})
	if p.flaw.atEnd != nil && !p.hostGone.Load() {
		p.flaw.atEnd(p)
	}
	return wire.ExitDone
}

func (p *process) newGRPC(options []grpc.ServerOption) *grpc.Server {
	options = append(options, grpc.MaxRecvMsgSize(wire.MaxMessageBytes), grpc.MaxSendMsgSize(2*wire.MaxMessageBytes))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.grpc = grpc.NewServer(append(options, p.flaw.grpc...)...)
	if p.stopped {
		go p.grpc.Stop()
	}
	return p.grpc
}

// stopAtEOF stops when standard input ends, for then the host is gone.
func (p *process) stopAtEOF() {
	_, _ = io.Copy(io.Discard, os.Stdin)
	if p.flaw.atEOF != nil {
		p.flaw.atEOF(p)
	}
	p.hostGone.Store(true)
	p.stop()
}

func (p *process) stopOnSignal() {
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	<-terminated
	if p.flaw.atSignal != nil {
		p.flaw.atSignal()
	}
	p.stop()
}

// stop cancels the handlers and lets run return; if something keeps it from
// returning, the process ends all the same.
func (p *process) stop() {
	time.AfterFunc(shutdownGrace, func() { os.Exit(wire.ExitDone) })
	p.mu.Lock()
	server := p.grpc
	p.stopped = true
	p.mu.Unlock()
	if server != nil {
		server.Stop()
	}
}

// rewriteHandshake puts what rewrite makes of the handshake's line in its place.
// go-plugin writes the line to os.Stdout and then uses that no more.
func rewriteHandshake(rewrite func(line string) string) {
	stdout := os.Stdout
	reader, writer, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	os.Stdout = writer
	go func() {
		line, err := bufio.NewReader(reader).ReadString('\n')
		if err == nil {
			_, _ = io.WriteString(stdout, rewrite(line))
		}
	}()
}

// Arguments of a child process: to end with its parent, or not to.
const (
	accompany = "accompany"
	outlive   = "outlive"
)

// startChild starts this program once more, to wait: its first argument says for
// what. It ends by itself after lingerLimit at the latest.
func startChild(child *exec.Cmd) *os.Process {
	executable, err := os.Executable()
	if err != nil {
		panic(err)
	}
	child.Path, child.Args = executable, append([]string{executable}, child.Args...)
	if err := child.Start(); err != nil {
		panic(err)
	}
	return child.Process
}
