package plugin

import (
	"io"
	"log/slog"
	"os"

	"patchbay.example/internal/wire"
)

// newLogger writes one JSON object a line, as the contract asks, at the level
// that the host asks for.
func newLogger(w io.Writer) *slog.Logger {
	level := slog.LevelInfo
	_ = level.UnmarshalText([]byte(os.Getenv(wire.LogLevelVariable))) // unset or odd: INFO
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: readable}))
}

// readable writes durations as people do: "1.5s" rather than nanoseconds.
func readable(_ []string, a slog.Attr) slog.Attr {
	if a.Value.Kind() == slog.KindDuration {
		a.Value = slog.StringValue(a.Value.Duration().String())
	}
	return a
}
