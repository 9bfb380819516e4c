package main

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"

	"patchbay.example/host"
	"patchbay.example/internal/program"
	connectorv1 "patchbay.example/proto/patchbay/connector/v1"
)

// errEnough ends a run that has brought as many records as were asked for.
var errEnough = errors.New("as many records as were asked for")

// maxKeptLines is more than a page of 200 users takes as lines; room for a
// larger page is not kept.
const maxKeptLines = 1 << 20

// sink writes pages of records, each in one write. A page counts as accepted
// when all of it was handed to the system; what then happens to the machine is
// beyond a sink.
type sink struct {
	out    io.Writer
	file   *os.File // nil for standard output
	append func([]byte, *connectorv1.Record) []byte
	limit  uint64 // 0: none
	seen   idSet
	lines  []byte // of the page in hand

	written       // pages that were written whole, and what --max-records cut
	length  int64 // of the file up to there
}

// written is what a sink has written.
type written struct {
	records  uint64 // no id twice
	bytes    int64  // of their sources
	repeated uint64 // left out: their ids were written already
}

func openSink(stdout io.Writer, f syncFlags) (*sink, error) {
	s := &sink{append: appendLine, limit: f.maxRecords, seen: idSet{}}
	if f.format == "text" {
		s.append = appendRow
	}
	if f.output == "" {
		s.out = stdout
		return s, nil
	}
	file, err := openOutput(f.output, f.cursor != "")
	if err != nil {
		return nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", program.ErrOutput, errors.Join(err, file.Close()))
	}
	s.file, s.out, s.length = file, file, info.Size()
	return s, nil
}

// page writes a page. It returns errEnough when the limit is reached before the
// page's end. After any other error nothing of the page counts as written, and
// the file is as long as before it: the run that goes on brings the page anew.
func (s *sink) page(page host.Page) error {
	before, length := s.written, s.length
	err := s.write(page)
	if err == nil || errors.Is(err, errEnough) {
		return err
	}
	s.written, s.length = before, length
	return errors.Join(err, s.cutBack())
}

// cutBack takes from the file what is beyond its length. A device can't be
// cut.
func (s *sink) cutBack() error {
	if s.file == nil {
		return nil
	}
	info, err := s.file.Stat()
	if err == nil && info.Mode().IsRegular() {
		err = s.file.Truncate(s.length)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", program.ErrOutput, err)
	}
	return nil
}

func (s *sink) write(page host.Page) error {
	if s.lines = s.lines[:0]; cap(s.lines) > maxKeptLines {
		s.lines = nil
	}
	var enough error
	for _, record := range page.Records {
		if !s.seen.add(record.GetId()) {
			s.repeated++
			continue
		}
		if s.limit > 0 && s.records == s.limit {
			enough = errEnough
			break
		}
		s.lines = s.append(s.lines, record)
		s.records++
		s.bytes += int64(len(record.GetSource()))
	}
	s.length += int64(len(s.lines))
	if len(s.lines) > 0 {
		if err := program.Output(s.out.Write(s.lines)); err != nil {
			return err
		}
	}
	return enough
}

// close closes the file.
func (s *sink) close() error {
	if s.file == nil {
		return nil
	}
	if err := s.file.Close(); err != nil {
		return fmt.Errorf("%w: %w", program.ErrOutput, err)
	}
	return nil
}

// idSet remembers ids by 128 bits of their SHA-256: JSON lines that were
// written can't be taken back, so an id that comes again must be noticed, and
// a million ids take less than 48 bytes each, however long they are.
type idSet map[[16]byte]struct{}

const (
	// memoryBase is what the harness needs beside its ids, twice over.
	memoryBase = 32 << 20
	// memoryPerID is what an id takes in the set, 26 bytes, and half as much
	// again. Left to itself, the garbage collector lets the heap grow to twice
	// what is in use, and a set of a million ids would cost 26 MB of garbage.
	memoryPerID = 40
	// memoryStep is how many ids come between two settings of the limit.
	memoryStep = 1 << 16
)

// add reports whether the id is new.
func (s idSet) add(id string) bool {
	sum := sha256.Sum256([]byte(id))
	key := [16]byte(sum[:16])
	if _, ok := s[key]; ok {
		return false
	}
	if len(s)%memoryStep == 0 {
		debug.SetMemoryLimit(memoryBase + memoryPerID*int64(len(s)+memoryStep))
	}
	s[key] = struct{}{}
	return true
}

// appendRow appends a record as a line for people.
func appendRow(b []byte, r *connectorv1.Record) []byte {
	u := r.GetUser()
	if u == nil {
		return fmt.Appendf(b, "%s  %s\n", r.GetId(), r.GetGroup().GetName())
	}
	return fmt.Appendf(b, "%s  %s  %s  %s  %s\n", r.GetId(), column(nameOf(u), 28), column(titleOf(u), 44), column(u.GetUserName(), 36), u.GetStatus())
}

// column pads a text to a width. What is longer is left whole: nobody's name
// is cut.
func column(text string, width int) string {
	if missing := width - len([]rune(text)); missing > 0 {
		return text + strings.Repeat(" ", missing)
	}
	return text
}

// nameOf is a user's name for people.
func nameOf(u *connectorv1.User) string {
	full := strings.TrimSpace(u.GetName().GetGiven() + " " + u.GetName().GetFamily())
	for _, name := range []string{u.GetDisplayName(), full, u.GetUserName()} {
		if name != "" {
			return name
		}
	}
	return "(no name)"
}

func titleOf(u *connectorv1.User) string {
	switch {
	case u.GetTitle() != "" && u.GetDepartment() != "":
		return u.GetTitle() + ", " + u.GetDepartment()
	case u.GetTitle() != "":
		return u.GetTitle()
	default:
		return u.GetDepartment()
	}
}
