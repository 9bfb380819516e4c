package program

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"patchbay.example/host"
	"patchbay.example/internal/connection"
	"patchbay.example/internal/wire"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestExitCodesAndWords(t *testing.T) {
	t.Parallel()
	stopped := func(s os.Signal) context.Context {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(&signalError{s})
		return ctx
	}
	refused := &host.RefusedError{Class: connectorv1.Class_CLASS_PERMISSION_MISSING, Reason: "ROLE_MISSING", Message: "The app has no role.", Fix: "Give it one."}
	for name, c := range map[string]struct {
		ctx  context.Context //nolint:containedctx // of a case
		err  error
		code int
		says string
	}{
		"nothing":                 {nil, nil, wire.ExitDone, ""},
		"the reader left":         {nil, fmt.Errorf("list: %w", ErrOutputClosed), wire.ExitDone, ""},
		"interrupted":             {stopped(os.Interrupt), context.Canceled, wire.ExitInterrupt, "p: stopped by interrupt\n"},
		"terminated":              {stopped(syscall.SIGTERM), context.Canceled, wire.ExitTerminated, "p: stopped by terminated\n"},
		"usage":                   {nil, Usagef(&cobra.Command{Use: "p"}, "--x is %d", 1), wire.ExitUsage, "p: --x is 1; see p --help\n"},
		"configuration":           {nil, &connection.InvalidError{Problem: "is empty"}, wire.ExitUsage, "p: the configuration is empty\n"},
		"full disk":               {nil, Output(0, syscall.ENOSPC), wire.ExitOurs, "p: write the output: no space left on device\nTo fix: Choose a place that can be written to and has room, and run this again.\n"},
		"refused":                 {nil, fmt.Errorf("connect: %w", refused), wire.ExitRefused, "p: The app has no role (ROLE_MISSING)\nTo fix: Give it one.\n"},
		"with a fix and a code":   {nil, &Error{Err: errors.New("held"), Fix: "Approve it.", Code: wire.ExitHeld}, wire.ExitHeld, "p: held\nTo fix: Approve it.\n"},
		"with a fix, code within": {nil, &Error{Err: refused, Fix: "Do that."}, wire.ExitRefused, "p: The app has no role. (ROLE_MISSING)\nTo fix: Do that.\n"},
		"explained":               {nil, Explained(refused), wire.ExitRefused, ""},
		"something":               {nil, errors.New("something"), wire.ExitOurs, "p: something\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := c.ctx
			if ctx == nil {
				ctx = t.Context()
			}
			if code := ExitCode(ctx, c.err); code != c.code {
				t.Errorf("exit code %d, want %d", code, c.code)
			}
			var says bytes.Buffer
			if Explain(ctx, &says, "p", c.err); says.String() != c.says {
				t.Errorf("says %q, want %q", says.String(), c.says)
			}
		})
	}
}

// Half a file is worse than none: somebody would take it for the whole.
func TestAFileIsWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "people.csv")
	if err := WriteFile(path, []byte("before")); err != nil {
		t.Fatal(err)
	}
	lost := errors.New("the store was lost")
	err := CreateFile(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return lost
	})
	if !errors.Is(err, lost) {
		t.Errorf("got %v, want %v", err, lost)
	}
	if got, _ := os.ReadFile(path); string(got) != "before" {
		t.Errorf("the file holds %q", got)
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	if len(entries) != 1 {
		t.Errorf("%d files are left, want 1", len(entries))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
	if err := WriteFile(filepath.Join(t.TempDir(), "none", "x"), nil); !errors.Is(err, ErrOutput) {
		t.Errorf("got %v, want one of the output", err)
	}
}

func TestAReaderOfTheTerminalHearsASignal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancelCause(t.Context())
	silent, typing := io.Pipe()
	defer func() { _ = typing.Close() }()
	stop := errors.New("stop")
	cancel(stop)
	if _, err := Interruptible(ctx, silent).Read(make([]byte, 1)); !errors.Is(err, stop) {
		t.Errorf("got %v, want %v", err, stop)
	}
}

func TestChecksAreLinedUpWithTheirFixes(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	err := WriteChecks(&out, []Check{
		{Name: "domain", Status: "ok", Detail: "example.com answers."},
		{Name: "token", Status: "fail", Reason: "CLIENT_UNKNOWN", Detail: "Okta knows no such client.", Fix: "Copy the client id."},
		{Name: "users", Status: "skipped"},
	})
	want := "✓ domain      example.com answers.\n" +
		"✗ token       Okta knows no such client. (CLIENT_UNKNOWN)\n" +
		"              To fix: Copy the client id.\n" +
		"– users       Skipped.\n"
	if err != nil || out.String() != want {
		t.Errorf("got\n%s%v, want\n%s", out.String(), err, want)
	}
}

func TestNumbersAndTimesInWords(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 41206: "41,206", -1234567: "-1,234,567", -100: "-100"} {
		if got := Thousands(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{6 * time.Hour: "6h", 90 * time.Second: "1m30s", 0: "0s", time.Hour + time.Second: "1h0m1s"} {
		if got := ShortDuration(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
	if Plural(1, "page") != "page" || Plural(2, "page") != "pages" {
		t.Error("one page, two pages")
	}
}
