package plugintest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// Cases returns all cases in the order in which they run.
func Cases() []Case {
	return slices.Concat(
		startCases(), describeCases(), connectCases(), resourceCases(), recordCases(),
		streamCases(), cursorCases(), processCases(), logCases(), lastCases(),
	)
}

// Run examines a connector. It calls observe, unless nil, with each result as it
// comes. The error says why the connector could not be examined at all: there is
// no such file, or ctx ended. A connector that can't be started is examined, and
// fails.
func Run(ctx context.Context, target Target, observe func(Result)) (Report, error) {
	began := time.Now()
	cases, err := target.cases()
	if err != nil {
		return Report{}, err
	}
	if target.Path, err = executable(target.Path); err != nil {
		return Report{}, err
	}
	t, err := newTrial(target)
	if err != nil {
		return Report{}, err
	}
	var report Report
	for _, c := range cases {
		result := t.judge(ctx, c)
		if ctx.Err() != nil {
			break
		}
		report.Results = append(report.Results, result)
		if observe != nil {
			observe(result)
		}
	}
	report.Connector, report.Version = t.description.GetName(), t.description.GetVersion()
	if t.straight != nil {
		report.Resource, report.Pages, report.Records = t.straight.resource.GetName(), len(t.straight.pages), len(t.straight.ids)
	}
	err = t.close(ctx)
	report.Took = time.Since(began)
	if ctx.Err() != nil {
		return report, fmt.Errorf("the examination was ended: %w", context.Cause(ctx))
	}
	if err != nil {
		return report, fmt.Errorf("clean up after the examination: %w", err)
	}
	return report, nil
}

// Conform examines a connector in subtests, one for each case.
func Conform(t *testing.T, target Target) {
	t.Helper()
	report, err := Run(t.Context(), target, func(result Result) {
		t.Run(result.Case.Name, func(t *testing.T) {
			switch result.Status {
			case Failed:
				t.Errorf("%s\n\nRequired: %s\n\nSeen: %s", result.Case.Title, result.Case.Requires, result.Saw)
			case Skipped:
				t.Skip(result.Saw)
			default:
				t.Logf("%s (%s)", result.Saw, result.Took.Round(time.Millisecond))
			}
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s %s was examined in %s", report.Connector, report.Version, report.Took.Round(time.Millisecond))
}

// cases are those that Only names.
func (target Target) cases() ([]Case, error) {
	all := Cases()
	if len(target.Only) == 0 {
		return all, nil
	}
	var unknown []string
	for _, name := range target.Only {
		if !slices.ContainsFunc(all, func(c Case) bool { return c.Name == name }) {
			unknown = append(unknown, fmt.Sprintf("%q", name))
		}
	}
	if len(unknown) > 0 {
		names := make([]string, len(all))
		for i, c := range all {
			names[i] = c.Name
		}
		return nil, fmt.Errorf("there is no case %s; there are: %s", strings.Join(unknown, ", "), strings.Join(names, ", "))
	}
	return slices.DeleteFunc(all, func(c Case) bool { return !slices.Contains(target.Only, c.Name) }), nil
}

// executable checks that there is a file to start.
func executable(path string) (string, error) {
	if path == "" {
		return "", errors.New("no connector was named: Path is empty")
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("the connector can't be examined: %w", err)
	}
	if info.IsDir() {
		return "", fmt.Errorf("the connector %s can't be examined: it is a folder, and an executable is needed", path)
	}
	return filepath.Abs(path)
}

// judge tries one case.
func (t *trial) judge(ctx context.Context, c Case) Result {
	began := time.Now()
	t.current = c.Name
	o := t.try(ctx, c)
	if o.status == Failed {
		t.failed[c.Name] = true
		// Whatever it did to the process that cases share is nobody else's to bear.
		t.main.discard(ctx)
	}
	return Result{
		Case: c, Status: o.status, Saw: t.canaries.without(o.saw), Took: time.Since(began), RestsOn: o.restsOn, Short: o.short,
	}
}

func (t *trial) try(ctx context.Context, c Case) outcome {
	for _, premise := range c.after {
		root := t.rested[premise]
		if t.failed[premise] {
			root = premise
		}
		if root != "" {
			t.rested[c.Name] = root
			return outcomeOf(skipAfter(root, "The case %q failed, on which this one rests.", root))
		}
	}
	limit := c.limit
	if limit == 0 {
		limit = caseLimit
	}
	limited, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	o := outcomeOf(c.try(limited, t))
	if limited.Err() != nil && ctx.Err() == nil && o.status != Passed {
		o = outcomeOf(fail("It did not come to an end within %s. %s", limit, o.saw))
	}
	for p := range t.running { // left over where a case ended early
		if p != t.main {
			p.discard(ctx)
		}
	}
	return o
}
