package people

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// tell finds, for people of the same name, the smallest set of department,
// title, city and manager that tells each from the others. It returns a text per
// person: empty for a name that nobody else has. The order says which set is
// taken of those of one size.
func (s *Snapshot) tell() []string {
	telling := make([]string, len(s.people))
	for _, group := range s.namesakes {
		labels := s.tellApart(group)
		for i, person := range group {
			telling[person] = labels[i]
		}
	}
	return telling
}

func (s *Snapshot) tellApart(group []int32) []string {
	fields := [...]func(int32) string{
		func(i int32) string { return s.value(i, attrDepartment) },
		func(i int32) string { return s.value(i, attrTitle) },
		func(i int32) string { return s.value(i, attrCity) },
		s.managerName,
	}
	var best []string
	most := 0
	for _, set := range subsets(len(fields)) {
		labels := make([]string, len(group))
		distinct := map[string]bool{}
		for i, person := range group {
			var parts []string
			for f, field := range fields {
				if text := field(person); set&(1<<f) != 0 && text != "" {
					parts = append(parts, text)
				}
			}
			labels[i] = strings.Join(parts, ", ")
			distinct[labels[i]] = true
		}
		if len(distinct) > most {
			best, most = labels, len(distinct)
		}
		if most == len(group) {
			break
		}
	}
	number(best)
	return best
}

// number tells those apart whose records are the same: by the order of their
// ids, which they keep.
func number(labels []string) {
	times := map[string]int{}
	for _, label := range labels {
		times[label]++
	}
	seen := map[string]int{}
	for i, label := range labels {
		if times[label] == 1 && label != "" {
			continue
		}
		seen[label]++
		if times[label] > 1 {
			labels[i] = strings.TrimSpace(label + " #" + strconv.Itoa(seen[label]))
		} else {
			labels[i] = "nothing else known"
		}
	}
}

// subsets are the sets of n fields but the empty one, as bits, the smallest
// first, and of one size that with the earlier fields.
func subsets(n int) []int {
	sets := make([]int, 0, 1<<n-1)
	for set := 1; set < 1<<n; set++ {
		sets = append(sets, set)
	}
	slices.SortStableFunc(sets, func(a, b int) int { return bits.OnesCount(uint(a)) - bits.OnesCount(uint(b)) })
	return sets
}
