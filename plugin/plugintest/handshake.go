package plugintest

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/known/emptypb"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// The services that go-plugin's server offers beside the contract's. Their
// generated code is internal to go-plugin; its messages are in the registry.
const (
	shutdownMethod = "/plugin.GRPCController/Shutdown"
	stdioMethod    = "/plugin.GRPCStdio/StreamStdio"
	stdioMessage   = "plugin.StdioData"
)

// handshake is the first line of standard output.
type handshake struct {
	version          int // of the protocol
	network, address string
	certificate      *x509.Certificate
}

// awaitFirstLine waits for the first line of standard output, at most that long.
// It reports false if the process ended, or the time was over, before.
func (p *process) awaitFirstLine(ctx context.Context, limit time.Duration) (string, bool) {
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-p.stdout.complete:
	case <-timer.C:
	case <-ctx.Done():
	}
	return p.stdout.firstLine()
}

// shake waits for the handshake and reads it.
func (p *process) shake(ctx context.Context) (*handshake, error) {
	limit := p.trial.startLimit()
	line, complete := p.awaitFirstLine(ctx, limit)
	switch {
	case !complete && !p.wasEnded(ctx, endNotice):
		return nil, fail("The process wrote no line to standard output within %s (%q so far). Write the handshake as soon as the socket listens.%s", limit, line, p.lastWords())
	case !complete:
		return nil, fail("The process ended before its handshake (%s), having written %q to standard output. A host starts it with the cookie %s in its environment and no arguments.%s",
			p.ended, line, wire.Handshake.MagicCookieKey, p.lastWords())
	}
	h, err := parseHandshake(line)
	if err != nil {
		return nil, err
	}
	return h, h.check(p.folder)
}

// endNotice is how long after the end of its output a process may be noticed to
// have ended.
const endNotice = 200 * time.Millisecond

// parseHandshake reads CORE|VERSION|NETWORK|ADDRESS|PROTOCOL|CERTIFICATE.
func parseHandshake(line string) (*handshake, error) {
	fields := strings.Split(strings.TrimSpace(line), "|")
	if len(fields) < 5 || strings.Trim(fields[0]+fields[1], "0123456789") != "" || fields[0] == "" || fields[1] == "" {
		return nil, fail("The first line of standard output is %.200q, and not the handshake 1|1|unix|ADDRESS|grpc|CERTIFICATE. Print nothing before it.", line)
	}
	if fields[0] != strconv.Itoa(goplugin.CoreProtocolVersion) {
		return nil, fail("The handshake's first field is %q; it must be %q, the version of go-plugin's handshake.", fields[0], strconv.Itoa(goplugin.CoreProtocolVersion))
	}
	if fields[4] != string(goplugin.ProtocolGRPC) {
		return nil, fail("The handshake's fifth field is %.40q; it must be \"grpc\".", fields[4])
	}
	version, err := strconv.Atoi(fields[1])
	if err != nil {
		return nil, fail("The handshake's second field, %.40q, is no version of the protocol.", fields[1])
	}
	if len(fields) < 6 || fields[5] == "" {
		return nil, fail("The handshake has no certificate in its sixth field. Mutual TLS is not optional: the host's certificate is in PLUGIN_CLIENT_CERT.")
	}
	der, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(fields[5], "="))
	if err != nil {
		return nil, fail("The certificate in the handshake is not base64 (%v): it is the DER of the certificate, without line breaks.", err)
	}
	certificate, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fail("The certificate in the handshake can't be read: %v.", err)
	}
	return &handshake{version: version, network: fields[2], address: fields[3], certificate: certificate}, nil
}

// check keeps to what a host accepts.
func (h *handshake) check(folder string) error {
	if h.version != wire.ProtocolVersion {
		return fail("The handshake names version %d of the protocol; %d was offered in PLUGIN_PROTOCOL_VERSIONS.", h.version, wire.ProtocolVersion)
	}
	if socketsAreUnix {
		if relative, err := filepath.Rel(folder, h.address); h.network != "unix" || err != nil || !filepath.IsLocal(relative) || relative == "." {
			return fail("The handshake names the address %.40q %.200q; it must be a Unix socket in the folder of PLUGIN_UNIX_SOCKET_DIR.", h.network, h.address)
		}
		return nil
	}
	host, _, err := net.SplitHostPort(h.address)
	if ip := net.ParseIP(host); h.network != "tcp" || err != nil || ip == nil || !ip.IsLoopback() {
		return fail("The handshake names the address %.40q %.200q; it must be TCP on a loopback address.", h.network, h.address)
	}
	return nil
}

// dial makes a connection to a connector, with the limits of a host.
func (p *process) dial(h *handshake, config *tls.Config) (*grpc.ClientConn, error) {
	return grpc.NewClient("passthrough:///connector",
		grpc.WithContextDialer(func(ctx context.Context, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, h.network, h.address)
		}),
		grpc.WithTransportCredentials(credentials.NewTLS(config)),
		grpc.WithIdleTimeout(0),
		grpc.WithDisableRetry(),
		grpc.WithDisableServiceConfig(),
		grpc.WithStaticStreamWindowSize(wire.FlowWindowBytes),
		grpc.WithStaticConnWindowSize(wire.FlowWindowBytes),
		grpc.WithDefaultCallOptions(
			// More than a host takes, so that a message above its limit is one
			// finding, and the listing is read on.
			grpc.MaxCallRecvMsgSize(wire.MaxPageBytes),
			grpc.MaxCallSendMsgSize(wire.MaxMessageBytes),
			grpc.ForceCodecV2(searching{encoding.GetCodecV2("proto"), p.trial.canaries}),
		),
	)
}

// searching is the codec of protobuf that looks through each message that comes.
type searching struct {
	encoding.CodecV2
	canaries *canaries
}

func (s searching) Unmarshal(data mem.BufferSlice, message any) error {
	where := "an answer"
	if m, ok := message.(proto.Message); ok {
		where = "a message " + string(m.ProtoReflect().Descriptor().Name())
	}
	s.canaries.in(data.Materialize(), where)
	return s.CodecV2.Unmarshal(data, message)
}

// begin starts a connector as a host does, up to where it can be called.
func (t *trial) begin(ctx context.Context, how startup) (*process, error) {
	p, err := t.start(ctx, how)
	if err != nil {
		return nil, fail("%s.", sentence(err))
	}
	h, err := p.shake(ctx)
	if err == nil {
		p.conn, err = p.dial(h, t.identity.tlsFor(h.certificate))
	}
	if err != nil {
		p.discard(ctx)
		return nil, err
	}
	p.service = connectorv1.NewConnectorServiceClient(p.conn)
	p.following.Go(func() { p.followPrinted(context.WithoutCancel(ctx)) })
	return p, nil
}

// followPrinted reads what package plugin's Serve makes of what an author
// prints; it must be read by somebody, or printing would block in the end. It
// ends with the connection.
func (p *process) followPrinted(ctx context.Context) {
	kind, err := protoregistry.GlobalTypes.FindMessageByName(stdioMessage)
	if err != nil {
		return
	}
	data := kind.Descriptor().Fields().ByName("data")
	stream, err := p.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, stdioMethod)
	if err != nil || errors.Join(stream.SendMsg(&emptypb.Empty{}), stream.CloseSend()) != nil {
		return
	}
	for {
		message := kind.New().Interface()
		if err := stream.RecvMsg(message); err != nil {
			return
		}
		_, _ = p.printed.Write(message.ProtoReflect().Get(data).Bytes()) // never fails
	}
}

// askToStop calls go-plugin's Shutdown. A server that stops at once may take its
// answer with it.
func (p *process) askToStop(ctx context.Context) error {
	p.ending.Store(true)
	ctx, cancel := context.WithTimeout(ctx, stopLimit)
	defer cancel()
	return p.conn.Invoke(ctx, shutdownMethod, &emptypb.Empty{}, &emptypb.Empty{})
}

func readFileBounded(path string) ([]byte, error) {
	file, err := os.Open(path) //nolint:gosec // of a folder of our own
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read from
	return io.ReadAll(io.LimitReader(file, maxFileBytes))
}
