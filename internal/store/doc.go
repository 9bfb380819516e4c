// Package store owns what an installation remembers: connections, runs, and the
// directory that the runs have brought. It says what is stored and what holds
// of it; the engines in [patchbay.example/internal/store/sqlite] and
// [patchbay.example/internal/store/postgres] keep it, and both pass the suite
// in [patchbay.example/internal/store/storetest].
//
// # Versions and generations
//
// A person is stored as versions. Each [Version] was written by one run and
// never changes; a new one is written only when what people see has changed. A
// run's number is its generation. Readers see a connection at its current
// generation G: the versions that a run up to G wrote and that no run up to G
// has closed. What a run stages stays invisible until the run is promoted, and
// promoting is one short transaction that copies no body: it sets the current
// generation, closes the versions that the run replaced, and closes those of
// people who were not seen. A closed version without successor is a tombstone.
// Joiners, movers and leavers of a run are read off the versions that it opened
// and closed.
//
// # Sightings
//
// For each person that a run meets, one narrow row says so, with a hash of the
// source as it came and the volatile times. An unchanged person costs that row
// and nothing else. The sightings of the promoted run stay: the next run
// compares with them, and readers take the volatile times from there.
//
// # The People view
//
// What anybody may see of the directory of one connection, the HRIS, is a
// [PeopleView] and the settings. Its revision moves in the transaction that
// changes either, so that whoever keeps people in memory finds out with one
// cheap question whether what it keeps may still be shown.
//
// # Fencing
//
// A run is owned by one worker at a time. Each write of a run names its epoch;
// taking a run over raises it, and a worker that was given up writes no more:
// its next write returns [ErrFenced].
//
// # Schedule
//
// A connection has one slot, [Schedule.Next]. Beginning a run takes the slot in
// the same transaction, so that one run only is ever for it, however many
// workers try. The end of a run is taken account of once, by [Settlement], which
// names what it rests on; somebody who asks for a run at the same time is not
// overruled. What is to be told to somebody is stored with it, and stays until
// it is delivered or given up.
package store
