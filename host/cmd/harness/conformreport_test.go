package main

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/program"
	"patchbay.example/plugin/plugintest"
)

// aReport has a case of each status, with texts that XML and a terminal have to
// be careful with.
var aReport = plugintest.Report{
	Connector: "roster", Version: "0.1.0", Took: 1234 * time.Millisecond,
	Results: []plugintest.Result{
		{Case: plugintest.Case{Name: "handshake", Section: "Start", Title: "It shakes hands"}, Status: plugintest.Passed, Took: time.Second},
		{
			Case: plugintest.Case{
				Name: "cursor-resume", Section: "Cursors", Title: "A cursor goes on after its page",
				Requires: "From the cursor of each page comes exactly the rest, & nobody twice.", Why: "A process may be killed at any page.",
			},
			Status: plugintest.Failed, Saw: strings.Repeat("after page 3 came <p7> again; ", 8),
		},
		{Case: plugintest.Case{Name: "cursor-connect", Section: "Cursors", Title: "Connect looks at cursors"}, Status: plugintest.Skipped, Saw: "There is no configuration."},
	},
}

func TestConformanceForPeople(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	text := &conformText{out: &out}
	text.heading("Roster", "0.1.0", "bin/roster")
	for _, r := range aReport.Results {
		text.result(r)
	}
	if err := text.conclusion(aReport); err != nil {
		t.Fatal(err)
	}
	const want = `Roster, version 0.1.0

Start
  ✓ It shakes hands

Cursors
  ✗ A cursor goes on after its page (cursor-resume)
      requires  From the cursor of each page comes exactly the rest, & nobody twice.
      why       A process may be killed at any page.
      saw       after page 3 came <p7> again; after page 3 came <p7> again; after page 3 came <p7>
                again; after page 3 came <p7> again; after page 3 came <p7> again; after page 3 came
                <p7> again; after page 3 came <p7> again; after page 3 came <p7> again;
  – Connect looks at cursors
      skipped   There is no configuration.

1 of 3 cases passed, 1 failed, 1 skipped, in 1.2s.
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

func TestConformanceTellsTogetherWhatWasNotTried(t *testing.T) {
	t.Parallel()
	skipped := func(name, restsOn string, short bool) plugintest.Result {
		return plugintest.Result{
			Case: plugintest.Case{Name: name, Section: "Cursors", Title: "Title of " + name}, Status: plugintest.Skipped,
			Saw: "The reason of " + name + ".", RestsOn: restsOn, Short: short,
		}
	}
	report := plugintest.Report{
		Took: time.Second, Resource: "users", Pages: 1, Records: 50,
		Results: []plugintest.Result{skipped("first", "handshake", false), skipped("second", "", true), skipped("third", "handshake", false), skipped("fourth", "", false)},
	}
	conclude := func(report plugintest.Report) string {
		var out strings.Builder
		text := &conformText{out: &out}
		for _, r := range report.Results {
			text.result(r)
		}
		if err := text.conclusion(report); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	const want = `
Cursors
  – Title of second
  – Title of fourth
      skipped   The reason of fourth.

2 cases were not tried, resting on handshake, which failed: first, third.
1 case was skipped because the listing of users has one page of 50 records: is the next page
followed? Conform on an account of three pages or more, and say how many records it has (--records).

0 of 4 cases passed, 4 skipped, in 1s.
`
	if got := conclude(report); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	report.Pages, report.Records = 0, 0
	if got := conclude(report); !strings.Contains(got, "has no records: does Sync return nil") {
		t.Errorf("of an empty listing it says\n%s", got)
	}
}

func TestConformanceAsJSON(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := writeConformJSON(&out, aReport); err != nil {
		t.Fatal(err)
	}
	var got struct {
		Connector, Version string
		OK                 bool
		Seconds            float64
		Results            []struct {
			Case, Section, Title, Status, Requires, Why, Saw string
			Seconds                                          float64
		}
	}
	decoder := json.NewDecoder(strings.NewReader(out.String()))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&got); err != nil {
		t.Fatal(err)
	}
	if got.Connector != "roster" || got.OK || got.Seconds != 1.234 || len(got.Results) != 3 {
		t.Fatalf("got %+v", got)
	}
	failed := got.Results[1]
	if failed.Case != "cursor-resume" || failed.Status != "fail" || !strings.Contains(failed.Requires, "& nobody") || !strings.Contains(failed.Saw, "<p7>") {
		t.Errorf("the failed case is %+v", failed)
	}
}

func TestConformanceAsJUnit(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	if err := writeConformJUnit(&out, aReport); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(out.String(), xml.Header) {
		t.Errorf("it begins with %.40q", out.String())
	}
	var got junitSuite
	if err := xml.Unmarshal([]byte(out.String()), &got); err != nil {
		t.Fatal(err)
	}
	if got.Name != "patchbay.conformance.roster" || got.Tests != 3 || got.Failures != 1 || got.Skipped != 1 || got.Time != "1.234" || len(got.Cases) != 3 {
		t.Fatalf("got %+v", got)
	}
	passed, failed, skipped := got.Cases[0], got.Cases[1], got.Cases[2]
	if passed.Failure != nil || passed.Skipped != nil || passed.Section != "Start" || passed.Time != "1.000" {
		t.Errorf("the case that passed is %+v", passed)
	}
	if failed.Failure == nil || !strings.Contains(failed.Failure.Text, "saw: after page 3 came <p7>") || failed.Name != "cursor-resume" {
		t.Errorf("the case that failed is %+v", failed)
	}
	if skipped.Skipped == nil || skipped.Skipped.Message != "There is no configuration." {
		t.Errorf("the case that was skipped is %+v", skipped)
	}
}

// A reader that leaves early is no failure.
func TestConformanceWhoseReaderLeaves(t *testing.T) {
	t.Parallel()
	reader, closed := io.Pipe()
	_ = reader.Close()
	text := &conformText{out: closed}
	text.result(aReport.Results[0])
	if err := text.conclusion(aReport); !errors.Is(err, program.ErrOutputClosed) {
		t.Errorf("got %v, want %v", err, program.ErrOutputClosed)
	}
}
