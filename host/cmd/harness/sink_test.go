package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"patchbay.example/host"
	"patchbay.example/internal/program"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

func TestOfTheSameIDTheFirstIsWritten(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	s := textSink(t, &out, syncFlags{})
	for _, page := range []host.Page{pageOf("a", "b"), pageOf("c", "a"), pageOf("b")} {
		if err := s.page(page); err != nil {
			t.Fatal(err)
		}
	}
	if got := idsOfRows(out.String()); got != "a b c" {
		t.Errorf("wrote %s, want a b c", got)
	}
	if s.records != 3 || s.bytes != 6 {
		t.Errorf("counted %d records and %d bytes, want 3 and 6", s.records, s.bytes)
	}
	if s.repeated != 2 {
		t.Errorf("left out %d that came again, want 2", s.repeated)
	}
}

func TestWhatCameAgainIsSaid(t *testing.T) {
	t.Parallel()
	for repeated, want := range map[uint64]string{
		0:   "41 records on 12 pages, 0.0 MB in 0.0 s; completed.",
		1:   "; 1 record came again under an id that was written already, and was left out; completed.",
		451: "; 451 records came again under an id that was written already, and were left out; completed.",
	} {
		var s summary
		s.take(host.Summary{Pages: 12}, written{records: 41, repeated: repeated}, 0)
		s.conclude(t.Context(), nil)
		if got := s.sentence(); !strings.HasSuffix(got, want) {
			t.Errorf("%d: %q, want %q at the end", repeated, got, want)
		}
	}
}

func TestTheLimitIsReachedAtTheFirstRecordTooMany(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		limit uint64
		want  string
		ended int // number of the page that said that it is enough
	}{{1, "a", 1}, {2, "a b", 2}, {3, "a b c", 2}, {4, "a b c d", 3}, {5, "a b c d e", 0}, {9, "a b c d e", 0}} {
		var out bytes.Buffer
		s := textSink(t, &out, syncFlags{maxRecords: c.limit})
		ended := 0
		// "a" again is nobody new, and must not count.
		for i, page := range []host.Page{pageOf("a", "b"), pageOf("a", "c", "d"), pageOf("e")} {
			err := s.page(page)
			if errors.Is(err, errEnough) {
				ended = i + 1
				break
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if got := idsOfRows(out.String()); got != c.want || ended != c.ended {
			t.Errorf("limit %d: wrote %q and ended at page %d, want %q and %d", c.limit, got, ended, c.want, c.ended)
		}
	}
}

func TestAPageThatDoesNotFitLeavesTheFileAsItWas(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users.txt")
	if err := os.WriteFile(path, []byte("from an earlier run\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := fileSink(t, syncFlags{output: path, cursor: "goes on"})
	if err := s.page(pageOf("a", "b")); err != nil {
		t.Fatal(err)
	}
	// The disk is full in the middle of the next page.
	s.out = bufio.NewWriterSize(&fullAfter{w: s.file, left: 150}, 64)
	err := s.page(pageOf("c", "d", "e"))
	if !errors.Is(err, program.ErrOutput) || !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("got %v, want a failed output for want of space", err)
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, _ := strings.Cut(string(text), "\n")
	if head != "from an earlier run" || idsOfRows(rest) != "a b" {
		t.Errorf("the file holds %q, want the earlier line, a and b", text)
	}
	if s.records != 2 || s.bytes != 4 {
		t.Errorf("counted %d records and %d bytes, want 2 and 4", s.records, s.bytes)
	}
}

func TestTheOutputFileIsItsUsersOwn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "users.txt")
	for _, run := range []struct{ cursor, id, want string }{{"", "a", "a"}, {"after a", "b", "a b"}, {"", "c", "c"}} {
		s := fileSink(t, syncFlags{output: path, cursor: run.cursor})
		if err := errors.Join(s.page(pageOf(run.id)), s.close()); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := idsOfRows(string(text)); got != run.want {
			t.Errorf("with cursor %q the file holds %s, want %s", run.cursor, got, run.want)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" { // which has no such modes
		t.Errorf("the file has mode %o, open to others", mode)
	}
}

func TestARowForPeopleLeavesNothingOut(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		user *connectorv1.User
		want string
	}{
		{connectorv1.User_builder{DisplayName: "健 高橋", Title: "Director", Department: "Sales", UserName: "k@example.com", Status: "ACTIVE"}.Build(), "u1  健 高橋  Director, Sales  k@example.com  ACTIVE"},
		{connectorv1.User_builder{Name: connectorv1.Name_builder{Given: "Ada", Family: "Long"}.Build(), Department: "Sales"}.Build(), "u1  Ada Long  Sales"},
		{connectorv1.User_builder{UserName: "svc@example.com", Title: "Robot"}.Build(), "u1  svc@example.com  Robot  svc@example.com"},
		{&connectorv1.User{}, "u1  (no name)"},
	} {
		row := string(appendRow(nil, connectorv1.Record_builder{Id: "u1", User: c.user}.Build()))
		if strings.Join(strings.Fields(row), " ") != strings.Join(strings.Fields(c.want), " ") || !strings.HasSuffix(row, "\n") {
			t.Errorf("got %q, want %q and a line end", row, c.want)
		}
	}
	group := connectorv1.Record_builder{Id: "g1", Group: connectorv1.Group_builder{Name: "Everyone"}.Build()}.Build()
	if got := string(appendRow(nil, group)); got != "g1  Everyone\n" {
		t.Errorf("a group: %q", got)
	}
}

func textSink(t *testing.T, out io.Writer, f syncFlags) *sink {
	t.Helper()
	f.format = "text"
	s, err := openSink(out, f)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// fileSink opens a sink that must write nothing to standard output.
func fileSink(t *testing.T, f syncFlags) *sink {
	t.Helper()
	return textSink(t, &fullAfter{w: io.Discard}, f)
}

// pageOf is a page of users with sources of two bytes.
func pageOf(ids ...string) host.Page {
	page := host.Page{}
	for _, id := range ids {
		page.Records = append(page.Records, connectorv1.Record_builder{Resource: "users", Id: id, User: &connectorv1.User{}, Source: []byte("{}")}.Build())
	}
	return page
}

// idsOfRows are the first words of lines.
func idsOfRows(text string) string {
	var ids []string
	for line := range strings.Lines(text) {
		id, _, _ := strings.Cut(line, " ")
		ids = append(ids, id)
	}
	return strings.Join(ids, " ")
}

// fullAfter is a disk with room for so many bytes.
type fullAfter struct {
	w    io.Writer
	left int
}

func (f *fullAfter) Write(p []byte) (int, error) {
	n, err := f.w.Write(p[:min(len(p), f.left)])
	f.left -= n
	if err == nil && n < len(p) {
		err = fmt.Errorf("write a test's file: %w", syscall.ENOSPC)
	}
	return n, err
}
