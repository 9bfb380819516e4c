package reporting

import "slices"

// index finds people by values.
type index struct {
	values *values
	// current are matches among the accounts; departed among those who left, nil
	// where nobody did.
	current, departed *matches
}

// newIndex holds accounts, and those who left, against values.
func newIndex(v *values, accounts, departed []Account) *index {
	x := &index{values: v, current: v.match(accounts, nil)}
	if len(departed) > 0 {
		x.departed = v.match(departed, departedNumbers(accounts, departed))
	}
	return x
}

// departedNumbers numbers those who left: two records of one id are the same
// person, and who is back did not leave (-1).
func departedNumbers(accounts, departed []Account) []int32 {
	first := make(map[string]int32, len(departed))
	numbers := make([]int32, len(departed))
	for i := range departed {
		id := departed[i].ID
		if _, ok := first[id]; !ok {
			first[id] = int32(i)
		}
	}
	for i := range accounts {
		if _, ok := first[accounts[i].ID]; ok {
			first[accounts[i].ID] = -1
		}
	}
	for i := range departed {
		numbers[i] = first[departed[i].ID]
	}
	return numbers
}

// verdict is what a value says.
type verdict struct {
	// code is that of Resolved for exactly one person, of Ambiguous for several,
	// or of why it is nobody.
	code uint8
	// key is the place of the key under which people were found, -1 for none.
	key        int8
	normalised bool
	people     []int32
}

// none is the place of no key.
const none = -1

// verdict finds whom a value names. The key at place first is tried first, unless
// that is none.
func (x *index) verdict(n int32, first int) verdict {
	v := &x.values.all[n]
	if v.kind == codeBlank || v.kind == codePlaceholder {
		return verdict{code: v.kind, key: none}
	}
	found := x.current.search(v, first)
	if found.code != codeNotInDirectory {
		return found
	}
	if x.departed != nil {
		if left := x.departed.search(v, first); left.code == codeResolved {
			return verdict{code: codeOutsideSyncFilter, key: left.key, normalised: left.normalised}
		}
	}
	return verdict{code: v.kind, key: none}
}

// search finds whom a value names: the first key that is exactly one account's
// decides, the one at place first before all others. Once a key was several's, a
// weaker one only tells which of these it is.
func (m *matches) search(v *value, first int) verdict {
	if first != none {
		people, normalised := m.by(v, first)
		if one(people) && m.undisputed(v, first, people[0]) {
			return verdict{code: codeResolved, key: int8(first), normalised: normalised, people: people[:1]}
		}
	}
	several := verdict{code: codeNotInDirectory, key: none}
	for key := range keys {
		people, normalised := m.by(v, key)
		switch {
		case len(people) == 0:
		case one(people):
			if several.people == nil || slices.Contains(several.people, people[0]) {
				return verdict{code: codeResolved, key: int8(key), normalised: normalised, people: people[:1]}
			}
		case several.people == nil:
			several = verdict{code: codeAmbiguous, key: int8(key), normalised: normalised, people: people}
		}
	}
	return several
}

// undisputed reports whether no key stronger than this one is several others'.
func (m *matches) undisputed(v *value, key int, person int32) bool {
	for stronger := range key {
		if people, _ := m.by(v, stronger); len(people) > 1 && !slices.Contains(people, person) {
			return false
		}
	}
	return true
}

// one reports whether all are the same person. Records of somebody who left may
// be several.
func one(people []int32) bool {
	for _, p := range people {
		if p != people[0] {
			return false
		}
	}
	return len(people) > 0
}
