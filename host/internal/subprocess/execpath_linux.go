package subprocess

import (
	"fmt"
	"os"
)

// execPath is what is run. A pinned program is run by its descriptor, which still
// names the file that was hashed; where /proc is missing, by its path. Others
// are run by path, for the system shows a process's name after it.
func (e *Executable) execPath() string {
	if !e.byFile {
		return e.path
	}
	descriptor := fmt.Sprintf("/proc/self/fd/%d", e.file.Fd())
	if _, err := os.Stat(descriptor); err != nil {
		return e.path
	}
	return descriptor
}
