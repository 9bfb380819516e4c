// Command notices writes docs/third-party.md: which modules are linked into our
// programs, under which licence, and the text of each licence and notice file,
// which most of those licences ask to travel with the program.
//
// Run it from the root of the tree:
//
//	go -C internal/tools run ./notices           write the page
//	go -C internal/tools run ./notices -check    fail if the page is not current
//
// It asks `go list` for the packages of every program on every system that the
// programs are built for, and reads the licence files of their modules in the
// module cache. Only go itself may use the network, to fill that cache. A module
// without a licence file, or with one that is not recognised, is an error: a
// person has to read it first (see licences in licence.go).
package main
