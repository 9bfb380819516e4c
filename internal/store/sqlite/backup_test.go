package sqlite_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sqlite"
)

// backupPeople are enough for a backup and a run to meet.
const backupPeople = 4000

// TestBackupBesideRun makes copies while a run stages and promotes: each is the
// directory of one moment, and a run can go on with it.
func TestBackupBesideRun(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "patchbay.db"))
	connection := addConnection(t, s)
	syncPeople(t, s, connection, backupPeople, true, standing)
	before := everybody(t, s, connection)

	paths := []string{filepath.Join(folder, "first.db"), filepath.Join(folder, "second.db")}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, path := range paths {
			if err := s.Backup(t.Context(), path); err != nil {
				t.Error(err)
			}
		}
	}()
	syncPeople(t, s, connection, backupPeople, true, func(i int) int { return i % 2 }) // half of them change
	<-done
	after := everybody(t, s, connection)
	for _, path := range paths {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", filepath.Base(path), info, err)
		}
		restored := open(t, path)
		people := everybody(t, restored, connection)
		if !slices.Equal(people, before) && !slices.Equal(people, after) {
			t.Errorf("%s holds %d people, of no moment", filepath.Base(path), len(people))
		}
		finishRunning(t, restored, connection)
		if diff := cmp.Diff(after, everybody(t, restored, connection)); diff != "" {
			t.Errorf("after the next run (-want +got):\n%.1000s", diff)
		}
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".backup-*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// everybody is who is there, and in what state.
func everybody(t *testing.T, s *sqlite.Store, connection int64) []string {
	t.Helper()
	var all []string
	q := store.PeopleQuery{ConnectionID: connection}
	for {
		page, err := s.People(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		if len(page) == 0 {
			return all
		}
		for _, p := range page {
			all = append(all, p.ID+" "+string(p.Visible))
		}
		q.After = page[len(page)-1].ID
	}
}

// finishRunning abandons the run that a copy has caught, and runs the next.
func finishRunning(t *testing.T, s *sqlite.Store, connection int64) {
	t.Helper()
	run, err := s.Running(t.Context(), connection)
	if err == nil {
		err = s.Finish(t.Context(), store.Fence{Run: run.ID, Epoch: run.Epoch}, store.Finish{Status: store.RunAbandoned})
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	syncPeople(t, s, connection, backupPeople, true, func(i int) int { return i % 2 })
}

func TestBackupRefuses(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	s := open(t, filepath.Join(folder, "patchbay.db"))
	there := filepath.Join(folder, "there.db")
	writeFile(t, there, []byte("kept"))
	if err := s.Backup(t.Context(), there); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over a file that is there: %v", err)
	}
	if content, err := os.ReadFile(there); err != nil || !bytes.Equal(content, []byte("kept")) {
		t.Errorf("it holds %q now (%v)", content, err)
	}
	if err := s.Backup(t.Context(), filepath.Join(folder, "missing", "copy.db")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into a folder that is not there: %v", err)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Backup(cancelled, filepath.Join(folder, "cancelled.db")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if left, err := filepath.Glob(filepath.Join(folder, "*cancelled*")); err != nil || len(left) > 0 {
		t.Errorf("a cancelled backup leaves %v (%v)", left, err)
	}
	foreign := filepath.Join(folder, "foreign.db")
	foreignDatabase(t, foreign)
	copied := filepath.Join(folder, "copied.db")
	if err := sqlite.BackupFile(t.Context(), foreign, copied); err == nil {
		t.Error("copied another program's database")
	}
	if _, err := os.Lstat(copied); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a failed copy leaves something: %v", err)
	}
}

// TestBackupFile copies a store that nobody has open, and one of another
// process, which is stood in for by a second pool.
func TestBackupFile(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "patchbay.db")
	s := open(t, path)
	addConnection(t, s)
	for i, name := range []string{"open.db", "closed.db"} {
		if i == 1 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		to := filepath.Join(folder, name)
		if err := sqlite.BackupFile(t.Context(), path, to); err != nil {
			t.Fatal(err)
		}
		if _, err := open(t, to).Connection(t.Context(), "acme"); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
