package plugin

import (
	"errors"
	"slices"
	"time"
)

// Check is one named step of proving that a connection works.
type Check struct {
	Name   string // stable, lower case: "scopes"
	Title  string // for people: "Scopes granted"
	Status CheckStatus
	Reason string        // a declared reason, for warn and fail
	Detail string        // what was seen, one sentence; never a secret
	Fix    string        // what to do; taken from the declared reason when empty
	Took   time.Duration // zero for skipped
}

// CheckStatus is the outcome of a [Check].
type CheckStatus int

// The outcomes. A new Check is skipped until it runs.
const (
	CheckSkipped CheckStatus = iota // an earlier failure made it pointless
	CheckOK                         // it holds
	CheckWarn                       // it does not hold; the connection works with less
	CheckFail                       // it does not hold; the connection can't be used
)

// Checklist runs named checks in order and remembers what came of them. After
// a check has failed, Run skips the later ones. It is not for concurrent use.
type Checklist struct {
	checks  []Check
	refusal *Refusal
}

// NewChecklist makes a list of skipped checks from names and titles.
func NewChecklist(checks ...Check) *Checklist {
	return &Checklist{checks: checks}
}

// Warning is returned by a check's function for a check that does not hold
// while the connection works all the same.
type Warning struct {
	Reason string // a declared reason
	Detail string // what was seen
}

// Error is the detail with the reason.
func (w *Warning) Error() string { return w.Detail + " (" + w.Reason + ")" }

// Run runs the check called name, unless an earlier one failed. f returns what
// was seen, one sentence. An error of type [*Warning] makes the check warn;
// any other makes it fail, and the first failure becomes the list's refusal.
// Run reports whether the check ran and did not fail.
func (l *Checklist) Run(name string, f func() (detail string, err error)) bool {
	if l.refusal != nil {
		return false
	}
	began := time.Now()
	detail, err := f()
	return l.Record(name, time.Since(began), detail, err)
}

// Record notes what came of a check that was run elsewhere, with the time that
// it took: Run for a question whose answer belongs to one check or another. It
// records also after a failure, and reports whether the check did not fail.
func (l *Checklist) Record(name string, took time.Duration, detail string, err error) bool {
	i := slices.IndexFunc(l.checks, func(c Check) bool { return c.Name == name })
	if i < 0 {
		return false
	}
	check := &l.checks[i]
	check.Took, check.Status, check.Detail = took, CheckOK, detail
	if err == nil {
		return true
	}
	if warning, ok := errors.AsType[*Warning](err); ok {
		check.Status, check.Reason, check.Detail = CheckWarn, warning.Reason, warning.Detail
		return true
	}
	refusal := asRefusal(err)
	check.Status, check.Reason, check.Detail, check.Fix = CheckFail, refusal.Reason, refusal.Message, refusal.Fix
	if l.refusal == nil {
		l.refusal = refusal
	}
	return false
}

// Checks returns all checks, in the order of NewChecklist.
func (l *Checklist) Checks() []Check { return l.checks }

// Refusal returns the first failure, or nil.
func (l *Checklist) Refusal() *Refusal { return l.refusal }

// asRefusal returns err's refusal, or a fault of the connector in general
// terms: an error that is not a refusal was not written for people to read.
func asRefusal(err error) *Refusal {
	if refusal, ok := errors.AsType[*Refusal](err); ok {
		return refusal
	}
	return &Refusal{Reason: ReasonFailed, Class: ConnectorFault, Message: "The connector failed: " + err.Error(), Cause: err}
}
