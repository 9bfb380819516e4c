//go:build unix

package plugintest

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestNothingIsLeftOfAnExamination(t *testing.T) {
	folder, err := os.MkdirTemp("", "pb") // a test's own folder has a path too long for sockets
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(folder); err != nil {
			t.Error(err)
		}
	})
	target := libraryTarget(t, `{"place":"town"}`)
	t.Setenv("TMPDIR", folder)
	before := goleak.IgnoreCurrent()
	report, err := Run(t.Context(), target, nil)
	if err != nil || !report.OK() {
		t.Fatalf("%v, failed: %v", err, report.Failed())
	}
	left, err := os.ReadDir(folder)
	if err != nil || len(left) > 0 {
		t.Errorf("left in the folder for temporary files: %v (%v)", left, err)
	}
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}
