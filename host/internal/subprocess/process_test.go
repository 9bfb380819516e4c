//go:build unix

package subprocess

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stderrBuffer keeps standard error and notes that it was closed.
type stderrBuffer struct {
	bytes.Buffer
	closed bool
}

func (b *stderrBuffer) Close() error {
	b.closed = true
	return nil
}

// started runs a shell script.
func started(t *testing.T, script string) (*Process, *stderrBuffer) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "connector")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o700); err != nil {
		t.Fatal(err)
	}
	executable, err := Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	stderr := &stderrBuffer{}
	process := New(executable, stderr)
	process.Prepare([]string{"ONLY=this"}, t.TempDir())
	if err := process.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return process, stderr
}

func TestAProcessTellsHowItEnded(t *testing.T) {
	for script, want := range map[string]Exit{
		"exit 0":      {},
		"exit 7":      {Code: 7},
		"kill -9 $$":  {Code: -1, Signal: "killed"},
		"kill -15 $$": {Code: -1, Signal: "terminated"},
	} {
		process, stderr := started(t, "echo last words >&2\n"+script)
		err := process.Wait(t.Context())
		got := process.Exit()
		got.PeakRSS = 0
		if got != want || (err == nil) != (want.Code == 0) {
			t.Errorf("%s: %+v and %v, want %+v", script, got, err, want)
		}
		if stderr.String() != "last words\n" || !stderr.closed {
			t.Errorf("%s: standard error %q, closed %v", script, stderr.String(), stderr.closed)
		}
	}
}

func TestTheFirstLineGoesToGoPluginAndTheRestIsDrained(t *testing.T) {
	// More than a pipe holds: a process that nobody drains would not end.
	process, _ := started(t, "echo '1|1|unix|/s|grpc|cert'\nhead -c 300000 /dev/zero\n")
	got, err := io.ReadAll(process.Stdout())
	if err != nil || string(got) != "1|1|unix|/s|grpc|cert\n" {
		t.Errorf("standard output %.80q, %v", got, err)
	}
	if err := process.Wait(t.Context()); err != nil {
		t.Errorf("Wait: %v", err)
	}
}

func TestAFirstLineWithoutEndIsCut(t *testing.T) {
	process, _ := started(t, "head -c 300000 /dev/zero | tr '\\0' x\n")
	got, err := io.ReadAll(process.Stdout())
	if err != nil || len(got) != maxHandshakeBytes+1 {
		t.Errorf("%d bytes, %v, want %d", len(got), err, maxHandshakeBytes+1)
	}
	if err := process.Wait(t.Context()); err != nil {
		t.Errorf("Wait: %v", err)
	}
	if len(process.FirstLine()) != maxHandshakeBytes {
		t.Errorf("first line of %d bytes", len(process.FirstLine()))
	}
}

func TestKillReachesTheGroup(t *testing.T) {
	process, _ := started(t, "sleep 60 &\necho $!\nkill -STOP $$\n")
	line, err := io.ReadAll(process.Stdout())
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(strings.TrimSpace(string(line)))
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-process.Done()
	if exit := process.Exit(); !exit.Ours || !strings.Contains(exit.String(), "by the host") {
		t.Errorf("exit %+v, %s", exit, exit)
	}
	if err := process.Kill(t.Context()); err != nil {
		t.Errorf("a second Kill: %v", err)
	}
	// No event tells of the end of a process that is nobody's child of ours.
	for late := time.After(10 * time.Second); syscall.Kill(child, 0) == nil && !isZombie(child); {
		select {
		case <-late:
			t.Fatalf("the child %d is still there", child)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func TestAProcessKilledBeforeItsStartDoesNotStart(t *testing.T) {
	executable, err := Open("/bin/sh", nil)
	if err != nil {
		t.Fatal(err)
	}
	process := New(executable, &stderrBuffer{})
	if err := process.Kill(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := process.Start(t.Context()); !errors.Is(err, ErrKilled) {
		t.Errorf("Start: %v, want ErrKilled", err)
	}
	<-process.Done()
}

func TestTheEnvironmentIsTheOneGiven(t *testing.T) {
	process, stderr := started(t, "export -p >&2\n")
	if err := process.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := stderr.String(); !strings.Contains(got, "ONLY='this'") || strings.Contains(got, "HOME") {
		t.Errorf("environment %s", got)
	}
}

func isZombie(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	_, state, _ := strings.Cut(string(stat), ") ")
	return err != nil || strings.HasPrefix(state, "Z")
}

// The opened file is run, whatever has taken its place meanwhile.
func TestAPinnedProgramCannotBeReplacedBeforeItsStart(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("a program is run by its path here")
	}
	program, err := os.ReadFile("/bin/true")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "true")
	evil := filepath.Join(t.TempDir(), "evil")
	if err := os.WriteFile(path, program, 0o700); err != nil {
		t.Fatal(err)
	}
	pin := sha256.Sum256(program)
	executable, err := Open(path, pin[:])
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.WriteFile(evil, []byte("#!/bin/sh\nexit 66\n"), 0o700), os.Rename(evil, path)); err != nil {
		t.Fatal(err)
	}
	process := New(executable, &stderrBuffer{})
	if err := process.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := process.Wait(t.Context()); err != nil {
		t.Errorf("the file that took its place was run: %v", err)
	}
}
