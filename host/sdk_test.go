//go:build unix

package host

import (
	"context"
	"fmt"

	"patchbay.example/plugin"
)

// serveSDK is a connector as an author writes it.
func serveSDK() int {
	plugin.Serve(sdkConnector{})
	return 0
}

type sdkConnector struct{}

type sdkConfig struct{}

func (sdkConnector) Describe() plugin.Description {
	return plugin.Description{Name: "sdk", Title: "SDK", Version: "0.1.0", Config: plugin.SchemaOf[sdkConfig]()}
}

func (sdkConnector) Connect(context.Context, plugin.Configuration) (plugin.Session, plugin.Report, error) {
	return sdkSession{}, plugin.Report{Account: plugin.Account{ID: "example.com"}}, nil
}

type sdkSession struct{ plugin.UnimplementedSession }

func (sdkSession) ListResources(context.Context) ([]plugin.Resource, error) {
	return []plugin.Resource{{Name: "users", Title: "Users", Kind: plugin.KindUsers, KeyField: "id"}}, nil
}

// Sync sends pages that take several messages each.
func (sdkSession) Sync(_ context.Context, request plugin.SyncRequest, stream *plugin.Stream) error {
	page := 0
	if request.Cursor != "" {
		if _, err := fmt.Sscanf(request.Cursor, "after-%d", &page); err != nil {
			return plugin.Refuse(plugin.ReasonCursorInvalid, "no cursor of mine")
		}
	}
	for page++; page <= 5; page++ {
		records := make([]plugin.Record, 200)
		for i := range records {
			id := fmt.Sprintf("u%d-%d", page, i)
			records[i] = plugin.Record{ID: id, User: &plugin.User{UserName: id + "@example.com"}, Source: make([]byte, 20<<10)}
		}
		cursor := ""
		if page < 5 {
			cursor = fmt.Sprintf("after-%d", page)
		}
		if err := stream.Page(records, cursor); err != nil {
			return err
		}
	}
	return nil
}
