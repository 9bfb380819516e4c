package ldaptest

import (
	"os/exec"
	"syscall"
)

// endWithTest makes a server end with the test's process, also where that is killed
// and no clean-up runs.
func endWithTest(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
