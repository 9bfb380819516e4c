package schedule

import (
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/rivertype"
)

// The queues. Deliveries and sweeps never wait for runs.
const (
	queueRuns   = "runs"
	queueChores = "chores"
)

// The priorities of River's, 1 being the highest: a run that was interrupted
// comes before those that have not begun.
const (
	priorityResume = 1
	priorityBegin  = 2
)

const (
	// maxSyncAttempts bounds how often River repeats a job that could not even
	// claim its run, such as while the database is away. The tick makes a new one
	// after that.
	maxSyncAttempts = 10
	// maxDispatches bounds the jobs for one slot or one interrupted run, each of
	// which died before it claimed anything.
	maxDispatches = 20
)

// syncArgs order a run. What is marked unique is the key: of the same one, only
// one job waits or works at a time.
type syncArgs struct {
	Connection int64  `json:"connection" river:"unique"`
	Name       string `json:"name"`
	// Slot is the slot to begin a run for, in Unix milliseconds; 0 where an
	// interrupted run is to go on.
	Slot int64 `json:"slot" river:"unique"`
	// Run and Epoch name the interrupted run, and the worker that left it.
	Run   int64 `json:"run" river:"unique"`
	Epoch int64 `json:"epoch" river:"unique"`
	// Dispatch counts the jobs before this one whose process died before it had
	// claimed the run, so that they are still running for River.
	Dispatch int `json:"dispatch" river:"unique"`
	// Interruptions counts how often in a row a worker gave the run up for what
	// its own machine or the store could not do.
	Interruptions int `json:"interruptions"`
}

// Kind names the jobs for River.
func (syncArgs) Kind() string { return "sync" }

// InsertOpts are the jobs' defaults for River.
func (a syncArgs) InsertOpts() river.InsertOpts {
	priority := priorityBegin
	if a.Run != 0 {
		priority = priorityResume
	}
	return river.InsertOpts{Queue: queueRuns, Priority: priority, MaxAttempts: maxSyncAttempts, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: live()}}
}

// notifyArgs order the delivery of a notification.
type notifyArgs struct {
	Notification int64 `json:"notification" river:"unique"`
}

// Kind names the jobs for River.
func (notifyArgs) Kind() string { return "notify" }

// InsertOpts are the jobs' defaults for River. Attempts that the store could not
// count come on top.
func (notifyArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueChores, MaxAttempts: 2 * maxDeliveries, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: live()}}
}

// sweepArgs order the removal of what retention lets go.
type sweepArgs struct {
	// Hour is the hour since 1970 for which it is: there is one sweep in each.
	Hour int64 `json:"hour" river:"unique"`
}

// Kind names the jobs for River.
func (sweepArgs) Kind() string { return "sweep" }

// InsertOpts are the jobs' defaults for River. A sweep that fails is done by the
// next one.
func (sweepArgs) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queueChores, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: rivertype.JobStates()}}
}

// live are the states of a job that is still to be done.
func live() []rivertype.JobState {
	return []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning,
		rivertype.JobStateRetryable, rivertype.JobStateScheduled,
	}
}

// doubling is a wait that doubles from first with each attempt, the first being
// 1, up to most.
func doubling(first, most time.Duration, attempt int) time.Duration {
	wait := first
	for i := 1; i < attempt && wait < most; i++ {
		wait *= 2
	}
	return min(wait, most)
}
