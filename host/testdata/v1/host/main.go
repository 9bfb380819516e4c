// Command host is a host of the first days: it starts a connector, reads all of
// its first resource, and prints what came, one JSON object a line.
//
//	host CONNECTOR CONFIG-JSON [CURSOR]
//
// Its standard input is the connector's, as go-plugin has it, and must stay open.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"

	frozen "frozen.example/patchbay"
	connectorv1 "frozen.example/patchbay/proto/patchbay/connector/v1"
)

// limit bounds the whole.
const limit = time.Minute

func main() {
	if len(os.Args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: host CONNECTOR CONFIG-JSON [CURSOR]")
		os.Exit(2)
	}
	cursor := ""
	if len(os.Args) > 3 {
		cursor = os.Args[3]
	}
	if err := run(os.Args[1], os.Args[2], cursor); err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

func run(path, config, cursor string) error {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	client := goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig:  frozen.Handshake,
		VersionedPlugins: frozen.Plugins(nil),
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		Cmd:              exec.Command(path),
		Logger:           hclog.NewNullLogger(),
	})
	defer client.Kill()
	protocol, err := client.Client()
	if err != nil {
		return err
	}
	raw, err := protocol.Dispense(frozen.PluginName)
	if err != nil {
		return err
	}
	service, ok := raw.(connectorv1.ConnectorServiceClient)
	if !ok {
		return fmt.Errorf("a plugin of type %T", raw)
	}
	return read(ctx, service, config, cursor)
}

// line is what is printed: of Describe, of ListResources, of each page, of the
// end.
type line struct {
	Connector string   `json:"connector,omitempty"`
	Resource  string   `json:"resource,omitempty"`
	Refused   string   `json:"refused,omitempty"`
	Page      []string `json:"page,omitempty"`
	Cursor    string   `json:"cursor,omitempty"`
	Completed bool     `json:"completed,omitempty"`
	Pages     uint64   `json:"pages,omitempty"`
	Records   uint64   `json:"records,omitempty"`
	Ignored   bool     `json:"ignored,omitempty"` // an event that this host does not know
}

func read(ctx context.Context, service connectorv1.ConnectorServiceClient, config, cursor string) error {
	out := json.NewEncoder(os.Stdout)
	description, err := service.Describe(ctx, &connectorv1.DescribeRequest{})
	if err != nil {
		return err
	}
	if err := out.Encode(line{Connector: description.GetName()}); err != nil {
		return err
	}
	connected, err := service.Connect(ctx, connectorv1.ConnectRequest_builder{ConfigJson: []byte(config)}.Build())
	if err != nil {
		return err
	}
	if connected.HasRefusal() {
		return out.Encode(line{Refused: connected.GetRefusal().GetReason()})
	}
	resources, err := service.ListResources(ctx, &connectorv1.ListResourcesRequest{})
	if err != nil {
		return err
	}
	if len(resources.GetResources()) == 0 {
		return errors.New("no resource")
	}
	resource := resources.GetResources()[0].GetName()
	if err := out.Encode(line{Resource: resource}); err != nil {
		return err
	}
	stream, err := service.Sync(ctx, connectorv1.SyncRequest_builder{Resource: resource, Cursor: cursor}.Build())
	if err != nil {
		return err
	}
	for {
		event, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := out.Encode(lineOf(event)); err != nil {
			return err
		}
	}
}

func lineOf(event *connectorv1.SyncResponse) line {
	switch event.WhichEvent() {
	case connectorv1.SyncResponse_Page_case:
		ids := []string{}
		for _, record := range event.GetPage().GetRecords() {
			ids = append(ids, record.GetId())
		}
		return line{Page: ids, Cursor: event.GetPage().GetCursor()}
	case connectorv1.SyncResponse_Completed_case:
		return line{Completed: true, Pages: event.GetCompleted().GetPages(), Records: event.GetCompleted().GetRecords()}
	default:
		return line{Ignored: true}
	}
}
