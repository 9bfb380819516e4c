package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"
)

// key is one key of the configuration: in the file by its name, a dot for a
// level, as a variable of the environment, and as a flag.
type key struct {
	name string
	help string
	// serve: it matters to the service only.
	serve   bool
	boolean bool
	// path: a relative one is relative to the file that it stands in.
	path bool
	// set takes a value. Its error continues the sentence that begins with the
	// key's name.
	set func(s *settings, value string) error
}

func (k key) env() string {
	return "PATCHBAY_" + strings.ToUpper(strings.ReplaceAll(k.name, ".", "_"))
}

func (k key) flag() string { return strings.NewReplacer(".", "-", "_", "-").Replace(k.name) }

func (k key) kind() string {
	if k.boolean {
		return "bool"
	}
	return "string"
}

// The bounds of the service's numbers.
const (
	maxWorkers = 64 // each is a process
	minTick    = 100 * time.Millisecond
	maxTick    = time.Minute // a killed worker's run is to be taken over within two minutes
	minLease   = time.Second
	maxLease   = time.Hour
	minKeep    = 24 * time.Hour
	maxKeep    = 3650 * 24 * time.Hour
)

// keys are all keys, in the order of the documentation.
func keys() []key {
	return []key{
		{name: "data", path: true, help: "folder in which everything is kept", set: setText(func(s *settings) *string { return &s.data })},
		{name: "database", help: "PostgreSQL connection string, instead of a SQLite file in the data folder", set: setText(func(s *settings) *string { return &s.database })},
		{name: "sealing_key", path: true, help: "file of the key that seals secrets (default " + sealingKeyFile + " in the data folder)", set: setText(func(s *settings) *string { return &s.sealingKey })},
		{name: "connectors", path: true, help: "folder of connectors, beside the program's own", set: setText(func(s *settings) *string { return &s.connectors })},
		{name: "require_pin", boolean: true, help: "run only connectors that were declared with: connectors trust", set: setBoolean(func(s *settings) *bool { return &s.requirePin })},
		{name: "log.level", help: "what is logged: debug, info, warn or error (default info)", set: setLogLevel},
		{name: "log.format", help: "text or json (default text)", set: setLogFormat},
		{name: "listen", serve: true, help: "address and port, of this machine (default " + defaultListen + ")", set: setListen},
		{name: "workers", serve: true, help: "how many runs at once (default " + strconv.Itoa(defaultWorkers) + ")", set: setWorkers},
		{name: "tick", serve: true, help: "how often to look for what is due (default 15s)", set: setDuration(minTick, maxTick, func(s *settings) *time.Duration { return &s.tick })},
		{name: "lease", serve: true, help: "how long a worker may show no sign of life before another takes its run over (default 1m)", set: setDuration(minLease, maxLease, func(s *settings) *time.Duration { return &s.lease })},
		{name: "webhook.url", serve: true, help: "who is told of failures: a URL, or env:NAME, or file:PATH", set: setText(func(s *settings) *string { return &s.webhook })},
		{name: "webhook.secret", serve: true, help: "what signs the webhook's messages: env:NAME or file:PATH", set: setReference(func(s *settings) *string { return &s.webhookSecret })},
		{name: "keep.runs", serve: true, help: "how long ended runs are kept (default 90d)", set: setDuration(minKeep, maxKeep, func(s *settings) *time.Duration { return &s.keepRuns })},
		{name: "keep.tombstones", serve: true, help: "how long people who left, and what others were before they changed, are kept (default 90d)", set: setDuration(minKeep, maxKeep, func(s *settings) *time.Duration { return &s.keepTombstones })},
	}
}

func setText(field func(*settings) *string) func(*settings, string) error {
	return func(s *settings, value string) error {
		if value == "" || strings.ContainsRune(value, 0) {
			return errors.New("is empty, or holds a NUL")
		}
		*field(s) = value
		return nil
	}
}

// setReference takes where a secret is, never the secret.
func setReference(field func(*settings) *string) func(*settings, string) error {
	return func(s *settings, value string) error {
		if !strings.HasPrefix(value, "env:") && !strings.HasPrefix(value, "file:") {
			return errors.New("should say where the secret is: env:NAME or file:PATH")
		}
		*field(s) = value
		return nil
	}
}

func setBoolean(field func(*settings) *bool) func(*settings, string) error {
	return func(s *settings, value string) error {
		switch value {
		case "true":
			*field(s) = true
		case "false":
			*field(s) = false
		default:
			return fmt.Errorf("is %q, and should be true or false", clip(value))
		}
		return nil
	}
}

func setDuration(least, most time.Duration, field func(*settings) *time.Duration) func(*settings, string) error {
	return func(s *settings, value string) error {
		d, err := parseDuration(value)
		if err != nil {
			return fmt.Errorf("is %q, and should be a duration such as 15s, 6h or 90d", clip(value))
		}
		if d < least || d > most {
			return fmt.Errorf("is %s, and should be from %s to %s", clip(value), formatDuration(least), formatDuration(most))
		}
		*field(s) = d
		return nil
	}
}

// parseDuration takes days, too, which a duration of Go has not.
func parseDuration(value string) (time.Duration, error) {
	if days, ok := strings.CutSuffix(value, "d"); ok {
		n, err := strconv.ParseUint(days, 10, 16)
		return time.Duration(n) * 24 * time.Hour, err //nolint:gosec // 16 bits
	}
	return time.ParseDuration(value)
}

func formatDuration(d time.Duration) string {
	const day = 24 * time.Hour
	if d >= day && d%day == 0 {
		return strconv.Itoa(int(d/day)) + "d"
	}
	return d.String()
}

func setLogLevel(s *settings, value string) error {
	for _, level := range []slog.Level{slog.LevelDebug, slog.LevelInfo, slog.LevelWarn, slog.LevelError} {
		if strings.EqualFold(value, level.String()) {
			s.logLevel = level
			return nil
		}
	}
	return fmt.Errorf("is %q, and should be debug, info, warn or error", clip(value))
}

func setLogFormat(s *settings, value string) error {
	if value != "text" && value != "json" {
		return fmt.Errorf("is %q, and should be text or json", clip(value))
	}
	s.logFormat = value
	return nil
}

func setListen(s *settings, value string) error {
	s.listen = value
	return checkListen(value)
}

func setWorkers(s *settings, value string) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 || n > maxWorkers {
		return fmt.Errorf("is %q, and should be a number from 1 to %d", clip(value), maxWorkers)
	}
	s.workers = n
	return nil
}

// maxShownBytes bounds what a message repeats of a value.
const maxShownBytes = 64

func clip(value string) string {
	if len(value) > maxShownBytes {
		return strings.ToValidUTF8(value[:maxShownBytes], "") + "…"
	}
	return value
}
