// Package postgres keeps what package store describes in PostgreSQL, 13 or
// later, for installations whose workers are several processes.
//
// # Tables
//
// A person's version has two halves. The row in version is narrow, and the only
// one that promoting a run touches; the row in body holds the texts, the view
// and the source, is written once, and carries the search index. Whom a run met
// is kept by number in sheets of 24 people; see
// [patchbay.example/internal/store/sheet].
//
// A version is visible when it is open (no run closed it) and was opened by a
// run up to the connection's generation. Closing and moving the generation
// happen in one transaction, and what a dead run staged below the new
// generation is gone before: so a statement that reads both sees one state.
//
// # Locks
//
// A transaction that needs several rows locks the connection first, then its
// runs, then versions. A run's row is the fence: every write of a run updates
// it, under the condition that the epoch still holds, before anything else. Who
// takes a run away from its worker updates the same row, and so waits for the
// page that is being written and is waited for by the next.
//
// # Removing
//
// What is removed in numbers is deleted in chunks, each a transaction of its
// own, so that no lock lasts.
package postgres
