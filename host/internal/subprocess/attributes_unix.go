//go:build unix && !linux

package subprocess

import (
	"os"
	"runtime"
	"syscall"
)

// processAttributes puts the process into a group of its own, so that a Ctrl-C
// is the host's to handle. That the host is gone, it learns from standard input.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// forbidCoreDumps: another process's limits can't be set here.
func forbidCoreDumps(int) {}

func awaitExit(*os.Process) bool { return false }

func peakRSS(int) int64 { return 0 }

// maxrssUnit: getrusage(2) counts bytes on macOS and kibibytes elsewhere.
var maxrssUnit = map[bool]int64{true: 1, false: 1 << 10}[runtime.GOOS == "darwin" || runtime.GOOS == "ios"]
