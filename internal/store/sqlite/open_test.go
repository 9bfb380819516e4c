package sqlite_test

import (
	"bytes"
	"database/sql"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbay.example/internal/store"
	"patchbay.example/internal/store/sqlite"
)

func TestOpenAgain(t *testing.T) {
	t.Parallel()
	// A path may hold whatever a URL reads otherwise.
	path := filepath.Join(t.TempDir(), "a b?c=d#e%20f.db")
	first := open(t, path)
	id, err := first.AddConnection(t.Context(), store.Connection{Name: "acme"})
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := open(t, path).Connection(t.Context(), "acme")
	if err != nil || again.ID != id {
		t.Errorf("after reopening: %+v, %v", again, err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Errorf("the file is elsewhere: %v", err)
	}
}

func TestOpenIsPrivate(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "patchbay.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := open(t, path)
	if _, err := s.AddConnection(t.Context(), store.Connection{Name: "acme"}); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{path, path + "-wal", path + "-shm"} {
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", filepath.Base(file), info, err)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name string
		make func(t *testing.T, path string)
		want string // a part of the sentence
		is   error
	}{
		{"a newer schema", newerSchema, "install that version", store.ErrSchemaNewer},
		{"a damaged file", damagedFile, "restore it from a backup", nil},
		{"a text", func(t *testing.T, path string) { writeFile(t, path, bytes.Repeat([]byte("no database "), 1000)) }, "is no Patchbay database", nil},
		{"another program's database", foreignDatabase, "is no Patchbay database", nil},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "cannot be opened for writing", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "patchbay.db")
			tt.make(t, path)
			wantRefused(t, path, tt.want, tt.is)
		})
	}
	t.Run("a folder that is not there", func(t *testing.T) {
		t.Parallel()
		wantRefused(t, filepath.Join(t.TempDir(), "missing", "patchbay.db"), "check that its folder exists", os.ErrNotExist)
	})
	t.Run("a folder that may not be written", func(t *testing.T) {
		t.Parallel()
		if os.Geteuid() == 0 {
			t.Skip("root may write everywhere")
		}
		folder := t.TempDir()
		if err := os.Chmod(folder, 0o500); err != nil { //nolint:gosec // a folder needs x
			t.Fatal(err)
		}
		wantRefused(t, filepath.Join(folder, "patchbay.db"), "this user may write there", os.ErrPermission)
	})
}

// wantRefused opens a file in vain, and finds it as it was.
func wantRefused(t *testing.T, path, want string, is error) {
	t.Helper()
	before, _ := os.ReadFile(path)
	s, err := sqlite.Open(t.Context(), path, slog.New(slog.DiscardHandler))
	if err == nil {
		t.Errorf("opened; closing: %v", s.Close())
		return
	}
	if !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), filepath.Base(path)) {
		t.Errorf("the error is %q, want it to say %q", err, want)
	}
	if is != nil && !errors.Is(err, is) {
		t.Errorf("the error %q is not %q", err, is)
	}
	if after, _ := os.ReadFile(path); !bytes.Equal(before, after) {
		t.Error("the refused file was changed")
	}
}

func newerSchema(t *testing.T, path string) {
	s := open(t, path)
	if _, err := s.WritePool().ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)"); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// damagedFile is a database whose header is whole and whose schema is not.
func damagedFile(t *testing.T, path string) {
	s := open(t, path)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	copy(file[100:4096], bytes.Repeat([]byte{0xAA}, 4000))
	writeFile(t, path, file)
}

func foreignDatabase(t *testing.T, path string) {
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE recipe (name TEXT)"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func writeFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestForgetErasesFromTheFile: who was forgotten is not in the file's free pages
// or its log either.
func TestForgetErasesFromTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "patchbay.db")
	s := open(t, path)
	connection := addConnection(t, s)
	syncAll(t, s, connection, true, standing)
	people, err := s.People(t.Context(), store.PeopleQuery{ConnectionID: connection, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	person := people[0]
	canary := []byte(person.ID)
	if !inFiles(t, path, canary) {
		t.Fatal("the canary is not where it should be")
	}
	if err := s.Forget(t.Context(), connection, person.ID); err != nil {
		t.Fatal(err)
	}
	if inFiles(t, path, canary) {
		t.Error("the forgotten id is still in the file")
	}
}

func inFiles(t *testing.T, path string, canary []byte) bool {
	t.Helper()
	for _, file := range []string{path, path + "-wal"} {
		content, err := os.ReadFile(file)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		if bytes.Contains(content, canary) {
			return true
		}
	}
	return false
}
