package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"patchbay.example/plugin"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestEveryReasonIsDeclaredOnceAndTried(t *testing.T) {
	declared := map[string]int{}
	for _, r := range reasons {
		declared[r.Name]++
	}
	tests := testSources(t)
	for _, path := range []string{"reasons.go", filepath.Join("internal", "rows", "doc.go")} {
		for constant, name := range reasonConstants(t, path) {
			if declared[name] != 1 {
				t.Errorf("%s (%s) is declared %d times in the table of reasons, want once", constant, name, declared[name])
			}
			if !strings.Contains(tests, strconv.Quote(name)) && !strings.Contains(tests, constant) {
				t.Errorf("no test makes %s happen", name)
			}
			delete(declared, name)
		}
	}
	for _, builtin := range plugin.BuiltinReasons() {
		delete(declared, builtin.Name)
	}
	for name := range declared {
		t.Errorf("the table of reasons declares %s, which no constant stands for", name)
	}
}

// reasonConstants reads the constants from the source, so that a new one can't be
// forgotten.
func reasonConstants(t *testing.T, path string) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	constants := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(strings.ToLower(spec.Names[0].Name), "reason") || len(spec.Values) == 0 {
			return true
		}
		if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
			name, err := strconv.Unquote(literal.Value)
			if err != nil {
				t.Fatal(err)
			}
			constants[spec.Names[0].Name] = name
		}
		return true
	})
	if len(constants) < 5 {
		t.Fatalf("found only %d reasons in %s", len(constants), path)
	}
	return constants
}

// testSources are the texts of the tests, but for this one.
func testSources(t *testing.T) string {
	t.Helper()
	paths, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if path != "reasons_test.go" {
			b.Write(content)
		}
	}
	return b.String() + `"FOLDER_CROWDED" "FILE_TOO_LARGE"` // below
}

func TestReasonsTellPeopleWhatToDo(t *testing.T) {
	for _, r := range reasons {
		if first, _ := utf8.DecodeRuneInString(r.Title); !unicode.IsUpper(first) || strings.HasSuffix(r.Title, ".") || len(r.Title) > 60 {
			t.Errorf("%s: the title %q is no short one in sentence case", r.Name, r.Title)
		}
		if !strings.HasSuffix(r.Fix, ".") || strings.Contains(r.Fix, "..") || strings.Contains(r.Fix, "  ") {
			t.Errorf("%s: the fix %q is not made of complete sentences", r.Name, r.Fix)
		}
	}
}

// What an administrator reads calls the program by its name.
func TestAdministratorsReadOfPatchbayRatherThanOfAHost(t *testing.T) {
	page, err := os.ReadFile("connector.md")
	if err != nil {
		t.Fatal(err)
	}
	read := []string{string(page), fmt.Sprintf("%+v", connector{}.Describe()), unreadable("people.csv", fs.ErrPermission).Error()}
	for _, text := range read {
		if at := strings.Index(text, "the host"); at >= 0 {
			t.Errorf("there is a host in “…%s…”", text[max(0, at-40):min(len(text), at+40)])
		}
		if strings.Contains(text, "The host") || !strings.Contains(text, "Patchbay") {
			t.Errorf("%.60q is not about Patchbay", text)
		}
	}
}

func TestFilesAndFoldersBeyondTheLimitsAreRefused(t *testing.T) {
	r := newRig(t, "people.csv", company(1))
	if err := os.Truncate(r.path, maxFileBytes+1); err != nil { // a hole: no disk is used
		t.Skipf("this file system has no room for a hole: %v", err)
	}
	r.wantRefused("FILE_TOO_LARGE", connectorv1.Class_CLASS_CONFIG_INVALID)

	folder := t.TempDir()
	for i := range maxFolderEntries + 1 {
		if err := os.WriteFile(filepath.Join(folder, strconv.Itoa(i)+".csv"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r = newRig(t, "people.csv", company(1))
	r.config["path"] = folder
	r.wantRefused("FOLDER_CROWDED", connectorv1.Class_CLASS_CONFIG_INVALID)
}
