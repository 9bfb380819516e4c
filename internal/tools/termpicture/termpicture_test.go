package main

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestElidingKeepsBeginningAndEndOfEachStretch(t *testing.T) {
	var lines []string
	lines = append(lines, "begin")
	for i := range 9 {
		lines = append(lines, fmt.Sprintf("  page %d", i+1))
	}
	lines = append(lines, "between", "  page 1", "  page 2", "end")
	got := elided(lines, options{elide: regexp.MustCompile(`^  page`), head: 2, tail: 1})
	want := []string{"begin", "  page 1", "  page 2", "  …", "  page 9", "between", "  page 1", "  page 2", "end"}
	if !slices.Equal(got, want) {
		t.Errorf("elided lines %q, want %q", got, want)
	}
}

// What comes after a name stands where it stands in a terminal, whatever the script of the name.
func TestTextAfterANameStandsInItsColumn(t *testing.T) {
	for name, columns := range map[string]int{"Ada Example": 11, "健 高橋": 7, "민준 박": 7, "خالد صالح": 9, "นภา ใจดี": 7, "Göran": 5} {
		all := stretches(name+", Manager", "", 4)
		last := all[len(all)-1]
		if !strings.HasSuffix(last.text, ", Manager") {
			t.Errorf("%q: the last stretch is %q", name, last.text)
			continue
		}
		if got, want := last.column+last.columns, 4+columns+len(", Manager"); got != want {
			t.Errorf("%q: the line ends in column %d, want %d", name, got, want)
		}
	}
}

func TestANameFromRightToLeftStaysInOnePiece(t *testing.T) {
	all := stretches("خالد صالح, Sales", "", 0)
	if len(all) != 2 || all[0].text != "خالد صالح" {
		t.Errorf("stretches %+v, want the name and the rest", all)
	}
}

func TestPictureIsSelfContainedXMLWithTheTextInIt(t *testing.T) {
	var out strings.Builder
	in := "\n  ✓ key  a <b> & \"c\"  wide\x07\nsummary\n"
	if err := run(strings.NewReader(in), &out, options{command: "x --flag <y>"}, ""); err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for decoder := xml.NewDecoder(strings.NewReader(out.String())); ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("the picture is not XML: %v\n%s", err, out.String())
		}
		if characters, ok := token.(xml.CharData); ok {
			text.Write(characters)
		}
	}
	for _, want := range []string{"✓", `a <b> & "c"`, "summary", "x --flag <y>"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	for _, loads := range []string{"href", "url(", "@import", "<script"} {
		if strings.Contains(out.String(), loads) {
			t.Errorf("the picture holds %q and may load something", loads)
		}
	}
}

func TestWhatCannotBeDrawnIsSaid(t *testing.T) {
	for give, want := range map[string]string{
		"":                             "nothing to draw",
		"\n \n":                        "nothing to draw",
		strings.Repeat("x\n", 81):      "too many",
		strings.Repeat("x\n", 1<<19+1): "more than",
	} {
		err := run(strings.NewReader(give), io.Discard, options{}, "")
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%d bytes: error %v, want one with %q", len(give), err, want)
		}
	}
	if err := run(strings.NewReader("x"), io.Discard, options{}, "("); err == nil {
		t.Error("a pattern that is none was taken")
	}
}
