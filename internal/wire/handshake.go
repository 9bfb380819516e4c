package wire

import (
	"context"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// ProtocolVersion is the go-plugin application protocol that this tree speaks.
// It changes only when package patchbay.connector.v1 gets a successor; fields
// and capabilities are added without touching it.
const ProtocolVersion = 1

// PluginName is the one entry of a plugin set.
const PluginName = "connector"

// Handshake is the cookie that tells a connector that a host has started it.
// It is a courtesy to somebody who starts a connector by hand, not a secret.
// ProtocolVersion stays zero: versions are negotiated by the sets below.
var Handshake = goplugin.HandshakeConfig{
	MagicCookieKey:   "PATCHBAY_CONNECTOR",
	MagicCookieValue: "5f0f1c3e-patchbay-connector",
}

// PluginSets returns the plugin sets of all protocol versions spoken. server
// is nil on the host's end. go-plugin writes into the map, so each launch
// takes a new one.
func PluginSets(server connectorv1.ConnectorServiceServer) map[int]goplugin.PluginSet {
	return map[int]goplugin.PluginSet{
		ProtocolVersion: {PluginName: &grpcPlugin{server: server}},
	}
}

// grpcPlugin adapts ConnectorService to go-plugin.
type grpcPlugin struct {
	goplugin.NetRPCUnsupportedPlugin
	server connectorv1.ConnectorServiceServer
}

var _ goplugin.GRPCPlugin = (*grpcPlugin)(nil)

// GRPCServer registers the connector's end.
func (p *grpcPlugin) GRPCServer(_ *goplugin.GRPCBroker, s *grpc.Server) error {
	connectorv1.RegisterConnectorServiceServer(s, p.server)
	return nil
}

// GRPCClient returns the host's end, a connectorv1.ConnectorServiceClient.
func (p *grpcPlugin) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return connectorv1.NewConnectorServiceClient(conn), nil
}
