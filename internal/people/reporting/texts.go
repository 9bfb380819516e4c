package reporting

import (
	"bytes"
	"hash/maphash"
)

// texts numbers distinct texts, 0 to count()-1. It is a map with its texts in one
// piece of memory: a map of strings would be an allocation for each, and a
// pointer that the garbage collector follows while a hundred thousand accounts
// are held against it.
type texts struct {
	seed maphash.Seed
	// table is open addressing with linear probing; its length is a power of two.
	table []entry
	// hashed has a bit for each text, at a place of its hash among bitsPerEntry for
	// each place of the table. Nearly all that is looked for is not there, and the
	// bits say so without a look at the table, which no cache holds.
	hashed []uint64
	// ends[n] is where text n ends in joined; it begins where the one before ends.
	ends   []int32
	joined []byte
}

// entry is a text's number plus one, 0 for a free place, and a part of its hash.
type entry struct {
	tag    uint32
	number int32
}

// bitsPerEntry makes fifteen of sixteen bits of a full table zero, for a full one
// has two places for each text.
const bitsPerEntry = 8

// newTexts makes room for so many texts, of so many bytes together; it grows as
// needed.
func newTexts(size, length int) *texts {
	places := 64
	for places < size*2 {
		places *= 2
	}
	return &texts{
		seed:  maphash.MakeSeed(),
		table: make([]entry, places), hashed: make([]uint64, places*bitsPerEntry/64),
		ends: make([]int32, 0, size), joined: make([]byte, 0, length),
	}
}

// count is how many texts there are.
func (t *texts) count() int { return len(t.ends) }

// text is the text of a number.
func (t *texts) text(n int32) []byte {
	if n == 0 {
		return t.joined[:t.ends[0]]
	}
	return t.joined[t.ends[n-1]:t.ends[n]]
}

// find is the number of a text, -1 for one that was not added.
func (t *texts) find(text []byte) int32 {
	hash := maphash.Bytes(t.seed, text)
	if !t.isHashed(hash) {
		return -1
	}
	n, _ := t.look(text, hash)
	return n
}

// add is the number of a text, which it gets where it has none.
func (t *texts) add(text []byte) int32 {
	hash := maphash.Bytes(t.seed, text)
	n, at := t.look(text, hash)
	if n >= 0 {
		return n
	}
	n = int32(len(t.ends))
	t.joined = append(t.joined, text...)
	t.ends = append(t.ends, int32(len(t.joined)))
	if len(t.ends)*2 > len(t.table) {
		t.grow()
	} else {
		t.put(at, n, hash)
	}
	return n
}

// look is a text's number, or -1 and the place in the table where it belongs.
func (t *texts) look(text []byte, hash uint64) (n int32, at int) {
	mask := len(t.table) - 1
	for at = int(hash) & mask; ; at = (at + 1) & mask {
		e := t.table[at]
		if e.number == 0 {
			return -1, at
		}
		if e.tag == uint32(hash>>32) && bytes.Equal(t.text(e.number-1), text) {
			return e.number - 1, at
		}
	}
}

// put writes a text's number at its place.
func (t *texts) put(at int, n int32, hash uint64) {
	t.table[at] = entry{tag: uint32(hash >> 32), number: n + 1}
	bit := t.bit(hash)
	t.hashed[bit/64] |= 1 << (bit % 64)
}

func (t *texts) isHashed(hash uint64) bool {
	bit := t.bit(hash)
	return t.hashed[bit/64]&(1<<(bit%64)) != 0
}

// bit is a text's place in hashed.
func (t *texts) bit(hash uint64) uint64 { return hash & uint64(len(t.hashed)*64-1) }

// grow makes the table twice as long, with everybody in it.
func (t *texts) grow() {
	places := 2 * len(t.table)
	t.table, t.hashed = make([]entry, places), make([]uint64, places*bitsPerEntry/64)
	for n := range t.ends {
		hash := maphash.Bytes(t.seed, t.text(int32(n)))
		at := int(hash) & (places - 1)
		for t.table[at].number != 0 {
			at = (at + 1) & (places - 1)
		}
		t.put(at, int32(n), hash)
	}
}
