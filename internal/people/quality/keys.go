package quality

import (
	"hash/fnv"
	"slices"
	"strings"
)

// Keys are which findings a report has: eight bytes for each, without the report
// and its people. The same findings have the same keys in any report and any
// process. The zero value knows of none.
type Keys [len(infos)][]uint64

// Change is how many findings of a kind came and went.
type Change struct {
	Kind      Kind
	New, Gone int
}

// Keys are the report's.
func (r *Report) Keys() Keys {
	var k Keys
	for i, findings := range r.kinds {
		k[i] = make([]uint64, len(findings))
		for n, f := range findings {
			k[i][n] = hash(r.Key(f))
		}
		slices.Sort(k[i])
	}
	return k
}

// Key names a finding by its kind and the ids, or the units, that it concerns. A
// finding about a manager is the same as long as the person and the reason are.
func (r *Report) Key(f Finding) string {
	parts := []string{string(f.Kind)}
	id := func(person int32) {
		if person >= 0 && int(person) < len(r.ids) {
			parts = append(parts, r.ids[person])
		}
	}
	id(f.Person)
	if f.Kind == Duplicate {
		for _, o := range f.Others {
			id(o)
		}
	}
	slices.Sort(parts[1:])
	var units []string
	for _, u := range f.Units {
		units = append(units, u.Field+"\x1f"+u.Value)
	}
	slices.Sort(units) // which spelling has the most people may change
	return strings.Join(append(parts, units...), "\x1e")
}

// Has says that the keys are of a report with the finding f of r.
func (k *Keys) Has(r *Report, f Finding) bool {
	i := place(f.Kind)
	if i < 0 {
		return false
	}
	_, ok := slices.BinarySearch(k[i], hash(r.Key(f)))
	return ok
}

// Diff is what came and went from one report to the next, by kind, in the order
// in which kinds are shown.
func Diff(before, after Keys) []Change {
	changes := make([]Change, len(infos))
	for i := range infos {
		changes[i] = Change{infos[i].Kind, missing(after[i], before[i]), missing(before[i], after[i])}
	}
	return changes
}

// missing counts what is in a and not in b; both are sorted.
func missing(a, b []uint64) int {
	n, j := 0, 0
	for _, k := range a {
		for j < len(b) && b[j] < k {
			j++
		}
		if j == len(b) || b[j] != k {
			n++
		}
	}
	return n
}

func hash(s string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(s)) // documented never to return an error
	return h.Sum64()
}
