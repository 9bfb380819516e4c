// Package scaffold writes a new connector: a folder of Go files that compile, run
// and keep the contract at once, and say where to fill in what.
//
// Inside Patchbay's own module it is the folder plugin/NAME; anywhere else it is
// a module of its own, which imports only Patchbay's public packages and takes
// them from a folder of this machine.
//
// [Write] writes what is missing and never what is there: a folder that holds a
// connector of this making already keeps every file that it has.
package scaffold
