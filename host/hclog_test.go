package host

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

func TestGoPluginsLinesAreForDebuggingAndKeepTheirFacts(t *testing.T) {
	secrets := &redactor{}
	secrets.add("canary-canary")
	for level, want := range map[hclog.Level]string{hclog.Error: "DEBUG", hclog.Info: "DEBUG", hclog.Debug: "DEBUG-4", hclog.Trace: "DEBUG-4"} {
		var log bytes.Buffer
		handler := slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug - 8})
		logger := newHCLog(slog.New(handler), secrets.foreign).Named("stdio").Named("x").With("pid", 7)
		logger.Log(level, "plugin process exited", "error", "canary-canary broke", "odd")
		var record map[string]any
		if err := json.Unmarshal(log.Bytes(), &record); err != nil {
			t.Fatalf("%q: %v", log.String(), err)
		}
		if record["level"] != want || record["msg"] != "go-plugin: plugin process exited" || record["logger"] != "stdio.x" ||
			record["pid"] != "7" || record["error"] != redacted+" broke" || record[hclog.MissingKey] != "odd" {
			t.Errorf("%s: logged %v", level, record)
		}
	}
}

func TestTheHandlerDecidesWhatIsLogged(t *testing.T) {
	var log bytes.Buffer
	logger := newHCLog(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), strings.ToUpper)
	logger.Debug("nobody needs this")
	if log.Len() > 0 || logger.IsDebug() || !logger.IsInfo() || logger.GetLevel() != hclog.Info {
		t.Errorf("logged %q; Debug %v, Info %v, level %s", log.String(), logger.IsDebug(), logger.IsInfo(), logger.GetLevel())
	}
	logger.StandardLogger(nil).Println("from the standard library")
	if got := log.String(); !strings.Contains(got, "STANDARD LIBRARY") {
		t.Errorf("logged %q", got)
	}
	quiet := newHCLog(slog.New(slog.DiscardHandler), strings.ToUpper)
	if got := quiet.GetLevel(); got != hclog.Off {
		t.Errorf("a discarding handler has level %s", got)
	}
}
