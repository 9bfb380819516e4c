package main

import (
	"os"
	"path/filepath"
	"testing"

	"patchbay.example/internal/wire"
)

// An interrupt ends the examination, and with it all that it has started.
func TestConformInterrupted(t *testing.T) {
	t.Parallel()
	folder, executable := newConnector(t)
	p := conform(folder, "--config", "config.json").Start(t)
	p.Stdout.Await(p, "\nConnect\n  ✓ ")
	p.Signal(os.Interrupt)
	p.Wait().WantCode(wire.ExitInterrupt).WantStderr("harness: stopped by interrupt")
	if running := processesOf(t, executable); len(running) > 0 {
		t.Errorf("the connector still runs: %v", running)
	}
}

// processesOf are the processes that run an executable.
func processesOf(t *testing.T, executable string) []string {
	t.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		t.Fatal(err)
	}
	var running []string
	for _, path := range paths {
		if target, err := os.Readlink(path); err == nil && target == executable {
			running = append(running, path)
		}
	}
	return running
}
