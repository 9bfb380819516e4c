package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
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

func TestAPathThatCannotBeReadIsRefused(t *testing.T) {
	r := newRig(t, "people.csv", company(1))
	for path, want := range map[string]string{
		filepath.Join(filepath.Dir(r.path), "none.csv"): "FILE_MISSING",
		os.DevNull:                       "FILE_NOT_REGULAR",
		"a\x00b":                         "FILE_UNREADABLE",
		r.path + "/below":                "FILE_UNREADABLE",
		filepath.Dir(r.path) + "/[*":     "FILE_MISSING",
		strings.Repeat("x", 300) + "csv": "FILE_UNREADABLE",
	} {
		r.config["path"], r.client = path, serveConnector(t)
		if response := r.tryConnect(); response.GetRefusal().GetReason() != want {
			t.Errorf("%q: %v, want %s", path, response.GetRefusal(), want)
		}
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
}

// A refusal of a file that the host's user must not read can't be made where the
// tests run as root, who may.
func TestAFileThatMustNotBeReadIsRefused(t *testing.T) {
	err := unreadable("people.csv", &fs.PathError{Op: "open", Path: "people.csv", Err: fs.ErrPermission})
	if !strings.Contains(err.Error(), reasonFileForbidden) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("the refusal is %v", err)
	}
}
