package main

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

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

func logBreaks() []flaw {
	return []flaw{
		{
			Name: "log-flood", Case: "log-bounded", Saw: "logged",
			Does: "It logs a quarter of a MiB for each page.",
			event: onPages(func(o *outlet) {
				for i := range 1 << 8 {
					o.server.log.InfoContext(o.ctx, "page", slog.Int("line", i), slog.String("pad", strings.Repeat("x", 1<<10)))
				}
			}),
		},
		{
			Name: "log-line", Case: "log-bounded", Saw: "line",
			Does: "It logs a line of 1 MiB.",
			event: onPage(2, func(o *outlet, p *page) error {
				o.server.log.InfoContext(o.ctx, "page", slog.String("pad", strings.Repeat("x", 1<<20)))
				return o.pass(pageEvent(p))
			}),
		},
		{
			Name: "secret-in-log", Case: "secrets-kept", Saw: "token",
			Does: "It logs the token.",
			connect: onToken(func(s *server, token string, _ *response) {
				fmt.Fprintln(os.Stderr, "connected with", token)
			}),
		},
		{
			Name: "secret-in-json-log", Case: "secrets-kept", Saw: "token",
			Does: "It logs the token within JSON.",
			connect: onToken(func(s *server, token string, _ *response) {
				encoded, _ := json.Marshal(map[string]string{"token": token}) // strings can be encoded
				s.log.Info("connected", slog.String("with", string(encoded)))
			}),
		},
		{
			Name: "secret-in-base64", Case: "secrets-kept", Saw: "token",
			Does: "It logs the header that holds the token.",
			connect: onToken(func(s *server, token string, _ *response) {
				s.log.Info("connected", slog.String("authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte("user:"+token))))
			}),
		},
		{
			Name: "secret-in-url", Case: "secrets-kept", Saw: "token",
			Does: "It puts the token into the account's URL.",
			connect: onToken(func(_ *server, token string, answer *response) {
				answer.GetAccount().SetUrl("https://example.com/?token=" + url.QueryEscape(token))
			}),
		},
		{
			Name: "secret-in-part", Case: "secrets-kept", Saw: "token",
			Does: "It shows most of the token in a check.",
			connect: onToken(func(_ *server, token string, answer *response) {
				answer.GetChecks()[2].SetDetail("The service accepts " + token[:len(token)-8] + "…")
			}),
		},
		secretInCursor(),
		{
			Name: "secret-in-command", Case: "secrets-kept", Saw: "token",
			Does: "It starts a child with the token in its command line.",
			connect: onToken(func(s *server, token string, _ *response) {
				s.keep(accompanied(&exec.Cmd{Args: []string{accompany, token}}))
			}),
		},
		{
			Name: "secret-in-environment", Case: "secrets-kept", Saw: "environment",
			Does: "It starts a child with the token in its environment.",
			connect: onToken(func(s *server, token string, _ *response) {
				s.keep(accompanied(&exec.Cmd{Args: []string{accompany}, Env: append(os.Environ(), "TOKEN="+token)}))
			}),
		},
		{
			Name: "secret-in-file", Case: "secrets-kept", Saw: "the file token",
			Does: "It writes the token to a file, and forgets it there.",
			connect: onToken(func(_ *server, token string, _ *response) {
				if err := os.WriteFile(filepath.Join(os.TempDir(), "token"), []byte(token), 0o600); err != nil {
					panic(err)
				}
			}),
		},
		{
			Name: "secret-printed", Case: "secrets-kept", Saw: "prints",
			Does: "It prints the token.",
			connect: onToken(func(_ *server, token string, _ *response) {
				fmt.Println("connected with", token)
			}),
		},
	}
}

// accompanied starts a child that ends with this process. What is returned has to
// be kept.
func accompanied(child *exec.Cmd) any {
	reader, writer, err := os.Pipe()
	if err != nil {
		panic(err)
	}
	child.Stdin = reader
	startChild(child)
	return writer
}

// secretInCursor has the token in its cursors, in hexadecimal digits.
func secretInCursor() flaw {
	suffix := "." + hex.EncodeToString([]byte(rightToken))
	return withCursors(flaw{
		Name: "secret-in-cursor", Case: "secrets-kept", Saw: "hexadecimal",
		Does: "Its cursors hold the token.",
	}, func(cursor string) string { return cursor + suffix }, func(cursor string) string { return strings.TrimSuffix(cursor, suffix) })
}

// onPages does something before each page.
func onPages(do func(*outlet)) func(*outlet, *event) error {
	return func(o *outlet, e *event) error {
		if e.HasPage() {
			do(o)
		}
		return o.pass(e)
	}
}

// onToken does something with the token of a connection that was made.
func onToken(do func(s *server, token string, answer *response)) connectHook {
	return func(s *server, ctx context.Context, given *request) (*response, error) {
		answer, err := s.sound.Connect(ctx, given)
		if err == nil && !answer.HasRefusal() {
			answer = proto.CloneOf(answer)
			do(s, given.GetSecrets()["token"], answer)
		}
		return answer, err
	}
}

var _ connectorv1.ConnectorServiceServer = (*server)(nil)
