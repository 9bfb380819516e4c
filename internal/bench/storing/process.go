package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// An order is what a child process is to do.
type order struct {
	Do       string // doSync or doLoad
	Engine   string
	Database string // as its engine opens it
	From     string // of a load, the database that holds the rows

	Connector, RuntimeDir string
	Configuration         json.RawMessage
	PrivateKey            string
	Read                  bool   // read beside the run
	Profile               string // path; empty: none
}

const (
	doSync = "sync"
	doLoad = "load"
)

// sample is one measurement.
type sample struct {
	Wall    time.Duration
	CPU     time.Duration // of the process and its connector, user and system
	Promote time.Duration
	Wait    time.Duration // the longest that a reader's question took
	Usual   time.Duration // 99 of 100 questions took at most this
	Reads   int64         // questions
	Peak    int64         // resident bytes of the process

	server        time.Duration // CPU time of the database's server
	bodies, words int64         // rows written
}

// child has a process of its own follow an order. t, if not nil, is the tenant
// that it reads from.
func (b *bench) child(ctx context.Context, e engine, o order, t *tenant) (sample, error) {
	input, err := json.Marshal(o)
	if err != nil {
		return sample{}, err
	}
	own, err := os.Executable()
	if err != nil {
		return sample{}, err
	}
	command := exec.CommandContext(ctx, own, "-child") //nolint:gosec // this program
	command.Stdin = bytes.NewReader(input)             // never argv: it holds a key
	var output, said bytes.Buffer
	command.Stdout, command.Stderr = &output, &said
	command.Env = os.Environ()
	if t != nil {
		command.Env = append(command.Env, "SSL_CERT_FILE="+t.certificate)
	}
	before := e.serverTime()
	if err := command.Run(); err != nil {
		return sample{}, fmt.Errorf("%w: %s", err, said.String())
	}
	var s sample
	err = json.Unmarshal(output.Bytes(), &s)
	s.server = e.serverTime() - before
	return s, err
}

// list has the harness write everybody to a file.
func (b *bench) list(ctx context.Context, t *tenant) (sample, error) {
	command := exec.CommandContext(ctx, b.path("harness"), "sync", "--connector", b.path("okta"), "--config", t.harness, //nolint:gosec // what was built
		"--resource", "users", "--format", "jsonl", "--output", b.path("out.jsonl"))
	command.Env = append(os.Environ(), "SSL_CERT_FILE="+t.certificate)
	var said bytes.Buffer
	command.Stdout, command.Stderr = &said, &said
	began := time.Now()
	if err := command.Run(); err != nil {
		return sample{}, fmt.Errorf("%w: %s", err, said.String())
	}
	return sample{Wall: time.Since(began), CPU: command.ProcessState.UserTime() + command.ProcessState.SystemTime()}, nil
}

// peak is this process's highest resident memory so far (proc(5), VmHWM).
func peak() int64 {
	text, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, _ := strconv.ParseInt(strings.Fields(value)[0], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// clockTick is the unit of CPU times in /proc (proc(5); sysconf(_SC_CLK_TCK) is
// 100 on every Linux that Go runs on).
const clockTick = 10 * time.Millisecond

// treeTime is the CPU time of a process, of its children, and of those that have
// ended.
func treeTime(pid int) time.Duration {
	total := timeOf(pid)
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range files {
		text, _ := os.ReadFile(file) //nolint:gosec // of /proc
		for word := range strings.FieldsSeq(string(text)) {
			if child, err := strconv.Atoi(word); err == nil {
				total += treeTime(child)
			}
		}
	}
	return total
}

// ownTime is the CPU time of this process and of its children that have ended.
func ownTime() time.Duration { return timeOf(os.Getpid()) }

// timeOf is the CPU time of a process and of its children that have ended, user
// and system.
func timeOf(pid int) time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(text), ") ")
	fields := strings.Fields(rest)
	const utime, cstime = 11, 14 // counted from the state, the first after the name
	if len(fields) <= cstime {
		return 0
	}
	var ticks int64
	for _, field := range fields[utime : cstime+1] {
		n, _ := strconv.ParseInt(field, 10, 64)
		ticks += n
	}
	return time.Duration(ticks) * clockTick
}

func median(samples []sample, of func(sample) float64) float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

func highest(samples []sample, of func(sample) float64) float64 {
	high := 0.0
	for _, s := range samples {
		high = max(high, of(s))
	}
	return high
}
