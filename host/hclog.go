package host

import (
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/go-hclog"
)

// hclogAdapter lets go-plugin log into log/slog. What go-plugin has to say is
// of interest to somebody who looks for a fault in the host itself, for the host
// reports what matters on its own: so it is all at level Debug or lower.
type hclogAdapter struct {
	handler slog.Handler
	name    string
	implied []any
	redact  func(string) string
}

var _ hclog.Logger = hclogAdapter{}

func newHCLog(log *slog.Logger, redact func(string) string) hclogAdapter {
	return hclogAdapter{handler: log.Handler(), redact: redact}
}

func (a hclogAdapter) Log(level hclog.Level, msg string, args ...any) {
	a.emit(slogLevel(level), msg, args)
}

func (a hclogAdapter) Trace(msg string, args ...any) { a.emit(slogLevel(hclog.Trace), msg, args) }
func (a hclogAdapter) Debug(msg string, args ...any) { a.emit(slogLevel(hclog.Debug), msg, args) }
func (a hclogAdapter) Info(msg string, args ...any)  { a.emit(slogLevel(hclog.Info), msg, args) }
func (a hclogAdapter) Warn(msg string, args ...any)  { a.emit(slogLevel(hclog.Warn), msg, args) }
func (a hclogAdapter) Error(msg string, args ...any) { a.emit(slogLevel(hclog.Error), msg, args) }

func (a hclogAdapter) IsTrace() bool { return a.enabled(hclog.Trace) }
func (a hclogAdapter) IsDebug() bool { return a.enabled(hclog.Debug) }
func (a hclogAdapter) IsInfo() bool  { return a.enabled(hclog.Info) }
func (a hclogAdapter) IsWarn() bool  { return a.enabled(hclog.Warn) }
func (a hclogAdapter) IsError() bool { return a.enabled(hclog.Error) }

func (a hclogAdapter) ImpliedArgs() []any { return a.implied }
func (a hclogAdapter) Name() string       { return a.name }

func (a hclogAdapter) With(args ...any) hclog.Logger {
	a.implied = slices.Concat(a.implied, args)
	return a
}

func (a hclogAdapter) Named(name string) hclog.Logger {
	if a.name != "" {
		name = a.name + "." + name
	}
	return a.ResetNamed(name)
}

func (a hclogAdapter) ResetNamed(name string) hclog.Logger {
	a.name = name
	return a
}

// SetLevel does nothing: the handler decides.
func (a hclogAdapter) SetLevel(hclog.Level) {}

// GetLevel is the lowest level that the handler takes.
func (a hclogAdapter) GetLevel() hclog.Level {
	for _, level := range []hclog.Level{hclog.Trace, hclog.Debug, hclog.Info, hclog.Warn, hclog.Error} {
		if a.enabled(level) {
			return level
		}
	}
	return hclog.Off
}

func (a hclogAdapter) StandardLogger(options *hclog.StandardLoggerOptions) *log.Logger {
	return log.New(a.StandardWriter(options), "", 0)
}

func (a hclogAdapter) StandardWriter(*hclog.StandardLoggerOptions) io.Writer { return a }

// Write logs what the standard library's logger wrote.
func (a hclogAdapter) Write(line []byte) (int, error) {
	a.Info(strings.TrimSpace(string(line)))
	return len(line), nil
}

func (a hclogAdapter) enabled(level hclog.Level) bool {
	return a.handler.Enabled(context.Background(), slogLevel(level))
}

func (a hclogAdapter) emit(level slog.Level, msg string, args []any) {
	ctx := context.Background()
	if !a.handler.Enabled(ctx, level) {
		return
	}
	var callers [1]uintptr
	runtime.Callers(3, callers[:])
	record := slog.NewRecord(time.Now(), level, "go-plugin: "+a.redact(msg), callers[0])
	if a.name != "" {
		record.AddAttrs(slog.String("logger", a.name))
	}
	for pair := range slices.Chunk(slices.Concat(a.implied, args), 2) {
		record.AddAttrs(a.attribute(pair))
	}
	_ = a.handler.Handle(ctx, record) // a log that can't be written has nobody to tell
}

// attribute keeps hclog's rule for a value without a key.
func (a hclogAdapter) attribute(pair []any) slog.Attr {
	if len(pair) == 1 {
		return slog.String(hclog.MissingKey, a.redact(fmt.Sprint(pair[0])))
	}
	return slog.String(fmt.Sprint(pair[0]), a.redact(fmt.Sprint(pair[1])))
}

// slogLevel is Debug for what go-plugin means for an operator, and below for
// the rest.
func slogLevel(level hclog.Level) slog.Level {
	if level == hclog.Trace || level == hclog.Debug {
		return slog.LevelDebug - 4
	}
	return slog.LevelDebug
}
