package host

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"

	"github.com/hashicorp/go-hclog"
)

func TestGoPluginsLinesGoOneLevelLowerWithTheirFacts(t *testing.T) {
	secrets := &redactor{}
	secrets.add("canary-canary")
	for level, want := range map[hclog.Level]string{hclog.Error: "WARN", hclog.Warn: "INFO", hclog.Info: "DEBUG", hclog.Trace: "DEBUG-4"} {
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
	logger := newHCLog(slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelInfo})), strings.ToUpper)
	logger.Info("nobody needs this")
	if log.Len() > 0 || logger.IsInfo() || !logger.IsWarn() || logger.GetLevel() != hclog.Warn {
		t.Errorf("logged %q; Info %v, Warn %v, level %s", log.String(), logger.IsInfo(), logger.IsWarn(), logger.GetLevel())
	}
	logger.StandardLogger(nil).Println("from the standard library")
	logger.Warn("seen")
	if got := log.String(); !strings.Contains(got, "SEEN") || strings.Contains(got, "LIBRARY") {
		t.Errorf("logged %q", got)
	}
}
