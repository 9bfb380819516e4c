// Package schedule begins runs when they are due: every few hours for each
// connection, again after a failure, at once when somebody asks, and on with
// those whose worker died. It tells a webhook when a connection needs somebody.
//
// # Who does what
//
// The store keeps when each connection runs next ([store.Schedule]), and its
// transactions alone see to it that a slot has one run and a run has one worker.
// River (https://riverqueue.com) only carries work: it shares jobs among the
// processes of an installation, limits how many run at once, and repeats those
// that failed. A job that comes twice, late or for nothing does no harm: its
// worker finds in the store that there is nothing to do.
//
// # The tick
//
// Every process looks on its own, every 15 s and when it is woken, at what the
// store says: ended runs are taken account of, and due connections, runs whose
// lease is over and untold notifications get a job ([Scheduler.Tick]). It does
// not matter how many do so at once, for a job's key says what it is for. River's
// periodic jobs would need a leader, and a new one takes 20 s to be elected.
//
// # Slots
//
// A connection's regular slots are its anchor and whole intervals from it, so
// that runs do not drift. After any run the next regular slot is the first that
// is half an interval or more after the run began; slots that were missed meanwhile
// are made up for by one run. slot.go and settle.go hold these rules as pure
// functions.
//
// # Two clocks
//
// [Config.Now] decides what is due. River keeps the real clock for its own
// purposes: how long a job may take, and when one is repeated.
package schedule
