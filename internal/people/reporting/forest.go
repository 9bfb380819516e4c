package reporting

import (
	"slices"
	"sort"
)

// Forest are the trees of people and their managers. It does not change once
// [Forest.Sort] was called or is not going to be, and its methods may then be
// called concurrently. Numbers must be of people that it was grown of; slices
// that it returns are its own, to be read only.
type Forest struct {
	parents []int32
	// children are all children, parent by parent; those of i begin at starts[i].
	starts, children []int32
	roots            []int32
	// line are all people, each before those below, and whoever is below somebody
	// directly behind; places are the places in it, -1 for who isn't shown.
	line, places []int32
	totals       []int32
	depths       []int32
	circles      [][]int32
}

// Grow makes a forest of everybody's manager by number, -1 for none. Only those
// shown are in it; nil shows everybody. Who has a manager that isn't shown is a
// root: nobody is moved to a manager further up, to whom they don't report.
//
// The same holds for a manager that is no number of anybody, and for who is
// their own. In a circle the link of the smallest number is cut, so that this
// person is a root. Children and roots are in the order of their numbers.
func Grow(managers []int32, shown []bool) *Forest {
	n := len(managers)
	f := &Forest{parents: make([]int32, n)}
	for i, m := range managers {
		f.parents[i] = -1
		if m >= 0 && int(m) < n && int(m) != i && isIn(shown, i) && isIn(shown, int(m)) {
			f.parents[i] = m
		}
	}
	f.circles = circles(f.parents)
	for _, circle := range f.circles {
		f.parents[circle[0]] = -1
	}
	order := make([]int32, 0, n)
	for i := range managers {
		if isIn(shown, i) {
			order = append(order, int32(i))
		}
	}
	f.branch(order)
	return f
}

// isIn reports whether a set has a number; nil is everybody.
func isIn(set []bool, i int) bool { return set == nil || i < len(set) && set[i] }

// Len is how many people the numbers are of, shown or not.
func (f *Forest) Len() int { return len(f.parents) }

// Size is how many people are in the forest.
func (f *Forest) Size() int { return len(f.line) }

// Has reports whether a person is in the forest.
func (f *Forest) Has(i int32) bool { return f.places[i] >= 0 }

// Parent is a person's manager in the forest, -1 for a root and for who is not
// shown.
func (f *Forest) Parent(i int32) int32 { return f.parents[i] }

// Children are who reports to a person directly.
func (f *Forest) Children(i int32) []int32 {
	return f.children[f.starts[i]:f.starts[i+1]:f.starts[i+1]]
}

// Roots are those without a manager in the forest.
func (f *Forest) Roots() []int32 { return f.roots }

// Direct counts who reports to a person directly.
func (f *Forest) Direct(i int32) int32 { return f.starts[i+1] - f.starts[i] }

// Total counts who reports to a person at any level. Everybody in the forest is a
// root or in the total of exactly one.
func (f *Forest) Total(i int32) int32 { return f.totals[i] }

// Depth is how many levels a person is below a root: 0 for a root, -1 for who is
// not shown.
func (f *Forest) Depth(i int32) int32 { return f.depths[i] }

// Below are those who report to a person at any level, each one before their own
// reports.
func (f *Forest) Below(i int32) []int32 {
	if !f.Has(i) {
		return nil
	}
	from := f.places[i] + 1
	to := from + f.totals[i]
	return f.line[from:to:to]
}

// IsBelow reports whether a person reports to another one at any level.
func (f *Forest) IsBelow(i, above int32) bool {
	return f.Has(i) && f.Has(above) && f.places[i] > f.places[above] && f.places[i] <= f.places[above]+f.totals[above]
}

// Above are a person's manager, the manager's manager and so on, the root last.
func (f *Forest) Above(i int32) []int32 {
	var above []int32
	for at := f.parents[i]; at >= 0; at = f.parents[at] {
		above = append(above, at)
	}
	return above
}

// Cycles are the circles that there were among those shown, the one with the
// smallest number first. Each begins with its smallest number and goes on from
// person to manager: the link that was cut leads from its first to its second.
func (f *Forest) Cycles() [][]int32 { return f.circles }

// Cut reports whether a person is a root because a circle was cut there.
func (f *Forest) Cut(i int32) bool {
	at := sort.Search(len(f.circles), func(n int) bool { return f.circles[n][0] >= i })
	return at < len(f.circles) && f.circles[at][0] == i
}

// Totals counts for everybody those of a set who report to them at any level,
// such as contractors; a set that is too short lacks the rest, nil is everybody.
func (f *Forest) Totals(in []bool) []int32 {
	totals := make([]int32, len(f.parents))
	for _, i := range slices.Backward(f.line) {
		if m := f.parents[i]; m >= 0 {
			totals[m] += totals[i]
			if isIn(in, int(i)) {
				totals[m]++
			}
		}
	}
	return totals
}

// Directs counts for everybody those of a set who report to them directly.
func (f *Forest) Directs(in []bool) []int32 {
	directs := make([]int32, len(f.parents))
	for _, i := range f.line {
		if m := f.parents[i]; m >= 0 && isIn(in, int(i)) {
			directs[m]++
		}
	}
	return directs
}

// Sort puts children and roots in the order in which they stand in order: by
// name, for example. Who isn't in order comes last, by number.
func (f *Forest) Sort(order []int32) {
	left := make([]bool, len(f.parents))
	for _, i := range f.line {
		left[i] = true
	}
	sorted := make([]int32, 0, len(f.line))
	take := func(i int32) {
		if i >= 0 && int(i) < len(left) && left[i] {
			left[i] = false
			sorted = append(sorted, i)
		}
	}
	for _, i := range order {
		take(i)
	}
	for i := range left {
		take(int32(i))
	}
	f.branch(sorted)
}

// branch fills in all but parents and circles. The order has everybody shown
// once, and is that of children and roots.
func (f *Forest) branch(order []int32) {
	f.sortChildren(order)
	f.count(f.levels())
}

// sortChildren fills in roots, starts and children (a counting sort by parent).
func (f *Forest) sortChildren(order []int32) {
	f.roots = nil
	f.starts = make([]int32, len(f.parents)+1)
	for _, i := range order {
		if m := f.parents[i]; m >= 0 {
			f.starts[m+1]++
		} else {
			f.roots = append(f.roots, i)
		}
	}
	for i := 1; i < len(f.starts); i++ {
		f.starts[i] += f.starts[i-1]
	}
	f.children = make([]int32, len(order)-len(f.roots))
	next := append([]int32(nil), f.starts...)
	for _, i := range order {
		if m := f.parents[i]; m >= 0 {
			f.children[next[m]] = i
			next[m]++
		}
	}
}

// levels are all people shown, level by level.
func (f *Forest) levels() []int32 {
	order := make([]int32, 0, len(f.children)+len(f.roots))
	order = append(order, f.roots...)
	for at := 0; at < len(order); at++ {
		order = append(order, f.Children(order[at])...)
	}
	return order
}

// count fills in totals, depths, places and line from people level by level.
func (f *Forest) count(levels []int32) {
	n := len(f.parents)
	f.totals, f.depths, f.places = make([]int32, n), make([]int32, n), make([]int32, n)
	f.line = make([]int32, len(levels))
	for i := range n {
		f.depths[i], f.places[i] = -1, -1
	}
	for _, i := range slices.Backward(levels) {
		if m := f.parents[i]; m >= 0 {
			f.totals[m] += f.totals[i] + 1
		}
	}
	f.place(f.roots, 0, 0)
	for _, i := range levels {
		f.line[f.places[i]] = i
		f.place(f.Children(i), f.places[i]+1, f.depths[i]+1)
	}
}

// place gives places to siblings, each with room for whoever is below.
func (f *Forest) place(siblings []int32, from, depth int32) {
	for _, i := range siblings {
		f.places[i], f.depths[i] = from, depth
		from += 1 + f.totals[i]
	}
}
