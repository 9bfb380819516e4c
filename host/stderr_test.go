package host

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// logged is what a connector's standard error becomes in the host's log, one
// object a record.
func logged(t testing.TB, redactor *redactor, pieces ...string) ([]map[string]any, *logWriter) {
	t.Helper()
	var log bytes.Buffer
	w := newLogWriter(slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})), redactor)
	for _, piece := range pieces {
		if n, err := w.Write([]byte(piece)); err != nil || n != len(piece) {
			t.Fatalf("Write = %d, %v, want %d", n, err, len(piece))
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var records []map[string]any
	for line := range strings.Lines(log.String()) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("log line %q: %v", line, err)
		}
		records = append(records, record)
	}
	return records, w
}

func TestRecordsOfAConnectorKeepLevelTextAndAttributes(t *testing.T) {
	tests := []struct{ line, level, text string }{
		{`{"time":"2026-01-01T00:00:00Z","level":"WARN","msg":"slow","page":3}`, "WARN", "slow"},
		{`{"@level":"error","@message":"broken","@timestamp":"x","page":3}`, "ERROR", "broken"},
		{`{"@level":"trace","@message":"deep","page":3}`, "DEBUG", "deep"},
		{`{"level":"DEBUG-4","msg":"deeper","page":3}`, "DEBUG-4", "deeper"},
		{`{"level":"loud","msg":"odd","page":3}`, "INFO", "odd"},
	}
	for _, tt := range tests {
		records, _ := logged(t, &redactor{}, tt.line+"\n")
		if tt.level == "DEBUG-4" { // below the handler's level
			if len(records) != 0 {
				t.Errorf("%s: logged %v, want nothing", tt.line, records)
			}
			continue
		}
		if len(records) != 1 || records[0]["level"] != tt.level || records[0]["text"] != tt.text {
			t.Errorf("%s: logged %v, want %s %q", tt.line, records, tt.level, tt.text)
			continue
		}
		if attributes, _ := records[0]["connector"].(map[string]any); len(attributes) != 1 || attributes["page"] != "3" {
			t.Errorf("%s: attributes %v, want the page alone", tt.line, attributes)
		}
	}
}

func TestUnknownShapesAreKeptAsText(t *testing.T) {
	for _, line := range []string{`{"@level":1}`, `{"level":"INFO"}`, `{"level":{},"msg":[]}`, `{`, `null`, `[]`, "hello", "\x1b[31mred"} {
		records, _ := logged(t, &redactor{}, line+"\n")
		if len(records) != 1 || records[0]["text"] != line || records[0]["level"] != "WARN" {
			t.Errorf("%s: logged %v, want the line as it is", line, records)
		}
	}
}

func TestAPanicIsAnError(t *testing.T) {
	records, _ := logged(t, &redactor{}, "starting\npanic: oh\n\ngoroutine 1 [running]:\nmain.main()\n")
	levels := []any{}
	for _, record := range records {
		levels = append(levels, record["level"])
	}
	if got := fmt.Sprint(levels); got != "[WARN ERROR ERROR ERROR]" {
		t.Errorf("levels %s", got)
	}
}

func TestLinesAreBoundedAndJoinedFromPieces(t *testing.T) {
	records, w := logged(t, &redactor{}, "one ", "line\ntwo", strings.Repeat("x", 1<<20), "\nthree")
	if len(records) != 3 || records[0]["text"] != "one line" || records[2]["text"] != "three" {
		t.Fatalf("logged %d records: %.200v", len(records), records)
	}
	if text, _ := records[1]["text"].(string); len(text) > maxLogLine+16 || !strings.HasSuffix(text, "[…]") {
		t.Errorf("a line of %d bytes, want it cut", len(text))
	}
	if got := w.lastLines(100); got != "three" {
		t.Errorf("last lines %q, want whole lines only", got)
	}
}

func TestAFloodIsLeftOutAndCounted(t *testing.T) {
	flood := strings.Repeat("flood\n", 10*logBurst)
	records, w := logged(t, &redactor{}, flood)
	last := records[len(records)-1]
	if len(records) < logBurst || len(records) > 2*logBurst || last["lines"] == nil {
		t.Errorf("%d records, the last %v, want about %d and a count", len(records), last, logBurst)
	}
	if got := len(w.lastLines(maxLogTail)); got > maxLogTail || got < maxLogTail/2 {
		t.Errorf("%d bytes kept, want up to %d", got, maxLogTail)
	}
}

func TestTheRateRecovers(t *testing.T) {
	now := time.Now()
	limit := newRateLimit(now)
	for range logBurst {
		limit.allow(now)
	}
	if allowed, _ := limit.allow(now); allowed {
		t.Error("more than the burst at once")
	}
	if allowed, suppressed := limit.allow(now.Add(time.Second)); !allowed || suppressed != 1 {
		t.Errorf("after a second: %v, %d left out, want true, 1", allowed, suppressed)
	}
}

func TestASecretHiddenInEscapesIsFound(t *testing.T) {
	secrets := &redactor{}
	secrets.add("canary/canary")
	records, w := logged(t, secrets, `{"level":"INFO","msg":"\u0063anary/canary","key":"canary\/canary","in":{"a":"canary/canary"}}`+"\n")
	if got := fmt.Sprint(records, w.lastLines(maxLogTail)); strings.Contains(got, "canary/canary") || strings.Contains(got, `canary\/canary`) {
		t.Errorf("logged %s", got)
	}
}

// Whatever a connector writes, in whatever pieces: no panic, no secret, bounded
// lines.
func FuzzLogWriter(f *testing.F) {
	f.Add([]byte(`{"@level":1}`), 3)
	f.Add([]byte("{\"level\":\"INFO\",\"msg\":\"s3cr3t-canary\"}\n"), 7)
	f.Add([]byte("{\"level\":\"INFO\",\"msg\":\"s3cr3t\\u002dcanary\"}\n"), 9)
	f.Add([]byte("s3cr3t-canary\n\n\r\n\xff\xfe"), 1)
	f.Fuzz(func(t *testing.T, content []byte, size int) {
		secrets := &redactor{}
		secrets.add("s3cr3t-canary")
		var log bytes.Buffer
		w := newLogWriter(slog.New(slog.NewJSONHandler(&log, nil)), secrets)
		size = max(1, size)
		for len(content) > 0 {
			n := min(size, len(content))
			_, _ = w.Write(content[:n])
			content = content[n:]
		}
		_ = w.Close()
		if strings.Contains(log.String()+w.lastLines(maxLogTail), "s3cr3t-canary") {
			t.Errorf("a secret in the log: %s", log.String())
		}
	})
}
