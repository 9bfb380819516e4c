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
	// ends[n] is where text n ends in joined; it begins where the one before ends.
	ends   []int32
	joined []byte
}

// entry is a text's number plus one, 0 for a free place, and a part of its hash.
type entry struct {
	tag    uint32
	number int32
}

func newTexts(size int) *texts {
	places := 16
	for places < size*2 {
		places *= 2
	}
	return &texts{seed: maphash.MakeSeed(), table: make([]entry, places), ends: make([]int32, 0, size)}
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
	n, _, _ := t.look(text)
	return n
}

// add is the number of a text, which it gets where it has none.
func (t *texts) add(text []byte) int32 {
	n, at, tag := t.look(text)
	if n >= 0 {
		return n
	}
	if len(t.ends)*2 >= len(t.table) {
		t.grow()
		_, at, tag = t.look(text)
	}
	n = int32(len(t.ends))
	t.table[at] = entry{tag: tag, number: n + 1}
	t.joined = append(t.joined, text...)
	t.ends = append(t.ends, int32(len(t.joined)))
	return n
}

// look is a text's number, or -1 and the place in the table where it belongs.
func (t *texts) look(text []byte) (n int32, at int, tag uint32) {
	hash := maphash.Bytes(t.seed, text)
	tag = uint32(hash >> 32)
	mask := len(t.table) - 1
	for at = int(hash) & mask; ; at = (at + 1) & mask {
		e := t.table[at]
		if e.number == 0 {
			return -1, at, tag
		}
		if e.tag == tag && bytes.Equal(t.text(e.number-1), text) {
			return e.number - 1, at, tag
		}
	}
}

// grow makes the table twice as long.
func (t *texts) grow() {
	t.table = make([]entry, 2*len(t.table))
	mask := len(t.table) - 1
	for n := range t.ends {
		hash := maphash.Bytes(t.seed, t.text(int32(n)))
		at := int(hash) & mask
		for t.table[at].number != 0 {
			at = (at + 1) & mask
		}
		t.table[at] = entry{tag: uint32(hash >> 32), number: int32(n) + 1}
	}
}
