package plugintest

import (
	"context"
	"fmt"
)

const (
	sectionLog = "Log"

	// maxLine is the longest line of a log. A host cuts a line at 16 KiB; a stack
	// in JSON may be somewhat longer.
	maxLine = 64 << 10
	// maxLogPerPage and maxLogOnce bound what a listing logs at the level INFO:
	// about a hundred lines a page, and what begins and ends it.
	maxLogPerPage, maxLogOnce = 16 << 10, 256 << 10
	// maxLog bounds what one process logs altogether at the level DEBUG, in the
	// few calls that the suite makes with it.
	maxLog = 64 << 20
)

func logCases() []Case {
	return []Case{
		{
			Name: "log-bounded", Section: sectionLog, Title: "Its log is bounded",
			Requires: "A line of standard error has at most 64 KiB. At the level INFO a listing logs at most 16 KiB a page, beside 256 KiB for the whole; nothing is logged for each record.",
			Why:      "The log of every connector is kept with the host's own: a flood hides what others say, and is cut.",
			after:    []string{caseHandshake},
			try:      tryLogBounded,
		},
	}
}

// noteLog measures the log of a process that is discarded.
func (t *trial) noteLog(p *process) {
	total, longest := p.stderr.size()
	t.longestLine = max(t.longestLine, longest)
	if total > maxLog {
		t.floods = append(t.floods, fmt.Sprintf("a process logged %d MiB", total>>20))
	}
}

func tryLogBounded(ctx context.Context, t *trial) error {
	listing, err := t.listing(ctx)
	if err != nil && outcomeOf(err).status == Failed {
		return err
	}
	for p := range t.running {
		t.noteLog(p)
	}
	if t.longestLine > maxLine {
		return fail("A line of its log has %d bytes; at most %d are allowed. Log what happened, and not the data that it happened with.", t.longestLine, maxLine)
	}
	if len(t.floods) > 0 {
		return fail("Its log is a flood: %s.", some(t.floods))
	}
	if listing == nil && t.longestLine == 0 {
		return skip("Nothing was logged in the cases that ran, and no listing was read.")
	}
	if listing == nil {
		return pass("No line of its log has more than %d bytes. No listing was read.", t.longestLine)
	}
	allowed := int64(maxLogOnce + maxLogPerPage*max(1, len(listing.pages)))
	if t.straightLog > allowed {
		return fail("A listing of %d pages logged %d KiB at the level INFO; at most %d are allowed. Log what an operator would tell a colleague, and the rest at DEBUG (PATCHBAY_LOG_LEVEL says which is wanted).",
			len(listing.pages), t.straightLog>>10, allowed>>10)
	}
	return pass("A listing of %d pages logged %d bytes; the longest line of any log has %d.", len(listing.pages), t.straightLog, t.longestLine)
}
