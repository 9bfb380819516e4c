//go:build unix

package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
)

// A backup that is made in the midst of a run restores what was promoted
// before.
func TestBackupDuringASyncRestoresWhatWasPromoted(t *testing.T) {
	t.Parallel()
	r := newRig(t, slow)
	s := r.serve()
	r.add()
	r.ok("sync", "workforce", "--now")
	promoted := r.exported()
	first := r.tenantPages()
	r.ok("sync", "workforce", "--format", "json")
	r.awaitTenant(page(first + 4))
	file := filepath.Join(t.TempDir(), "backup.tar")
	r.ok("backup", "--output", file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", info, err)
	}
	s.end(syscall.SIGKILL, -1)

	elsewhere := &rig{T: t, data: filepath.Join(t.TempDir(), "restored"), tenant: r.tenant, key: r.key}
	elsewhere.ok("restore", file)
	if got := elsewhere.exported(); !slices.Equal(got, promoted) {
		t.Errorf("%d people are restored, want the %d of the first run", len(got), len(promoted))
	}
	elsewhere.command("restore", file).Run(t).WantCode(wire.ExitUsage).WantStderr("is not empty")
	elsewhere.ok("sync", "workforce", "--now") // the connection works, with its secret
	elsewhere.wantEverybody()
}

// tenantPages is how many pages were asked for so far.
func (r *rig) tenantPages() int {
	return r.tenant.Stats().UsersContinued
}

func TestBackupNamesTheFileAfterTheTime(t *testing.T) {
	t.Parallel()
	r := newRig(t, slow)
	r.ok("connections", "list")
	folder := t.TempDir()
	r.ok("backup", "--output", folder)
	files, err := filepath.Glob(filepath.Join(folder, "patchbay-*.tar"))
	if err != nil || len(files) != 1 {
		t.Fatalf("%v, %v", files, err)
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) != 1 {
		t.Errorf("beside it stands %v, %v", left, err)
	}
	nothing := programtest.Command{Args: []string{"backup", "--output", folder, "--data", t.TempDir()}}
	nothing.Run(t).WantCode(wire.ExitOurs).WantStderr("--data")
}

func TestRestoreRefusesWhatIsNoWholeBackup(t *testing.T) {
	t.Parallel()
	r := newRig(t, slow)
	r.ok("connections", "list")
	file := filepath.Join(t.TempDir(), "backup.tar")
	r.ok("backup", "--output", file)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(whole)
	changed[len(changed)/2] ^= 0xff
	for name, text := range map[string][]byte{
		"nothing": nil, "a text": []byte("hello"), "cut off": whole[:len(whole)/2], "changed": changed,
		"another format": bytes.Replace(whole, []byte(`"format": 1`), []byte(`"format": 9`), 1),
		"a way out":      bytes.ReplaceAll(whole, []byte("patchbay.db"), []byte("../../ab.db")),
	} {
		path := filepath.Join(t.TempDir(), "bad.tar")
		r.write(path, text)
		data := filepath.Join(t.TempDir(), "restored")
		programtest.Command{Args: []string{"restore", path, "--data", data}}.Run(t).WantCode(wire.ExitUsage).WantStderr("no whole backup")
		if _, err := os.Stat(filepath.Join(data, databaseFile)); !os.IsNotExist(err) {
			t.Errorf("%s: something was put in place: %v", name, err)
		}
		if _, err := os.Stat(filepath.Join(data, sealingKeyFile)); !os.IsNotExist(err) {
			t.Errorf("%s: a key was put in place: %v", name, err)
		}
	}
}

// The key may be kept on another file system than the data, such as one in
// memory.
func TestRestorePutsTheKeyOnAnotherFileSystem(t *testing.T) {
	t.Parallel()
	elsewhere, err := os.MkdirTemp("/dev/shm", "patchbay-test-")
	if err != nil {
		t.Skipf("there is no other file system to write to: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(elsewhere) })
	r := newRig(t, slow)
	r.add()
	file := filepath.Join(t.TempDir(), "backup.tar")
	r.ok("backup", "--output", file)

	restored := &rig{T: t, data: filepath.Join(t.TempDir(), "restored"), tenant: r.tenant, key: r.key}
	key := filepath.Join(elsewhere, "key.json")
	restored.ok("restore", file, "--sealing-key", key)
	if !strings.Contains(restored.ok("connections", "list", "--sealing-key", key), "workforce") {
		t.Error("the connection is not restored")
	}
	if info, err := os.Stat(key); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info, err)
	}
	if left, err := filepath.Glob(filepath.Join(restored.data, ".restore-*")); err != nil || len(left) != 0 {
		t.Errorf("%v are left (%v)", left, err)
	}
}

// On PostgreSQL a backup is the key alone, and says nothing else. The database
// is not even asked.
func TestABackupWithoutTheDatabaseSaysSo(t *testing.T) {
	t.Parallel()
	r := newRig(t, slow)
	r.ok("connections", "list") // makes the key
	file := filepath.Join(t.TempDir(), "key.tar")
	said := r.ok("backup", "--output", file, "--database", "postgres://patchbay@127.0.0.1:1/patchbay")
	if !strings.Contains(said, "the sealing key alone") || strings.Contains(said, "holds the database") {
		t.Errorf("it says %q", said)
	}
}

// Whatever a file holds, reading it writes nothing outside of the folder, and
// ends with the two files of a backup or an error.
func FuzzArchive(f *testing.F) {
	folder := f.TempDir()
	key, database := filepath.Join(folder, "k"), filepath.Join(folder, "d")
	for path, text := range map[string]string{key: "key", database: "database"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	var whole bytes.Buffer
	m := manifest{Format: archiveFormat, Created: time.Unix(1, 0).UTC(), Store: storeSQLite}
	if err := writeArchive(f.Context(), &whole, m, []part{{sealingKeyFile, key}, {databaseFile, database}}); err != nil {
		f.Fatal(err)
	}
	f.Add(whole.Bytes())
	f.Add(whole.Bytes()[:whole.Len()/2])
	f.Add(bytes.ReplaceAll(whole.Bytes(), []byte(databaseFile), []byte("../outside!")))
	f.Add([]byte(strings.Repeat("\x00", 1024)))
	f.Fuzz(func(t *testing.T, text []byte) {
		parent := t.TempDir()
		into := filepath.Join(parent, "into")
		if err := os.Mkdir(into, 0o700); err != nil {
			t.Fatal(err)
		}
		m, err := readArchive(bytes.NewReader(text), int64(len(text)), into)
		if err != nil && !errors.Is(err, errNoBackup) && !errors.Is(err, tar.ErrHeader) {
			t.Errorf("%v", err)
		}
		if entries, _ := os.ReadDir(parent); len(entries) != 1 {
			t.Errorf("there is something beside the folder: %v", entries)
		}
		if err == nil {
			for _, part := range m.Files {
				if _, err := os.Stat(filepath.Join(into, part.Name)); err != nil {
					t.Error(err)
				}
			}
		}
	})
}
