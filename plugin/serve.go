package plugin

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	"patchbay.example/internal/wire"
)

// maxConcurrentCalls bounds the calls that a host has in flight on one
// connection. A host makes two or three; the rest is room.
const maxConcurrentCalls = 64

// shutdownGrace is how long handlers get to notice that the process ends. The
// host counts two seconds from its side before it kills.
const shutdownGrace = time.Second

// Serve runs the connector until the host ends it, and then ends the process.
// It is the only call in an author's main.
//
// The default slog logger becomes one that reaches the host. Nothing may be
// written to standard output before Serve; afterwards it is discarded or
// logged by the host.
//
// Started by hand rather than by a host, it says what the program is and exits
// with 2. The arguments --version and --describe print the version, or the
// description as JSON.
func Serve(connector Connector) {
	os.Exit(serve(connector, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func serve(connector Connector, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		return answerByHand(connector, args, stdout, stderr)
	}
	if os.Getenv(wire.Handshake.MagicCookieKey) != wire.Handshake.MagicCookieValue {
		d := connector.Describe()
		_, _ = fmt.Fprintf(stderr, "This is the Patchbay connector %q, version %s. A host starts it; by hand, use:\n\n"+
			"  harness check --connector %s --config FILE\n", d.Name, d.Version, os.Args[0])
		return wire.ExitUsage
	}
	log := newLogger(stderr)
	slog.SetDefault(log)
	service := &service{log: log}
	go service.stopAtEOF(stdin)
	go service.stopOnSignal()
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig:  wire.Handshake,
		VersionedPlugins: wire.PluginSets(newServer(connector, log)),
		GRPCServer:       service.start,
		Logger:           hclog.New(&hclog.LoggerOptions{Output: stderr, JSONFormat: true, Level: hclog.Warn}),
	})
	return wire.ExitDone
}

// answerByHand answers a person, or a script, that started the connector.
func answerByHand(connector Connector, args []string, stdout, stderr io.Writer) int {
	d := connector.Describe()
	var err error
	switch args[0] {
	case "--version":
		_, err = fmt.Fprintf(stdout, "%s %s\n", d.Name, d.Version)
	case "--describe":
		encoder := json.NewEncoder(stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(map[string]any{
			"name": d.Name, "title": d.Title, "version": d.Version, "summary": d.Summary,
			"config_schema": json.RawMessage(d.Config.JSON()),
		})
	default:
		_, _ = fmt.Fprintf(stderr, "%s: unknown argument %q; there are --version and --describe\n", d.Name, args[0])
		return wire.ExitUsage
	}
	if err != nil {
		return wire.ExitOurs
	}
	return wire.ExitDone
}

// service is the gRPC server of the process, and the ways in which it ends.
type service struct {
	log *slog.Logger

	mu      sync.Mutex
	server  *grpc.Server // nil until go-plugin asks for it
	stopped bool
}

// start makes the server; go-plugin calls it with its TLS options.
//
// WaitForHandlers stays off: go-plugin's Shutdown is itself a handler, so that
// every end would wait for itself and be killed after two seconds.
func (s *service) start(options []grpc.ServerOption) *grpc.Server {
	server := grpc.NewServer(append(options,
		grpc.MaxRecvMsgSize(wire.MaxMessageBytes),
		grpc.MaxSendMsgSize(wire.MaxMessageBytes),
		grpc.MaxConcurrentStreams(maxConcurrentCalls),
	)...)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server = server
	if s.stopped {
		go server.Stop()
	}
	return server
}

// stopAtEOF stops when standard input ends: the host, which holds its other
// end, is gone, however it died.
func (s *service) stopAtEOF(stdin io.Reader) {
	_, err := io.Copy(io.Discard, stdin)
	if err != nil && !errors.Is(err, os.ErrClosed) {
		s.log.Warn("standard input broke", slog.Any("error", err))
	}
	s.stop()
}

// stopOnSignal stops at SIGTERM; go-plugin sees to SIGINT by ignoring it.
func (s *service) stopOnSignal() {
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)
	<-terminated
	s.stop()
}

// stop cancels every handler and lets Serve return; if something keeps it from
// returning, the process ends all the same.
func (s *service) stop() {
	time.AfterFunc(shutdownGrace, func() { os.Exit(wire.ExitDone) })
	s.mu.Lock()
	server := s.server
	s.stopped = true
	s.mu.Unlock()
	if server != nil {
		server.Stop()
	}
}
