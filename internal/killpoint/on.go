//go:build killpoints && unix

package killpoint

import (
	"fmt"
	"os"
	"sync"
	"syscall"
)

// Enabled says whether this build has points.
const Enabled = true

// Kill is what happens at the point that [Variable] names. A program that is to
// lose another process there replaces it before it comes by its first point.
var Kill = func() {
	_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
	select {} // the signal is on its way: nothing must follow the point
}

var passed struct {
	mu    sync.Mutex
	times map[string]int
}

// Here is a point. It may be called concurrently.
func Here(name string) {
	passed.mu.Lock()
	defer passed.mu.Unlock()
	if passed.times == nil {
		passed.times = map[string]int{}
	}
	passed.times[name]++
	point := fmt.Sprintf("%s:%d", name, passed.times[name])
	if list := os.Getenv(ListVariable); list != "" {
		note(list, point)
	}
	if point == os.Getenv(Variable) {
		Kill()
	}
}

// note adds a point to the list. A list that can't be written makes every test
// that reads it worthless, and ends this build's process.
func note(path, point string) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600) //nolint:gosec // the test's own file
	if err == nil {
		_, err = fmt.Fprintln(file, point)
	}
	if err == nil {
		err = file.Close()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "list the kill points:", err)
		os.Exit(1)
	}
}
