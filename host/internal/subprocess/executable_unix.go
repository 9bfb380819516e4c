//go:build unix

package subprocess

import (
	"io/fs"
	"os"
	"syscall"
)

func runnable(info fs.FileInfo) bool { return info.Mode().Perm()&0o111 != 0 }

// otherWriters says who but the owner may write, empty for nobody. The user's
// own primary group is no other: many systems give each user a group of his
// own and make files group-writable.
func otherWriters(info fs.FileInfo) string {
	mode := info.Mode().Perm()
	if mode&0o002 != 0 {
		return "everybody"
	}
	status, ok := info.Sys().(*syscall.Stat_t)
	if mode&0o020 != 0 && (!ok || int(status.Gid) != os.Getgid()) {
		return "its group"
	}
	return ""
}
