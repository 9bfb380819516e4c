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

// On a terminal, one line lives, with the run's log above it.
func TestOnATerminalALineLives(t *testing.T) {
	t.Parallel()
	master, terminal := pseudoTerminal(t)
	r := newRig(t, oktatest.Settings{Users: 40, PageLimit: 10})
	fault, err := oktatest.ParseFault("users:page=3:429=2s")
	if err == nil {
		err = r.tenant.Order(fault)
	}
	if err != nil {
		t.Fatal(err)
	}
	r.add()
	c := r.command("sync", "workforce", "--watch")
	c.Stderr = terminal
	p := c.Start(t)
	_ = terminal.Close() // the program has its own
	shown, _ := io.ReadAll(master)
	p.Wait().WantCode(wire.ExitDone).WantStdout("workforce: ", "Run 1 took ")
	programtest.WantTexts(t, "the terminal", string(shown), "Reading: ", " people, ", " pages, ", " a second", "The listing is complete: 4 pages, 40 people")
	if last := strings.TrimSpace(string(shown)); strings.Count(last, "The listing is complete") != 1 {
		t.Errorf("a line of the log is told more than once: %q", last[max(0, len(last)-400):])
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
