package plugintest

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// Build builds the connector in the test's own folder and returns the path of
// the executable, which is removed when the test ends: build once and hand the
// path to subtests. The race detector is in it where it is in the test. Where
// there is no go command the test is skipped.
func Build(t testing.TB) string {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skipf("needs the go command to build the connector: %v", err)
	}
	folder, err := filepath.Abs(".")
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Base(folder)
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	path := filepath.Join(t.TempDir(), name)
	arguments := []string{"build", "-o", path}
	if raceDetector {
		arguments = append(arguments, "-race")
	}
	build := exec.CommandContext(t.Context(), tool, append(arguments, ".")...) //nolint:gosec // the go command, with words of our own
	build.Env = os.Environ()
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the connector in %s: %v\n%s", folder, err, out)
	}
	return path
}
