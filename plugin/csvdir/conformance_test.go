package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"patchbay.example/plugin/plugintest"
)

func target(t *testing.T) plugintest.Target {
	t.Helper()
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := os.WriteFile(path, []byte(company(300)), 0o600); err != nil {
		t.Fatal(err)
	}
	config, err := json.Marshal(map[string]any{"path": path, "page_size": 25})
	if err != nil {
		t.Fatal(err)
	}
	return plugintest.Target{Path: plugintest.Build(t), Config: config}
}

func TestConformance(t *testing.T) { plugintest.Conform(t, target(t)) }
