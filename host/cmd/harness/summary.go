package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/program"
)

// Outcomes of a run.
const (
	outcomeCompleted = "completed" // everything was sent, or as much as was asked for
	outcomeFailed    = "failed"
	outcomeCancelled = "cancelled" // by a signal, or by the output's reader
)

// Reasons of runs that ended early on purpose.
const (
	reasonEnough       = "MAX_RECORDS_REACHED"
	reasonOutputClosed = "OUTPUT_CLOSED"
	reasonSignal       = "SIGNAL"
)

// summary is what --summary-file holds.
type summary struct {
	Pages                uint64  `json:"pages"`    // written whole
	Records              uint64  `json:"records"`  // written, no id twice
	Bytes                int64   `json:"bytes"`    // of their sources
	Repeated             uint64  `json:"repeated"` // left out: their ids were written already
	Seconds              float64 `json:"seconds"`
	RateLimitWaitSeconds float64 `json:"rate_limit_wait_seconds"`
	Quarantined          uint64  `json:"quarantined"`
	Cursor               string  `json:"cursor"` // after the last page written; empty after the listing's last
	Outcome              string  `json:"outcome"`
	Reason               string  `json:"reason"`

	waited    time.Duration
	resumable bool // the stream was begun
	restarts  int
}

// rateLimitReasons are the waits that a rate limit asks for.
var rateLimitReasons = []string{"RATE_LIMITED", "CONCURRENCY_LIMITED", "TOKEN_RATE_LIMITED", "PACING"}

// take notes what a stream has brought.
func (s *summary) take(result host.Summary, written written, took time.Duration) {
	s.Pages, s.Quarantined, s.Cursor = result.Pages, result.Quarantined, result.Cursor
	s.Records, s.Bytes, s.Repeated = written.records, written.bytes, written.repeated
	s.Seconds = took.Seconds()
	for _, d := range result.Waited {
		s.waited += d
	}
	for _, reason := range rateLimitReasons {
		s.RateLimitWaitSeconds += result.Waited[reason].Seconds()
	}
	s.restarts = result.Restarts
}

// conclude notes how the run ended.
func (s *summary) conclude(ctx context.Context, err error) {
	switch {
	case err == nil:
		s.Outcome = outcomeCompleted
	case errors.Is(err, errEnough) && !errors.Is(err, program.ErrOutput): // closing the file may fail still
		s.Outcome, s.Reason = outcomeCompleted, reasonEnough
	case errors.Is(err, program.ErrOutputClosed):
		s.Outcome, s.Reason = outcomeCancelled, reasonOutputClosed
	case ctx.Err() != nil:
		s.Outcome, s.Reason = outcomeCancelled, reasonSignal
	default:
		s.Outcome, s.Reason = outcomeFailed, program.ExplanationOf(err).Reason
	}
}

// sentence is the summary for people.
func (s *summary) sentence() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s on %s %s, %.1f MB in %.1f s", program.Thousands(s.Records), program.Plural(s.Records, "record"), program.Thousands(s.Pages), program.Plural(s.Pages, "page"), float64(s.Bytes)/1e6, s.Seconds)
	if s.waited > 0 {
		fmt.Fprintf(&b, ", %.0f s of it waiting", s.waited.Seconds())
	}
	if s.Quarantined > 0 {
		fmt.Fprintf(&b, "; %s left out as unreadable", program.Thousands(s.Quarantined))
	}
	if s.Repeated > 0 {
		fmt.Fprintf(&b, "; %s %s came again under an id that was written already, and %s left out", program.Thousands(s.Repeated), program.Plural(s.Repeated, "record"), wasWere(s.Repeated))
	}
	if s.restarts > 0 {
		fmt.Fprintf(&b, "; connector restarted %d %s", s.restarts, program.Plural(uint64(s.restarts), "time")) //nolint:gosec // never negative
	}
	fmt.Fprintf(&b, "; %s", s.Outcome)
	if s.Reason != "" {
		fmt.Fprintf(&b, " (%s)", s.Reason)
	}
	b.WriteByte('.')
	return b.String()
}

func wasWere(n uint64) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// writeTo writes the summary to a file, whole or not at all.
func (s *summary) writeTo(path string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	return program.WriteFile(path, append(text, '\n'))
}
