package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

const (
	crashPages = 12
	crashPage  = 10 // people
)

// hanging starts a run whose request for that page is never answered, the first
// time. Connect asks for one user before.
func hanging(t *testing.T, page int, args ...string) (*rig, *programtest.Execution) {
	t.Helper()
	r := newRig(t, oktatest.Settings{Users: crashPages * crashPage, PageLimit: crashPage}, fmt.Sprintf("users:%d:hang-headers", page+1))
	p := r.sync(args...).Start(t)
	r.awaitTenant(struck)
	return r, p
}

func TestAConnectorThatIsKilledLosesNobody(t *testing.T) {
	t.Parallel()
	for page := 1; page <= 10; page++ {
		t.Run(fmt.Sprintf("at page %d", page), func(t *testing.T) {
			t.Parallel()
			summaryFile := filepath.Join(t.TempDir(), "summary.json")
			r, p := hanging(t, page, "--summary-file", summaryFile)
			kill(t, connectorOf(p), syscall.SIGKILL)
			p.Wait().WantCode(wire.ExitDone)
			r.wantIDs(p.Stdout.Text(), r.all())
			p.WantStderr("The connector is started again (attempt 1): ", "connector restarted 1 time; completed.")
			if s := summaryIn(t, summaryFile); s.Pages != crashPages || s.Records != crashPages*crashPage || s.Outcome != "completed" {
				t.Errorf("the summary is %+v", s)
			}
		})
	}
}

func TestAConnectorThatIsKilledAgainAndAgainLosesNobody(t *testing.T) {
	t.Parallel()
	// A process asks for one user, and then for pages: requests 4, 9 and 14 are
	// in its midst, each time in another process.
	r := newRig(t, oktatest.Settings{Users: crashPages * crashPage, PageLimit: crashPage}, "users:4:hang-headers", "users:9:hang-headers", "users:14:hang-headers")
	p := r.sync().Start(t)
	for times := 1; times <= 3; times++ {
		r.awaitTenant(func(s oktatest.Stats) bool { return s.Struck >= times })
		kill(t, connectorOf(p), syscall.SIGKILL)
	}
	p.Wait().WantCode(wire.ExitDone).WantStderr("connector restarted 3 times; completed.")
	r.wantIDs(p.Stdout.Text(), r.all())
}

func TestNoConnectorOutlivesAHarnessThatIsKilled(t *testing.T) {
	t.Parallel()
	_, p := hanging(t, 3)
	connector := connectorOf(p)
	p.Signal(os.Kill)
	<-p.Ended
	wantGone(t, connector, 5*time.Second)
}

func TestASignalEndsTheRunInOrder(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		signal syscall.Signal
		code   int
		says   string
	}{{syscall.SIGINT, wire.ExitInterrupt, "harness: stopped by interrupt"}, {syscall.SIGTERM, wire.ExitTerminated, "harness: stopped by terminated"}} {
		t.Run(c.signal.String(), func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			out, summaryFile := filepath.Join(folder, "users.jsonl"), filepath.Join(folder, "summary.json")
			r, p := hanging(t, 5, "--output", out, "--summary-file", summaryFile)
			connector := connectorOf(p)
			p.Signal(c.signal)
			p.Wait().WantCode(c.code).WantNoStdout().WantStderr("cancelled (SIGNAL).", c.says)
			wantGone(t, connector, 5*time.Second)
			s := summaryIn(t, summaryFile)
			if s.Outcome != "cancelled" || s.Reason != "SIGNAL" || s.Records != s.Pages*crashPage {
				t.Errorf("the summary is %+v, want cancelled by a signal after whole pages", s)
			}
			r.wantIDs(readFile(t, out), r.all()[:s.Records])
			r.continued(p).WantCode(wire.ExitDone)
			r.wantIDs(readFile(t, out), r.all())
		})
	}
}

func TestASignalEndsConnectToo(t *testing.T) {
	t.Parallel()
	for _, command := range []string{"check", "resources"} {
		r := newRig(t, oktatest.Settings{Users: 3}, "token:*:hang-headers")
		p := r.command(command).Start(t)
		r.awaitTenant(struck)
		connector := connectorOf(p)
		p.Signal(os.Interrupt)
		p.Wait().WantCode(wire.ExitInterrupt).WantNoStdout().WantStderr("harness: stopped by interrupt\n")
		wantGone(t, connector, 5*time.Second)
	}
}

// Whoever was to type a key, and did not, can leave.
func TestASignalEndsTheWaitForStandardInput(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writer.Close() }() // held open all the time
	defer reader.Close()
	r := newRig(t, oktatest.Settings{Users: 3})
	r.configure(map[string]any{"private_key": "-"})
	c := r.command("check", "--log-level", "DEBUG")
	c.Open = reader
	p := c.Start(t)
	if _, err := writer.WriteString("-----BEGIN"); err != nil {
		t.Fatal(err)
	}
	awaitRead(t, reader)
	p.Signal(os.Interrupt)
	p.Wait().WantCode(wire.ExitInterrupt).WantNoStdout().WantStderr("harness: stopped by interrupt\n")
	r.wantNoRequests()
}

// A connector that is stopped can't end by itself: the harness does not wait
// for it for long.
func TestCtrlCEndsAlsoAConnectorThatIsStopped(t *testing.T) {
	t.Parallel()
	_, p := hanging(t, 3)
	connector := connectorOf(p)
	kill(t, connector, syscall.SIGSTOP)
	p.Signal(os.Interrupt)
	p.Wait().WantCode(wire.ExitInterrupt).WantStderr("cancelled (SIGNAL).")
	wantGone(t, connector, 5*time.Second)
}

func TestCtrlCTwiceEndsAtOnce(t *testing.T) {
	t.Parallel()
	_, p := hanging(t, 3)
	connector := connectorOf(p)
	kill(t, connector, syscall.SIGSTOP) // so that the orderly end takes its time
	for running := true; running; {
		select {
		case <-p.Ended:
			running = false
		case <-time.After(50 * time.Millisecond): // two at once would be one for the kernel
			_ = p.Process.Signal(os.Interrupt) // it may have ended just now
		}
	}
	p.Wait().WantCode(wire.ExitInterrupt)
	if strings.Contains(p.Stderr.Text(), "cancelled") {
		t.Errorf("it went its orderly way to the end: %s", p.Stderr.Text())
	}
	wantGone(t, connector, 5*time.Second)
}

// The watchdog asks a silent connector after 15 s whether it lives, and gives
// it 15 s to answer.
func TestAConnectorThatIsStoppedIsReplaced(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for the watchdog for more than 30 s")
	}
	t.Parallel()
	r, p := hanging(t, 3)
	connector := connectorOf(p)
	kill(t, connector, syscall.SIGSTOP)
	p.Wait().WantCode(wire.ExitDone).WantStderr("The connector is started again", "completed.")
	r.wantIDs(p.Stdout.Text(), r.all())
	wantGone(t, connector, 5*time.Second)
}

// awaitRead waits until all that was written to a pipe has been read.
func awaitRead(t *testing.T, pipe *os.File) {
	t.Helper()
	deadline := time.After(programtest.EndLimit)
	for {
		left, err := unix.IoctlGetInt(int(pipe.Fd()), unix.TIOCINQ)
		if err != nil {
			t.Fatal(err)
		}
		if left == 0 {
			return
		}
		select {
		case <-deadline:
			t.Fatal("nobody reads standard input")
		case <-time.After(10 * time.Millisecond): // no event tells that somebody else has read
		}
	}
}

func kill(t *testing.T, pid int, s syscall.Signal) {
	t.Helper()
	if err := syscall.Kill(pid, s); err != nil {
		t.Fatalf("send %v to process %d: %v", s, pid, err)
	}
}
