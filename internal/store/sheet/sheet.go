package sheet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"time"

	"patchbay.example/internal/store"
)

const (
	// People is how many people a sheet holds. With ids of 20 bytes, as Okta's,
	// two sheets fit a page of SQLite, and one a row of PostgreSQL.
	People = 24
	// SlotBytes is the length of a slot: those of a sheet follow upon each other,
	// so that an engine can cut one out by its person's number.
	SlotBytes = 1 + 2*store.HashBytes + 3*timeBytes
	// timeBytes hold the milliseconds of all years that a timestamp may have.
	timeBytes = 7
)

// Slot is what a run knows of a person.
type Slot struct {
	// Met says that the run met the person in the sheet's pass, or, once it is
	// promoted, that the person stands. All else counts only then.
	Met bool
	// Stale says that the record could not be read.
	Stale bool
	// Known says that Source and Visible hold: the hashes of the source that was
	// read last, and of what is seen of it.
	Known           bool
	Source, Visible [store.HashBytes]byte
	Times           store.Times
}

// Sheet is what a run knows of people of consecutive numbers.
type Sheet struct {
	Place int64
	Pass  int64
	Slots [People]Slot
	IDs   [People]string // empty where nobody was met
}

// Place is the place of the sheet that holds a number.
func Place(number int64) int64 { return number / People }

// errDamaged: the bytes are no sheet.
var errDamaged = errors.New("a sheet of sightings is damaged")

// Of makes an empty sheet.
func Of(place, pass int64) *Sheet { return &Sheet{Place: place, Pass: pass} }

// Decode reads a sheet as it is stored.
func Decode(place, pass int64, slots, ids []byte) (*Sheet, error) {
	s := Of(place, pass)
	if len(slots) != People*SlotBytes {
		return nil, fmt.Errorf("%w: its slots have %d bytes", errDamaged, len(slots))
	}
	for i := range s.Slots {
		s.Slots[i].decode(slots[i*SlotBytes:])
	}
	var err error
	s.IDs, err = decodeIDs(ids)
	return s, err
}

func decodeIDs(ids []byte) ([People]string, error) {
	var decoded [People]string
	text := string(ids) // all ids are slices of this one string
	for i := range decoded {
		if len(text) < 2 {
			return decoded, fmt.Errorf("%w: ids are missing", errDamaged)
		}
		n := int(text[0])<<8 | int(text[1])
		if len(text) < 2+n {
			return decoded, fmt.Errorf("%w: an id is cut off", errDamaged)
		}
		decoded[i], text = text[2:2+n], text[2+n:]
	}
	return decoded, nil
}

// IDsOf are the ids of those who have a bit, as [Sheet.Seen] has, of a sheet's
// ids as they are stored.
func IDsOf(bits int64, ids []byte) ([]string, error) {
	decoded, err := decodeIDs(ids)
	if err != nil {
		return nil, err
	}
	var found []string
	for i, id := range decoded {
		if bits>>i&1 != 0 {
			found = append(found, id)
		}
	}
	return found, nil
}

// Encode is the sheet as it is stored: the slots, and the ids, each after its
// length in two bytes.
func (s *Sheet) Encode() (slots, ids []byte) {
	slots = make([]byte, People*SlotBytes)
	size := 0
	for i := range s.Slots {
		s.Slots[i].encode(slots[i*SlotBytes:])
		size += 2 + len(s.IDs[i])
	}
	ids = make([]byte, 0, size)
	for _, id := range s.IDs {
		ids = append(binary.BigEndian.AppendUint16(ids, uint16(len(id))), id...) //nolint:gosec // store.MaxIDBytes bounds it
	}
	return slots, ids
}

// Seen has a bit for each person who was met, the first the lowest.
func (s *Sheet) Seen() int64 {
	var seen int64
	for i := range s.Slots {
		if s.Slots[i].Met {
			seen |= 1 << i
		}
	}
	return seen
}

// Met counts the people of [Sheet.Seen].
func (s *Sheet) Met() int { return bits.OnesCount64(uint64(s.Seen())) } //nolint:gosec // the lowest bits

// Set notes a person's slot.
func (s *Sheet) Set(number int64, id string, slot Slot) {
	s.IDs[number%People], s.Slots[number%People] = id, slot
}

// Keep takes over, of an earlier run's sheet, the slots of those whom this run did
// not meet. They are not stale: it may be that they were not listed.
func (s *Sheet) Keep(earlier *Sheet) {
	for i, slot := range earlier.Slots {
		if slot.Met && !s.Slots[i].Met {
			slot.Stale = false
			s.Slots[i], s.IDs[i] = slot, earlier.IDs[i]
		}
	}
}

// Erase erases whoever has the id, and reports whether somebody had.
func (s *Sheet) Erase(id string) bool {
	erased := false
	for i := range s.IDs {
		if s.Slots[i].Met && s.IDs[i] == id {
			s.IDs[i], s.Slots[i], erased = "", Slot{}, true
		}
	}
	return erased
}

// The bits of a slot's first byte.
const (
	bitMet = 1 << iota
	bitStale
	bitKnown
)

func (s *Slot) encode(b []byte) {
	b[0] = 0
	if s.Met {
		b[0] |= bitMet
	}
	if s.Stale {
		b[0] |= bitStale
	}
	if s.Known {
		b[0] |= bitKnown
	}
	copy(b[1:], s.Source[:])
	copy(b[1+store.HashBytes:], s.Visible[:])
	at := b[1+2*store.HashBytes:]
	for _, t := range [...]time.Time{s.Times.LastLogin, s.Times.PasswordChanged, s.Times.LastUpdated} {
		putTime(at, t)
		at = at[timeBytes:]
	}
}

func (s *Slot) decode(b []byte) {
	s.Met, s.Stale, s.Known = b[0]&bitMet != 0, b[0]&bitStale != 0, b[0]&bitKnown != 0
	copy(s.Source[:], b[1:])
	copy(s.Visible[:], b[1+store.HashBytes:])
	at := b[1+2*store.HashBytes:]
	for _, t := range [...]*time.Time{&s.Times.LastLogin, &s.Times.PasswordChanged, &s.Times.LastUpdated} {
		*t = getTime(at)
		at = at[timeBytes:]
	}
}

// DecodeSlot reads a slot that an engine has cut out; nothing is an empty one.
func DecodeSlot(b []byte) Slot {
	var s Slot
	if len(b) == SlotBytes {
		s.decode(b)
	}
	return s
}

// putTime writes Unix milliseconds, 0 for none, in two's complement.
func putTime(b []byte, t time.Time) {
	var ms int64
	if !t.IsZero() {
		ms = t.UnixMilli()
	}
	for i := range timeBytes {
		b[i] = byte(ms >> (8 * (timeBytes - 1 - i))) //nolint:gosec // a byte of it
	}
}

func getTime(b []byte) time.Time {
	ms := int64(int8(b[0])) //nolint:gosec // its sign is that of the whole
	for _, next := range b[1:timeBytes] {
		ms = ms<<8 | int64(next)
	}
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
