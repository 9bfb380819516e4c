// Package arch holds no code, only the tests that keep the shape of the tree:
//
//   - who may import whom, over the real import graph, tests included. The table
//     in rooms_test.go is the rule, and it is exhaustive: a package that stands
//     in no room fails;
//   - what may be linked into a connector author's binary (linked_test.go);
//   - that no file names a machine or a registry's host, and that no package or
//     file has a name that says nothing (sources_test.go).
//
// A failure is a sentence: which package imports what, and what its room may
// import. Whoever needs another import changes the table in the same commit and
// says why in its message.
package arch
