package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"

	"patchbay.example/internal/program"
	"patchbay.example/plugin/plugintest"
)

// conformText writes results for people, as they come.
type conformText struct {
	out     io.Writer
	section string
	err     error // the first of writing

	roots   []string            // the cases that failed and on which others rest, as they came
	resting map[string][]string // the cases that rest on each, which are told at the end
}

// statusMarks stand before a case, as before a check.
var statusMarks = map[plugintest.Status]string{plugintest.Passed: "✓", plugintest.Failed: "✗", plugintest.Skipped: "–"}

func (t *conformText) heading(title, version, path string) {
	if title == "" {
		t.print("The connector at " + path + "\n")
		return
	}
	t.print(title + ", version " + version + "\n")
}

// result writes a case on a line; what a failed one requires, why, and what was
// seen stand beneath. Those that were skipped because another failed are told
// together, at the end.
func (t *conformText) result(r plugintest.Result) {
	if r.RestsOn != "" {
		if t.resting == nil {
			t.resting = map[string][]string{}
		}
		if t.resting[r.RestsOn] == nil {
			t.roots = append(t.roots, r.RestsOn)
		}
		t.resting[r.RestsOn] = append(t.resting[r.RestsOn], r.Case.Name)
		return
	}
	var b strings.Builder
	if r.Case.Section != t.section {
		t.section = r.Case.Section
		fmt.Fprintf(&b, "\n%s\n", t.section)
	}
	fmt.Fprintf(&b, "  %s %s", statusMarks[r.Status], r.Case.Title)
	if r.Status == plugintest.Failed {
		fmt.Fprintf(&b, " (%s)", r.Case.Name)
	}
	b.WriteByte('\n')
	switch r.Status {
	case plugintest.Failed:
		paragraph(&b, caseIndent, "requires", r.Case.Requires)
		paragraph(&b, caseIndent, "why", r.Case.Why)
		paragraph(&b, caseIndent, "saw", r.Saw)
	case plugintest.Skipped:
		if !r.Short { // of those the conclusion tells
			paragraph(&b, caseIndent, "skipped", r.Saw)
		}
	}
	t.print(b.String())
}

// conclusion is what was not tried and why, and the closing sentence. The error
// is of all that was written.
func (t *conformText) conclusion(report plugintest.Report) error {
	var b strings.Builder
	for _, root := range t.roots {
		names := t.resting[root]
		paragraph(&b, "", "", fmt.Sprintf("%s not tried, resting on %s, which failed: %s.", casesWere(len(names)), root, strings.Join(names, ", ")))
	}
	paragraph(&b, "", "", tooShort(report))
	if b.Len() > 0 {
		t.print("\n" + b.String())
	}
	counts := countsOf(report)
	sentence := fmt.Sprintf("%d of %d %s passed", counts[plugintest.Passed], len(report.Results), program.Plural(len(report.Results), "case"))
	if n := counts[plugintest.Failed]; n > 0 {
		sentence += fmt.Sprintf(", %d failed", n)
	}
	if n := counts[plugintest.Skipped]; n > 0 {
		sentence += fmt.Sprintf(", %d skipped", n)
	}
	t.print(fmt.Sprintf("\n%s, in %s.\n", sentence, report.Took.Round(100*time.Millisecond)))
	return t.err
}

// tooShort says what it means that the listing was too short for some cases;
// empty where it was for none. The commonest cause is no small account.
func tooShort(report plugintest.Report) string {
	n := 0
	for _, r := range report.Results {
		if r.Short {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	what, question := fmt.Sprintf("one page of %d %s", report.Records, program.Plural(report.Records, "record")), "is the next page followed?"
	if report.Records == 0 {
		what, question = "no records", "does Sync return nil where something went wrong?"
	}
	return fmt.Sprintf("%s skipped because the listing of %s has %s: %s Conform on an account of three pages or more, and say how many records it has (--records).",
		casesWere(n), report.Resource, what, question)
}

func casesWere(n int) string {
	if n == 1 {
		return "1 case was"
	}
	return fmt.Sprintf("%d cases were", n)
}

// print writes text in which something foreign may be quoted: nothing of it
// steers a terminal.
func (t *conformText) print(text string) {
	text = strings.Map(func(r rune) rune {
		if r != '\n' && !unicode.IsPrint(r) {
			return ' '
		}
		return r
	}, text)
	if t.err == nil {
		t.err = program.Output(io.WriteString(t.out, text))
	}
}

// paragraphWidth is where lines of a paragraph end, labelWidth the room for its
// label, and caseIndent stands before those of a case.
const (
	paragraphWidth = 100
	labelWidth     = 10
	caseIndent     = "      "
)

// paragraph writes a text in lines; nothing for an empty one. All are indented,
// and before the first stands a label, if there is one.
func paragraph(b *strings.Builder, indent, label, text string) {
	if label != "" {
		label = fmt.Sprintf("%-*s", labelWidth, label)
	}
	before, width := indent+label, 0
	for word := range strings.FieldsSeq(text) {
		switch {
		case width == 0:
			b.WriteString(before + word)
			width = len(before)
		case width+1+len(word) > paragraphWidth:
			fmt.Fprintf(b, "\n%*s%s", len(before), "", word)
			width = len(before)
		default:
			b.WriteString(" " + word)
			width++
		}
		width += len(word)
	}
	if width > 0 {
		b.WriteByte('\n')
	}
}

func countsOf(report plugintest.Report) map[plugintest.Status]int {
	counts := map[plugintest.Status]int{}
	for _, r := range report.Results {
		counts[r.Status]++
	}
	return counts
}

// writeConformJSON writes a report as one document.
func writeConformJSON(w io.Writer, report plugintest.Report) error {
	type result struct {
		Case     string  `json:"case"`
		Section  string  `json:"section"`
		Title    string  `json:"title"`
		Status   string  `json:"status"`
		Requires string  `json:"requires"`
		Why      string  `json:"why"`
		Saw      string  `json:"saw"`
		Seconds  float64 `json:"seconds"`
	}
	results := make([]result, len(report.Results))
	for i, r := range report.Results {
		results[i] = result{r.Case.Name, r.Case.Section, r.Case.Title, string(r.Status), r.Case.Requires, r.Case.Why, r.Saw, r.Took.Seconds()}
	}
	return program.WriteJSON(w, struct {
		Connector string   `json:"connector"`
		Version   string   `json:"version"`
		OK        bool     `json:"ok"`
		Seconds   float64  `json:"seconds"`
		Results   []result `json:"results"`
	}{report.Connector, report.Version, report.OK(), report.Took.Seconds(), results})
}

// junitSuite and its parts are the JUnit XML that build servers read: a suite of
// cases, of which one that failed or was skipped says so in an element.
type junitSuite struct {
	XMLName  xml.Name    `xml:"testsuite"`
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     json.Number `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Section string       `xml:"classname,attr"`
	Name    string       `xml:"name,attr"`
	Time    json.Number  `xml:"time,attr"`
	Failure *junitDetail `xml:"failure"`
	Skipped *junitDetail `xml:"skipped"`
}

type junitDetail struct {
	Message string `xml:"message,attr"`
	Text    string `xml:",chardata"`
}

// writeConformJUnit writes a report as a JUnit suite.
func writeConformJUnit(w io.Writer, report plugintest.Report) error {
	counts := countsOf(report)
	suite := junitSuite{
		Name: "patchbay.conformance." + report.Connector, Tests: len(report.Results), Time: seconds(report.Took),
		Failures: counts[plugintest.Failed], Skipped: counts[plugintest.Skipped],
	}
	for _, r := range report.Results {
		c := junitCase{Section: r.Case.Section, Name: r.Case.Name, Time: seconds(r.Took)}
		switch r.Status {
		case plugintest.Failed:
			c.Failure = &junitDetail{r.Case.Title, fmt.Sprintf("requires: %s\nwhy: %s\nsaw: %s", r.Case.Requires, r.Case.Why, r.Saw)}
		case plugintest.Skipped:
			c.Skipped = &junitDetail{Message: r.Saw}
		}
		suite.Cases = append(suite.Cases, c)
	}
	text, err := xml.MarshalIndent(suite, "", "  ")
	if err != nil {
		return err
	}
	return program.Output(io.WriteString(w, xml.Header+string(text)+"\n"))
}

func seconds(d time.Duration) json.Number { return json.Number(fmt.Sprintf("%.3f", d.Seconds())) }
