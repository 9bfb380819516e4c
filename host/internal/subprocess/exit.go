package subprocess

import (
	"fmt"
	"os"
)

// Exit tells how a process ended. The zero value is a process that ended with
// code 0, or has not ended.
type Exit struct {
	// Code is the exit code; -1 when a signal ended it.
	Code int
	// Signal is the signal that ended it in the system's words ("killed"),
	// empty when none did.
	Signal string
	// Ours is set when the host killed it.
	Ours bool
	// PeakRSS is the highest resident memory in bytes, 0 where unknown.
	PeakRSS int64
	// Err is why the end could not be learned.
	Err error
}

// String is for people: "ended with exit code 2", "was ended by signal: killed".
func (e Exit) String() string {
	switch {
	case e.Err != nil:
		return "ended, and how is unknown: " + e.Err.Error()
	case e.Ours:
		return "was killed by the host"
	case e.Signal == "killed":
		return "was ended by signal: killed (by a person, or by the system when memory ran out)"
	case e.Signal != "":
		return "was ended by signal: " + e.Signal
	default:
		return fmt.Sprintf("ended with exit code %d", e.Code)
	}
}

// exitError is an Exit that is not a success.
type exitError struct{ Exit }

func (e exitError) Error() string { return e.String() }

func (e Exit) err() error {
	if e.Code == 0 && e.Err == nil {
		return nil
	}
	return exitError{e}
}

func (e *Exit) note(state *os.ProcessState, err error) {
	if err != nil {
		e.Code, e.Err = -1, err
		return
	}
	e.Code = state.ExitCode()
	e.Signal = signalOf(state)
	e.Ours = e.Ours && !state.Exited() // it may have ended by itself just before
	if e.PeakRSS == 0 {
		e.PeakRSS = peakRSSOf(state)
	}
}
