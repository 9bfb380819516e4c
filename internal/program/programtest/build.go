//go:build unix

package programtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"patchbay.example/internal/needtest"
)

// Main runs the tests of the program in host/cmd of that name; a TestMain calls
// it. It removes what was built for them and ends the process.
func Main(m *testing.M, name string) {
	program = name
	code := m.Run()
	if built.folder != "" {
		_ = os.RemoveAll(built.folder)
	}
	os.Exit(code)
}

// program is the name of the program under test, set by Main.
var program string

// built are the programs that the tests run, built when the first test needs
// them.
var built struct {
	once   sync.Once
	folder string
	err    error
}

// ProgramFolder is a folder with the real program and the real connectors, built
// when the first test asks for them.
func ProgramFolder(t *testing.T) string {
	t.Helper()
	noteSources(t)
	built.once.Do(func() {
		built.folder, built.err = os.MkdirTemp("", "programs-test-")
		if built.err != nil {
			return
		}
		build := exec.CommandContext(context.Background(), "go", "build", "-buildvcs=false", "-o", built.folder+"/", "./host/cmd/"+program, "./plugin/...")
		build.Dir = ModuleFolder(t)
		output, err := build.CombinedOutput()
		if err != nil {
			built.err = fmt.Errorf("build %s and the connectors: %w\n%s", program, err, output)
		}
	})
	if errors.Is(built.err, exec.ErrNotFound) {
		needtest.Missing(t, "subprocess", built.err)
	}
	if built.err != nil {
		t.Fatal(built.err)
	}
	return built.folder
}

// noteSources reads the folders of what the programs are made of. The test does
// not import all of it, and cmd/go must not take an earlier result for that of
// a program that has changed: it notes what a test reads.
func noteSources(t *testing.T) {
	t.Helper()
	for _, room := range []string{"host", "internal", "plugin", "proto"} {
		err := filepath.WalkDir(filepath.Join(ModuleFolder(t), room), func(_ string, _ os.DirEntry, err error) error { return err })
		if err != nil {
			t.Fatal(err)
		}
	}
}

// ModuleFolder is this module's, for a test of a program in host/cmd.
func ModuleFolder(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}
