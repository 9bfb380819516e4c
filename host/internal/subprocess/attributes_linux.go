package subprocess

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// processAttributes puts the process into a group of its own, so that a Ctrl-C
// is the host's to handle, and has the kernel kill it when the host dies.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// forbidCoreDumps keeps secrets out of core files. The process has none yet
// when this runs. A failure leaves the system's own limit, mostly 0.
func forbidCoreDumps(pid int) {
	_ = unix.Prlimit(pid, unix.RLIMIT_CORE, &unix.Rlimit{}, nil)
}

// awaitExit waits for the end of the process and leaves it a zombie. It reports
// false if that can't be had here.
func awaitExit(process *os.Process) bool {
	for {
		err := unix.Waitid(unix.P_PID, process.Pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return err == nil
		}
	}
}

// peakRSS reads VmHWM (proc_pid_status(5)). It is preferred to the ru_maxrss of
// getrusage(2), which also counts the host's memory at the time of the fork.
func peakRSS(pid int) int64 {
	status, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("\nVmHWM:"))
	line, _, _ := bytes.Cut(rest, []byte("kB\n"))
	kibibytes, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0
	}
	return kibibytes << 10
}

const maxrssUnit = 1 << 10 // getrusage(2): ru_maxrss is in kibibytes
