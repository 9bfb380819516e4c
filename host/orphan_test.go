//go:build unix

package host

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hostVariable makes the test binary a host: its value is the connector's path
// and the runtime folder.
const hostVariable = "PATCHBAY_TEST_HOST"

// runHost launches a connector, says its process id, and waits to be killed.
func runHost() int {
	connector, folder, _ := strings.Cut(os.Getenv(hostVariable), ":")
	c, err := Launch(context.Background(), Settings{Path: connector, RuntimeDir: folder})
	if err != nil {
		fmt.Println(err)
		return 1
	}
	fmt.Println(c.Pid())
	_, _ = io.Copy(io.Discard, os.Stdin)
	return 0
}

// "deaf" does not watch its standard input: on Linux the kernel ends it. The
// other ends by itself, everywhere.
func TestNoConnectorOutlivesAKilledHost(t *testing.T) {
	for _, name := range orphans {
		t.Run(name, func(t *testing.T) {
			folder := runtimeDir(t)
			pid := killedHost(t, connectorNamed(t, name), folder)
			deadline := time.After(5 * time.Second)
			for !gone(pid) {
				select {
				case <-deadline:
					t.Fatalf("process %d outlives its host", pid)
				case <-time.After(10 * time.Millisecond): // no event tells of a stranger's end
				}
			}
			left, err := filepath.Glob(filepath.Join(folder, folderPrefix+"*"))
			if err != nil || len(left) != 1 {
				t.Fatalf("the killed host left %v (%v), want its one folder", left, err)
			}
			next := launched(t, Settings{Path: connectorNamed(t, "scripted"), RuntimeDir: folder})
			if _, err := os.Stat(left[0]); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("the next host (process %d) did not remove %s: %v", next.Pid(), left[0], err)
			}
		})
	}
}

func TestALivingHostsFolderIsNotSwept(t *testing.T) {
	folder := runtimeDir(t)
	first, err := newSocketFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	second, err := newSocketFolder(folder)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(first.path); err != nil {
		t.Errorf("the first folder: %v", err)
	}
	if err := errors.Join(first.remove(), second.remove()); err != nil {
		t.Error(err)
	}
	wantNoFolders(t, folder)
}

// killedHost runs a host until it has launched the connector, kills it with
// SIGKILL, and returns the connector's process id.
func killedHost(t *testing.T, connector, folder string) int {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	host := exec.CommandContext(t.Context(), self)
	host.Env = append(os.Environ(), hostVariable+"="+connector+":"+folder)
	stdin, err := host.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	stdout, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil {
		t.Fatalf("the host says %q", line)
	}
	if gone(pid) {
		t.Fatalf("process %d ended before its host", pid)
	}
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait() // it was killed, which Wait reports
	return pid
}

// gone reports whether a process has ended; one that nobody has waited for yet
// has, too.
func gone(pid int) bool {
	if errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return true
	}
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return strings.HasPrefix(state, "Z")
}
