package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/encoding/prototext"
)

// The exports of testdata are in the forms of payroll programs and HR systems.
// What the checks say of each, and the people that come of it, is written down.
func TestWhatIsMadeOfExports(t *testing.T) {
	exports, err := filepath.Glob(filepath.Join("testdata", "exports", "*"))
	if err != nil || len(exports) == 0 {
		t.Fatalf("%d exports, %v", len(exports), err)
	}
	for _, path := range exports {
		if filepath.Ext(path) == ".golden" {
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, strings.TrimSuffix(path, filepath.Ext(path))+".golden", told(newRig(t, filepath.Base(path), string(content))))
		})
	}
}

// told is what the checks say, but for the path, and who comes.
func told(r *rig) string {
	r.Helper()
	var b strings.Builder
	for _, check := range r.tryConnect().GetChecks() {
		if name := check.GetName(); name != "config" && name != "file" {
			status := strings.ToLower(strings.TrimPrefix(check.GetStatus().String(), "CHECK_STATUS_"))
			fmt.Fprintf(&b, "%s: %s %s\n  %s\n", name, status, check.GetReason(), strings.ReplaceAll(check.GetDetail(), ", ", "\n  "))
		}
	}
	for _, record := range r.reconnect().sync().wantComplete().records() {
		// prototext varies its blanks on purpose.
		view := strings.Join(strings.Fields(prototext.MarshalOptions{Multiline: false}.Format(record.GetUser())), " ")
		fmt.Fprintf(&b, "\n%s\n  %s\n", record.GetId(), view)
	}
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// golden compares a text with a file, or writes it with the test flag -update.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if isUpdate() {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (with -update it is written anew):\n%s", path, diff)
	}
}

// isUpdate reports whether golden files are written rather than compared.
func isUpdate() bool {
	update := flag.Lookup("update")
	return update != nil && update.Value.String() == "true"
}
