package plugintest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// hostName is how the suite introduces itself in Describe.
const hostName = "patchbay-conformance/1"

// describe asks what the connector is. The first answer becomes the trial's.
func (p *process) describe(ctx context.Context) (*connectorv1.DescribeResponse, error) {
	ctx, cancel := context.WithTimeout(ctx, p.trial.patience)
	defer cancel()
	response, err := p.service.Describe(ctx, connectorv1.DescribeRequest_builder{Host: hostName, Capabilities: []string{"no-such-capability"}}.Build())
	if err != nil {
		return nil, p.explain(ctx, "Describe", p.trial.patience, err)
	}
	if p.trial.description == nil {
		p.trial.description = response
	}
	return response, nil
}

// connect hands over a configuration. A refusal in the answer is no error.
func (p *process) connect(ctx context.Context, request *connectorv1.ConnectRequest) (*connectorv1.ConnectResponse, error) {
	limit := connectPatience * p.trial.patience
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	response, err := p.service.Connect(ctx, request)
	if err != nil {
		return nil, p.explain(ctx, "Connect", limit, err)
	}
	p.connected = response
	p.trial.seen.response(response)
	p.trial.canaries.in(p.shown(), "its arguments or environment, or those of a process that it started")
	return response, nil
}

// list asks for the resources, once for each process.
func (p *process) list(ctx context.Context) ([]*connectorv1.Resource, error) {
	if p.resources != nil {
		return p.resources, nil
	}
	resources, err := p.listAnew(ctx)
	if err == nil && len(resources) == 0 {
		return nil, errors.New("it lists no resource")
	}
	p.resources = resources
	return resources, err
}

func (p *process) listAnew(ctx context.Context) ([]*connectorv1.Resource, error) {
	ctx, cancel := context.WithTimeout(ctx, p.trial.patience)
	defer cancel()
	response, err := p.service.ListResources(ctx, &connectorv1.ListResourcesRequest{})
	if err != nil {
		return nil, p.explain(ctx, "ListResources", p.trial.patience, err)
	}
	return response.GetResources(), nil
}

// callError is a call that was not answered with OK.
type callError struct {
	call   string
	status *status.Status // as it came; one of gRPC's own making if none did
	hung   bool           // no answer in time
	text   string
}

func (e *callError) Error() string { return e.text }

// explain makes a callError, and notes the status that a connector answered
// with. ctx is the call's own.
func (p *process) explain(ctx context.Context, call string, limit time.Duration, err error) error {
	if ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	s, _ := status.FromError(err)
	e := &callError{call: call, status: s}
	switch {
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		e.hung = true
		e.text = fmt.Sprintf("%s was not answered within %s, and the process %s.%s", call, limit, p.state(), p.lastWords())
	case s.Code() == codes.Unavailable && len(s.Details()) == 0 && p.wasEnded(context.WithoutCancel(ctx), endAfterLoss):
		e.text = fmt.Sprintf("The process ended (%s) during %s.%s", p.ended, call, p.lastWords())
	default:
		p.trial.seen.status(call, s)
		e.text = fmt.Sprintf("%s was answered with %s: %.300q.", call, s.Code(), s.Message())
	}
	return e
}

// endAfterLoss is how long the end of a process may follow the end of its
// connection.
const endAfterLoss = 3 * time.Second

func (p *process) state() string {
	if p.alive() {
		return "still runs"
	}
	return "has ended (" + p.ended + ")"
}

// answeredWith reports whether a call was answered with one of those codes, and
// says what it was answered with if not.
func answeredWith(err error, wanted ...codes.Code) (string, bool) {
	if err == nil {
		return "It was answered OK.", false
	}
	e, ok := errors.AsType[*callError](err)
	if !ok {
		return sentence(err) + ".", false
	}
	for _, code := range wanted {
		if !e.hung && e.status.Code() == code {
			return e.text, true
		}
	}
	return e.text, false
}

// tooLarge reports whether gRPC refused a message at our end for its size.
func tooLarge(err error) bool {
	s, _ := status.FromError(err)
	return s.Code() == codes.ResourceExhausted && strings.Contains(s.Message(), "larger than max")
}
