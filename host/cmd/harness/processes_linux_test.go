package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/needtest"
	"patchbay.example/internal/program/programtest"
)

// connectorOf is the process id of a harness's connector.
func connectorOf(p *programtest.Execution) int {
	p.Helper()
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err == nil && len(paths) == 0 {
		err = os.ErrNotExist
	}
	if err != nil {
		needtest.Missing(p.T, "subprocess", fmt.Errorf("read /proc: %w", err))
	}
	var children []int
	for _, path := range paths {
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(path)))
		if err != nil {
			continue
		}
		if _, parent := stateOf(pid); parent == p.Process.Pid {
			children = append(children, pid)
		}
	}
	if len(children) != 1 {
		p.Fatalf("%v has the child processes %v, want one", p.Command.Args, children)
	}
	return children[0]
}

// stateOf is a process's state, a letter, and its parent; an empty state for a
// process that does not exist. See proc_pid_stat(5).
func stateOf(pid int) (state string, parent int) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return "", 0
	}
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:]) // the name before it may hold anything
	parent, _ = strconv.Atoi(string(fields[1]))
	return string(fields[0]), parent
}

// wantGone waits until a process has ended. One that nobody has waited for yet
// has, too.
func wantGone(t *testing.T, pid int, limit time.Duration) {
	t.Helper()
	deadline := time.After(limit)
	for {
		if state, _ := stateOf(pid); state == "" || state == "Z" || state == "X" {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("process %d still runs after %s", pid, limit)
		case <-time.After(10 * time.Millisecond): // no event tells of a stranger's end
		}
	}
}

// wantNoneInProcess checks what everybody with a shell can read of a process.
func wantNoneInProcess(t *testing.T, pid int, files []string, secrets []string) {
	t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, file))
		if err != nil {
			needtest.Missing(t, "subprocess", err)
		}
		if len(text) == 0 {
			t.Errorf("/proc/%d/%s is empty: nothing was checked", pid, file)
		}
		wantNoSecret(t, fmt.Sprintf("/proc/%d/%s", pid, file), text, secrets)
	}
}

// wantNoSecretInFiles looks into all files of a folder.
func wantNoSecretInFiles(t *testing.T, folder string, secrets []string) {
	t.Helper()
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(path)
		wantNoSecret(t, path, text, secrets)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func wantNoSecret(t *testing.T, where string, text []byte, secrets []string) {
	t.Helper()
	if slices.ContainsFunc(secrets, func(secret string) bool { return bytes.Contains(text, []byte(secret)) }) {
		t.Errorf("%s holds a part of the private key", where)
	}
	if strings.Contains(string(text), "PRIVATE KEY") {
		t.Errorf("%s holds a private key's heading", where)
	}
}
