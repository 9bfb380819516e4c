package syncer

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"patchbay.example/host"
	"patchbay.example/internal/store"
)

// noteLimit bounds the writing of a line of a run's log: it must not hold up the
// run.
const noteLimit = 5 * time.Second

// note adds a line to the run's log, which people read. A line holds counts,
// times, reasons and what the connector calls them: neither its free text, which
// could quote a record, nor the name or id of anybody. Without a line the run
// goes on as well.
func (w *worker) note(ctx context.Context, warning bool, format string, arguments ...any) {
	ctx, cancel := context.WithTimeout(ctx, noteLimit)
	defer cancel()
	note := store.Note{At: w.now(), Warning: warning, Text: fmt.Sprintf(format, arguments...)}
	if err := w.Store.Note(ctx, w.run.ID, note); err != nil {
		w.log.WarnContext(ctx, "a line of the run's log could not be stored", slog.String("text", note.Text), slog.Any("error", err))
	}
}

// onWorker names the worker, where it has a name.
func (w *worker) onWorker() string {
	if w.Worker == "" {
		return ""
	}
	return " on worker " + w.Worker
}

// inWords is a reason as the connector explains it in its description.
func (w *worker) inWords(ctx context.Context, connector *host.Connector, reason string) string {
	description, err := connector.Describe(ctx)
	if err != nil {
		return reason
	}
	for _, declared := range description.GetReasons() {
		if declared.GetReason() == reason && declared.GetTitle() != "" {
			return fmt.Sprintf("%s (%s)", strings.TrimSuffix(declared.GetTitle(), "."), reason)
		}
	}
	return cmp.Or(reason, "no reason given")
}

// noteListed says what a complete listing was like.
func (w *worker) noteListed(ctx context.Context, run store.Run) {
	memory := ""
	if w.summary.PeakRSS > 0 {
		memory = fmt.Sprintf("; the connector took at most %s of memory", size(w.summary.PeakRSS))
	}
	took := w.now().Sub(run.Started)
	w.note(ctx, false, "The listing is complete: %s, %s, %s in %s%s.", counted(run.Pages, "page", "pages"), counted(run.Records, "person", "people"),
		size(run.Bytes), took.Round(max(time.Millisecond, (took/100).Truncate(time.Second/10))), memory)
}

// noteEnd says what became of the run.
func (w *worker) noteEnd(ctx context.Context, run store.Run) {
	switch run.Status {
	case store.RunPromoted:
		w.note(ctx, false, "Promoted: %s joined, %s changed, %s left, %s did not change; %s could not be read.", thousands(run.Added), thousands(run.Changed),
			thousands(run.Removed), thousands(run.Unchanged), counted(run.Quarantined, "record", "records"))
	case store.RunHeld:
		w.note(ctx, true, "Held for review (%s): %s would join, %s would change, %s would be removed.", run.Reason,
			thousands(run.Added), thousands(run.Changed), thousands(run.Removed))
	case store.RunFailed, store.RunAbandoned:
		what := "Failed"
		if run.Status == store.RunAbandoned {
			what = "Abandoned"
		}
		w.note(ctx, true, "%s (%s) after %s and %s; the directory stands as it was.", what, run.Reason,
			counted(run.Pages, "page", "pages"), counted(run.Records, "person", "people"))
	}
}

// counted is a number with its noun.
func counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return thousands(n) + " " + many
}

// size is a number of bytes as people read it.
func size(bytes int64) string {
	const kib, mib = 1 << 10, 1 << 20
	switch {
	case bytes < kib:
		return counted(bytes, "byte", "bytes")
	case bytes < mib:
		return fmt.Sprintf("%.1f KiB", float64(bytes)/kib)
	default:
		return fmt.Sprintf("%.1f MiB", float64(bytes)/mib)
	}
}
