package plugintest

import (
	"context"
	"time"
)

// Case is one rule of the contract and how it is tried.
type Case struct {
	// Name is stable, lower case with dashes: "cursor-resume".
	Name string
	// Section groups cases in the report and in docs/contract.md: "Cursors".
	Section string
	// Title says the rule in a few words.
	Title string
	// Requires is the rule, in complete sentences, and Why its reason.
	Requires, Why string

	// after names the cases on which this one rests: where one of them failed, it
	// is skipped.
	after []string
	// limit is how long it may take; caseLimit where it is zero.
	limit time.Duration
	// try tries it, and returns nil or an *outcome; any other error is a failure.
	try func(context.Context, *trial) error
}

// Status is the outcome of a [Case].
type Status string

// The outcomes.
const (
	Passed  Status = "pass"
	Failed  Status = "fail"
	Skipped Status = "skip" // it could not be tried; Saw says why
)

// Result is what came of a case.
type Result struct {
	Case   Case
	Status Status
	// Saw says what was tried and seen: the value, and for a failure what to mend.
	// It never holds a secret of the target's.
	Saw  string
	Took time.Duration

	// RestsOn is the name of the case that failed, where this one was skipped
	// because of it.
	RestsOn string
	// Short tells that it was skipped because the listing has one page, or no
	// record: it takes several pages.
	Short bool
}

// Report is what came of all cases.
type Report struct {
	// Connector and Version are those of Describe, empty where it gave none.
	Connector, Version string
	Results            []Result
	Took               time.Duration

	// Resource is the one that was listed, and Pages and Records are what came of
	// it; empty where no case listed any.
	Resource       string
	Pages, Records int
}

// OK reports whether no case failed.
func (r Report) OK() bool { return len(r.Failed()) == 0 }

// Failed returns the results of the cases that failed.
func (r Report) Failed() []Result {
	var failed []Result
	for _, result := range r.Results {
		if result.Status == Failed {
			failed = append(failed, result)
		}
	}
	return failed
}
