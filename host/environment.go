package host

import (
	"log/slog"
	"os"
	"strings"

	"patchbay.example/internal/wire"
)

// passedOn are the variables of the host that a connector gets; no others. A
// connector needs the machine's proxy, trust and language. PATH is not among
// them, so that a connector can't start what it did not bring, and neither are
// GODEBUG, GRPC_… and GOTRACEBACK, which can make a process show what it holds.
// A proxy's URL may contain a password: it belongs to the machine, not to the
// connection.
var passedOn = []string{
	"TMPDIR", "TMP", "TEMP", "TZ", "LANG",
	"SSL_CERT_FILE", "SSL_CERT_DIR",
	"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY",
	"https_proxy", "http_proxy", "no_proxy",
	"SYSTEMROOT", // Windows needs it for sockets and random numbers
}

// environment is a connector's environment besides what go-plugin adds: its
// cookie, versions, ports, certificate and socket folder.
func environment(level slog.Level) []string {
	env := []string{wire.LogLevelVariable + "=" + levelName(level)}
	for _, name := range passedOn {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// levelName is the nearest of the four names that the contract knows.
func levelName(level slog.Level) string {
	switch {
	case level < slog.LevelInfo:
		return "DEBUG"
	case level < slog.LevelWarn:
		return "INFO"
	case level < slog.LevelError:
		return "WARN"
	default:
		return "ERROR"
	}
}

// proxyPasswords are the passwords in the proxies' URLs, which a connector may
// well print.
func proxyPasswords() []string {
	var passwords []string
	for _, name := range passedOn {
		if !strings.HasSuffix(strings.ToLower(name), "_proxy") {
			continue
		}
		_, rest, _ := strings.Cut(os.Getenv(name), "://")
		userinfo, _, found := strings.Cut(rest, "@")
		if _, password, ok := strings.Cut(userinfo, ":"); found && ok {
			passwords = append(passwords, password)
		}
	}
	return passwords
}
