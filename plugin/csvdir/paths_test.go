package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestTheNewestFileOfAFolderOrPatternIsRead(t *testing.T) {
	folder := t.TempDir()
	put := func(name string, minutes int, id string) {
		t.Helper()
		path := filepath.Join(folder, name)
		if err := os.WriteFile(path, []byte("Employee ID,Name\n"+id+",A\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		at := testDay.Add(time.Duration(minutes-60) * time.Minute)
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	r := newRig(t, "unused.csv", "x")
	r.config["path"] = folder
	r.wantRefused("FOLDER_EMPTY", connectorv1.Class_CLASS_CONFIG_INVALID)
	put("people-1.csv", 1, "one")
	put("people-2.csv", 2, "two")
	put("people-0.csv", 2, "zero")
	put(".hidden.csv", 9, "hidden")
	put("~$open.csv", 9, "open")
	put("people-3.csv.part", 9, "part")
	put("notes.docx", 9, "notes")
	put("other.txt", 3, "other")
	r = r.reconnect()
	r.sync().wantComplete().wantIDs("other")
	r.config["path"] = filepath.Join(folder, "people-*.csv")
	r = r.reconnect()
	r.sync().wantComplete().wantIDs("two")
	put("people-3.csv", 5, "three")
	r.sync().wantComplete().wantIDs("three")
	r.config["path"] = filepath.Join(folder, "staff-*.csv")
	r.client = serveConnector(t)
	r.wantRefused("FOLDER_EMPTY", connectorv1.Class_CLASS_CONFIG_INVALID)
}

func TestAFolderIsNoPatternWhateverItsName(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "hr [2026]")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	r := newRig(t, "unused.csv", "x")
	r.path = filepath.Join(folder, "people.csv")
	r.write(company(2))
	r.config["path"] = folder
	r.connect().sync().wantComplete().wantIDs(numbers(1, 2)...)
}

func TestAPathThatCannotBeReadIsRefused(t *testing.T) {
	r := newRig(t, "people.csv", company(1))
	for path, want := range map[string]string{
		filepath.Join(filepath.Dir(r.path), "none.csv"): "FILE_MISSING",
		os.DevNull:        "FILE_NOT_REGULAR",
		"a\x00b":          "FILE_MISSING",
		r.path + "/below": "FILE_MISSING",
		r.path + "/*.csv": "FILE_MISSING",
		filepath.Join(filepath.Dir(r.path), "none", "*.csv"): "FILE_MISSING",
		filepath.Dir(r.path) + "/[*":                         "FILE_MISSING",
		filepath.Dir(r.path) + "/none-*":                     "FOLDER_EMPTY",
		strings.Repeat("x", 300) + "csv":                     "FILE_MISSING",
	} {
		r.config["path"], r.client = path, serveConnector(t)
		r.wantRefused(want, connectorv1.Class_CLASS_CONFIG_INVALID)
	}
	if os.Geteuid() == 0 {
		t.Log("root may read everything: FILE_FORBIDDEN is not tried here")
		return
	}
	r = newRig(t, "people.csv", company(1))
	if err := os.Chmod(r.path, 0); err != nil {
		t.Fatal(err)
	}
	r.wantRefused("FILE_FORBIDDEN", connectorv1.Class_CLASS_PERMISSION_MISSING)
	folder := filepath.Join(t.TempDir(), "closed")
	if err := os.Mkdir(folder, 0); err != nil {
		t.Fatal(err)
	}
	r.config["path"], r.client = filepath.Join(folder, "*.csv"), serveConnector(t)
	r.wantRefused("FILE_FORBIDDEN", connectorv1.Class_CLASS_PERMISSION_MISSING)
}

// Yesterday's file would be read in its place.
func TestAFileThatCannotBeLookedAtIsNotPassedOver(t *testing.T) {
	r := newRig(t, "people-1.csv", company(1))
	folder := filepath.Dir(r.path)
	newest := filepath.Join(folder, "people-2.csv")
	if err := os.Symlink(newest, newest); err != nil { // to itself
		t.Skipf("this file system has no links: %v", err)
	}
	for _, path := range []string{folder, filepath.Join(folder, "*.csv")} {
		r.config["path"], r.client = path, serveConnector(t)
		if message := r.wantRefused("FILE_MISSING", connectorv1.Class_CLASS_CONFIG_INVALID); !strings.Contains(message, newest) {
			t.Errorf("the refusal does not name the file: %s", message)
		}
	}
	if err := os.Remove(newest); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(folder, "gone.csv"), newest); err != nil {
		t.Fatal(err)
	}
	r.reconnect().sync().wantComplete().wantIDs(numbers(1, 1)...)
}

// What only a broken disk does can't be made here, nor where the tests run as root
// a file that must not be read.
func TestWhatTheSystemSaysOfAFileDecidesTheRefusal(t *testing.T) {
	for cause, want := range map[error]string{fs.ErrPermission: "FILE_FORBIDDEN", syscall.EIO: "FILE_UNREADABLE", fs.ErrNotExist: "FILE_MISSING"} {
		err := unreadable("people.csv", &fs.PathError{Op: "open", Path: "people.csv", Err: cause})
		if !strings.Contains(err.Error(), want) || !errors.Is(err, cause) {
			t.Errorf("%v is refused with %v, want %s", cause, err, want)
		}
	}
}
