package unit

// tour numbers everybody so that each person is followed by all who report to
// them, directly or not: who is below whom is then a comparison of two numbers.
type tour struct {
	parent []int32 // -1: nobody; free of circles
	order  []int32 // everybody, each before their reports
	enter  []int32 // by person: the place in order
	leave  []int32 // by person: the place of the last one below, or one's own
}

// newTour walks the forest. A parent that is no person, oneself, or part of a
// circle is taken as none: in a circle, that of its smallest number.
func newTour(parent []int32, n int) *tour {
	t := &tour{
		parent: make([]int32, n), order: make([]int32, 0, n),
		enter: make([]int32, n), leave: make([]int32, n),
	}
	for i := range t.parent {
		t.parent[i] = -1
		if i < len(parent) && parent[i] >= 0 && int(parent[i]) < n && int(parent[i]) != i {
			t.parent[i] = parent[i]
		}
		t.enter[i] = -1
	}
	t.cutCircles()

	first, next := make([]int32, n), make([]int32, n) // children, as linked lists
	for i := range first {
		first[i] = -1
	}
	for i := n - 1; i >= 0; i-- {
		if p := t.parent[i]; p >= 0 {
			next[i], first[p] = first[p], int32(i)
		}
	}
	for i := range n {
		if t.parent[i] < 0 {
			t.walk(int32(i), first, next)
		}
	}
	return t
}

// walk numbers a tree without recursion: a chain may be as long as the company.
func (t *tour) walk(root int32, first, next []int32) {
	t.number(root)
	for at := root; ; {
		if c := first[at]; c >= 0 {
			first[at] = next[c]
			t.number(c)
			at = c
			continue
		}
		t.leave[at] = int32(len(t.order)) - 1
		if at == root {
			return
		}
		at = t.parent[at]
	}
}

func (t *tour) number(i int32) {
	t.enter[i] = int32(len(t.order))
	t.order = append(t.order, i)
}

func (t *tour) cutCircles() {
	seen := make([]int32, len(t.parent)) // the walk that came by, from 1
	for i := range t.parent {
		at := int32(i)
		for at >= 0 && seen[at] == 0 {
			seen[at] = int32(i) + 1
			at = t.parent[at]
		}
		if at < 0 || seen[at] != int32(i)+1 {
			continue
		}
		smallest := at
		for m := t.parent[at]; m != at; m = t.parent[m] {
			smallest = min(smallest, m)
		}
		t.parent[smallest] = -1
	}
}

// above says that b reports to a, directly or not.
func (t *tour) above(a, b int32) bool {
	return t.enter[a] < t.enter[b] && t.enter[b] <= t.leave[a]
}
