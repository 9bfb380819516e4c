// Command connector is a connector of the first days: it knows the contract as
// it first stood, and lists five pages of four people.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	frozen "frozen.example/patchbay"
	connectorv1 "frozen.example/patchbay/proto/patchbay/connector/v1"
)

const (
	pages   = 5
	perPage = 4
)

func main() {
	c := &connector{log: slog.New(slog.NewJSONHandler(os.Stderr, nil))}
	go func() { // the host is gone
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig:  frozen.Handshake,
		VersionedPlugins: frozen.Plugins(c),
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, grpc.UnknownServiceHandler(c.unknownCall))...)
		},
	})
}

type connector struct {
	connectorv1.UnimplementedConnectorServiceServer
	log *slog.Logger
}

// Describe declares no capability: there was none.
func (c *connector) Describe(_ context.Context, request *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
	c.noteUnknown("Describe", request)
	return connectorv1.DescribeResponse_builder{
		Name: "frozen", Title: "Frozen", Version: "0.1.0",
		ConfigSchemaJson: []byte(`{"type":"object","additionalProperties":false}`),
		Reasons: []*connectorv1.ReasonDescription{connectorv1.ReasonDescription_builder{
			Reason: "CURSOR_INVALID", Class: connectorv1.Class_CLASS_CONFIG_INVALID, Title: "Cursor not valid",
		}.Build()},
	}.Build(), nil
}

func (c *connector) Connect(_ context.Context, request *connectorv1.ConnectRequest) (*connectorv1.ConnectResponse, error) {
	c.noteUnknown("Connect", request)
	return connectorv1.ConnectResponse_builder{
		Account: connectorv1.Account_builder{Id: "example.com", Name: "Example"}.Build(),
		Checks: []*connectorv1.Check{connectorv1.Check_builder{
			Name: "config", Title: "Configuration", Status: connectorv1.CheckStatus_CHECK_STATUS_OK,
		}.Build()},
	}.Build(), nil
}

func (c *connector) ListResources(_ context.Context, request *connectorv1.ListResourcesRequest) (*connectorv1.ListResourcesResponse, error) {
	c.noteUnknown("ListResources", request)
	users := connectorv1.Resource_builder{
		Name: "users", Title: "Users", Kind: connectorv1.ResourceKind_RESOURCE_KIND_USERS, KeyField: "id",
		Modes: []connectorv1.SyncMode{connectorv1.SyncMode_SYNC_MODE_FULL},
	}.Build()
	return connectorv1.ListResourcesResponse_builder{Resources: []*connectorv1.Resource{users}}.Build(), nil
}

// Sync lists the pages after the cursor "after-N".
func (c *connector) Sync(request *connectorv1.SyncRequest, stream grpc.ServerStreamingServer[connectorv1.SyncResponse]) error {
	c.noteUnknown("Sync", request)
	before := 0
	if request.GetCursor() != "" {
		if _, err := fmt.Sscanf(request.GetCursor(), "after-%d", &before); err != nil {
			return status.Error(codes.InvalidArgument, "no cursor of mine")
		}
	}
	completed := &connectorv1.Completed{}
	for number := before + 1; number <= pages; number++ {
		completed.SetPages(completed.GetPages() + 1)
		completed.SetRecords(completed.GetRecords() + perPage)
		page := connectorv1.Page_builder{Records: people(number), Sequence: completed.GetPages()}.Build()
		if number < pages {
			page.SetCursor(fmt.Sprintf("after-%d", number))
		}
		if err := stream.Send(connectorv1.SyncResponse_builder{Page: page}.Build()); err != nil {
			return err
		}
	}
	return stream.Send(connectorv1.SyncResponse_builder{Completed: completed}.Build())
}

func people(page int) []*connectorv1.Record {
	records := make([]*connectorv1.Record, perPage)
	for i := range records {
		id := fmt.Sprintf("u%d-%d", page, i)
		records[i] = connectorv1.Record_builder{
			Resource: "users", Id: id, Source: fmt.Appendf(nil, `{"id":%q}`, id),
			User: connectorv1.User_builder{UserName: id + "@example.com", StatusKind: connectorv1.UserStatus_USER_STATUS_ACTIVE}.Build(),
		}.Build()
	}
	return records
}

// noteUnknown logs the fields of a request that this contract does not have.
func (c *connector) noteUnknown(call string, request proto.Message) {
	for rest := request.ProtoReflect().GetUnknown(); len(rest) > 0; {
		number, _, n := protowire.ConsumeField(rest)
		if n < 0 {
			return
		}
		c.log.Warn("a field that I do not know", slog.String("call", call), slog.Int("number", int(number)))
		rest = rest[n:]
	}
}

// unknownCall logs a call that this contract does not have.
func (c *connector) unknownCall(_ any, stream grpc.ServerStream) error {
	method, _ := grpc.MethodFromServerStream(stream)
	c.log.Warn("a call that I do not know", slog.String("method", method))
	return status.Error(codes.Unimplemented, "unknown method "+method)
}
