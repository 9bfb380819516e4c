//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"patchbay.example/internal/program/programtest"
	"patchbay.example/internal/wire"
	"patchbay.example/plugin/okta/oktatest"
)

func TestSyncStreamsEverybodyOnceAndUnchanged(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 57, PageLimit: 20})
	summaryFile := filepath.Join(r.folder, "summary.json")
	p := r.sync("--summary-file", summaryFile).Run(t).WantCode(wire.ExitDone)
	r.wantIDs(p.Stdout.Text(), r.all())
	bytesOfSources := int64(0)
	for i, line := range linesOf(t, p.Stdout.Text()) {
		source := r.tenant.User(i)
		bytesOfSources += int64(len(source))
		if !bytes.Equal(line.Source, source) {
			t.Errorf("person %d: the source is not what Okta sent:\n%s\n%s", i, line.Source, source)
		}
		var user struct {
			UserName string `json:"user_name"`
			Status   string
		}
		if err := json.Unmarshal(line.User, &user); err != nil {
			t.Fatal(err)
		}
		if line.Resource != "users" || !strings.Contains(user.UserName, "@example.com") || user.Status == "" {
			t.Errorf("person %d: resource %q, user name %q, status %q", i, line.Resource, user.UserName, user.Status)
		}
	}
	s := summaryIn(t, summaryFile)
	want := summary{Pages: 3, Records: 57, Bytes: bytesOfSources, Outcome: "completed", Seconds: s.Seconds}
	if s != want || s.Seconds <= 0 {
		t.Errorf("the summary is %+v, want %+v", s, want)
	}
	p.WantStderr("57 records on 3 pages", "completed.\n")
}

func TestSyncForPeopleIsOneLineEach(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 5})
	p := r.command("sync", "--resource", "users").Run(t).WantCode(wire.ExitDone)
	if got, want := idsOfRows(p.Stdout.Text()), strings.Join(r.all(), " "); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestDeactivatedPeopleComeWhenAskedFor(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 40})
	r.configure(map[string]any{"include_deprovisioned": true})
	p := r.sync().Run(t).WantCode(wire.ExitDone)
	r.wantIDs(p.Stdout.Text(), slices.Concat(r.all(), slices.Collect(r.tenant.DeprovisionedIDs())))
}

// Whichever page a run ends after, its cursor brings exactly the rest.
func TestACursorBringsExactlyTheRest(t *testing.T) {
	t.Parallel()
	const pages, page = 5, 10
	r := newRig(t, oktatest.Settings{Users: pages * page, PageLimit: page})
	for k := 1; k < pages; k++ {
		t.Run(fmt.Sprintf("after page %d", k), func(t *testing.T) {
			t.Parallel()
			r := r.in(t)
			summaryFile := filepath.Join(t.TempDir(), "summary.json")
			first := r.sync("--max-records", fmt.Sprint(k*page), "--summary-file", summaryFile).Run(t).WantCode(wire.ExitDone)
			s := summaryIn(t, summaryFile)
			if s.Pages != uint64(k) || s.Records != uint64(k*page) || s.Outcome != "completed" || s.Reason != "MAX_RECORDS_REACHED" || s.Cursor == "" {
				t.Errorf("the summary is %+v, want %d pages and a cursor", s, k)
			}
			r.wantIDs(first.Stdout.Text(), r.all()[:k*page])
			rest := r.sync("--cursor", s.Cursor, "--summary-file", summaryFile).Run(t).WantCode(wire.ExitDone)
			r.wantIDs(rest.Stdout.Text(), r.all()[k*page:])
			if s := summaryIn(t, summaryFile); s.Cursor != "" || s.Reason != "" || s.Pages != uint64(pages-k) {
				t.Errorf("the summary of the rest is %+v, want %d pages and no cursor", s, pages-k)
			}
		})
	}
}

func TestALimitInTheMiddleOfAPageGoesOnWithThatPage(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 35, PageLimit: 10})
	summaryFile := filepath.Join(r.folder, "summary.json")
	p := r.sync("--max-records", "13", "--summary-file", summaryFile).Run(t).WantCode(wire.ExitDone)
	r.wantIDs(p.Stdout.Text(), r.all()[:13])
	p.WantStderr("13 records on 1 page,", "MAX_RECORDS_REACHED")
	s := summaryIn(t, summaryFile)
	r.wantIDs(r.sync("--cursor", s.Cursor).Run(t).WantCode(wire.ExitDone).Stdout.Text(), r.all()[10:])

	p = r.sync("--max-records", "4", "--summary-file", summaryFile).Run(t).WantCode(wire.ExitDone)
	r.wantIDs(p.Stdout.Text(), r.all()[:4])
	if s := summaryIn(t, summaryFile); s.Cursor != "" || s.Pages != 0 || s.Records != 4 {
		t.Errorf("within the first page the summary is %+v, want no cursor, no page and 4 records", s)
	}

	p = r.sync("--max-records", "35").Run(t).WantCode(wire.ExitDone)
	r.wantIDs(p.Stdout.Text(), r.all())
}

func TestARunThatGoesOnAddsToItsFile(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10})
	out, summaryFile := filepath.Join(r.folder, "users.jsonl"), filepath.Join(r.folder, "summary.json")
	r.sync("--max-records", "20", "--output", out, "--summary-file", summaryFile).Run(t).WantCode(wire.ExitDone).WantNoStdout()
	r.sync("--cursor", summaryIn(t, summaryFile).Cursor, "--output", out).Run(t).WantCode(wire.ExitDone).WantNoStdout()
	r.wantIDs(readFile(t, out), r.all())
	for _, path := range []string{out, summaryFile} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %o, want 600", path, info.Mode().Perm())
		}
	}
	r.sync("--output", out).Run(t).WantCode(wire.ExitDone)
	r.wantIDs(readFile(t, out), r.all()) // anew, not added
}

// The same person on two pages is written once: lines can't be taken back.
func TestAPersonOnTwoPagesIsWrittenOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=2:repeat-across", "users:page=3:duplicate")
	p := r.sync().Run(t).WantCode(wire.ExitDone)
	got, want := idsOf(t, p.Stdout.Text()), r.all() // within a page, the connector keeps the later one
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("%d people came, want %d, each once", len(got), len(want))
	}
}

func TestALostPlaceBeginsAgainAndIsSaid(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=3:cursor-lost")
	p := r.sync().Run(t).WantCode(wire.ExitDone)
	r.wantIDs(p.Stdout.Text(), r.all())
	p.WantStderr("The listing begins again at its first page")
}

func TestAnUnreadableRecordIsCountedAndNamed(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10}, "users:page=2:member-no-id")
	summaryFile := filepath.Join(r.folder, "summary.json")
	p := r.sync("--summary-file", summaryFile).Run(t).WantCode(wire.ExitDone)
	r.wantIDs(p.Stdout.Text(), slices.Concat(r.all()[:10], r.all()[11:]))
	p.WantStderr("Left out: ", "1 left out as unreadable")
	if s := summaryIn(t, summaryFile); s.Quarantined != 1 || s.Records != 29 {
		t.Errorf("the summary is %+v, want 29 records and 1 quarantined", s)
	}
}

func TestWaitsForTheRateLimitAreAddedUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10, UsersPerMinute: 600}, "users:page=2:429=2s")
	summaryFile := filepath.Join(r.folder, "summary.json")
	p := r.sync("--summary-file", summaryFile).Run(t).WantCode(wire.ExitDone)
	r.wantIDs(p.Stdout.Text(), r.all())
	if s := summaryIn(t, summaryFile); s.RateLimitWaitSeconds <= 0 || s.RateLimitWaitSeconds > s.Seconds {
		t.Errorf("waited %g of %g s for the rate limit", s.RateLimitWaitSeconds, s.Seconds)
	}
}

// A run that failed says how to go on, and that command does.
func TestTheCommandThatIsPrintedContinues(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 50, PageLimit: 10}, "users:page=4x2:role-missing")
	p := r.sync("--wait-budget", "1m").Run(t).WantCode(wire.ExitRefused).WantStderr("failed (ROLE_MISSING)", "To fix: ", "--wait-budget 1m0s")
	r.wantIDs(p.Stdout.Text(), r.all()[:30])
	p = r.continued(p).WantCode(wire.ExitRefused).WantNoStdout() // still without a role, and still at its place
	r.wantIDs(r.continued(p).WantCode(wire.ExitDone).Stdout.Text(), r.all()[30:])
}

func TestTheCommandThatIsPrintedAddsToTheFile(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 50, PageLimit: 10}, "users:page=4:role-missing")
	out := filepath.Join(r.folder, "it's users.jsonl")
	p := r.sync("--output", out).Run(t).WantCode(wire.ExitRefused)
	r.wantIDs(readFile(t, out), r.all()[:30])
	r.continued(p).WantCode(wire.ExitDone).WantStderr("20 records on 2 pages")
	r.wantIDs(readFile(t, out), r.all())
}

func TestAFullDiskEndsTheRunWithASentence(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("this system has no /dev/full: ", err)
	}
	r := newRig(t, oktatest.Settings{Users: 30, PageLimit: 10})
	summaryFile := filepath.Join(r.folder, "summary.json")
	for _, limit := range []string{"0", "3"} {
		r.sync("--output", "/dev/full", "--max-records", limit, "--summary-file", summaryFile).Run(t).WantCode(wire.ExitOurs).
			WantStderr("harness: sync users, page 1: write the output: write /dev/full: no space left on device\n", "To fix: ")
		if s := summaryIn(t, summaryFile); s.Outcome != "failed" || s.Reason != "OUTPUT_FAILED" || s.Records != 0 || s.Pages != 0 {
			t.Errorf("limit %s: the summary is %+v", limit, s)
		}
	}
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer full.Close()
	for _, c := range []programtest.Command{r.sync(), r.command("check"), r.command("check", "--format", "json"), r.command("resources")} {
		c.Stdout = full
		c.Run(t).WantCode(wire.ExitOurs).WantStderr("no space left on device")
	}
}

// A file that reached its limit in the middle of a page holds whole pages, and
// the command that goes on completes it.
func TestAfterAFullDiskTheFileCanBeContinued(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 300, PageLimit: 50})
	out := filepath.Join(r.folder, "users.jsonl")
	c := r.sync("--output", out)
	harness := filepath.Join(programtest.ProgramFolder(t), "harness")
	c.Args = append([]string{"-c", `ulimit -f 400; exec "$0" "$@"`, harness}, c.Args...) // a file may have 400 blocks
	c.Path = "/bin/sh"
	p := c.Run(t).WantCode(wire.ExitOurs).WantStderr("file too large", "To go on from here: ")
	got := idsOf(t, readFile(t, out))
	if len(got) == 0 || len(got)%50 != 0 || len(got) == 300 {
		t.Errorf("the file holds %d people, want some whole pages of 50", len(got))
	}
	r.continued(p).WantCode(wire.ExitDone)
	r.wantIDs(readFile(t, out), r.all())
}

func TestWhereNothingCanBeWrittenASentenceSaysSo(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	nowhere := filepath.Join(r.folder, "absent", "file")
	r.sync("--output", nowhere).Run(t).WantCode(wire.ExitOurs).WantNoStdout().WantStderr("write the output: open "+nowhere, "no such file or directory", "To fix: ")
	for _, limit := range []string{"0", "2"} {
		r.sync("--summary-file", nowhere, "--max-records", limit).Run(t).WantCode(wire.ExitOurs).WantStderr(nowhere+": no such file or directory", "To fix: ")
	}
}

func TestAReaderThatLeavesIsNoFailure(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 2000})
	summaryFile := filepath.Join(r.folder, "summary.json")
	for _, c := range []programtest.Command{r.sync("--summary-file", summaryFile), r.command("check"), r.command("resources", "--format", "json")} {
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		c.Stdout = writer
		if c.Args[0] != "sync" {
			_ = reader.Close() // before anything is written
		}
		p := c.Start(t)
		_ = writer.Close()
		if c.Args[0] == "sync" {
			if _, err := reader.Read(make([]byte, 1)); err != nil { // as head does
				t.Error(err)
			}
			_ = reader.Close()
		}
		p.Wait().WantCode(wire.ExitDone)
		if strings.Contains(p.Stderr.Text(), "harness:") {
			t.Errorf("%v complains: %s", c.Args, p.Stderr.Text())
		}
	}
	if s := summaryIn(t, summaryFile); s.Outcome != "cancelled" || s.Reason != "OUTPUT_CLOSED" {
		t.Errorf("the summary is %+v, want cancelled (OUTPUT_CLOSED)", s)
	}
}

func TestAReaderThatLeavesHidesNoLostSummary(t *testing.T) {
	t.Parallel()
	r := newRig(t, oktatest.Settings{Users: 3})
	nowhere := filepath.Join(r.folder, "absent", "summary.json")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_ = reader.Close()
	c := r.sync("--summary-file", nowhere)
	c.Stdout = writer
	p := c.Start(t)
	_ = writer.Close()
	p.Wait().WantCode(wire.ExitOurs).WantStderr("cancelled (OUTPUT_CLOSED)", nowhere+": no such file or directory")
}

// in is the rig for a test within its test.
func (r *rig) in(t *testing.T) *rig {
	return &rig{T: t, tenant: r.tenant, folder: t.TempDir(), config: r.config}
}

// continued runs the command that a run printed to go on, as a shell would.
func (r *rig) continued(p *programtest.Execution) *programtest.Execution {
	r.Helper()
	_, line, found := strings.Cut(p.Stderr.Text(), "To go on from here: ")
	if !found {
		r.Fatalf("no command to go on: %s", p.Stderr.Text())
	}
	line, _, _ = strings.Cut(line, "\n")
	return programtest.Command{Path: "/bin/sh", Args: []string{"-c", line}, Folder: p.Command.Folder, Secrets: p.Command.Secrets}.Run(r.T)
}
