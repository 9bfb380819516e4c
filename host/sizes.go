package host

import (
	"context"

	"google.golang.org/grpc/stats"
)

// messageSizes notes the size of each message received on a call whose context
// carries a [receivedSize]. gRPC knows it; adding up the fields of every record
// would cost as much as decoding them.
type messageSizes struct{}

var _ stats.Handler = messageSizes{}

// receivedSize is the size in bytes of the message that Recv returned last.
// gRPC sets it in Recv's own goroutine.
type receivedSize struct{ bytes int }

type receivedSizeKey struct{}

func withReceivedSize(ctx context.Context) (context.Context, *receivedSize) {
	size := &receivedSize{}
	return context.WithValue(ctx, receivedSizeKey{}, size), size
}

// HandleRPC notes the size.
func (messageSizes) HandleRPC(ctx context.Context, event stats.RPCStats) {
	payload, ok := event.(*stats.InPayload)
	if !ok {
		return
	}
	if size, ok := ctx.Value(receivedSizeKey{}).(*receivedSize); ok {
		size.bytes = payload.Length
	}
}

// TagRPC adds nothing.
func (messageSizes) TagRPC(ctx context.Context, _ *stats.RPCTagInfo) context.Context { return ctx }

// TagConn adds nothing.
func (messageSizes) TagConn(ctx context.Context, _ *stats.ConnTagInfo) context.Context { return ctx }

// HandleConn does nothing.
func (messageSizes) HandleConn(context.Context, stats.ConnStats) {}
