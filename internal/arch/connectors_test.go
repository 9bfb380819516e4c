package arch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Each connector is examined by the suite, and has a page that is made of what it
// says of itself: one that is not examined keeps the contract by luck.
func TestEveryConnectorIsExaminedAndDocumented(t *testing.T) {
	root := moduleRoot(t)
	programs, err := filepath.Glob(filepath.Join(root, "plugin", "*", "main.go"))
	if err != nil || len(programs) == 0 {
		t.Fatalf("no connector under %s: %v", root, err)
	}
	for _, program := range programs {
		folder := filepath.Dir(program)
		name := filepath.Base(folder)
		tests := testsIn(t, folder)
		for call, fix := range map[string]string{
			"plugintest.Conform(":  "conformance_test.go with plugintest.Conform",
			"plugintest.Document(": "document_test.go with plugintest.Document",
		} {
			if !strings.Contains(tests, call) {
				t.Errorf("plugin/%s lacks a test that calls %s…): add %s, as harness new writes it", name, call, fix)
			}
		}
		if _, err := os.Stat(filepath.Join(root, "docs", "connectors", name+".md")); err != nil {
			t.Errorf("there is no docs/connectors/%s.md: run plugin/%s's test that calls plugintest.Document with -update", name, name)
		}
	}
}

// testsIn is the text of a folder's tests.
func testsIn(t *testing.T, folder string) string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}
