package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/wire"
)

// What can't be undone is asked for by a word that nobody types by accident.
func TestWhatCannotBeUndoneIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		line, word, says, done string
	}{
		{"connections remove workforce", "workforce", "removes workforce with 18,204 people", "Remove workforce"},
		{"users forget u1", "u1", "erases Person One (u1) from workforce", "Forget workforce u1"},
		{"runs approve 42", "5700", "removes 5,700 people from workforce", "Approve 42"},
	} {
		for answer, confirmed := range map[string]bool{c.word + "\n": true, c.word: true, "yes\n": false, "": false} {
			ops := alone()
			i := invoke(t, ops, &invocation{stdin: answer, app: &app{interactive: true}}, strings.Fields(c.line)...)
			if !strings.Contains(i.stderr.String(), c.says) || !strings.Contains(i.stderr.String(), "Type "+c.word+" to go on: ") {
				t.Errorf("%s asks %q, want it to say %q", c.line, i.stderr.String(), c.says)
			}
			if got := slices.Contains(ops.calls, c.done); got != confirmed {
				t.Errorf("%s, answered %q: done is %v, want %v (%q)", c.line, answer, got, confirmed, ops.calls)
			}
			if (i.code == wire.ExitDone) != confirmed || !confirmed && i.code != wire.ExitUsage {
				t.Errorf("%s, answered %q: exit code %d", c.line, answer, i.code)
			}
		}
		ops := alone()
		if i := invoke(t, ops, &invocation{stdin: c.word + "\n"}, strings.Fields(c.line)...); i.code != wire.ExitUsage || !strings.Contains(i.stderr.String(), "--yes") || slices.Contains(ops.calls, c.done) {
			t.Errorf("%s without a terminal: exit code %d, %q", c.line, i.code, i.stderr.String())
		}
	}
}

func TestAnExportIsThereWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "people.csv")
	if i := invoke(t, alone(), nil, "users", "export", "--format", "csv", "--output", path); i.code != wire.ExitDone || i.stdout.Len() > 0 {
		t.Fatalf("exit code %d, %s", i.code, i.stderr.String())
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "exported as csv\n" {
		t.Errorf("the file holds %q, %v", text, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 {
		t.Errorf("others may read people's data: %v, %v", info.Mode(), err)
	}
	ops := alone()
	ops.errs["Export"] = errors.New("people of workforce: disk I/O error")
	other := filepath.Join(filepath.Dir(path), "other.jsonl")
	if i := invoke(t, ops, nil, "users", "export", "--output", other); i.code != wire.ExitOurs || !strings.Contains(i.stderr.String(), "disk I/O error") {
		t.Errorf("exit code %d, %s", i.code, i.stderr.String())
	}
	if entries, err := os.ReadDir(filepath.Dir(path)); err != nil || len(entries) != 1 {
		t.Errorf("half a file is left: %v, %v", entries, err)
	}
}
