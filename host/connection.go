package host

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/emptypb"

	"patchbay.example/internal/wire"
)

// The services that go-plugin's server offers beside ours. Their generated code
// is internal to go-plugin; its messages are in the registry.
const (
	shutdownMethod = "/plugin.GRPCController/Shutdown"
	stdioMethod    = "/plugin.GRPCStdio/StreamStdio"
	stdioMessage   = "plugin.StdioData"
)

// dial makes the connection to a connector. go-plugin's own client would do,
// but for three things: it can't be stopped while it connects, it leaves the
// connection behind when that fails, and its Kill waits for an answer without
// limit.
func dial(address net.Addr, config *tls.Config) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///connector",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, address.Network(), address.String())
		}),
		grpc.WithTransportCredentials(credentials.NewTLS(config)),
		// A quiet connection stays: the process lives only while it is needed.
		grpc.WithIdleTimeout(0),
		// A call is repeated by whoever knows what it means, or not at all.
		grpc.WithDisableRetry(),
		grpc.WithDisableServiceConfig(),
		grpc.WithStatsHandler(messageSizes{}),
		// Fixed windows keep gRPC from reading ahead as far as a fast local
		// socket would let it.
		grpc.WithStaticStreamWindowSize(wire.FlowWindowBytes),
		grpc.WithStaticConnWindowSize(wire.FlowWindowBytes),
		grpc.WithDefaultCallOptions(
			grpc.MaxCallRecvMsgSize(wire.MaxMessageBytes),
			grpc.MaxCallSendMsgSize(wire.MaxMessageBytes),
		),
	)
}

// shutdown asks the connector to stop.
func shutdown(ctx context.Context, conn *grpc.ClientConn) error {
	return conn.Invoke(ctx, shutdownMethod, &emptypb.Empty{}, &emptypb.Empty{})
}

// drainStdio reads what a connector's author prints (package plugin's Serve
// replaces os.Stdout and os.Stderr) until the stream ends. It must be read by
// somebody: otherwise printing would block in the end. A connector that does
// not offer the stream needs nobody.
func drainStdio(ctx context.Context, conn *grpc.ClientConn, into io.Writer) error {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(stdioMessage)
	if err != nil {
		return fmt.Errorf("find the message of standard output: %w", err)
	}
	data := kind.Descriptor().Fields().ByName("data")
	stream, err := conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, stdioMethod)
	if err != nil {
		return err
	}
	if err := errors.Join(stream.SendMsg(&emptypb.Empty{}), stream.CloseSend()); err != nil {
		return err
	}
	for {
		message := kind.New().Interface()
		if err := stream.RecvMsg(message); err != nil {
			return err
		}
		if _, err := into.Write(bytesOf(message, data)); err != nil {
			return err
		}
	}
}

func bytesOf(message proto.Message, field protoreflect.FieldDescriptor) []byte {
	if field == nil || field.Kind() != protoreflect.BytesKind {
		return nil
	}
	return message.ProtoReflect().Get(field).Bytes()
}
