package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"patchbay.example/plugin/csvdir/internal/columns"
	"patchbay.example/plugin/plugintest"
)

// The page's table of columns is made of the code. This test stands before the
// next one, which puts the page together.
func TestThePageHasEveryColumn(t *testing.T) {
	const page, begin, end = "connector.md", "<!-- made of internal/columns by TestThePageHasEveryColumn -->\n", "<!-- end -->\n"
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, ok := strings.Cut(string(content), begin)
	_, after, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatalf("%s has no place for the table", page)
	}
	golden(t, page, before+begin+"\n"+columnTable()+"\n"+end+after)
}

func TestThePageAboutTheConnectorIsCurrent(t *testing.T) {
	plugintest.Document(t, target(t, company(10), 5), filepath.Join("..", "..", "docs", "connectors", "csvdir.md"))
}

// columnTable lists each attribute with the headers that are understood.
func columnTable() string {
	var b strings.Builder
	b.WriteString("| Meaning | Headers |\n|---|---|\n")
	for _, u := range columns.Attributes() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", u.Attribute, strings.Join(u.Headers, ", "))
	}
	return b.String()
}
