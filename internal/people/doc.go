// Package people is the People view without its pages: who works here, who
// reports to whom, who leads what, and what is wrong with the directory that
// says so.
//
// A [Directory] reads the people of the one connection that is marked as the
// company's HRIS, and makes a [Snapshot] of them: everybody as of one run, under
// one set of [Settings]. A snapshot never changes; its methods answer questions
// from memory. There is a new one after each promoted run and each change of
// the settings.
//
// What is shown is decided before anything is indexed: an attribute that is not
// allowed, and a person who is hidden, are in no index, no count, no export and
// no error. Only package reporting, which finds out who reports to whom, reads
// every attribute; it gives back nothing but people's numbers and reasons.
//
// # Memory
//
// A snapshot is one of the two structures of this tree that grow with the
// company: [Snapshot.Bytes] says by how much. While a new one is made the old
// one is still there.
package people
