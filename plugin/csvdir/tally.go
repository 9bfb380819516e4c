package main

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"maps"
	"slices"
	"strings"
	"time"

	"patchbay.example/plugin"
	"patchbay.example/plugin/csvdir/internal/values"
)

// maxTallied is in how many rows keys are compared and managers looked for: each
// costs some 40 bytes while the file is surveyed. Repeats in the rows behind are
// left to the host, for which the later one stands as well.
const maxTallied = 2_000_000

// tally are the figures of a file.
type tally struct {
	people, footers, blank, quarantined, short int
	reasons                                    map[string]int // rows by reason of quarantine
	firstFooter                                int            // its line
	shortest                                   int            // cells of the shortest row of a person
	unended                                    int            // line of a last row without the end of its line

	statuses       map[plugin.UserStatus]int
	unknownStatus  int   // rows with a word that is not known
	undecidedDates int   // rows with a date that may be one of two days
	unreadDates    int   // rows with a day of leaving that can't be read
	unreadLines    []int // of the first of them

	keys []keyed
	// superseded are rows with the key of a later row, by number; the value is the
	// line of the later row, or sameRow. repeated counts the latter.
	superseded map[int]int
	repeated   int
	example    [2]int // lines of two rows that share a key and differ
}

// maxExampleLines is how many lines a check names: enough to see what the rows
// have in common.
const maxExampleLines = 3

// keyed is a row's key and content.
type keyed struct {
	key     [16]byte // 128 bits: two keys of a file never share them by chance
	content uint64
	row     uint32
	line    uint32
}

// sameRow stands for a later row that is the same in everything.
const sameRow = 0

// seed makes fingerprints that mean nothing outside this process.
var seed = maphash.MakeSeed()

// fingerprint stands for a text.
func fingerprint(text string) uint64 { return maphash.String(seed, text) }

// expect makes room for so many rows at once: growing by and by takes twice as
// much.
func (t *tally) expect(rows int) {
	t.keys = make([]keyed, 0, min(rows, maxTallied))
}

// add counts a row.
func (t *tally) add(p *plan, r row, day time.Time) error {
	v := p.judge(r)
	if r.cut && !v.footer && t.isCut(p, r) {
		return plugin.Refuse(reasonFileIncomplete, "The last row, in line %d, is cut off in its middle.", r.line)
	}
	if r.cut && r.source == nil {
		t.unended = r.line
	}
	if len(r.cells) < len(p.headers) {
		t.short++
	}
	switch {
	case v.footer:
		if t.footers++; t.footers == 1 {
			t.firstFooter = r.line
		}
		return nil
	case v.reason != "":
		t.quarantine(v.reason)
		return nil
	}
	t.people++
	if t.shortest == 0 || len(r.cells) < t.shortest {
		t.shortest = len(r.cells)
	}
	user, e := p.user(r, day)
	t.addStatus(p, user, e, r)
	if len(t.keys) < maxTallied {
		t.keys = append(t.keys, keyedRow(v.id, r))
	}
	return nil
}

// isCut reports whether a row without the end of its line was cut off: it is no
// object, or has fewer cells than any row of a person before it.
func (t *tally) isCut(p *plan, r row) bool {
	if r.source != nil {
		return r.broken
	}
	return len(r.cells) < cmp.Or(t.shortest, len(p.headers))
}

func (t *tally) quarantine(reason string) {
	if t.reasons == nil {
		t.reasons = map[string]int{}
	}
	t.reasons[reason]++
	t.quarantined++
}

func keyedRow(id string, r row) keyed {
	sum := sha256.Sum256([]byte(id))
	k := keyed{key: [16]byte(sum[:16]), row: uint32(r.number), line: uint32(r.line)}
	var h maphash.Hash
	h.SetSeed(seed)
	if r.source != nil {
		_, _ = h.Write(r.source) // never fails
	}
	for _, cell := range r.cells {
		var size [8]byte
		binary.LittleEndian.PutUint64(size[:], uint64(len(cell)))
		_, _ = h.Write(size[:])    // never fails
		_, _ = h.WriteString(cell) // never fails
	}
	k.content = h.Sum64()
	return k
}

func (t *tally) addStatus(p *plan, user *plugin.User, e employment, r row) {
	if t.statuses == nil {
		t.statuses = map[plugin.UserStatus]int{}
	}
	t.statuses[user.StatusKind]++
	if user.StatusKind == 0 && e.status != "" {
		t.unknownStatus++
	}
	if e.isUnread {
		t.unreadDates++
		t.unreadLines = firstLines(t.unreadLines, r.line)
	}
	for column, attribute := range p.meaning.Columns {
		if !attribute.IsDate() {
			continue
		}
		if d, ok := values.ParseDate(p.value(r, column), p.order); ok {
			if _, certain := d.Day(); !certain {
				t.undecidedDates++
				return
			}
		}
	}
}

// finish finds repeated keys.
func (t *tally) finish() {
	slices.SortFunc(t.keys, func(a, b keyed) int {
		return cmp.Or(bytes.Compare(a.key[:], b.key[:]), cmp.Compare(a.row, b.row))
	})
	t.superseded = map[int]int{}
	for first := 0; first < len(t.keys); {
		last := first
		for last+1 < len(t.keys) && t.keys[last+1].key == t.keys[first].key {
			last++
		}
		for i := first; i < last; i++ {
			t.supersede(t.keys[i], t.keys[last])
		}
		first = last + 1
	}
	t.keys = nil
}

// supersede puts a later row in the place of an earlier one.
func (t *tally) supersede(earlier, later keyed) {
	if earlier.content == later.content {
		t.repeated++
		t.superseded[int(earlier.row)] = sameRow
		return
	}
	t.superseded[int(earlier.row)] = int(later.line)
	if t.example[0] == 0 || int(earlier.line) < t.example[0] {
		t.example = [2]int{int(earlier.line), int(later.line)}
	}
}

// differing counts rows that a later row with the same key and other values takes
// the place of.
func (t *tally) differing() int { return len(t.superseded) - t.repeated }

// rows is how many rows were read, blank ones not counted.
func (t *tally) rows() int { return t.people + t.quarantined + t.footers }

// problems lists the reasons of quarantine with their numbers.
func (t *tally) problems() string {
	var parts []string
	for _, reason := range slices.Sorted(maps.Keys(t.reasons)) {
		parts = append(parts, fmt.Sprintf("%s: %d", rowProblems[reason], t.reasons[reason]))
	}
	return strings.Join(parts, ", ")
}

// rowProblems say in a few words why rows are quarantined.
var rowProblems = map[string]string{
	reasonRowUnreadable: "no JSON object",
	reasonRowsSwallowed: "maybe several rows",
	reasonKeyMissing:    "no key",
	reasonKeyDamaged:    "key not usable",
	reasonRowTooWide:    "more values than columns",
}
