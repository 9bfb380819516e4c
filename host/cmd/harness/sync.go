package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"patchbay.example/host"
	"patchbay.example/internal/program"
	"patchbay.example/internal/wire"
)

// defaultWaitBudget is how long the connector may wait in all. A million people
// take a dozen rate-limit windows at half of Okta's default limit; two hours
// are for an org whose limit is a tenth of that.
const defaultWaitBudget = 2 * time.Hour

// syncFlags are the flags of sync.
type syncFlags struct {
	target

	resource, format, cursor string
	output, summaryFile      string
	maxRecords               uint64
	waitBudget               time.Duration
}

func (a *app) syncCommand() *cobra.Command {
	var f syncFlags
	cmd := &cobra.Command{
		Use:   "sync --connector PATH --config FILE --resource NAME",
		Short: "Connect, and stream a resource to standard output",
		Long: `Sync connects and streams a resource. Records go to standard output or to the
file of --output, one a line; with --cursor, lines are added to that file.

The summary's cursor says where to go on after the last page that was written
whole: given to --cursor, the run brings exactly the rest. Where --max-records
cuts a page in two, the rest begins with that page.`,
		Args: program.NoArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := program.RequireOneOf(cmd, "format", f.format, "text", "jsonl"); err != nil {
				return err
			}
			if f.waitBudget < 0 {
				return &program.UsageError{Command: cmd, Err: errors.New("--wait-budget is a duration such as 30m, or 0 for as long as it takes")}
			}
			return a.nameDefault(cmd, a.sync(cmd.Context(), f))
		},
	}
	f.addFlags(cmd)
	flags := cmd.Flags()
	flags.StringVar(&f.resource, "resource", "", "name of the resource, as in harness resources")
	flags.StringVar(&f.format, "format", "text", "text or jsonl")
	flags.StringVar(&f.cursor, "cursor", "", "go on after the page with this cursor")
	flags.StringVar(&f.output, "output", "", "file to write records to instead of standard output")
	flags.StringVar(&f.summaryFile, "summary-file", "", "file to write a summary to (JSON), also when the run fails")
	flags.Uint64Var(&f.maxRecords, "max-records", 0, "stop after so many records; 0 for all")
	flags.DurationVar(&f.waitBudget, "wait-budget", defaultWaitBudget, "how long the connector may wait in all, for rate limits and for a service that is down; 0 for as long as it takes")
	_ = cmd.MarkFlagRequired("resource")
	return cmd
}

// sync connects, streams, and says how it ended in every place where somebody
// may look: the summary file, standard error, the exit code.
func (a *app) sync(ctx context.Context, f syncFlags) error {
	s := summary{Cursor: f.cursor}
	err := a.stream(ctx, f, &s)
	s.conclude(ctx, err)
	_, _ = fmt.Fprintln(a.stderr, s.sentence())
	if s.Outcome != outcomeCompleted && s.resumable && program.ExitCode(ctx, err) != wire.ExitUsage {
		_, _ = fmt.Fprintf(a.stderr, "To go on from here: %s\n", f.resume(s.Cursor))
	}
	if s.Outcome == outcomeCompleted || s.Reason == reasonOutputClosed {
		err = nil
	}
	if f.summaryFile == "" {
		return err
	}
	summaryErr := s.writeTo(f.summaryFile)
	if err == nil {
		return summaryErr
	}
	if summaryErr != nil { // the exit code is the run's own
		_, _ = fmt.Fprintf(a.stderr, "harness: the summary is lost: %v\n", summaryErr)
	}
	return err
}

// stream connects and streams, and keeps the summary.
func (a *app) stream(ctx context.Context, f syncFlags, s *summary) error {
	var resume map[string]string
	if f.cursor != "" {
		resume = map[string]string{f.resource: f.cursor}
	}
	connector, _, err := a.connect(ctx, f.target, resume)
	if connector != nil {
		defer func() { _ = connector.Close() }()
	}
	if err != nil {
		return err
	}
	sink, err := openSink(a.stdout, f)
	if err != nil {
		return err
	}
	display := newProgress(a.stderr, f.output == "" && program.IsTerminal(a.stdout))
	defer display.stop()
	s.resumable = true
	began := time.Now()
	result, err := connector.Sync(ctx, host.SyncRequest{Resource: f.resource, Cursor: f.cursor, WaitBudget: f.waitBudget}, host.Consumer{
		Page: func(_ context.Context, page host.Page) error {
			if err := sink.page(page); err != nil {
				return err
			}
			display.page(sink.records, page.Sequence)
			return nil
		},
		Restarted: func(_ context.Context, r host.Restarted) error {
			display.say("The listing begins again at its first page: " + r.Message)
			return nil
		},
		Quarantined: func(_ context.Context, q host.Quarantined) error {
			display.say(fmt.Sprintf("Left out: %s: %s (%s)", q.Location, q.Message, q.Reason))
			return nil
		},
		Wait: func(w host.Wait) { display.wait(w) },
		ConnectorRestarting: func(r host.ConnectorRestart) {
			display.say(fmt.Sprintf("The connector is started again (attempt %d): %v", r.Attempt, r.Cause))
		},
	})
	s.take(result, sink.written, time.Since(began))
	return errors.Join(err, sink.close())
}

// resume is the command that continues a run from a cursor.
func (f syncFlags) resume(cursor string) string {
	words := []string{programName(os.Args[0]), "sync", "--connector", f.connector, "--config", f.config, "--resource", f.resource, "--format", f.format}
	waitBudget := ""
	if f.waitBudget != defaultWaitBudget {
		waitBudget = f.waitBudget.String()
	}
	for _, optional := range [][2]string{
		{"--connectors", f.folder},
		{"--connector-sha256", f.sha256},
		{"--wait-budget", waitBudget},
		{"--output", f.output},
		{"--summary-file", f.summaryFile},
		{"--cursor", cursor},
	} {
		if optional[1] != "" {
			words = append(words, optional[0], optional[1])
		}
	}
	for i, word := range words {
		words[i] = quoted(word)
	}
	return strings.Join(words, " ")
}

// programName is how this program is called again: as it was called, but for
// `go run`, whose executable is gone when it ends.
func programName(called string) string {
	if strings.Contains(called, "go-build") {
		return "harness"
	}
	return called
}

// quoted quotes a word for a shell, if that is needed.
func quoted(word string) string {
	safe := func(r rune) bool {
		return r == '_' || r == '-' || r == '.' || r == '/' || r == '=' || r == ':' ||
			'0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
	}
	if word != "" && !strings.ContainsFunc(word, func(r rune) bool { return !safe(r) }) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// openOutput opens the file for records: anew, or to be added to when a run
// goes on from a cursor.
func openOutput(path string, goesOn bool) (*os.File, error) {
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if goesOn {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	}
	file, err := os.OpenFile(path, flags, 0o600) // people's data: the user's own
	if err != nil {
		return nil, fmt.Errorf("%w: %w", program.ErrOutput, err)
	}
	return file, nil
}
