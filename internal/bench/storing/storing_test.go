package main

import (
	"bytes"
	"context"
	"flag"
	"log"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestMain lets the test's own program be the child of a measurement.
func TestMain(m *testing.M) {
	child := flag.Bool("child", false, "do what standard input orders")
	flag.Parse()
	if *child {
		if err := obey(context.Background(), os.Stdin, os.Stdout); err != nil {
			log.Fatal(err)
		}
		return
	}
	os.Exit(m.Run())
}

// A measurement of few people has every case, and each case writes what it
// should: of a new lastLogin, neither a body nor its search words.
func TestMeasure(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skipf("needs go: %v", err)
	}
	var out bytes.Buffer
	if err := measure(t.Context(), settings{users: 400, runs: 1, large: 300, out: &out}); err != nil {
		t.Fatal(err)
	}
	for name, written := range map[string]string{
		"first sync": "400", "nothing changed": "0", "40 % with a new lastLogin only": "0", "1 % changed": "4",
	} {
		row := rowOf(out.String(), sqliteName, name)
		if len(row) < 14 || row[12] != written || row[13] != written {
			t.Errorf("%s: want %s bodies and search rows, have the row %q of\n%s", name, written, row, &out)
		}
	}
	if !strings.Contains(out.String(), "300 people, one run of each") {
		t.Errorf("memory was not measured:\n%s", &out)
	}
}

// rowOf are the cells of a row of the printed table.
func rowOf(table, store, name string) []string {
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if len(cells) > 2 && cells[1] == store && cells[2] == name {
			return cells
		}
	}
	return nil
}
