package people

import (
	"errors"
	"fmt"
)

// Errors of a directory.
var (
	// ErrNotActivated: no connection is marked as the HRIS.
	ErrNotActivated = errors.New("the People view is not activated: no connection is marked as the HRIS")
	// ErrNotSynced: the HRIS has no complete run yet.
	ErrNotSynced = errors.New("the People view waits for the first complete run of the HRIS")
)

// UnknownError says that there is no such person or unit that may be shown.
type UnknownError struct {
	// What is "person" or "unit", Asked what was asked for.
	What, Asked string
	// People and Units are what may have been meant.
	People []Card
	Units  []UnitSummary
}

// Error is a sentence.
func (e *UnknownError) Error() string { return fmt.Sprintf("there is no %s %q here", e.What, e.Asked) }

// QueryError is a query, or a setting, that can't be answered.
type QueryError struct {
	// Parameter is at fault; Problem completes the sentence that begins with it.
	Parameter, Problem string
}

// Error is the sentence.
func (e *QueryError) Error() string { return e.Parameter + " " + e.Problem }
