// Package storetest is what every engine of [patchbay.example/internal/store]
// passes: the promises of the interface's comments, each as a subtest, and a
// random walk against a model of the directory.
//
// An engine's test is one call:
//
//	func TestStore(t *testing.T) { storetest.Run(t, open) }
//
// Where the comments leave something open, the suite decides it for both
// engines, and the subtest's comment says what.
package storetest

import (
	"testing"

	"patchbay.example/internal/store"
)

// Run runs the suite. Each subtest calls open once for an empty store of its
// own, which open's cleanup closes; the subtests run in parallel.
func Run(t *testing.T, open func(t *testing.T) store.Store) {
	t.Helper()
	for _, group := range []struct {
		name  string
		tests []subtest
	}{
		{"connections", connectionTests},
		{"runs", runTests},
		{"staging", stagingTests},
		{"ordering", orderingTests},
		{"promoting", promotingTests},
		{"holding", holdingTests},
		{"reading", readingTests},
		{"removing", removingTests},
		{"the past", pastTests},
		{"the People view", viewTests},
		{"scheduling", schedulingTests},
		{"model", modelTests},
	} {
		t.Run(group.name, func(t *testing.T) {
			for _, sub := range group.tests {
				t.Run(sub.name, func(t *testing.T) {
					t.Parallel()
					sub.run(t, open(t))
				})
			}
		})
	}
}

// subtest is one promise.
type subtest struct {
	name string
	run  func(t *testing.T, s store.Store)
}
