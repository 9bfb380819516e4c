package main

import (
	"bytes"
	"strings"
	"testing"
)

// A measurement of few people has a row for each way, and the index finds nearly
// everybody.
func TestMeasure(t *testing.T) {
	var table bytes.Buffer
	if err := measure(t.Context(), settings{people: 500, queries: 70, out: &table}); err != nil {
		t.Fatal(err)
	}
	for _, way := range []string{"| index in memory | 8 |", "| SQLite FTS5, prefixes | – |", "| SQLite FTS5, words widened by one letter | – |"} {
		if !strings.Contains(table.String(), way) {
			t.Errorf("no row %s in\n%s", way, &table)
		}
	}
	for line := range strings.Lines(table.String()) {
		if cells := strings.Split(line, "|"); strings.HasPrefix(line, "| index") && strings.TrimSpace(cells[8]) < "97" && strings.TrimSpace(cells[8]) != "100.0" {
			t.Errorf("recall: %s", line)
		}
	}
}

func TestOneLetter(t *testing.T) {
	for pair, want := range map[[2]string]bool{
		{"anna", "anna"}: false, {"anna", "ana"}: true, {"anna", "annae"}: true, {"anna", "anne"}: true, {"anna", "nana"}: true,
		{"anna", "nnaa"}: false, {"anna", "ana"[:2]}: false, {"marta", "matra"}: true, {"nowak", "nwoak"}: true, {"é", "e"}: true,
	} {
		if got := oneLetter([]rune(pair[0]), []rune(pair[1])); got != want {
			t.Errorf("%q: %v, want %v", pair, got, want)
		}
	}
}
