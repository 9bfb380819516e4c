package plugin

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"patchbay.example/internal/wire"
)

func TestAConnectorAnswersByHand(t *testing.T) {
	for name, c := range map[string]struct {
		args           []string
		exit           int
		stdout, stderr string
	}{
		"version":  {[]string{"--version"}, wire.ExitDone, "scripted 1.2.3\n", ""},
		"describe": {[]string{"--describe"}, wire.ExitDone, `"config_schema": {`, ""},
		"unknown":  {[]string{"--help"}, wire.ExitUsage, "", `unknown argument "--help"; there are --version and --describe`},
		"nothing":  {nil, wire.ExitUsage, "", `This is the Patchbay connector "scripted", version 1.2.3. A host starts it`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(wire.Handshake.MagicCookieKey, "")
			var stdout, stderr bytes.Buffer
			exit := serve(&scripted{}, c.args, strings.NewReader(""), &stdout, &stderr)
			if exit != c.exit || !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("exit %d, stdout %q, stderr %q; want exit %d, stdout %q, stderr %q", exit, &stdout, &stderr, c.exit, c.stdout, c.stderr)
			}
			if name == "describe" && !json.Valid(stdout.Bytes()) {
				t.Errorf("the description is not JSON: %s", &stdout)
			}
		})
	}
}

// brokenWriter is a standard output whose reader is gone.
type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

var errBroken = &Refusal{Message: "broken pipe"}

func TestAClosedStandardOutputIsSaid(t *testing.T) {
	t.Parallel()
	if exit := serve(&scripted{}, []string{"--version"}, strings.NewReader(""), brokenWriter{}, &bytes.Buffer{}); exit != wire.ExitOurs {
		t.Errorf("exit %d, want %d", exit, wire.ExitOurs)
	}
}
