package plugintest

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// maxProcFile bounds what is read of a file below /proc.
const maxProcFile = 256 << 10

// relative is a process that belongs to a connector.
type relative struct {
	pid  int
	name string
}

// footprint is what a process holds.
type footprint struct {
	files, threads int
	resident       int64 // bytes
	peak           int64 // the most that resident ever was
}

// footprint reads what the process holds (proc(5)); false if it can't be told.
func (p *process) footprint() (footprint, bool) {
	root := "/proc/" + strconv.Itoa(p.pid())
	files, err := os.ReadDir(root + "/fd")
	if err != nil {
		return footprint{}, false
	}
	threads, err := os.ReadDir(root + "/task")
	if err != nil {
		return footprint{}, false
	}
	status, err := readBounded(root + "/status")
	if err != nil {
		return footprint{}, false
	}
	resident, ok := kibibytesOf(status, "VmRSS")
	peak, also := kibibytesOf(status, "VmHWM")
	return footprint{files: len(files), threads: len(threads), resident: resident, peak: peak}, ok && also
}

// kibibytesOf reads a line of proc_pid_status(5), in bytes.
func kibibytesOf(status []byte, field string) (int64, bool) {
	_, rest, _ := bytes.Cut(status, []byte("\n"+field+":"))
	line, _, _ := bytes.Cut(rest, []byte("kB\n"))
	kibibytes, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	return kibibytes << 10, err == nil
}

// leftovers are the processes besides the connector's own that are of its group,
// or that were started by it: they have its socket folder in their environment,
// also when they have left the group. Zombies are none.
func (p *process) leftovers() []relative {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	marker := []byte("PLUGIN_UNIX_SOCKET_DIR=" + p.folder + "\x00")
	var found []relative
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || pid == p.pid() {
			continue
		}
		name, state, group := statusOf(pid)
		if state == "" || state == "Z" || state == "X" {
			continue
		}
		environment, _ := readBounded(filepath.Join("/proc", entry.Name(), "environ")) // another user's can't be read
		if group == p.pid() || bytes.Contains(append(environment, 0), marker) {
			found = append(found, relative{pid: pid, name: fmt.Sprintf("%d (%s)", pid, name)})
		}
	}
	return found
}

// statusOf reads name, state and process group from /proc/PID/stat. The name
// stands in parentheses and may hold any character.
func statusOf(pid int) (name, state string, group int) {
	stat, err := readBounded("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return "", "", 0
	}
	text := string(stat)
	open, end := strings.IndexByte(text, '('), strings.LastIndexByte(text, ')')
	if open < 0 || end < open {
		return "", "", 0
	}
	fields := strings.Fields(text[end+1:])
	if len(fields) < 3 {
		return "", "", 0
	}
	group, _ = strconv.Atoi(fields[2])
	return text[open+1 : end], fields[0], group
}

// shown is what the system shows everybody, or its user, of the processes of a
// connector: arguments and environment.
func (p *process) shown() []byte {
	var all []byte
	for _, one := range append(p.leftovers(), relative{pid: p.pid()}) {
		for _, file := range []string{"cmdline", "environ"} {
			content, _ := readBounded(fmt.Sprintf("/proc/%d/%s", one.pid, file)) // one that has ended shows nothing
			all = append(append(all, content...), 0)
		}
	}
	return all
}

func readBounded(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read from
	return io.ReadAll(io.LimitReader(file, maxProcFile))
}

// procfs says why processes can't be looked into; empty where they can.
const procfs = ""
