package host

import (
	"context"
	"fmt"
	"strings"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// exitLimit is how long the end of a process may follow the end of its
// connection. A process that closes the connection and lives on is as good as
// dead.
const exitLimit = 3 * time.Second

// callError turns the error of a call into what the package promises: ctx's
// error, a refusal, or a fault. ctx is the caller's, without the call's own
// deadline.
func callError(ctx context.Context, p *process, redactor *redactor, call string, err error) error {
	if ctx.Err() != nil {
		return fmt.Errorf("%s: %w", call, contextError(ctx))
	}
	s, _ := status.FromError(err)
	if refusal, ok := wire.RefusalOf(s); ok {
		return refused(redactor, call, refusal, nil)
	}
	text := redactor.foreign(s.Message())
	err = &statusError{code: s.Code(), text: text}
	switch {
	case s.Code() == codes.ResourceExhausted && strings.Contains(s.Message(), "larger than max"):
		return &Fault{Reason: MessageTooLarge, Cause: err, Message: fmt.Sprintf("a message of the connector's %s exceeds %d bytes: %s", call, wire.MaxMessageBytes, text)}
	case s.Code() == codes.DeadlineExceeded && p.alive():
		return &Fault{Reason: ConnectorHung, Cause: err, Log: p.stderr.lastLines(maxFaultLog), Message: "the connector did not answer " + call + " in time"}
	case s.Code() == codes.Unimplemented:
		return &Fault{Reason: ContractBroken, Cause: err, Message: fmt.Sprintf("the connector does not implement %s: %s", call, text)}
	case s.Code() == codes.Unavailable, s.Code() == codes.Canceled, !p.alive():
		return crashed(ctx, p, call, err)
	case s.Code() == codes.FailedPrecondition:
		return &Fault{Reason: CallOutOfOrder, Cause: err, Message: fmt.Sprintf("the connector answers %s with: %s", call, text)}
	default:
		return &Fault{Reason: ConnectorFailed, Cause: err, Log: p.stderr.lastLines(maxFaultLog), Message: fmt.Sprintf("the connector's %s failed: %s (%s)", call, text, s.Code())}
	}
}

// statusError is a gRPC status whose text is fit to be shown: what callError
// keeps as a cause, in place of the status as it came.
type statusError struct {
	code codes.Code
	text string
}

func (e *statusError) Error() string { return fmt.Sprintf("%s: %s", e.code, e.text) }

// GRPCStatus lets status.FromError read it.
func (e *statusError) GRPCStatus() *status.Status { return status.New(e.code, e.text) }

// crashed explains the end of a process whose connection has ended.
func crashed(ctx context.Context, p *process, call string, err error) error {
	late := time.NewTimer(exitLimit)
	defer late.Stop()
	how := fmt.Sprintf("lost its connection and did not end (%v)", err)
	select {
	case <-p.run.Done():
		how = p.run.Exit().String()
	case <-ctx.Done():
	case <-late.C:
	}
	return &Fault{
		Reason: ConnectorCrashed, Cause: err, Log: p.stderr.lastLines(maxFaultLog),
		Message: fmt.Sprintf("the connector's process %d %s during %s", p.run.Pid(), how, call),
	}
}

// refused makes an error of a refusal. A class that this host does not know is
// the connector's fault, as the contract asks.
func refused(redactor *redactor, call string, r *connectorv1.Refusal, response *connectorv1.ConnectResponse) *RefusedError {
	e := &RefusedError{
		Call: call, Class: wire.ClassNamed(wire.ClassName(r.GetClass())),
		Reason: redactor.foreign(r.GetReason()), Message: redactor.foreign(r.GetMessage()), Fix: redactor.foreign(r.GetFix()),
		Response: response,
	}
	if r.HasRetryAfter() {
		e.RetryAfter = max(0, r.GetRetryAfter().AsDuration())
	}
	if metadata := r.GetMetadata(); len(metadata) > 0 {
		e.Metadata = make(map[string]string, len(metadata))
		for key, value := range metadata {
			e.Metadata[redactor.foreign(key)] = redactor.foreign(value)
		}
	}
	return e
}
