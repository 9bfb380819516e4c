package plugintest

import (
	"os"
	"syscall"
)

// socketsAreUnix: go-plugin listens on a loopback port on Windows.
const socketsAreUnix = false

// ownGroup puts a process into a group of its own, so that a Ctrl-C is not its
// own to handle.
func ownGroup() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// killGroup kills the process; of its children Windows tells nothing here.
func killGroup(process *os.Process) { _ = process.Kill() }

func killByPID(int) {}

func terminate(*os.Process) bool { return false }
