package subprocess

import (
	"os"
	"syscall"
)

// tcpAllowed: go-plugin listens on loopback TCP on Windows; mutual TLS keeps
// other users of the machine out.
const tcpAllowed = true

// processAttributes keeps Ctrl-C with the host. That the host is gone, the
// process learns from standard input.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP, HideWindow: true}
}

func forbidCoreDumps(int) {}

func awaitExit(*os.Process) bool { return false }

func killGroup(process *os.Process) error { return process.Kill() }

func signalOf(*os.ProcessState) string { return "" }

func peakRSS(int) int64 { return 0 }

func peakRSSOf(*os.ProcessState) int64 { return 0 }
