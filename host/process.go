package host

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"github.com/hashicorp/go-plugin/runner"
	"google.golang.org/grpc"

	"patchbay.example/host/internal/subprocess"
	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	// killLimit is how long a process may take to die of SIGKILL. Only one that
	// waits for a device takes longer than milliseconds.
	killLimit = 5 * time.Second

	// minPort and maxPort are where go-plugin listens on Windows: the dynamic
	// ports of RFC 6335. Its own default begins at 10000 and meets others.
	minPort, maxPort = 49152, 65535
)

// process is one run of the connector's executable: started, asked what it is,
// and in the end stopped. It is never started again; a restart makes a new one.
type process struct {
	run         *subprocess.Process
	conn        *grpc.ClientConn
	service     connectorv1.ConnectorServiceClient
	description *connectorv1.DescribeResponse
	stderr      *logWriter
	grace       time.Duration
	socketDir   string

	stdio      sync.WaitGroup
	closeStdio context.CancelFunc
	stopping   sync.Once
	stopped    error
}

// starter is what all starts of one connector share. Everything else is made
// anew for each: go-plugin writes into its configuration.
type starter struct {
	settings Settings
	pin      []byte
	folder   string
	redactor *redactor
}

// start starts a process and waits for its first answer, at most StartTimeout.
// Its errors are faults, or wrap ctx's.
func (s *starter) start(ctx context.Context) (*process, error) {
	executable, err := subprocess.Open(s.settings.Path, s.pin)
	if err != nil {
		return nil, fileFault(s.settings.Path, err)
	}
	stderr := newLogWriter(s.settings.Log, s.redactor)
	p := &process{
		run: subprocess.New(executable, stderr), stderr: stderr,
		grace: s.settings.Limits.GracePeriod, closeStdio: func() {},
	}
	limited, cancel := context.WithTimeout(ctx, s.settings.Limits.StartTimeout)
	defer cancel()
	err = s.bringUp(limited, p)
	if err == nil {
		s.settings.Log.LogAttrs(ctx, slog.LevelDebug, "connector started", slog.String("name", p.description.GetName()),
			slog.String("version", p.description.GetVersion()), slog.Int("pid", p.run.Pid()))
		return p, nil
	}
	_ = executable.Close() // go-plugin may have failed before the process took it
	fault := s.startFault(ctx, limited, p, err)
	return nil, errors.Join(fault, p.stop(ctx))
}

// bringUp goes from nothing to the first answer.
func (s *starter) bringUp(ctx context.Context, p *process) error {
	// go-plugin's Start does not end with a context; it ends with the process.
	unwatch := context.AfterFunc(ctx, func() { _ = p.run.Kill(ctx) })
	defer unwatch()
	config := s.clientConfig(p)
	address, err := goplugin.NewClient(config).Start()
	if err != nil {
		return err
	}
	if err := checkHandshake(p.run.FirstLine()); err != nil {
		return err
	}
	if p.conn, err = dial(address, config.TLSConfig); err != nil {
		return err
	}
	p.service = connectorv1.NewConnectorServiceClient(p.conn)
	request := connectorv1.DescribeRequest_builder{Host: s.settings.HostName}.Build()
	if p.description, err = p.service.Describe(ctx, request); err != nil {
		return callError(ctx, p, s.redactor, "Describe", err)
	}
	if err := checkDescription(p.description); err != nil {
		return err
	}
	clean(s.redactor, p.description)
	s.followStdio(ctx, p)
	return nil
}

// clientConfig is go-plugin's configuration for one start.
func (s *starter) clientConfig(p *process) *goplugin.ClientConfig {
	return &goplugin.ClientConfig{
		HandshakeConfig:  wire.Handshake,
		VersionedPlugins: wire.PluginSets(nil),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		StartTimeout:     s.settings.Limits.StartTimeout + time.Second, // ours comes first
		MinPort:          minPort,
		MaxPort:          maxPort,
		UnixSocketConfig: &goplugin.UnixSocketConfig{TempDir: s.folder},
		Logger:           newHCLog(s.settings.Log, s.redactor.foreign),
		RunnerFunc: func(_ hclog.Logger, command *exec.Cmd, socketDir string) (runner.Runner, error) {
			p.socketDir = socketDir
			p.run.Prepare(append(environment(s.settings.LogLevel), command.Env...), socketDir)
			return p.run, nil
		},
	}
}

// followStdio logs what the connector prints, until the process is stopped.
func (s *starter) followStdio(ctx context.Context, p *process) {
	ctx, p.closeStdio = context.WithCancel(context.WithoutCancel(ctx))
	p.stdio.Go(func() {
		var printed io.WriteCloser = newLogWriter(s.settings.Log, s.redactor)
		err := drainStdio(ctx, p.conn, printed)
		_ = printed.Close()
		if ctx.Err() == nil && !errors.Is(err, io.EOF) {
			s.settings.Log.LogAttrs(ctx, slog.LevelDebug, "connector's output ended", slog.Any("error", err))
		}
	})
}

// alive reports whether the process runs.
func (p *process) alive() bool {
	select {
	case <-p.run.Done():
		return false
	default:
		return true
	}
}

// stop ends the process: it asks, waits for the grace period, kills, and cleans
// up. It takes at most grace and killLimit, also when ctx has ended, and may be
// called again.
func (p *process) stop(ctx context.Context) error {
	p.stopping.Do(func() { p.stopped = p.stopOnce(context.WithoutCancel(ctx)) })
	return p.stopped
}

func (p *process) stopOnce(ctx context.Context) error {
	if p.conn != nil && p.alive() {
		p.ask(ctx)
	}
	err := p.kill(ctx)
	p.closeStdio()
	if p.conn != nil {
		err = errors.Join(err, p.conn.Close())
	}
	p.stdio.Wait()
	if p.socketDir != "" {
		err = errors.Join(err, os.RemoveAll(p.socketDir))
	}
	return err
}

// ask asks the process to stop and waits until it has, or the grace period is
// over.
func (p *process) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, p.grace)
	defer cancel()
	// A server that stops at once may take its answer with it, so that an error
	// says nothing.
	_ = shutdown(ctx, p.conn)
	select {
	case <-p.run.Done():
	case <-ctx.Done():
	}
}

// kill ends what still runs, and waits for its end.
func (p *process) kill(ctx context.Context) error {
	if p.run.Pid() == 0 {
		return nil
	}
	err := p.run.Kill(ctx)
	late := time.NewTimer(killLimit)
	defer late.Stop()
	select {
	case <-p.run.Done():
		return nil
	case <-late.C:
		return &Fault{
			Reason: ConnectorWontStop, Cause: err,
			Message: fmt.Sprintf("the connector's process %d was killed and is still there after %s", p.run.Pid(), killLimit),
		}
	}
}
