//go:build unix

package host

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
	more   chan struct{} // closed and replaced at each write; nil until awaited
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.more != nil {
		close(b.more)
		b.more = nil
	}
	return b.buffer.Write(p)
}

// await waits until the log holds the text.
func (b *lockedBuffer) await(t *testing.T, text string) {
	t.Helper()
	late := time.After(10 * time.Second)
	for {
		b.mu.Lock()
		if bytes.Contains(b.buffer.Bytes(), []byte(text)) {
			b.mu.Unlock()
			return
		}
		if b.more == nil {
			b.more = make(chan struct{})
		}
		more := b.more
		b.mu.Unlock()
		select {
		case <-more:
		case <-late:
			t.Fatalf("the log lacks %q: %s", text, b.String())
		}
	}
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}

const canaryLine = "Q0FOQVJZLWNhbmFyeS1jYW5hcnk"

// canary is a secret of several lines, as a private key is.
const canary = "-----BEGIN PRIVATE KEY-----\n" + canaryLine + "\n-----END PRIVATE KEY-----\n"

func TestSecretsAreNowhereButInConnect(t *testing.T) {
	t.Setenv("DATABASE_URL", "postgres://"+canaryLine)
	t.Setenv("HTTPS_PROXY", "http://user:proxy-password@127.0.0.1:9")
	log := &lockedBuffer{}
	logger := slog.New(slog.NewJSONHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug - 8}))
	c := launched(t, Settings{Path: connectorNamed(t, "scripted"), Log: logger})
	secrets := map[string]string{"private_key": canary}
	shown := script{Print: "proxy http://user:proxy-password@127.0.0.1:9", Misbehave: "leak"}
	_, err := c.Connect(t.Context(), shown.configuration(secrets))
	if err == nil || strings.Contains(err.Error(), canaryLine) || !strings.Contains(err.Error(), redacted) {
		t.Errorf("error %q, want the secret replaced", err)
	}
	explanation, _ := Explain(err)
	wantNoCanary(t, "explanation", fmt.Sprintf("%+v", explanation))
	for cause := err; cause != nil; cause = errors.Unwrap(cause) {
		wantNoCanary(t, "error in full", fmt.Sprintf("%#v %+v %s", cause, cause, cause))
		if joined, ok := cause.(interface{ Unwrap() []error }); ok {
			cause = joined.Unwrap()[0]
		}
	}

	good := script{Print: "hello"}
	if _, err := c.Connect(t.Context(), good.configuration(secrets)); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"environ", "cmdline"} {
		content, err := os.ReadFile("/proc/" + strconv.Itoa(c.Pid()) + "/" + file)
		if os.IsNotExist(err) {
			t.Skip("no /proc here")
		}
		if err != nil {
			t.Fatal(err)
		}
		wantNoCanary(t, file, string(content))
		if file == "environ" && !strings.Contains(string(content), "HTTPS_PROXY=") {
			t.Errorf("environment %q lacks the proxy", content)
		}
	}
	wantNoCanary(t, "LastLog", c.LastLog())
	log.await(t, "the secret private_key is")
	log.await(t, "printed:")
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	wantNoCanary(t, "log", log.String())
	if strings.Contains(log.String(), "proxy-password") {
		t.Error("the log shows the proxy's password")
	}
}

func TestAConfigurationPrintsNoValue(t *testing.T) {
	c := Configuration{JSON: []byte(`{"domain":"` + canaryLine + `"}`), Secrets: map[string]string{"private_key": canary}}
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", slog.Any("configuration", c), slog.Any("pointer", &c))
	encoded, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{c.String(), fmt.Sprintf("%v %+v %#v %s %d %x", c, c, c, c, c, c), fmt.Sprintf("%v", &c), log.String(), string(encoded)} {
		wantNoCanary(t, "text", text)
		if !strings.Contains(text, "private_key") {
			t.Errorf("%q does not name the secret", text)
		}
	}
}

func wantNoCanary(t *testing.T, what, text string) {
	t.Helper()
	if strings.Contains(text, canaryLine) {
		t.Errorf("a secret in the %s: %s", what, text)
	}
}
