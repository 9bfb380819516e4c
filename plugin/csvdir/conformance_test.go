package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbay.example/plugin/plugintest"
)

// target is the connector with a file.
func target(t *testing.T, content string, pageSize int) plugintest.Target {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(map[string]any{"path": path, "page_size": pageSize})
	if err != nil {
		t.Fatal(err)
	}
	return plugintest.Target{Path: plugintest.Build(t), Config: config}
}

func TestConformance(t *testing.T) {
	// One row has no key, so that somebody is quarantined.
	content := strings.Replace(company(1000), "\n00777,", "\n,", 1)
	plugintest.Conform(t, target(t, content, 50))
}

// A listing that is longer than what a stream may hold: a hundred megabytes.
func TestConformanceOfALongListing(t *testing.T) {
	if testing.Short() {
		t.Skip("writes a file of a hundred megabytes")
	}
	content := strings.ReplaceAll(company(5_000), "\"Specialist, ", "\""+strings.Repeat("Specialist, ", 850))
	long := target(t, content, 500)
	long.Only = []string{"slow-reader"}
	plugintest.Conform(t, long)
}
