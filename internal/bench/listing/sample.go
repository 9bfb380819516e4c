package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// sample is one run of a way.
type sample struct {
	wall            time.Duration
	ended           time.Time
	cpu             time.Duration // of the process and its children, user and system
	tenantCPU       time.Duration // in the same time
	host, connector int64         // peak resident bytes of the process and of its child
}

// tenant is a fake tenant in a process of its own.
type tenant struct {
	process *exec.Cmd
	ended   chan struct{} // closed at its end
	env     []string
}

// startTenant starts a tenant and waits until it serves.
func (b bench) startTenant(ctx context.Context, flags ...string) (*tenant, error) {
	config, cert := b.path("t.json"), b.path("cert.pem")
	_ = os.Remove(config)
	arguments := append([]string{"tenant", "--rate-limit", "0", "--tls", "--cert-out", cert, "--config-out", config}, flags...)
	process := exec.CommandContext(ctx, b.path("harness"), arguments...) //nolint:gosec // what was built above
	process.Stderr = os.Stderr
	if err := process.Start(); err != nil {
		return nil, err
	}
	t := &tenant{process: process, ended: make(chan struct{}), env: append(os.Environ(), "SSL_CERT_FILE="+cert)}
	go func() {
		defer close(t.ended)
		_ = process.Wait() // what it had to say is on standard error
	}()
	for {
		if _, err := os.Stat(config); err == nil {
			return t, nil
		}
		select {
		case <-t.ended:
			return nil, errors.New("the tenant ended before it served")
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// stopLimit is how long a tenant may take to write its counts and end.
const stopLimit = 10 * time.Second

// stop ends the tenant and waits for what it writes at its end.
func (t *tenant) stop() {
	_ = t.process.Process.Signal(os.Interrupt)
	select {
	case <-t.ended:
	case <-time.After(stopLimit):
		_ = t.process.Process.Kill()
	}
}

// time runs a way once.
func (t *tenant) time(ctx context.Context, w way) (sample, error) {
	before := cpuOf(t.process.Process.Pid)
	command := exec.CommandContext(ctx, w.command[0], w.command[1:]...) //nolint:gosec // what was built above
	command.Env = t.env
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, &output
	began := time.Now()
	if err := command.Start(); err != nil {
		return sample{}, err
	}
	watched := watch(command.Process.Pid)
	err := command.Wait()
	s := sample{wall: time.Since(began), ended: time.Now()}
	s.host, s.connector = watched()
	if err != nil {
		return s, errors.Join(fmt.Errorf("%s: %s", w.name, output.String()), err)
	}
	s.cpu = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	s.tenantCPU = cpuOf(t.process.Process.Pid) - before
	return s, nil
}

// watchEvery is how often memory is looked at: the kernel keeps the peaks, so
// all that can be missed is what a process does in its last moments.
const watchEvery = 50 * time.Millisecond

// watch looks at the peaks of a process and its child until the returned
// function is called.
func watch(pid int) func() (own, child int64) {
	quit, done := make(chan struct{}), make(chan [2]int64)
	go func() {
		var peaks [2]int64
		ticker := time.NewTicker(watchEvery)
		defer ticker.Stop()
		for {
			select {
			case <-quit:
				done <- peaks
				return
			case <-ticker.C:
				peaks[0] = max(peaks[0], peakOf(pid))
				for _, child := range childrenOf(pid) {
					peaks[1] = max(peaks[1], peakOf(child))
				}
			}
		}
	}()
	return func() (int64, int64) {
		close(quit)
		peaks := <-done
		return peaks[0], peaks[1]
	}
}

// peakOf is a process's highest resident memory (proc(5), VmHWM).
func peakOf(pid int) int64 {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kib << 10
		}
	}
	return 0
}

func childrenOf(pid int) []int {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	var children []int
	for _, file := range files {
		text, _ := os.ReadFile(file) //nolint:gosec // of /proc
		for word := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				children = append(children, child)
			}
		}
	}
	return children
}

// clockTick is the unit of CPU times in /proc (proc(5); sysconf(_SC_CLK_TCK) is
// 100 on every Linux that Go runs on).
const clockTick = 10 * time.Millisecond

// cpuOf is the CPU time of a process so far, user and system.
func cpuOf(pid int) time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	const utime, stime = 11, 12 // counted from the state, the first after the name
	if len(fields) <= stime {
		return 0
	}
	user, _ := strconv.ParseInt(fields[utime], 10, 64)
	system, _ := strconv.ParseInt(fields[stime], 10, 64)
	return time.Duration(user+system) * clockTick
}

// firstUsersRequest is when a tenant was first asked for users, from its
// --stats-out.
func firstUsersRequest(path string) (time.Time, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return time.Time{}, err
	}
	var stats struct{ FirstUsers time.Time }
	err = json.Unmarshal(text, &stats)
	return stats.FirstUsers, err
}
