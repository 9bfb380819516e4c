package reporting_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"patchbay.example/internal/people/reporting"
)

// Whatever the links: everybody shown is in the forest once, and all counts are
// those that walking from person to manager gives.
func TestEverybodyIsInTheForestOnce(t *testing.T) {
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 1))
		managers, shown := randomLinks(r)
		f := reporting.Grow(managers, shown)
		if r.IntN(2) == 0 {
			f.Sort(int32s(r.Perm(len(managers))))
		}
		assertForest(t, seed, managers, shown, f)
	}
}

// randomLinks are links to anybody, to nobody, to oneself and to numbers that are
// nobody's.
func randomLinks(r *rand.Rand) (managers []int32, shown []bool) {
	n := r.IntN(60)
	managers = make([]int32, n)
	for i := range managers {
		managers[i] = int32(r.IntN(n+3) - 2)
		if r.IntN(3) > 0 {
			managers[i] = int32(r.IntN(i+2) - 1)
		}
	}
	if r.IntN(2) == 0 {
		shown = make([]bool, r.IntN(n+1))
		for i := range shown {
			shown[i] = r.IntN(4) > 0
		}
	}
	return managers, shown
}

func int32s(ints []int) []int32 {
	out := make([]int32, len(ints))
	for i, n := range ints {
		out[i] = int32(n)
	}
	return out
}

func assertForest(t *testing.T, seed uint64, managers []int32, shown []bool, f *reporting.Forest) {
	t.Helper()
	in := func(i int32) bool { return shown == nil || int(i) < len(shown) && shown[i] }
	n := int32(len(managers))
	odd := make([]bool, n)
	for i := range odd {
		odd[i] = i%2 == 1
	}
	totals, oddTotals, directs, depths := make([]int32, n), make([]int32, n), make([]int32, n), make([]int32, n)
	size := 0
	for i := range n {
		depths[i] = -1
		if !in(i) {
			continue
		}
		size++
		if m := f.Parent(i); m >= 0 {
			directs[m]++
			if m != managers[i] || !in(m) {
				t.Errorf("seed %d: %d stands below %d, links %v", seed, i, m, managers)
			}
		}
		depths[i] = 0
		for at := f.Parent(i); at >= 0; at = f.Parent(at) {
			totals[at]++
			if odd[i] {
				oddTotals[at]++
			}
			if depths[i]++; depths[i] > n {
				t.Fatalf("seed %d: no root above %d, links %v", seed, i, managers)
			}
		}
	}
	gotOdd := f.Totals(odd)
	met := make([]int, n)
	for _, root := range f.Roots() {
		met[root]++
		for _, i := range f.Below(root) {
			met[i]++
		}
	}
	for i := range n {
		want := 0
		if in(i) {
			want = 1
		}
		if met[i] != want || f.Has(i) != (want == 1) {
			t.Errorf("seed %d: %d is in the forest %d times, want %d", seed, i, met[i], want)
		}
		if f.Total(i) != totals[i] || f.Direct(i) != directs[i] || f.Depth(i) != depths[i] || gotOdd[i] != oddTotals[i] {
			t.Errorf("seed %d: %d has %d reports of %d, depth %d, %d of the set; want %d of %d, depth %d, %d", seed, i,
				f.Direct(i), f.Total(i), f.Depth(i), gotOdd[i], directs[i], totals[i], depths[i], oddTotals[i])
		}
		for _, child := range f.Children(i) {
			if f.Parent(child) != i {
				t.Errorf("seed %d: %d is a child of %d and has the manager %d", seed, child, i, f.Parent(child))
			}
		}
		if above := f.Above(i); len(above) != int(max(depths[i], 0)) {
			t.Errorf("seed %d: %v stand above %d of depth %d", seed, above, i, depths[i])
		}
	}
	if f.Size() != size || f.Len() != int(n) {
		t.Errorf("seed %d: %d of %d people, want %d of %d", seed, f.Size(), f.Len(), size, n)
	}
	assertCuts(t, seed, managers, in, f)
}

// assertCuts checks that nothing but one link of each circle is cut.
func assertCuts(t *testing.T, seed uint64, managers []int32, in func(int32) bool, f *reporting.Forest) {
	t.Helper()
	cut := 0
	for i := range int32(len(managers)) {
		m := managers[i]
		linked := in(i) && m >= 0 && m < int32(len(managers)) && m != i && in(m)
		if linked && f.Parent(i) < 0 {
			cut++
			if !f.Cut(i) {
				t.Errorf("seed %d: %d lost the manager %d, links %v", seed, i, m, managers)
			}
		}
	}
	if cut != len(f.Cycles()) {
		t.Errorf("seed %d: %d links cut for %d circles", seed, cut, len(f.Cycles()))
	}
	for _, circle := range f.Cycles() {
		for n, i := range circle {
			if next := circle[(n+1)%len(circle)]; managers[i] != next || !in(i) {
				t.Errorf("seed %d: circle %v, but %d links to %d", seed, circle, i, managers[i])
			}
		}
		if slices.Min(circle) != circle[0] {
			t.Errorf("seed %d: circle %v does not begin with its smallest", seed, circle)
		}
	}
}

func TestACircleIsCutAboveItsSmallest(t *testing.T) {
	//  5 → 2 → 4 → 5, and 1 below 4; 0 and 3 manage each other.
	f := reporting.Grow([]int32{3, 4, 4, 0, 5, 2}, nil)
	if got := f.Cycles(); len(got) != 2 || !slices.Equal(got[0], []int32{0, 3}) || !slices.Equal(got[1], []int32{2, 4, 5}) {
		t.Errorf("circles %v", got)
	}
	if !slices.Equal(f.Roots(), []int32{0, 2}) || !f.Cut(2) || f.Cut(4) {
		t.Errorf("roots %v", f.Roots())
	}
	if !slices.Equal(f.Above(1), []int32{4, 5, 2}) || !f.IsBelow(1, 2) || f.IsBelow(2, 1) || f.IsBelow(1, 0) {
		t.Errorf("above 1: %v", f.Above(1))
	}
}

// Somebody whose manager isn't shown is a root, even where the manager's manager
// is: they don't report there.
func TestNobodyIsMovedUp(t *testing.T) {
	f := reporting.Grow([]int32{-1, 0, 1}, []bool{true, false, true})
	if f.Parent(2) != -1 || !slices.Equal(f.Roots(), []int32{0, 2}) || f.Depth(1) != -1 || f.Below(1) != nil {
		t.Errorf("parent %d, roots %v, depth of who isn't shown %d", f.Parent(2), f.Roots(), f.Depth(1))
	}
}

func TestSortKeepsEverybody(t *testing.T) {
	f := reporting.Grow([]int32{-1, 0, 0, 0, -1}, nil)
	f.Sort([]int32{4, 3, 3, 99, -1, 1})
	if !slices.Equal(f.Roots(), []int32{4, 0}) || !slices.Equal(f.Children(0), []int32{3, 1, 2}) || !slices.Equal(f.Below(0), []int32{3, 1, 2}) {
		t.Errorf("roots %v, children %v, below %v", f.Roots(), f.Children(0), f.Below(0))
	}
	if got := f.Directs([]bool{true, true}); !slices.Equal(got, []int32{1, 0, 0, 0, 0}) {
		t.Errorf("directs of 0 and 1: %v", got)
	}
}

// A line of 100,000 people, and a manager of as many.
func TestDeepAndWideForests(t *testing.T) {
	const n = 100_000
	deep, wide := make([]int32, n), make([]int32, n)
	for i := range deep {
		deep[i] = int32(i) - 1
	}
	wide[0] = -1
	if f := reporting.Grow(deep, nil); f.Total(0) != n-1 || f.Depth(n-1) != n-1 || f.Direct(0) != 1 {
		t.Errorf("a line: total %d, depth %d", f.Total(0), f.Depth(n-1))
	}
	if f := reporting.Grow(wide, nil); f.Total(0) != n-1 || f.Direct(0) != n-1 {
		t.Errorf("a wide team: total %d, direct %d", f.Total(0), f.Direct(0))
	}
}
