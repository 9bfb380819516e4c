// Command future is a connector of a contract that does not exist yet: today's,
// with what a later one may add in every place where it may add something.
// Nothing of it is planned; the numbers are far away from any that is used.
package main

import (
	"context"
	"io"
	"maps"
	"os"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

const (
	laterField = 900 // a field that today's messages do not have
	laterEnum  = 90  // a value that today's enumerations do not have
)

func main() {
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	// A host of today finds its version among several.
	sets := wire.PluginSets(connector{})
	maps.Copy(sets, map[int]goplugin.PluginSet{2: {}, 3: {}})
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig:  wire.Handshake,
		VersionedPlugins: sets,
		GRPCServer:       func(options []grpc.ServerOption) *grpc.Server { return grpc.NewServer(options...) },
	})
}

type connector struct {
	connectorv1.UnimplementedConnectorServiceServer
}

func (connector) Describe(context.Context, *connectorv1.DescribeRequest) (*connectorv1.DescribeResponse, error) {
	return later(connectorv1.DescribeResponse_builder{
		Name: "future", Title: "Future", Version: "9.0.0",
		ConfigSchemaJson: []byte(`{"type":"object","x-later":{"deep":[1,2]},"properties":{"refuse":{"type":"string","x-later":true}}}`),
		Capabilities:     []string{"later-ability"},
		Reasons: []*connectorv1.ReasonDescription{
			later(connectorv1.ReasonDescription_builder{Reason: "LATER_REASON", Class: laterEnum, Title: "Later"}.Build()),
		},
	}.Build()), nil
}

// Connect refuses with a later class where the configuration asks for that.
func (connector) Connect(_ context.Context, request *connectorv1.ConnectRequest) (*connectorv1.ConnectResponse, error) {
	if string(request.GetConfigJson()) == `{"refuse":"status"}` {
		return nil, laterStatus()
	}
	response := later(connectorv1.ConnectResponse_builder{
		Account: later(connectorv1.Account_builder{Id: "example.com"}.Build()),
		Checks: []*connectorv1.Check{
			later(connectorv1.Check_builder{Name: "later", Title: "Later", Status: laterEnum, Detail: "As later connectors check."}.Build()),
		},
	}.Build())
	if string(request.GetConfigJson()) == `{"refuse":"message"}` {
		response.SetRefusal(later(connectorv1.Refusal_builder{
			Class: laterEnum, Reason: "LATER_REASON", Message: "Refused as later connectors do.",
		}.Build()))
	}
	return response, nil
}

// laterStatus is a refusal of a class that today's hosts do not know, with a
// detail that they do not know either.
func laterStatus() error {
	s, err := status.New(codes.Aborted, "Refused as later connectors do.").WithDetails(
		&errdetails.ErrorInfo{Reason: "LATER_REASON", Domain: wire.ErrorDomain, Metadata: map[string]string{"class": "LATER_CLASS", "later": "1"}},
		&errdetails.Help{},
	)
	if err != nil {
		return err
	}
	return s.Err()
}

func (connector) ListResources(context.Context, *connectorv1.ListResourcesRequest) (*connectorv1.ListResourcesResponse, error) {
	return later(connectorv1.ListResourcesResponse_builder{Resources: []*connectorv1.Resource{
		later(connectorv1.Resource_builder{
			Name: "things", Title: "Things", Kind: laterEnum, KeyField: "id",
			Modes: []connectorv1.SyncMode{connectorv1.SyncMode_SYNC_MODE_FULL, laterEnum},
		}.Build()),
	}}.Build()), nil
}

// Sync sends an event that today's hosts do not know before, between and after
// two pages.
func (connector) Sync(_ *connectorv1.SyncRequest, stream grpc.ServerStreamingServer[connectorv1.SyncResponse]) error {
	record := func(id string) *connectorv1.Record {
		user := later(connectorv1.User_builder{UserName: id, StatusKind: laterEnum}.Build())
		return later(connectorv1.Record_builder{Resource: "things", Id: id, User: user, Source: []byte(`{}`)}.Build())
	}
	viewless := later(connectorv1.Record_builder{Resource: "things", Id: "t3", Source: []byte(`{}`)}.Build())
	pages := []*connectorv1.Page{
		later(connectorv1.Page_builder{Sequence: 1, Cursor: "after-1", Records: []*connectorv1.Record{record("t1"), record("t2")}}.Build()),
		later(connectorv1.Page_builder{Sequence: 2, Records: []*connectorv1.Record{viewless}}.Build()),
	}
	event := later(&connectorv1.SyncResponse{}) // none that is known is set
	for _, page := range pages {
		if err := stream.Send(event); err != nil {
			return err
		}
		if err := stream.Send(later(connectorv1.SyncResponse_builder{Page: page}.Build())); err != nil {
			return err
		}
	}
	if err := stream.Send(event); err != nil {
		return err
	}
	completed := later(connectorv1.Completed_builder{Pages: 2, Records: 3}.Build())
	return stream.Send(connectorv1.SyncResponse_builder{Completed: completed}.Build())
}

// later adds to a message a number, a text and a message of later.
func later[M proto.Message](message M) M {
	var fields []byte
	fields = protowire.AppendTag(fields, laterField, protowire.VarintType)
	fields = protowire.AppendVarint(fields, 1<<60)
	fields = protowire.AppendTag(fields, laterField+1, protowire.BytesType)
	fields = protowire.AppendString(fields, "later")
	fields = protowire.AppendTag(fields, laterField+2, protowire.BytesType)
	fields = protowire.AppendBytes(fields, []byte{0x08, 0x01})
	message.ProtoReflect().SetUnknown(protoreflect.RawFields(fields))
	return message
}
