//go:build unix

package subprocess

import (
	"errors"
	"os"
	"syscall"
)

// tcpAllowed: Unix sockets are the rule where there are any.
const tcpAllowed = false

// killGroup kills the process and whatever it started, unless that left the
// group.
func killGroup(process *os.Process) error {
	err := syscall.Kill(-process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

func signalOf(state *os.ProcessState) string {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return status.Signal().String()
	}
	return ""
}

func peakRSSOf(state *os.ProcessState) int64 {
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		return int64(usage.Maxrss) * maxrssUnit //nolint:unconvert // an int32 on some systems
	}
	return 0
}
