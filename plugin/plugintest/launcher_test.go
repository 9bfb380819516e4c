//go:build unix

package plugintest

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// examine runs some cases on an odd program.
func examine(t *testing.T, target Target) map[string]Result {
	t.Helper()
	results := map[string]Result{}
	_, err := Run(t.Context(), target, func(r Result) { results[r.Case.Name] = r })
	if err != nil {
		t.Fatal(err)
	}
	return results
}

func TestWhatIsNoConnectorFailsTheHandshake(t *testing.T) {
	tests := []struct{ name, saw string }{
		{"chatty", `"Welcome!"`},
		{"fails", "cannot read my own mind"},
		{"silent", "wrote no line to standard output within"},
		{"endless", "not the handshake"},
		{"plain", "no certificate"},
		{"elsewhere", "certificate in the handshake"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			target := Target{Path: named(t, "odd-"+tt.name), Config: []byte(`{}`), Patience: 2 * time.Second}
			for name, result := range examine(t, target) {
				switch {
				case name == caseHandshake && (result.Status != Failed || !strings.Contains(result.Saw, tt.saw)):
					t.Errorf("handshake: %s, saw %q; it must fail and tell of %q", result.Status, result.Saw, tt.saw)
				case name != caseHandshake && result.Status != Skipped:
					t.Errorf("%s: %s, saw %q; it rests on the handshake", name, result.Status, result.Saw)
				}
			}
		})
	}
}

func TestHangingByHandIsSeen(t *testing.T) {
	target := Target{Path: named(t, "odd-hang"), Only: []string{"started-by-hand"}, Patience: time.Second}
	result := examine(t, target)["started-by-hand"]
	if result.Status != Failed || !strings.Contains(result.Saw, "still there") {
		t.Errorf("%s, saw %q", result.Status, result.Saw)
	}
}

func TestWithoutConfigurationOnlyWhatNeedsNoneIsTried(t *testing.T) {
	target := libraryTarget(t, "")
	target.Config, target.Secrets = nil, nil
	passed := 0
	for name, result := range examine(t, target) {
		if result.Status == Failed {
			t.Errorf("%s failed: %s", name, result.Saw)
		}
		if result.Status == Passed {
			passed++
		}
		if name == caseResume && (result.Status != Skipped || !strings.Contains(result.Saw, "No configuration")) {
			t.Errorf("%s: %s, saw %q", name, result.Status, result.Saw)
		}
	}
	if passed < 8 {
		t.Errorf("%d cases passed", passed)
	}
}

func TestAnAccountThatRefusesFailsOnlyConnects(t *testing.T) {
	target := libraryTarget(t, `{"place":"town"}`)
	target.Secrets["ticket"] = "another-ticket-9876543210"
	for name, result := range examine(t, target) {
		if failed := result.Status == Failed; failed != (name == caseConnects) {
			t.Errorf("%s: %s, saw %q", name, result.Status, result.Saw)
		}
		if name == caseConnects && !strings.Contains(result.Saw, "TICKET_REFUSED") {
			t.Errorf("%s does not tell why: %q", name, result.Saw)
		}
	}
}

func TestWhatCannotBeExamined(t *testing.T) {
	if _, err := Run(t.Context(), Target{Path: filepath.Join(t.TempDir(), "missing")}, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Run(t.Context(), Target{Path: t.TempDir()}, nil); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Errorf("a folder: %v", err)
	}
	if _, err := Run(t.Context(), Target{}, nil); err == nil {
		t.Error("no path is no error")
	}
	_, err := Run(t.Context(), Target{Path: named(t, "library"), Only: []string{"no-such-case"}}, nil)
	if err == nil || !strings.Contains(err.Error(), `"no-such-case"`) || !strings.Contains(err.Error(), caseHandshake) {
		t.Errorf("an unknown case: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ended, libraryTarget(t, `{"place":"town"}`), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestOnlyTheCasesThatWereAskedFor(t *testing.T) {
	target := libraryTarget(t, `{"place":"town"}`)
	target.Only = []string{caseResume, "describe-identity"}
	report, err := Run(t.Context(), target, nil)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, result := range report.Results {
		names = append(names, result.Case.Name)
	}
	if !slices.Equal(names, []string{"describe-identity", caseResume}) || !report.OK() || report.Connector != "library" {
		t.Errorf("ran %q, failed %v, of the connector %q", names, report.Failed(), report.Connector)
	}
}

// A case that looks at what others saw looks for itself where it is alone.
func TestSecretsAreLookedForAlone(t *testing.T) {
	target := libraryTarget(t, `{"place":"town"}`)
	target.Only = []string{"secrets-kept"}
	if result := examine(t, target)["secrets-kept"]; result.Status != Passed || strings.Contains(result.Saw, "in 0 KiB") {
		t.Errorf("%s, saw %q", result.Status, result.Saw)
	}
	target.Secrets["ticket"] = "another-ticket-9876543210"
	if result := examine(t, target)["secrets-kept"]; result.Status != Failed || !strings.Contains(result.Saw, "TICKET_REFUSED") {
		t.Errorf("with a ticket that is refused: %s, saw %q", result.Status, result.Saw)
	}
}

func TestAListingThatIsCutShort(t *testing.T) {
	target := libraryTarget(t, `{"place":"town","pages":1}`)
	target.Records = 5 * perPage
	report, err := Run(t.Context(), target, nil)
	if err != nil {
		t.Fatal(err)
	}
	if failed := report.Failed(); len(failed) != 1 || failed[0].Case.Name != caseCompleted || !strings.Contains(failed[0].Saw, "is every page followed") || !strings.Contains(failed[0].Saw, "after one page. 7 different records and 1 quarantined ones came, and there are 35 at least") {
		t.Errorf("failed: %+v", failed)
	}
	target.Records = perPage + 1 // with the one that is quarantined
	if report, err = Run(t.Context(), target, nil); err != nil || !report.OK() {
		t.Fatalf("failed: %+v, %v", report.Failed(), err)
	}
	short := 0
	for _, result := range report.Results {
		if result.Short {
			short++
		}
		if result.Case.Name == caseResume && (!result.Short || !strings.Contains(result.Saw, "one page")) {
			t.Errorf("%s: %s, short: %v, saw %q", result.Case.Name, result.Status, result.Short, result.Saw)
		}
	}
	if short < 4 || report.Resource != "users" || report.Pages != 1 || report.Records != perPage {
		t.Errorf("%d were too short, of %q with %d pages and %d records", short, report.Resource, report.Pages, report.Records)
	}
}

func TestWhatRestsOnACaseSaysOnWhich(t *testing.T) {
	target := Target{Path: named(t, "odd-fails"), Config: []byte(`{}`), Patience: 2 * time.Second}
	for name, result := range examine(t, target) {
		if result.Status == Skipped && result.RestsOn != caseHandshake {
			t.Errorf("%s rests on %q, saw %q", name, result.RestsOn, result.Saw)
		}
	}
}
