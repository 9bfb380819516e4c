package host

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// ready is the process, connected: a new one if the last has ended.
func (c *Connector) ready(ctx context.Context, call string) (*process, error) {
	if err := c.take(ctx, c.turn); err != nil {
		return nil, err
	}
	defer c.give(c.turn)
	c.mu.Lock()
	configuration := c.configuration
	c.mu.Unlock()
	if configuration == nil {
		return nil, faultf(CallOutOfOrder, "%s was called before Connect, or after Connect was refused", call)
	}
	before := c.current()
	p, err := c.live(ctx)
	if err != nil || p == before {
		return p, err
	}
	_, err = c.connect(ctx, p, *configuration)
	return p, err
}

// live is the process, running: a new one if the last has ended. Call it in
// turn.
func (c *Connector) live(ctx context.Context) (*process, error) {
	p := c.current()
	if p.alive() {
		return p, nil
	}
	if err := p.stop(ctx); err != nil {
		return nil, err
	}
	next, err := c.starter.start(ctx)
	if err != nil {
		return nil, err
	}
	if err := sameConnector(p.description, next.description); err != nil {
		return nil, errors.Join(err, next.stop(ctx))
	}
	c.mu.Lock()
	c.process = next
	c.mu.Unlock()
	c.starter.settings.Log.LogAttrs(ctx, slog.LevelInfo, "connector started again", slog.Int("pid", next.run.Pid()))
	return next, nil
}

// connect calls Connect. A process that did not answer is stopped, for nobody
// knows whether it is connected.
func (c *Connector) connect(ctx context.Context, p *process, configuration Configuration) (*connectorv1.ConnectResponse, error) {
	limited, cancel := context.WithTimeout(ctx, c.starter.settings.Limits.ConnectTimeout)
	defer cancel()
	response, err := p.service.Connect(limited, configuration.request())
	if err != nil {
		err = c.failed(ctx, p, "Connect", err)
		if refused := (*RefusedError)(nil); !errors.As(err, &refused) {
			err = errors.Join(err, p.stop(ctx))
		}
		return nil, err
	}
	clean(c.starter.redactor, response)
	if response.HasRefusal() {
		return response, refused(c.starter.redactor, "Connect", response.GetRefusal(), response)
	}
	return response, nil
}

// failed explains the error of a call, and ends a process that hangs, so that
// the next call gets a new one.
func (c *Connector) failed(ctx context.Context, p *process, call string, err error) error {
	err = callError(ctx, p, c.starter.redactor, call, err)
	if errors.Is(err, &Fault{Reason: ConnectorHung}) || errors.Is(err, &Fault{Reason: ConnectorCrashed}) {
		return errors.Join(err, p.kill(context.WithoutCancel(ctx)))
	}
	return err
}

func (c *Connector) wasConnected() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.connected
}

func (c *Connector) noteConnected(configuration Configuration, response *connectorv1.ConnectResponse, err error) {
	var refused *RefusedError
	c.mu.Lock()
	defer c.mu.Unlock()
	c.connected = err == nil || errors.As(err, &refused)
	if err == nil && response != nil {
		c.configuration = &configuration
	}
}

// sameConnector keeps a run from going on with a connector that was replaced
// meanwhile: cursors are a version's own.
func sameConnector(before, after *connectorv1.DescribeResponse) error {
	if before.GetName() == after.GetName() && before.GetVersion() == after.GetVersion() {
		return nil
	}
	return &Fault{Reason: ConnectorReplaced, Message: fmt.Sprintf("the connector was %.80s %.80s, and is now %.80s %.80s",
		before.GetName(), before.GetVersion(), after.GetName(), after.GetVersion())}
}
