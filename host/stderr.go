package host

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"
)

const (
	// maxLogLine bounds one line of a connector's log. Go's longest goroutine
	// headers and any sensible record are far below; what is above is cut.
	maxLogLine = 16 << 10

	// maxLogTail is how much of the log's end is kept for the record of how a
	// process ended.
	maxLogTail = 64 << 10

	// maxFaultLog is how much of that goes into an error.
	maxFaultLog = 4 << 10

	// maxLogAttributes bounds the attributes of one record.
	maxLogAttributes = 32

	// logBurst lines are logged at once, and logRate a second in the long run.
	// A stack trace fits into the burst; a flood does not fill a disk.
	logBurst = 1000
	logRate  = 100
)

// logWriter is a connector's standard error: it cuts it into lines, takes the
// secrets out, logs them, and keeps the last. It never blocks longer than the
// log's handler, and never fails.
type logWriter struct {
	log      *slog.Logger
	redactor *redactor
	limit    rateLimit

	line    []byte // the line so far; touched by Write alone, which one goroutine calls
	cut     bool   // the line was longer than maxLogLine
	failing bool   // a panic's trace has begun

	mu   sync.Mutex // guards tail
	tail []byte
}

func newLogWriter(log *slog.Logger, redactor *redactor) *logWriter {
	return &logWriter{log: log, redactor: redactor, limit: newRateLimit(time.Now())}
}

// Write takes a piece of standard error.
func (w *logWriter) Write(piece []byte) (int, error) {
	for rest := piece; len(rest) > 0; {
		line, after, complete := bytes.Cut(rest, []byte("\n"))
		room := maxLogLine - len(w.line)
		w.cut = w.cut || len(line) > room
		w.line = append(w.line, line[:min(room, len(line))]...)
		if complete {
			w.flush()
		}
		rest = after
	}
	return len(piece), nil
}

// Close logs what came after the last line break, and how much was left out.
func (w *logWriter) Close() error {
	w.flush()
	w.noteSuppressed(w.limit.suppressed)
	w.limit.suppressed = 0
	return nil
}

func (w *logWriter) flush() {
	if len(w.line) > 0 {
		w.emit(w.redactedLine())
	}
	w.line, w.cut = w.line[:0], false
}

// lastLines are the last lines logged, at most limit bytes, without secrets.
func (w *logWriter) lastLines(limit int) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	tail := w.tail
	if len(tail) > limit {
		tail = tail[len(tail)-limit:]
		if _, whole, ok := bytes.Cut(tail, []byte("\n")); ok {
			tail = whole
		}
	}
	return strings.TrimSpace(strings.Map(printableOrBreak, string(tail)))
}

func (w *logWriter) redactedLine() string {
	line := strings.TrimRight(string(w.line), "\r")
	if w.cut {
		return w.redactor.replaceCut(line) + " […]"
	}
	return w.redactor.replace(line)
}

func (w *logWriter) emit(line string) {
	w.keep(line)
	allowed, suppressed := w.limit.allow(time.Now())
	if !allowed {
		return
	}
	w.noteSuppressed(suppressed)
	if record, ok := parseRecord(line); ok && !w.cut {
		w.emitRecord(record)
		return
	}
	w.log.LogAttrs(context.Background(), w.levelOf(line), "connector output", slog.String("text", line))
}

// emitRecord takes the secrets out once more: JSON can write any character as an
// escape, which only decoding shows.
func (w *logWriter) emitRecord(record logRecord) {
	for i, attribute := range record.attributes {
		record.attributes[i].Value = slog.StringValue(w.redactor.replace(attribute.Value.String()))
	}
	w.log.LogAttrs(context.Background(), record.level, "connector log",
		slog.String("text", w.redactor.replace(record.message)), slog.GroupAttrs("connector", record.attributes...))
}

func (w *logWriter) noteSuppressed(lines int) {
	if lines > 0 {
		w.log.LogAttrs(context.Background(), slog.LevelWarn, "connector logs too much, lines left out", slog.Int("lines", lines))
	}
}

// levelOf sorts lines that are no records: the Go runtime writes panics straight
// to standard error, trace and all.
func (w *logWriter) levelOf(line string) slog.Level {
	if strings.HasPrefix(line, "panic: ") || strings.HasPrefix(line, "fatal error: ") {
		w.failing = true
	}
	if w.failing {
		return slog.LevelError
	}
	return slog.LevelWarn
}

func (w *logWriter) keep(line string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tail = append(append(w.tail, line...), '\n')
	if len(w.tail) > 2*maxLogTail { // copy seldom
		w.tail = append(w.tail[:0], w.tail[len(w.tail)-maxLogTail:]...)
	}
}

// logRecord is one record of log/slog or hclog.
type logRecord struct {
	level      slog.Level
	message    string
	attributes []slog.Attr
}

// parseRecord reads a line as log/slog writes it, or hclog. Anything else, in
// whole or in its parts, is not a record: nothing a connector writes is an
// error here.
func parseRecord(line string) (logRecord, bool) {
	if !strings.HasPrefix(line, "{") {
		return logRecord{}, false
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(line), &fields) != nil {
		return logRecord{}, false
	}
	for _, keys := range [][3]string{{"level", "msg", "time"}, {"@level", "@message", "@timestamp"}} {
		var level, message string
		if json.Unmarshal(fields[keys[0]], &level) != nil || json.Unmarshal(fields[keys[1]], &message) != nil {
			continue
		}
		for _, key := range keys {
			delete(fields, key)
		}
		return logRecord{parseLevel(level), message, attributesOf(fields)}, true
	}
	return logRecord{}, false
}

// attributesOf keeps values as they are written; strings without their quotes.
func attributesOf(fields map[string]json.RawMessage) []slog.Attr {
	attributes := make([]slog.Attr, 0, min(len(fields), maxLogAttributes))
	for _, key := range slices.Sorted(maps.Keys(fields)) {
		if len(attributes) == maxLogAttributes {
			break
		}
		var text string
		if json.Unmarshal(fields[key], &text) != nil {
			text = string(fields[key])
		}
		attributes = append(attributes, slog.String(key, text))
	}
	return attributes
}

// parseLevel knows the names of log/slog and hclog; others are Info.
func parseLevel(name string) slog.Level {
	var level slog.Level
	if strings.EqualFold(name, "trace") {
		return slog.LevelDebug
	}
	if level.UnmarshalText([]byte(name)) != nil {
		return slog.LevelInfo
	}
	return level
}

// rateLimit is a token bucket. One goroutine uses it.
type rateLimit struct {
	tokens     float64
	last       time.Time
	suppressed int
}

func newRateLimit(now time.Time) rateLimit { return rateLimit{tokens: logBurst, last: now} }

// allow reports whether another line may pass, and if so how many were left out
// before it.
func (l *rateLimit) allow(now time.Time) (bool, int) {
	l.tokens = min(logBurst, l.tokens+now.Sub(l.last).Seconds()*logRate)
	l.last = now
	if l.tokens < 1 {
		l.suppressed++
		return false, 0
	}
	l.tokens--
	suppressed := l.suppressed
	l.suppressed = 0
	return true, suppressed
}
