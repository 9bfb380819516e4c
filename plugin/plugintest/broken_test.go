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

// flaw is a line of the table that testdata/broken writes: which case has to
// notice the break, and a word of what it says it saw.
type flaw struct {
	Name, Case, Saw, Does string
	Hangs                 bool // it keeps its host waiting
}

// littlePatience is for connectors that keep their host waiting. All others may
// take what the machine makes them take.
const littlePatience = 2 * time.Second

// soundSkips are the cases that have nothing to try at a connector that keeps
// every rule, as configured here, with a word of what they say.
var soundSkips = map[string]string{
	"waits-typed": "wait", // it never waits; the breaks do
}

// TestBrokenConnectors proves the suite: each connector of testdata/broken breaks
// one rule, and one case notices.
func TestBrokenConnectors(t *testing.T) {
	program := buildBroken(t)
	flaws := tableOf(t, program)

	t.Run("every case has a break", func(t *testing.T) {
		for _, c := range plugintest.Cases() {
			if !slices.ContainsFunc(flaws, func(f flaw) bool { return f.Case == c.Name }) {
				t.Errorf("no connector of testdata/broken breaks %q: nothing shows that the case notices anything", c.Name)
			}
		}
	})
	t.Run("sound", func(t *testing.T) {
		t.Parallel()
		for _, result := range examine(t, program, "sound", 0).Results {
			if result.Status == plugintest.Passed || skippedAsSound(result) {
				continue
			}
			t.Errorf("%s: %s: %s", result.Case.Name, result.Status, result.Saw)
		}
	})
	for _, f := range flaws {
		t.Run(f.Name, func(t *testing.T) {
			t.Parallel()
			patience := plugintest.DefaultPatience
			if f.Hangs {
				patience = littlePatience
			}
			f.isNoticed(t, examine(t, program, "broken-"+f.Name, patience))
		})
	}
}

// isNoticed fails unless exactly the break's own case failed. Others may be
// skipped that rest on what it requires: they name it.
func (f flaw) isNoticed(t *testing.T, report plugintest.Report) {
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
		case result.Status == plugintest.Skipped && !skippedAsSound(result) && !strings.Contains(result.Saw, f.Case):
			t.Errorf("%s\n%s was skipped and does not say that it rests on %s: %s", f.Does, result.Case.Name, f.Case, result.Saw)
		}
	}
	if !noticed {
		t.Errorf("%s\nthere is no case %q", f.Does, f.Case)
	}
}

func skippedAsSound(result plugintest.Result) bool {
	word, expected := soundSkips[result.Case.Name]
	return expected && result.Status == plugintest.Skipped && strings.Contains(result.Saw, word)
}

// examine runs the suite with the program under a name.
func examine(t *testing.T, program, name string, patience time.Duration) plugintest.Report {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.Symlink(program, path); err != nil {
		t.Fatal(err)
	}
	report, err := plugintest.Run(t.Context(), plugintest.Target{
		Path:    path,
		Config:  []byte(`{"account":"example.com","pages":5,"per_page":10,"oversized":true}`),
		Secrets: map[string]string{"token": brokenToken}, Patience: patience,
	}, nil)
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
		if f.Name == "" || f.Case == "" || f.Does == "" || seen[f.Name] {
			t.Errorf("the table is not complete, or has a name twice: %+v", f)
		}
		seen[f.Name] = true
	}
	return flaws
}
