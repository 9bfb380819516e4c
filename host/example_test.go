package host_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"

	"patchbay.example/host"
)

// A connector is launched, connected and read to its end; what the service or
// the connector does not allow is told with what to do about it.
func Example() {
	ctx := context.Background()
	if err := readUsers(ctx, "bin/okta"); err != nil {
		if why, ok := host.Explain(err); ok {
			fmt.Fprintln(os.Stderr, why.Message, why.Fix)
		}
		os.Exit(host.ExitCode(err))
	}
}

func readUsers(ctx context.Context, path string) error {
	connector, err := host.Launch(ctx, host.Settings{Path: path, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		return err
	}
	defer connector.Close()
	_, err = connector.Connect(ctx, host.Configuration{
		JSON:    []byte(`{"domain":"example.okta.com","client_id":"0oa0example"}`),
		Secrets: map[string]string{"private_key": os.Getenv("OKTA_PRIVATE_KEY")},
	})
	if err != nil {
		return err
	}
	records := json.NewEncoder(os.Stdout)
	summary, err := connector.Sync(ctx, host.SyncRequest{Resource: "users"}, host.Consumer{
		Page: func(_ context.Context, page host.Page) error {
			for _, record := range page.Records {
				if err := records.Encode(map[string]any{"id": record.GetId(), "source": json.RawMessage(record.GetSource())}); err != nil {
					return err
				}
			}
			return nil // accepted: whatever happens now, the run goes on after this page
		},
	})
	fmt.Fprintf(os.Stderr, "%d people; to go on: %q\n", summary.Records, summary.Cursor)
	return err
}
