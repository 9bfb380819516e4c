//go:build unix

package plugintest

import (
	"os"
	"syscall"
)

// socketsAreUnix: a connector listens on a Unix socket where there are any.
const socketsAreUnix = true

// ownGroup puts a process into a group of its own.
func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// killGroup kills a process and whatever it started. That it has just ended is
// no error.
func killGroup(process *os.Process) { _ = syscall.Kill(-process.Pid, syscall.SIGKILL) }

// killByPID kills one process that was found to be left over.
func killByPID(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }

// terminate asks a process to end by SIGTERM. It reports false where a system
// has no such signal.
func terminate(process *os.Process) bool {
	_ = process.Signal(syscall.SIGTERM) // if it has just ended, all the better
	return true
}
