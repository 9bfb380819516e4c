package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

// On a terminal, one line lives: it says how many pages and people there are,
// how fast they come, and what is waited for.
func TestOnATerminalALineLives(t *testing.T) {
	t.Parallel()
	master, terminal := pseudoTerminal(t)
	r := newRig(t, oktatest.Settings{Users: 40, PageLimit: 10, UsersPerMinute: 600}, "users:page=3:429=2s")
	c := r.sync("--output", r.folder+"/users.jsonl")
	c.Stderr = terminal
	p := c.Start(t)
	_ = terminal.Close() // the harness has its own
	shown, _ := io.ReadAll(master)
	p.Wait().WantCode(wire.ExitDone).WantNoStdout()
	r.wantIDs(readFile(t, r.folder+"/users.jsonl"), r.all())
	programtest.WantTexts(t, "the terminal", string(shown), " pages, ", " records, ", " a second", "; waiting until ", "40 records on 4 pages")
	if last := strings.TrimSpace(string(shown)); !strings.HasSuffix(last, "completed.") {
		t.Errorf("the last thing on the terminal is %q", last[max(0, len(last)-200):])
	}
}

// pseudoTerminal opens a terminal and its other end. Reading from that fails
// when nobody has the terminal open any more.
func pseudoTerminal(t *testing.T) (master, terminal *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("this machine has no pseudo terminals: ", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: 200})
	}
	if err == nil {
		terminal, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	}
	if err != nil {
		t.Skip("this machine has no pseudo terminals: ", err)
	}
	t.Cleanup(func() { _ = terminal.Close() })
	return master, terminal
}
