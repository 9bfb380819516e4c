//go:build unix

package host

import (
	"context"
	"testing"
	"time"
)

// launched starts a connector of the test binary, and closes it in the end.
func launched(t *testing.T, settings Settings) *Connector {
	t.Helper()
	if settings.RuntimeDir == "" {
		settings.RuntimeDir = runtimeDir(t)
	}
	c, err := Launch(t.Context(), settings)
	if err != nil {
		t.Fatalf("Launch: %v", err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return c
}

// connected starts the scripted connector and connects it.
func connected(t *testing.T, settings Settings, s script) *Connector {
	t.Helper()
	settings.Path = connectorNamed(t, "scripted")
	settings.Limits.Backoff = time.Millisecond
	c := launched(t, settings)
	if _, err := c.Connect(t.Context(), s.configuration(nil)); err != nil {
		t.Fatalf("Connect: %v", err)
	}
	return c
}

func TestAConnectorIsLaunchedConnectedAndRead(t *testing.T) {
	c := launched(t, Settings{Path: connectorNamed(t, "sdk")})
	description, err := c.Describe(t.Context())
	if err != nil || description.GetName() != "sdk" {
		t.Fatalf("Describe = %v, %v", description, err)
	}
	response, err := c.Connect(t.Context(), Configuration{JSON: []byte("{}")})
	if err != nil || response.GetAccount().GetId() != "example.com" {
		t.Fatalf("Connect = %v, %v", response, err)
	}
	resources, err := c.ListResources(t.Context())
	if err != nil || len(resources) != 1 || resources[0].GetName() != "users" {
		t.Fatalf("ListResources = %v, %v", resources, err)
	}
	var got []int
	summary, err := c.Sync(t.Context(), SyncRequest{Resource: "users", Cursor: "after-1"}, Consumer{
		Page: func(_ context.Context, page Page) error {
			got = append(got, len(page.Records))
			return nil
		},
	})
	if err != nil {
		t.Fatalf("Sync: %v", err)
	}
	if len(got) != 4 || summary.Records != 800 || !summary.Completed || summary.Bytes != 800*20<<10 {
		t.Errorf("pages %v, summary %+v, want 4 pages of 200 records of 20 KiB", got, summary)
	}
	if summary.PeakRSS == 0 {
		t.Error("the peak memory is not known")
	}
}
