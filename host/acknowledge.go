package host

import (
	"context"
	"slices"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// acknowledger tells a connector which pages of a stream the consumer has
// accepted. It does so beside the stream, in a goroutine of its own, so that
// receiving the next page does not wait for an answer; where the consumer is
// faster than the calls, one speaks for several pages.
type acknowledger struct {
	service connectorv1.ConnectorServiceClient
	refused func()        // called when the connector takes no acknowledgement
	pages   uint64        // accepted so far; the stream's goroutine's own
	latest  chan uint64   // the newest count that was not sent yet; holds one
	done    chan struct{} // closed at the end; guards err
	err     error
}

// windowOf is the window to ask a connector to keep to: none of one that does
// not know how.
func windowOf(description *connectorv1.DescribeResponse, wanted uint32) uint32 {
	if !slices.Contains(description.GetCapabilities(), connectorv1.CapabilityAcknowledge) {
		return 0
	}
	return wanted
}

// startAcknowledger acknowledges until ctx ends; then wait for done.
func startAcknowledger(ctx context.Context, service connectorv1.ConnectorServiceClient, refused func()) *acknowledger {
	a := &acknowledger{service: service, refused: refused, latest: make(chan uint64, 1), done: make(chan struct{})}
	go a.run(ctx)
	return a
}

// accepted counts a page. It never waits. Nil takes it too, and does nothing.
func (a *acknowledger) accepted() {
	if a == nil {
		return
	}
	a.pages++
	select {
	case <-a.latest: // the new count says that too
	default:
	}
	a.latest <- a.pages
}

// wait waits for the end, and returns why the connector took no
// acknowledgement; nil where it did, and on nil.
func (a *acknowledger) wait() error {
	if a == nil {
		return nil
	}
	<-a.done
	return a.err
}

func (a *acknowledger) run(ctx context.Context) {
	defer close(a.done)
	for {
		select {
		case <-ctx.Done():
			return
		case pages := <-a.latest:
			request := connectorv1.AcknowledgeRequest_builder{Pages: pages}.Build()
			if _, err := a.service.Acknowledge(ctx, request); err != nil && !passOver(err) {
				a.err = err
				a.refused()
				return
			}
		}
	}
}

// passOver reports whether an error is nothing to end a stream for. Where the
// stream itself has ended, it says so better: the connector has completed or
// refused it, the host has given it up, or the process has died. A connector
// that does not implement the call can't be waiting for it.
func passOver(err error) bool {
	switch status.Code(err) {
	case codes.FailedPrecondition, codes.Canceled, codes.DeadlineExceeded, codes.Unavailable, codes.Unimplemented:
		return true
	default:
		return false
	}
}
