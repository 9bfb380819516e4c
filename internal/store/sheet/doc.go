// Package sheet is how the engines of [patchbay.example/internal/store] keep
// whom a run met. Everybody of a connection has a number, given at first sight in
// the order of the listing and never given again. A [Sheet] holds what a run
// knows of [People] people of consecutive numbers, a [Slot] for each: a row of a
// table, whose key is the run and the sheet's [Place].
//
// A service lists in an order that hardly changes, whatever its ids are like.
// So a page of a listing touches a few sheets, one after the other, of those of
// the run that stands and of its own; were each person a row, found by id, it
// would touch leaves all over an index. A listing in another order than that of
// the first costs more than rows would: of 100,000 people half as much again on
// SQLite, and twice as much on PostgreSQL, where a row that is written again is
// another row.
//
// A [Book] compares the pages of a run with the run that stands, and says what to
// write.
package sheet
