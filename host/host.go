package host

import (
	"context"
	"errors"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Connector is one connection's connector: a process, and what is needed to
// start it again. Its methods may be called concurrently, but for one Sync at a
// time.
type Connector struct {
	starter starter
	folder  *socketFolder
	stop    func() error  // ends the current process, with the values of Launch's context
	turn    chan struct{} // held while a process is started or connected
	syncing chan struct{} // held by Sync

	cancelled atomic.Bool // the connector may still be ending the last stream

	mu            sync.Mutex // guards what follows
	process       *process
	configuration *Configuration // set once Connect has answered OK
	connected     bool           // Connect was answered, with OK or a refusal
	closed        bool
	calls         map[*context.CancelCauseFunc]struct{} // of the calls in flight
	idle          sync.WaitGroup                        // waits for the calls
	closing       sync.Once
	closeError    error
}

// Launch starts a connector and asks it what it is. ctx bounds the start only;
// the process lives until Close.
//
// Its errors are faults: of the settings, the file (CONNECTOR_NOT_FOUND,
// CONNECTOR_NOT_EXECUTABLE, CONNECTOR_WRITABLE_BY_OTHERS, CHECKSUM_MISMATCH,
// WRONG_ARCHITECTURE), the runtime folder (SOCKET_PATH_TOO_LONG,
// RUNTIME_DIR_UNUSABLE) or the process (START_TIMEOUT, HANDSHAKE_GARBLED,
// PROTOCOL_INCOMPATIBLE, CONNECTOR_CRASHED, CONTRACT_BROKEN); or they wrap
// ctx's.
func Launch(ctx context.Context, settings Settings) (*Connector, error) {
	settings, pin, err := settings.complete()
	if err != nil {
		return nil, err
	}
	folder, err := newSocketFolder(settings.RuntimeDir)
	if err != nil {
		return nil, err
	}
	c := &Connector{
		starter: starter{settings: settings, pin: pin, folder: folder.path, redactor: &redactor{}},
		folder:  folder,
		turn:    make(chan struct{}, 1),
		syncing: make(chan struct{}, 1),
		calls:   map[*context.CancelCauseFunc]struct{}{},
	}
	c.stop = func() error { return c.current().stop(context.WithoutCancel(ctx)) }
	c.starter.redactor.add(proxyPasswords()...)
	if c.process, err = c.starter.start(ctx); err != nil {
		return nil, errors.Join(err, folder.remove())
	}
	return c, nil
}

// Describe is what the connector says it is. It was asked when it was
// launched, so nothing is asked now, and the error is always nil.
func (c *Connector) Describe(context.Context) (*connectorv1.DescribeResponse, error) {
	return c.current().description, nil
}

// Connect hands over the configuration and proves that the connection works.
// Call it once; it may be repeated after an error that is not a refusal.
//
// A connection that can't be used is a [*RefusedError], which carries the
// answer with its checks; the answer is returned as well.
func (c *Connector) Connect(ctx context.Context, configuration Configuration) (*connectorv1.ConnectResponse, error) {
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	if err := configuration.check(); err != nil {
		return nil, err
	}
	if err := c.take(ctx, c.turn); err != nil {
		return nil, err
	}
	defer c.give(c.turn)
	if c.wasConnected() {
		return nil, faultf(CallOutOfOrder, "Connect was already called for this connector: launch another for another configuration")
	}
	configuration = configuration.clone()
	c.starter.redactor.add(slices.Collect(maps.Values(configuration.Secrets))...)
	p, err := c.live(ctx)
	if err != nil {
		return nil, err
	}
	response, err := c.connect(ctx, p, configuration)
	c.noteConnected(configuration, response, err)
	return response, err
}

// ListResources says what can be read. Call Connect first.
func (c *Connector) ListResources(ctx context.Context) ([]*connectorv1.Resource, error) {
	ctx, end, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	p, err := c.ready(ctx, "ListResources")
	if err != nil {
		return nil, err
	}
	limited, cancel := context.WithTimeout(ctx, c.starter.settings.Limits.CallTimeout)
	defer cancel()
	response, err := p.service.ListResources(limited, &connectorv1.ListResourcesRequest{})
	if err != nil {
		return nil, c.failed(ctx, p, "ListResources", err)
	}
	clean(c.starter.redactor, response)
	return response.GetResources(), nil
}

// Pid is the id of the connector's process, for a person to look at; a restart
// changes it.
func (c *Connector) Pid() int { return c.current().run.Pid() }

// LastLog is the end of what the connector's process has logged, at most
// 64 KiB, without secrets.
func (c *Connector) LastLog() string { return c.current().stderr.lastLines(maxLogTail) }

// Close ends the calls in flight with [ErrClosed], stops the process, and
// removes its folder. It takes at most two grace periods and five seconds, and
// may be called again.
func (c *Connector) Close() error {
	c.closing.Do(func() { c.closeError = c.close() })
	return c.closeError
}

func (c *Connector) close() error {
	c.mu.Lock()
	c.closed = true
	for cancel := range c.calls {
		(*cancel)(ErrClosed)
	}
	c.mu.Unlock()

	quiet := make(chan struct{})
	go func() {
		c.idle.Wait()
		close(quiet)
	}()
	late := time.NewTimer(c.starter.settings.Limits.GracePeriod)
	defer late.Stop()
	select { // a consumer that does not return must not keep the process alive
	case <-quiet:
	case <-late.C:
	}
	err := c.stop()
	return errors.Join(err, c.folder.remove())
}

// begin registers a call, so that Close can end it and wait for it.
func (c *Connector) begin(ctx context.Context) (context.Context, func(), error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return nil, nil, ErrClosed
	}
	ctx, cancel := context.WithCancelCause(ctx)
	c.calls[&cancel] = struct{}{}
	c.idle.Add(1)
	return ctx, func() {
		cancel(nil)
		c.mu.Lock()
		delete(c.calls, &cancel)
		c.mu.Unlock()
		c.idle.Done()
	}, nil
}

// take waits for its turn.
func (c *Connector) take(ctx context.Context, turn chan struct{}) error {
	select {
	case turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return contextError(ctx)
	}
}

func (c *Connector) give(turn chan struct{}) { <-turn }

func (c *Connector) current() *process {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.process
}
