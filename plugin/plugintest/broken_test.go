//go:build unix

package plugintest_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"patchbay.example/internal/needtest"
	"patchbay.example/plugin/plugintest"
)

// brokenToken is what the service of testdata/broken accepts.
const brokenToken = `synthetic "token"/of+the?sound&connector=0123456789`

// Configurations of testdata/broken. The one is a listing of five pages, with a
// record that must be quarantined. The other is of some 110 MiB, for what shows
// only where there is more to send than a connector may hold.
const (
	shortListing   = `{"account":"example.com","pages":5,"per_page":10,"oversized":true}`
	waitingListing = `{"account":"example.com","pages":3,"oversized":true,"waits":true,"restarts":true}`
	longListing    = `{"account":"example.com","pages":110,"per_page":10,"source_bytes":104000}`
)

// shortRecords is how many people the short listing has, with the one that is
// quarantined.
const shortRecords = 51

// littlePatience is for connectors that keep their host waiting. All others may
// take what the machine makes them take.
const littlePatience = 2 * time.Second

// soundSkips are the cases that have nothing to try at a connector that keeps
// every rule, as configured here, with a word of what they say.
var soundSkips = map[string]string{
	"waits-typed": "No stream waited",      // the breaks wait
	"slow-reader": "longer one would tell", // the long listing is one
}

// seenIn are the cases that judge what was seen in others, with those that show
// them something.
var seenIn = map[string][]string{
	"refusals-typed":   {"secret-refused", "resource-unknown", "cursor-foreign"},
	"waits-typed":      {"completed-last"},
	"quarantine-typed": {"completed-last"},
	"secrets-kept":     {"secret-refused", "completed-last"},
}

// flaw is a line of the table that testdata/broken writes: which case has to
// notice the break, and a word of what it says it saw.
type flaw struct {
	Name, Case, Saw, Does string
	Hangs                 bool // it keeps its host waiting
	Long                  bool // it shows only where the listing is long
}

// TestBrokenConnectors proves the suite: each connector of testdata/broken breaks
// one rule, and one case notices. All cases are tried on the first break of each
// section, and on every break in a soak test.
func TestBrokenConnectors(t *testing.T) {
	program := buildBroken(t)
	flaws := tableOf(t, program)
	section := map[string]string{}
	for _, c := range plugintest.Cases() {
		section[c.Name] = c.Section
	}

	t.Run("every case has a break", func(t *testing.T) {
		for name := range section {
			if !slices.ContainsFunc(flaws, func(f flaw) bool { return f.Case == name }) {
				t.Errorf("no connector of testdata/broken breaks %q: nothing shows that the case notices anything", name)
			}
		}
	})
	t.Run("sound", func(t *testing.T) {
		t.Parallel()
		for _, result := range examine(t, program, "sound", plugintest.Target{}).Results {
			if result.Status != plugintest.Passed && !skippedAsSound(result) {
				t.Errorf("%s: %s: %s", result.Case.Name, result.Status, result.Saw)
			}
		}
	})
	t.Run("sound with a long listing", func(t *testing.T) {
		t.Parallel()
		long := plugintest.Target{Config: []byte(longListing), Only: []string{"slow-reader"}}
		for _, result := range examine(t, program, "sound", long).Results {
			if result.Status != plugintest.Passed {
				t.Errorf("%s: %s: %s", result.Case.Name, result.Status, result.Saw)
			}
		}
	})
	t.Run("sound that waits and begins again", func(t *testing.T) {
		t.Parallel()
		only := []string{"records-typed", "completed-last", "page-sequence", "cursor-form", "waits-typed", "quarantine-typed"}
		patient := plugintest.Target{Config: []byte(waitingListing), Only: only}
		for _, result := range examine(t, program, "sound", patient).Results {
			if result.Status != plugintest.Passed {
				t.Errorf("%s: %s: %s", result.Case.Name, result.Status, result.Saw)
			}
		}
	})
	whole := map[string]bool{}
	for _, f := range flaws {
		target := f.target(!everyCase && whole[section[f.Case]])
		whole[section[f.Case]] = true
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			f.isNoticed(t, examine(t, program, "broken-"+f.Name, target))
		})
	}
}

// target is how the break is examined: by all cases, or by its own alone.
func (f flaw) target(alone bool) plugintest.Target {
	var target plugintest.Target
	if f.Hangs {
		target.Patience = littlePatience
	}
	if f.Long {
		target.Config = []byte(longListing)
	}
	if alone {
		target.Only = append([]string{f.Case}, seenIn[f.Case]...)
	}
	return target
}

// isNoticed fails unless exactly the break's own case failed. Others may be
// skipped that rest on what it requires: they name it; or that need several
// pages, which it may not have.
func (f flaw) isNoticed(t *testing.T, report plugintest.Report) {
	t.Helper()
	noticed := false
	for _, result := range report.Results {
		switch {
		case result.Case.Name == f.Case:
			noticed = true
			if result.Status != plugintest.Failed {
				t.Errorf("%s\n%s: %s: %s", f.Does, f.Case, result.Status, result.Saw)
			} else if !strings.Contains(result.Saw, f.Saw) {
				t.Errorf("%s\n%s failed and does not name %q: %s", f.Does, f.Case, f.Saw, result.Saw)
			}
		case result.Status == plugintest.Failed:
			t.Errorf("%s\n%s failed, which is not its rule: %s", f.Does, result.Case.Name, result.Saw)
		case result.Status == plugintest.Skipped && !skippedAsSound(result) && !(result.Short && f.Case == "completed-last") && !strings.Contains(result.Saw, f.Case):
			t.Errorf("%s\n%s was skipped and does not say that it rests on %s: %s", f.Does, result.Case.Name, f.Case, result.Saw)
		}
	}
	if !noticed {
		t.Errorf("%s\nthere is no case %q", f.Does, f.Case)
	}
}

// skippedAsSound reports whether a case had nothing to look at: at a sound
// connector, or because other cases were skipped that would have shown it.
func skippedAsSound(result plugintest.Result) bool {
	word, expected := soundSkips[result.Case.Name]
	if _, judgesOthers := seenIn[result.Case.Name]; judgesOthers && !expected {
		word, expected = "in the cases that ran", true
	}
	return expected && result.Status == plugintest.Skipped && strings.Contains(result.Saw, word)
}

// examine runs the suite with the program under a name. Of the target it fills
// in what is not said.
func examine(t *testing.T, program, name string, target plugintest.Target) plugintest.Report {
	t.Helper()
	target.Path = filepath.Join(t.TempDir(), name)
	if err := os.Symlink(program, target.Path); err != nil {
		t.Fatal(err)
	}
	if target.Config == nil {
		target.Config, target.Records = []byte(shortListing), shortRecords
	}
	target.Secrets = map[string]string{"token": brokenToken}
	report, err := plugintest.Run(t.Context(), target, nil)
	if err != nil {
		t.Fatalf("%s could not be examined: %v", name, err)
	}
	for _, result := range report.Results {
		if strings.Contains(result.Saw, brokenToken) {
			t.Errorf("%s shows the secret", result.Case.Name)
		}
	}
	return report
}

// buildBroken builds testdata/broken.
func buildBroken(t *testing.T) string {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		needtest.Missing(t, "go", err)
	}
	program := filepath.Join(t.TempDir(), "broken")
	build := exec.CommandContext(t.Context(), tool, "build", "-o", program, "./testdata/broken")
	if said, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", build, err, said)
	}
	return program
}

// tableOf reads the table of breaks.
func tableOf(t *testing.T, program string) []flaw {
	t.Helper()
	table, err := exec.CommandContext(t.Context(), program, "breaks").Output()
	if err != nil {
		t.Fatal(err)
	}
	var flaws []flaw
	if err := json.Unmarshal(table, &flaws); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, f := range flaws {
		if f.Name == "" || f.Case == "" || f.Saw == "" || f.Does == "" || seen[f.Name] {
			t.Errorf("the table is not complete, or has a name twice: %+v", f)
		}
		seen[f.Name] = true
	}
	return flaws
}
