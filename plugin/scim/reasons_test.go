package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"patchbay.example/plugin"
)

func TestEveryReasonIsDeclaredOnce(t *testing.T) {
	t.Parallel()
	declared := map[string]int{}
	for _, r := range reasons {
		declared[r.Name]++
	}
	for constant, name := range reasonConstants(t) {
		if declared[name] != 1 {
			t.Errorf("%s (%s) is declared %d times in the table of reasons, want once", constant, name, declared[name])
		}
		delete(declared, name)
	}
	delete(declared, plugin.ReasonResourceUnknown) // the SDK's
	for name := range declared {
		t.Errorf("the table of reasons declares %s, which no constant of scimapi stands for", name)
	}
}

func TestReasonsTellPeopleWhatToDo(t *testing.T) {
	t.Parallel()
	for _, r := range reasons {
		if first, _ := utf8.DecodeRuneInString(r.Title); !unicode.IsUpper(first) || strings.HasSuffix(r.Title, ".") || len(r.Title) > 60 {
			t.Errorf("%s: the title %q is not a short one in sentence case", r.Name, r.Title)
		}
		if !strings.HasSuffix(r.Fix, ".") || strings.Contains(r.Fix, "..") || strings.Contains(r.Fix, "  ") || strings.Contains(r.Fix, "!") {
			t.Errorf("%s: the fix %q is not made of calm, complete sentences", r.Name, r.Fix)
		}
	}
}

// reasonConstants reads the constants from the source, so that a new one can't be
// forgotten.
func reasonConstants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "internal/scimapi/reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	constants := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		if spec, ok := node.(*ast.ValueSpec); ok {
			literal, ok := spec.Values[0].(*ast.BasicLit)
			if !ok {
				t.Fatalf("%s is not a literal", spec.Names[0])
			}
			if constants[spec.Names[0].Name], err = strconv.Unquote(literal.Value); err != nil {
				t.Fatal(err)
			}
		}
		return true
	})
	if len(constants) < 30 {
		t.Fatalf("found only %d reasons in the source", len(constants))
	}
	return constants
}
