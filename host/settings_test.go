package host

import (
	"log/slog"
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/wire"
)

func TestTheEnvironmentHoldsWhatIsOnTheListAlone(t *testing.T) {
	for _, name := range []string{"PATH", "GODEBUG", "GRPC_BINARY_LOG_FILTER", "DATABASE_URL", "AWS_SECRET_ACCESS_KEY"} {
		t.Setenv(name, "must not pass")
	}
	t.Setenv("SSL_CERT_FILE", "/etc/ca.pem")
	t.Setenv("no_proxy", "example.com")
	got := environment(slog.LevelWarn + 1)
	for _, want := range []string{"SSL_CERT_FILE=/etc/ca.pem", "no_proxy=example.com", wire.LogLevelVariable + "=WARN"} {
		if !slices.Contains(got, want) {
			t.Errorf("environment %q lacks %s", got, want)
		}
	}
	if joined := strings.Join(got, "\n"); strings.Contains(joined, "must not pass") {
		t.Errorf("environment %q has more than the list", got)
	}
}

func TestAProxysPasswordIsKnown(t *testing.T) {
	for _, name := range passedOn {
		t.Setenv(name, "")
	}
	t.Setenv("HTTPS_PROXY", "http://user:secret-word@proxy.example.com:3128")
	t.Setenv("http_proxy", "http://proxy.example.com:3128")
	if got := proxyPasswords(); !slices.Equal(got, []string{"secret-word"}) {
		t.Errorf("passwords %q", got)
	}
}
