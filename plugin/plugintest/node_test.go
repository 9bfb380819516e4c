//go:build unix

package plugintest_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/needtest"
	"patchbay.example/plugin/plugintest"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// nodeToken is what the connector's made-up service takes.
const nodeToken = "canary-of-the-connector-in-another-language"

// installTime bounds `npm ci`, which loads some 30 packages.
const installTime = 5 * time.Minute

// The contract is the interface, not Go: testdata/node is a connector in
// JavaScript that shares nothing with this module but the .proto files.
func TestAConnectorInAnotherLanguage(t *testing.T) {
	launcher := nodeConnector(t)
	t.Run("keeps the contract", func(t *testing.T) {
		plugintest.Conform(t, nodeTarget(launcher, map[string]int{"people": 6000, "page_size": 100, "source_bytes": 2 << 10, "large_every": 2500}))
	})
	t.Run("keeps it with a slow reader", func(t *testing.T) {
		target := nodeTarget(launcher, map[string]int{"people": 8000, "page_size": 200, "source_bytes": 20 << 10})
		target.Only = []string{"handshake", "connects", "resources-listed", "completed-last", "cancel", "slow-reader"}
		plugintest.Conform(t, target)
	})
	t.Run("keeps it with waits", func(t *testing.T) {
		target := nodeTarget(launcher, map[string]int{"people": 3, "page_size": 1, "wait_seconds": 2})
		target.Only = []string{"handshake", "connects", "resources-listed", "completed-last", "waits-typed"}
		plugintest.Conform(t, target)
	})
	t.Run("is read from each page on", func(t *testing.T) { readFromEachPage(t, launcher) })
	t.Run("keeps to a window", func(t *testing.T) { readWithWindow(t, launcher) })
	t.Run("sends a page in parts, and leaves out what is too large", func(t *testing.T) { readLarge(t, launcher) })
	t.Run("refuses by class and reason", func(t *testing.T) { refusedByNode(t, launcher) })
	t.Run("announces waits and keeps to their budget", func(t *testing.T) { nodeWaits(t, launcher) })
	t.Run("is stopped and read again", func(t *testing.T) { nodeCancelled(t, launcher) })
}

func nodeTarget(launcher string, settings map[string]int) plugintest.Target {
	return plugintest.Target{Path: launcher, Config: nodeConfig(settings), Secrets: map[string]string{"token": nodeToken}}
}

func readFromEachPage(t *testing.T, launcher string) {
	const people = 1050
	c := nodeConnected(t, launcher, map[string]int{"people": people, "page_size": 100})
	all, cursors := []string{}, []string{""}
	_, err := c.Sync(t.Context(), host.SyncRequest{Resource: "users"}, host.Consumer{Page: func(_ context.Context, page host.Page) error {
		all = append(all, nodeIDs(page)...)
		cursors = append(cursors, page.Cursor)
		return nil
	}})
	if err != nil || len(all) != people || len(cursors) != 12 {
		t.Fatalf("%d people in %d pages, %v", len(all), len(cursors)-1, err)
	}
	for read, cursor := range cursors[:11] {
		var rest []string
		_, err := c.Sync(t.Context(), host.SyncRequest{Resource: "users", Cursor: cursor}, host.Consumer{Page: func(_ context.Context, page host.Page) error {
			rest = append(rest, nodeIDs(page)...)
			return nil
		}})
		if err != nil || !slices.Equal(rest, all[100*read:]) {
			t.Errorf("after page %d: %d people, %v; %d must come", read, len(rest), err, people-100*read)
		}
	}
}

func readWithWindow(t *testing.T, launcher string) {
	c := nodeConnected(t, launcher, map[string]int{"people": 500, "page_size": 50})
	seen := 0
	summary, err := c.Sync(t.Context(), host.SyncRequest{Resource: "users", Window: 1}, host.Consumer{Page: func(_ context.Context, page host.Page) error {
		seen += len(page.Records)
		return nil
	}})
	if err != nil || seen != 500 || !summary.Completed {
		t.Errorf("%d people, %v", seen, err)
	}
}

func readLarge(t *testing.T, launcher string) {
	c := nodeConnected(t, launcher, map[string]int{"people": 12, "page_size": 6, "source_bytes": 2 << 20})
	summary, err := c.Sync(t.Context(), host.SyncRequest{Resource: "users"}, host.Consumer{Page: acceptNodePage})
	if err != nil || summary.Records != 12 || summary.Pages != 2 {
		t.Errorf("%d people in %d pages, %v", summary.Records, summary.Pages, err)
	}
	tooLarge := nodeConnected(t, launcher, map[string]int{"people": 4, "large_every": 2})
	var left []host.Quarantined
	_, err = tooLarge.Sync(t.Context(), host.SyncRequest{Resource: "users"}, host.Consumer{
		Page:        acceptNodePage,
		Quarantined: func(_ context.Context, q host.Quarantined) error { left = append(left, q); return nil },
	})
	if err != nil || len(left) != 2 || left[1].ID != "person-0000004" || left[1].Reason != "RECORD_TOO_LARGE" {
		t.Errorf("%+v left out, %v", left, err)
	}
}

func refusedByNode(t *testing.T, launcher string) {
	t.Run("Connect", func(t *testing.T) {
		c := nodeLaunched(t, launcher)
		_, err := c.Connect(t.Context(), host.Configuration{JSON: nodeConfig(nil), Secrets: map[string]string{"token": "another"}})
		refused, ok := errors.AsType[*host.RefusedError](err)
		if !ok || refused.Class != connectorv1.Class_CLASS_CREDENTIALS_REJECTED || refused.Reason != "TOKEN_REJECTED" || refused.Fix == "" || len(refused.Checks()) != 4 {
			t.Errorf("%#v", err)
		}
	})
	t.Run("Sync", func(t *testing.T) {
		c := nodeConnected(t, launcher, nil)
		for _, cursor := range []string{"garbage", "synthetic1-100-00000000000000000000000000000000"} {
			_, err := c.Sync(t.Context(), host.SyncRequest{Resource: "users", Cursor: cursor}, host.Consumer{Page: acceptNodePage})
			refused, ok := errors.AsType[*host.RefusedError](err)
			if !ok || refused.Class != connectorv1.Class_CLASS_CONFIG_INVALID || refused.Reason != "CURSOR_INVALID" || refused.Fix == "" {
				t.Errorf("cursor %q: %#v", cursor, err)
			}
		}
	})
}

func nodeWaits(t *testing.T, launcher string) {
	c := nodeConnected(t, launcher, map[string]int{"people": 2, "page_size": 1, "wait_seconds": 2})
	var waits []host.Wait
	_, err := c.Sync(t.Context(), host.SyncRequest{Resource: "users"}, host.Consumer{
		Page: acceptNodePage, Wait: func(wait host.Wait) { waits = append(waits, wait) },
	})
	if err != nil || len(waits) == 0 || waits[0].Reason != "RATE_LIMITED" || !waits[0].Until.After(time.Now().Add(-time.Minute)) {
		t.Errorf("waits %+v, %v", waits, err)
	}
	_, err = c.Sync(t.Context(), host.SyncRequest{Resource: "users", WaitBudget: time.Second}, host.Consumer{Page: acceptNodePage})
	refused, ok := errors.AsType[*host.RefusedError](err)
	if !ok || refused.Class != connectorv1.Class_CLASS_RATE_LIMITED || refused.RetryAfter != 2*time.Second {
		t.Errorf("with a budget of a second: %#v", err)
	}
}

func nodeCancelled(t *testing.T, launcher string) {
	c := nodeConnected(t, launcher, map[string]int{"people": 100_000, "source_bytes": 10 << 10})
	pid := c.Pid()
	enough := errors.New("enough")
	for range 3 {
		_, err := c.Sync(t.Context(), host.SyncRequest{Resource: "users"}, host.Consumer{Page: func(_ context.Context, page host.Page) error {
			if page.Sequence == 3 {
				return enough
			}
			return nil
		}})
		if !errors.Is(err, enough) {
			t.Errorf("%v, and not the consumer's error", err)
		}
	}
	if c.Pid() != pid {
		t.Errorf("the process %d was replaced by %d", pid, c.Pid())
	}
}

func acceptNodePage(context.Context, host.Page) error { return nil }

func nodeIDs(page host.Page) []string {
	ids := make([]string, len(page.Records))
	for i, record := range page.Records {
		ids[i] = record.GetId()
	}
	return ids
}

func nodeConnected(t *testing.T, launcher string, settings map[string]int) *host.Connector {
	t.Helper()
	c := nodeLaunched(t, launcher)
	if _, err := c.Connect(t.Context(), host.Configuration{JSON: nodeConfig(settings), Secrets: map[string]string{"token": nodeToken}}); err != nil {
		t.Fatal(err)
	}
	return c
}

func nodeLaunched(t *testing.T, launcher string) *host.Connector {
	t.Helper()
	c, err := host.Launch(t.Context(), host.Settings{Path: launcher})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func nodeConfig(settings map[string]int) []byte {
	config := map[string]any{"token_sha256": fmt.Sprintf("%x", sha256.Sum256([]byte(nodeToken)))}
	for name, value := range settings {
		config[name] = value
	}
	encoded, err := json.Marshal(config)
	if err != nil {
		panic(err) // strings and numbers
	}
	return encoded
}

// nodeConnector puts the connector together as docs/other-languages.md says, and
// returns its launcher: a script, for a host starts one file, without arguments
// and without PATH.
func nodeConnector(t *testing.T) string {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		needtest.Missing(t, "node", err)
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		needtest.Missing(t, "node", err)
	}
	folder := filepath.Join(t.TempDir(), "synthetic")
	copyNodeFiles(t, folder, "testdata/node/*.js", "testdata/node/*.json", "testdata/node/*.proto")
	copyNodeFiles(t, filepath.Join(folder, "proto/patchbay/connector/v1"), "../../proto/patchbay/connector/v1/*.proto")

	ctx, cancel := context.WithTimeout(t.Context(), installTime)
	defer cancel()
	install := exec.CommandContext(ctx, npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
	install.Dir = folder
	if output, err := install.CombinedOutput(); err != nil {
		needtest.Missing(t, "node", fmt.Errorf("npm ci: %w: %s", err, output))
	}
	launcher := filepath.Join(folder, "launch")
	script := fmt.Sprintf("#!/bin/sh\nexec %s %s\n", shellQuoted(node), shellQuoted(filepath.Join(folder, "main.js")))
	if err := os.WriteFile(launcher, []byte(script), 0o755); err != nil { //nolint:gosec // an executable
		t.Fatal(err)
	}
	return launcher
}

// shellQuoted is a text as the shell takes it literally.
func shellQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

func copyNodeFiles(t *testing.T, folder string, patterns ...string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, pattern := range patterns {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("no file %s (%v)", pattern, err)
		}
		for _, file := range files {
			contents, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, filepath.Base(file)), contents, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
}
