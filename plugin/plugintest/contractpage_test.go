package plugintest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

const contractFile = "../../docs/contract.md"

func TestContractPageIsFresh(t *testing.T) {
	want := contractPage(Cases())
	if *update {
		if err := os.WriteFile(contractFile, []byte(want), 0o644); err != nil { //nolint:gosec // documentation is for everybody
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(contractFile)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("docs/contract.md is not what the cases say. To write it: go test ./plugin/plugintest -run TestContractPageIsFresh -update")
	}
}

func TestEachCaseIsWrittenDown(t *testing.T) {
	name, sentence := regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`), regexp.MustCompile(`^[A-Z].*[.]$`)
	seen := map[string]bool{}
	for _, c := range Cases() {
		if !name.MatchString(c.Name) || seen[c.Name] {
			t.Errorf("the name %q is misformed or taken", c.Name)
		}
		for _, premise := range c.after {
			if !seen[premise] {
				t.Errorf("%s rests on %q, which is no case before it", c.Name, premise)
			}
		}
		seen[c.Name] = true
		if c.Section == "" || c.Title == "" || strings.HasSuffix(c.Title, ".") {
			t.Errorf("%s: section %q, title %q", c.Name, c.Section, c.Title)
		}
		if !sentence.MatchString(c.Requires) || !sentence.MatchString(c.Why) {
			t.Errorf("%s: what it requires, and why, are not sentences: %q, %q", c.Name, c.Requires, c.Why)
		}
	}
}
