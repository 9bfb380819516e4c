package host

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"

	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// Configuration is a connection's configuration. However it is printed, it
// shows its size and the names of its secrets, never a value.
type Configuration struct {
	// JSON is the configuration object without its secret properties, at most
	// 256 KiB.
	JSON []byte
	// Secrets are the secret properties by name, at most 64 KiB each.
	Secrets map[string]string
	// ResumeCursors are the cursors that Sync will be called with, by
	// resource; empty for listings from their beginning. With them, Connect
	// refuses a cursor that is not this connection's own before anything is
	// asked of the service.
	ResumeCursors map[string]string
}

// String shows sizes and names.
func (c Configuration) String() string {
	return fmt.Sprintf("configuration of %d bytes, secrets %q", len(c.JSON), slices.Sorted(maps.Keys(c.Secrets)))
}

// GoString is String.
func (c Configuration) GoString() string { return c.String() }

// Format prints String, whatever the verb.
func (c Configuration) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, c.String()) }

// LogValue is String.
func (c Configuration) LogValue() slog.Value { return slog.StringValue(c.String()) }

// MarshalJSON writes String.
func (c Configuration) MarshalJSON() ([]byte, error) { return fmt.Appendf(nil, "%q", c.String()), nil }

// check returns CONFIGURATION_TOO_LARGE where the contract's limits are
// exceeded.
func (c Configuration) check() error {
	if len(c.JSON) > wire.MaxConfigBytes {
		return faultf(ConfigurationTooLarge, "the configuration has %d bytes, more than %d", len(c.JSON), wire.MaxConfigBytes)
	}
	for name, value := range c.Secrets {
		if len(value) > wire.MaxSecretBytes {
			return faultf(ConfigurationTooLarge, "the secret %.80q has %d bytes, more than %d", name, len(value), wire.MaxSecretBytes)
		}
	}
	return nil
}

func (c Configuration) clone() Configuration {
	return Configuration{JSON: bytes.Clone(c.JSON), Secrets: maps.Clone(c.Secrets), ResumeCursors: maps.Clone(c.ResumeCursors)}
}

func (c Configuration) request() *connectorv1.ConnectRequest {
	return connectorv1.ConnectRequest_builder{ConfigJson: c.JSON, Secrets: c.Secrets, ResumeCursors: c.ResumeCursors}.Build()
}
