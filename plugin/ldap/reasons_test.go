package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"patchbay.example/plugin"
)

// TestEveryReasonIsDeclaredOnce reads the constants from the source, so that a new
// one can't be forgotten, and looks for each in a test that makes it happen.
func TestEveryReasonIsDeclaredOnce(t *testing.T) {
	declared := map[string]int{}
	for _, r := range reasons {
		declared[r.Name]++
	}
	constants := reasonConstants(t)
	if len(constants) < 40 {
		t.Fatalf("found only %d reasons in the source", len(constants))
	}
	tests := testSource(t)
	for constant, name := range constants {
		if declared[name] != 1 {
			t.Errorf("%s (%s) is declared %d times in the table of reasons, want once", constant, name, declared[name])
		}
		if !strings.Contains(tests, constant) {
			t.Errorf("no test makes %s happen", constant)
		}
		delete(declared, name)
	}
	for name := range declared {
		t.Errorf("the table of reasons declares %s, which no constant stands for", name)
	}
}

func TestReasonsTellPeopleWhatToDo(t *testing.T) {
	for _, r := range reasons {
		first, _ := utf8.DecodeRuneInString(r.Title)
		if r.Title == "" || utf8.RuneCountInString(r.Title) > 60 || !unicode.IsUpper(first) || strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: the title %q is not a line in sentence case without a full stop", r.Name, r.Title)
		}
		if !strings.HasSuffix(r.Fix, ".") || strings.Contains(r.Fix, "..") || strings.Contains(r.Fix, "  ") {
			t.Errorf("%s: the fix %q is not made of complete sentences", r.Name, r.Fix)
		}
		if r.Class < plugin.NoClass || r.Class > plugin.ConnectorFault {
			t.Errorf("%s: the class %d is not one of the contract's", r.Name, r.Class)
		}
	}
}

// reasonConstants are the constants reason… of this package and Reason… of package
// directory, with their values.
func reasonConstants(t *testing.T) map[string]string {
	t.Helper()
	constants := map[string]string{}
	for _, file := range append(sources(t, "*.go"), sources(t, "internal/directory/*.go")...) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			spec, ok := node.(*ast.ValueSpec)
			if !ok || !strings.HasPrefix(strings.ToLower(spec.Names[0].Name), "reason") || len(spec.Values) != 1 {
				return true
			}
			if literal, ok := spec.Values[0].(*ast.BasicLit); ok {
				if name, err := strconv.Unquote(literal.Value); err == nil {
					constants[spec.Names[0].Name] = name
				}
			}
			return true
		})
	}
	return constants
}

func testSource(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	for _, file := range append(sources(t, "*_test.go"), sources(t, "internal/directory/*_test.go")...) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(node ast.Node) bool {
			if name, ok := node.(*ast.Ident); ok {
				b.WriteString(name.Name + " ")
			}
			return true
		})
	}
	return b.String()
}

func sources(t *testing.T, pattern string) []string {
	t.Helper()
	files, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return files
}
