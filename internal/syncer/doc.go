// Package syncer runs one run of one connection: it has the connector list
// everybody, stages what comes, and makes it the directory that people see, or
// says why it did not.
//
//	s := &syncer.Syncer{Store: engine, Launch: launch, Configure: configure}
//	run, err := s.Run(ctx, syncer.Job{Connection: connection, Trigger: store.WhySchedule})
//
// # The steps of a run
//
//  1. Begin. A run that an earlier worker left is taken over, and goes on from
//     its last stored page if it is younger than the connection's deadline and
//     neither the configuration nor the connector's version has changed. Else
//     it is closed as abandoned, and a new one begins. A new run takes the slot
//     of the schedule that it is for, so that one run only is ever for it.
//  2. Stage. Each page is stored with its cursor in one transaction. The last
//     page of a listing is stored when the connector has confirmed the end, so
//     that a run that is stored as complete is complete.
//  3. Guard. A run that listed nobody, or would take the access of too many
//     people at once, is held with a [Plan] until somebody approves it; so is
//     every run that was asked for as a plan.
//  4. Promote. What was staged becomes the directory.
//  5. Report. The run as stored, its log for people ([store.Note]), and log lines
//     with the connection and the run.
//
// # Who owns a run
//
// A run belongs to one worker at a time, by a lease that is renewed while the
// worker lives. A worker that lost its run (it slept, its machine was cut off)
// notices with its next write and stops at once, with [store.ErrFenced].
//
// # What ends a run, and what interrupts it
//
// What the connector refuses or does wrong ends the run as failed. What happens
// to the worker itself (its context ends, the store is out of reach, the
// machine can't start a process that has been started before) interrupts it: the
// run stays with its checkpoint, and the lease is given back, so that the next
// worker goes on at once. A worker that is told to yield, or whose slice is over,
// leaves its run in the same way, after the page in hand.
//
// # Kill points
//
// Every write of a run has a point before and after it at which a test kills the
// process; see [patchbay.example/internal/killpoint].
package syncer
