// Package frozen is what a connector and a host of the first days have in
// common: the handshake, and the one entry of the plugin set.
package frozen

import (
	"context"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	connectorv1 "frozen.example/patchbay/proto/patchbay/connector/v1"
)

// Handshake is the cookie, the same for ever.
var Handshake = goplugin.HandshakeConfig{
	MagicCookieKey:   "PATCHBAY_CONNECTOR",
	MagicCookieValue: "5f0f1c3e-patchbay-connector",
}

// PluginName is the one entry of a set.
const PluginName = "connector"

// Plugins are the sets of protocol version 1; server is nil on the host's end.
func Plugins(server connectorv1.ConnectorServiceServer) map[int]goplugin.PluginSet {
	return map[int]goplugin.PluginSet{1: {PluginName: &adapter{server: server}}}
}

type adapter struct {
	goplugin.NetRPCUnsupportedPlugin
	server connectorv1.ConnectorServiceServer
}

// GRPCServer registers the connector's end.
func (a *adapter) GRPCServer(_ *goplugin.GRPCBroker, s *grpc.Server) error {
	connectorv1.RegisterConnectorServiceServer(s, a.server)
	return nil
}

// GRPCClient returns the host's end.
func (a *adapter) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return connectorv1.NewConnectorServiceClient(conn), nil
}
