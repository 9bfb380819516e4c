package main

import (
	"fmt"
	"sync"

	"patchbay.example/plugin/okta/internal/oktaapi"
)

// callBudget bounds what one run over memberships asks Okta for: every request
// for groups and members counts, second looks and repeats after failures
// included. Its methods may be called from several goroutines, since a page is
// read ahead.
type callBudget struct {
	of int

	mu   sync.Mutex // guards used
	used int
}

// spend takes one request from the budget, or returns the refusal where none is
// left.
func (b *callBudget) spend() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.used >= b.of {
		return b.refusal()
	}
	b.used++
	return nil
}

// left is how many requests may still be made.
func (b *callBudget) left() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.of - b.used
}

// refusal is the error of a run that needs more.
func (b *callBudget) refusal() error {
	return &oktaapi.Error{
		Reason: oktaapi.ReasonCallBudgetSpent,
		Detail: fmt.Sprintf("the memberships of this org take more than the %d requests that membership_call_budget allows one run", b.of),
	}
}
