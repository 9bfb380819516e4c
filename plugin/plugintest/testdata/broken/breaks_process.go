package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"google.golang.org/grpc"

	"patchbay.example/internal/wire"
)

// processBreaks are about the end of the process, and what it leaves behind.
func processBreaks() []flaw {
	return []flaw{
		{
			Name: "ignores-stop", Case: "stop", Saw: "Shutdown",
			Does:     "It does not end when it is asked to.",
			grpc:     []grpc.ServerOption{grpc.UnaryInterceptor(withoutShutdown)},
			atSignal: func() { select {} },
		},
		{
			Name: "ignores-signal", Case: "stop", Saw: "SIGTERM",
			Does:     "It does not end at SIGTERM.",
			atSignal: func() { select {} },
		},
		{
			Name: "orphan", Case: "orphan", Saw: "still there",
			Does:  "It lives on when its standard input ends.",
			atEOF: func(*process) { select {} },
		},
		{
			Name: "leaks-descriptors", Case: "leaks", Saw: "files",
			Does: "Each cancelled Sync leaves a file open.",
			sync: onCancelled(func(s *server) {
				if file, err := os.Open(os.DevNull); err == nil {
					s.keep(file)
				}
			}),
		},
		{
			Name: "leaks-threads", Case: "leaks", Saw: "thread",
			Does: "Each cancelled Sync leaves two threads behind.",
			sync: onCancelled(func(*server) {
				for range 2 { // one of them may be one that was idle
					go func() {
						runtime.LockOSThread()
						select {}
					}()
				}
			}),
		},
		{
			Name: "leaks-memory", Case: "leaks", Saw: "MiB",
			Does: "Each cancelled Sync leaves memory behind.",
			sync: onCancelled(func(s *server) {
				weight := make([]byte, ballast)
				for i := 0; i < len(weight); i += 4 << 10 {
					weight[i] = 1
				}
				s.keep(weight)
			}),
		},
		{
			Name: "child-left", Case: "one-process", Saw: "(broken)",
			Does:  "It leaves a child behind when it ends, unless its host is gone.",
			start: func(p *process) { startedByHost(func() { p.startChild(nil) }) },
			atEOF: (*process).endChildren,
		},
		{
			Name: "child-detached", Case: "one-process", Saw: "(broken)",
			Does:  "It leaves a child behind that has a session of its own.",
			start: func(p *process) { startedByHost(func() { p.startChild(detached()) }) },
			atEOF: (*process).endChildren,
		},
		{
			Name: "child-after-host", Case: "orphan", Saw: "(broken)",
			Does:  "When its host is gone it ends, and its child does not.",
			start: func(p *process) { startedByHost(func() { p.startChild(nil) }) },
			atEnd: (*process).endChildren,
		},
		{
			Name: "alone", Case: "side-by-side", Saw: "exit status 1",
			Does: "It ends when it is connected while another process of it is.",
			connect: onConnected(func(_ *request, answer *response) {
				if !answer.HasRefusal() {
					endBesideAnother()
				}
			}),
		},
		afterAnother(),
	}
}

// startChild starts a child that outlives the process, for a while.
func (p *process) startChild(attributes *syscall.SysProcAttr) {
	p.children = append(p.children, startChild(&exec.Cmd{Args: []string{outlive}, SysProcAttr: attributes}))
}

func (p *process) endChildren() {
	for _, child := range p.children {
		_ = child.Kill() // that it has ended is as good
	}
}

// beside is the path of a file beside the executable, for what a connector must
// not keep.
func beside(name string) string { return filepath.Join(filepath.Dir(os.Args[0]), name) }

// endBesideAnother ends this process if the one that came here before it still
// runs.
func endBesideAnother() {
	path := beside("running")
	if written, err := os.ReadFile(path); err == nil {
		pid, _ := strconv.Atoi(string(written)) // 0 is nobody's
		if other, err := os.FindProcess(pid); pid > 0 && err == nil && other.Signal(syscall.Signal(0)) == nil {
			os.Exit(wire.ExitOurs)
		}
	}
	if err := os.WriteFile(path, []byte(strconv.Itoa(os.Getpid())), 0o600); err != nil {
		panic(err)
	}
}

// afterAnother notes on disk that a stream has begun. A process that is to go on
// where another was killed is led astray by that.
func afterAnother() flaw {
	begun := beside("begun")
	return flaw{
		Name: "state-on-disk", Case: "kill-resume", Saw: "1 did not come",
		Does: "It goes on from what a killed process has left on disk, and not from the cursor.",
		connect: func(s *server, ctx context.Context, given *request) (*response, error) {
			if _, err := os.Stat(begun); err == nil && len(given.GetResumeCursors()) > 0 {
				s.setAstray()
			}
			return s.sound.Connect(ctx, given)
		},
		sync: func(o *outlet) error {
			if err := os.WriteFile(begun, nil, 0o600); err != nil {
				return err
			}
			return o.sync()
		},
		event: func(o *outlet, e *event) error {
			if o.server.isAstray() && o.request.GetCursor() != "" {
				withoutFirst(e)
			}
			return o.pass(e)
		},
	}
}

// withoutFirst takes the first record out of a stream, and out of its totals.
func withoutFirst(e *event) {
	if p := e.GetPage(); p.GetSequence() == 1 {
		p.SetRecords(p.GetRecords()[1:])
	}
	if e.HasCompleted() {
		e.GetCompleted().SetRecords(e.GetCompleted().GetRecords() - 1)
	}
}

// ballast is what a cancelled Sync leaves behind, in bytes: seventeen of it are
// seen in any process.
const ballast = 16 << 20

// withoutShutdown answers go-plugin's Shutdown and does nothing.
func withoutShutdown(ctx context.Context, request any, info *grpc.UnaryServerInfo, handler grpc.UnaryHandler) (any, error) {
	if strings.HasSuffix(info.FullMethod, "/Shutdown") {
		return request, nil // both are plugin.Empty
	}
	return handler(ctx, request)
}

// onCancelled does something each time that a Sync was cancelled.
func onCancelled(do func(*server)) func(*outlet) error {
	return func(o *outlet) error {
		err := o.sync()
		if o.ctx.Err() != nil {
			do(o.server)
		}
		return err
	}
}

// keep keeps a thing for as long as the process lives.
func (s *server) keep(thing any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept = append(s.kept, thing)
}
