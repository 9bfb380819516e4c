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

func TestEveryReasonOfTheAPIIsDeclaredOnce(t *testing.T) {
	declared := map[string]int{}
	for _, r := range reasons {
		declared[r.Name]++
	}
	constants := reasonConstants(t)
	for constant, name := range constants {
		if declared[name] != 1 {
			t.Errorf("%s (%s) is declared %d times in the table of reasons, want once", constant, name, declared[name])
		}
		delete(declared, name)
	}
	for name := range declared {
		t.Errorf("the table of reasons declares %s, which no constant of oktaapi stands for", name)
	}
}

func TestReasonsTellPeopleWhatToDo(t *testing.T) {
	for _, r := range reasons {
		if r.Title == "" || utf8.RuneCountInString(r.Title) > 60 {
			t.Errorf("%s: the title %q is empty or longer than a line", r.Name, r.Title)
		}
		if first, _ := utf8.DecodeRuneInString(r.Title); !unicode.IsUpper(first) || strings.HasSuffix(r.Title, ".") {
			t.Errorf("%s: the title %q is not in sentence case without a full stop", r.Name, r.Title)
		}
		if r.Fix == "" || !strings.HasSuffix(r.Fix, ".") {
			t.Errorf("%s: the fix %q is not made of complete sentences", r.Name, r.Fix)
		}
		if strings.Contains(r.Fix, "..") || strings.Contains(r.Fix, "!") || strings.Contains(r.Fix, "  ") {
			t.Errorf("%s: the fix %q is not calm or not tidy", r.Name, r.Fix)
		}
		if r.Class < plugin.NoClass || r.Class > plugin.ConnectorFault {
			t.Errorf("%s: the class %d is not one of the contract's", r.Name, r.Class)
		}
	}
}

// What an admin mends in Okta's console names the page to go to.
func TestFixesOfRefusedCredentialsNameTheConsolePage(t *testing.T) {
	elsewhere := map[string]bool{"CLOCK_SKEW": true, "KEYS_URL_AMBIGUOUS": true, "TOKEN_KIND_NOT_ALLOWED": true, "FEATURE_UNAVAILABLE": true, "ORG_DEACTIVATED": true}
	for _, r := range reasons {
		if r.Class != plugin.CredentialsRejected && r.Class != plugin.PermissionMissing || elsewhere[r.Name] {
			continue
		}
		if !strings.Contains(r.Fix, "Okta Admin Console › ") {
			t.Errorf("%s: the fix %q names no page of Okta's console", r.Name, r.Fix)
		}
	}
}

// reasonConstants reads the constants from the source, so that a new one can't be forgotten.
func reasonConstants(t *testing.T) map[string]string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "internal/oktaapi/reason.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	constants := map[string]string{}
	ast.Inspect(file, func(node ast.Node) bool {
		spec, ok := node.(*ast.ValueSpec)
		if !ok {
			return true
		}
		literal, ok := spec.Values[0].(*ast.BasicLit)
		if !ok {
			t.Fatalf("%s is not a literal", spec.Names[0])
		}
		name, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		constants[spec.Names[0].Name] = name
		return true
	})
	if len(constants) < 100 {
		t.Fatalf("found only %d reasons in the source", len(constants))
	}
	return constants
}
