package people

import (
	"cmp"
	"slices"
)

// Chart is the org chart around somebody: the line down to them, each of the
// line opened, and so many levels below. [*UnknownError], [*QueryError].
func (s *Snapshot) Chart(q ChartQuery) (Chart, error) {
	switch {
	case q.Levels < 0 || q.Levels > MaxLevels:
		return Chart{}, &QueryError{Parameter: "levels", Problem: "is from 1 to 4"}
	case q.Levels == 0:
		q.Levels = 1
	}
	chart := Chart{People: s.active, Outside: len(s.alone), RootsTotal: len(s.roots)}
	at, err := s.inView(q.Person)
	if err != nil || at < 0 {
		return chart, err
	}
	line := s.line(at)
	root := line[0]
	chart.Line, chart.LineTotal = s.cards(ends(line)), len(line)
	for _, i := range s.roots {
		if i == root {
			chart.RootsTotal--
		} else if len(chart.Roots) < PagePeople {
			chart.Roots = append(chart.Roots, s.card(i))
		}
	}
	near := line[max(0, len(line)-1-MaxAbove):]
	d := drawing{s: s, grouped: q.Group, levels: q.Levels, line: near}
	chart.Root = d.branch(near[0], 0)
	d.descend(chart.Root, 0)
	chart.Shown, chart.Grouped = d.shown, d.inGroups
	return chart, nil
}

// inView is the person of a query, or the root of the largest tree; -1 where
// there is none.
func (s *Snapshot) inView(id string) (int32, error) {
	switch {
	case id != "":
		return s.look(id)
	case len(s.roots) > 0:
		return s.roots[0], nil
	case len(s.alone) > 0:
		return s.alone[0], nil
	default:
		return -1, nil
	}
}

// line leads from the root to a person, who is the last.
func (s *Snapshot) line(i int32) []int32 {
	line := []int32{i}
	for m := s.manager(i); m >= 0; m = s.manager(m) {
		line = append(line, m)
	}
	slices.Reverse(line)
	return line
}

// drawing is a chart in the making.
type drawing struct {
	s               *Snapshot
	grouped         bool
	levels          int
	line            []int32
	shown, inGroups int
	// drawn counts people and groups: what a browser has to hold.
	drawn int
}

func (d *drawing) branch(i int32, depth int) *Branch {
	d.shown++
	d.drawn++
	last := len(d.line) - 1
	return &Branch{
		Card: d.s.card(i), Cut: d.s.forest.Cut(i),
		Hot: depth <= last && d.line[depth] == i, Self: depth == last && d.line[last] == i,
	}
}

// descend opens a branch: along the line always, and below it as many levels as
// were asked for, level by level while there is room.
func (d *drawing) descend(root *Branch, depth int) {
	type open struct {
		*Branch
		depth int
	}
	queue := []open{{root, depth}}
	for len(queue) > 0 {
		next := queue[0]
		queue = queue[1:]
		onLine := next.Hot && next.depth < len(d.line)-1
		if !onLine && (!d.below(next.Branch, next.depth) || d.drawn >= MaxNodes) {
			continue
		}
		d.open(next.Branch, next.depth, onLine)
		for _, report := range next.Reports {
			queue = append(queue, open{report, next.depth + 1})
		}
	}
}

// below reports whether a branch is one of the levels below the person in view
// that are open.
func (d *drawing) below(b *Branch, depth int) bool {
	last := len(d.line) - 1
	if depth < last || depth >= last+d.levels || b.Direct == 0 && len(d.s.below[d.s.ids[b.ID]]) == 0 {
		return false
	}
	above := d.s.ids[b.ID]
	for range depth - last {
		above = d.s.manager(above)
	}
	return above == d.line[last]
}

// open fills in what is below a branch: groups, or reports; nothing where that
// is too much for the chart. Of a team on the line that is too wide, the one who
// is on it is shown beside the groups.
func (d *drawing) open(b *Branch, depth int, onLine bool) {
	reports := d.s.below[d.s.ids[b.ID]]
	if !d.grouped && len(reports) <= WideTeam && d.drawn+len(reports) <= MaxNodes {
		b.Open, b.Listed = true, len(reports)
		for _, i := range reports {
			b.Reports = append(b.Reports, d.branch(i, depth+1))
		}
		return
	}
	groups := d.s.departments(reports)
	if !onLine && d.drawn+len(groups) > MaxNodes {
		return
	}
	b.Open, b.Listed = true, len(reports)
	if d.drawn+len(groups) <= MaxNodes {
		b.Groups = groups
		d.drawn += len(groups)
		d.inGroups += len(reports)
	}
	if onLine {
		if b.Groups != nil {
			d.inGroups--
		}
		b.Reports = []*Branch{d.branch(d.line[depth+1], depth+1)}
	}
}

// departments counts people by department, the largest first.
func (s *Snapshot) departments(people []int32) []Count { return s.counts(people, attrDepartment, 0) }

// counts counts people by an attribute, those with the most first; at most so
// many unless that is 0.
func (s *Snapshot) counts(people []int32, attribute string, most int) []Count {
	times := map[string]int{}
	for _, i := range people {
		times[s.value(i, attribute)]++
	}
	counts := make([]Count, 0, len(times))
	for value, n := range times {
		counts = append(counts, Count{Value: value, People: n})
	}
	slices.SortFunc(counts, func(a, b Count) int { return cmp.Or(cmp.Compare(b.People, a.People), cmp.Compare(a.Value, b.Value)) })
	if most > 0 && len(counts) > most {
		counts = counts[:most]
	}
	return counts
}

// Branch is what is below somebody: the reports one by one, or by department.
// [*UnknownError], [*QueryError].
func (s *Snapshot) Branch(q BranchQuery) (*Branch, error) {
	i, err := s.look(q.Person)
	if err != nil {
		return nil, err
	}
	if q.Limit < 0 || q.Limit > WideTeam {
		return nil, &QueryError{Parameter: "limit", Problem: "is from 1 to 30"}
	}
	if q.Limit == 0 {
		q.Limit = WideTeam
	}
	d := drawing{s: s}
	b := d.branch(i, 0)
	b.Hot, b.Self, b.Open = false, false, true
	reports := s.below[i]
	if q.Group != nil {
		b.Group, b.Grouped = *q.Group, true
		reports = slices.DeleteFunc(slices.Clone(reports), func(i int32) bool { return s.value(i, attrDepartment) != *q.Group })
	}
	b.Listed = len(reports)
	if q.Group == nil && !q.List && (q.Grouped || len(reports) > WideTeam) {
		b.Groups = s.departments(reports)
		return b, nil
	}
	from, to, err := span(len(reports), q.Offset, q.Limit)
	if err != nil {
		return nil, err
	}
	b.Offset = from
	for _, i := range reports[from:to] {
		report := d.branch(i, 0)
		report.Hot, report.Self = false, false
		b.Reports = append(b.Reports, report)
	}
	return b, nil
}

// Outside are those who are in no tree of more than one, by name. [*QueryError].
func (s *Snapshot) Outside(offset, limit int) (total int, page []Card, err error) {
	page, err = s.part(s.alone, offset, limit)
	return len(s.alone), page, err
}
