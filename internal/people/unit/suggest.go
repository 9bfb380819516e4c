package unit

import (
	"cmp"
	"slices"
	"strings"
)

// Bounds of a suggestion.
const (
	maxSuggestions = 5   // as many as a "not found" page shows
	maxSuggested   = 200 // bytes of the text that are looked at
)

// Suggest is the units that somebody may have meant who asked for one that does
// not exist: at most five, the nearest first. An empty or unknown field stands
// for all of them; units of the field come before others as near.
func (u *Units) Suggest(ref Ref) []*Unit {
	asked := fields(cut(ref.Value, maxSuggested))
	if len(asked) == 0 {
		return nil
	}
	type near struct {
		unit *Unit
		away int
	}
	var found []near
	for _, field := range u.fields {
		for _, unit := range u.lists[field] {
			away := farness(asked, fields(unit.Value))
			if away < 0 {
				continue
			}
			if field == ref.Field {
				away--
			}
			found = append(found, near{unit, away})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		return cmp.Or(cmp.Compare(a.away, b.away), cmp.Compare(len(b.unit.People), len(a.unit.People)))
	})
	var units []*Unit
	for _, n := range found[:min(len(found), maxSuggestions)] {
		units = append(units, n.unit)
	}
	return units
}

// farness says how far a name is from what was asked for; -1: too far.
func farness(asked, name []string) int {
	a, b := join(asked), join(name)
	switch {
	case b == "":
		return -1
	case a == b:
		return 1
	case strings.HasPrefix(b, a):
		return 3
	}
	allowed := 2
	if len(a) <= 5 {
		allowed = 1
	}
	if d := distance(a, b, allowed); d <= allowed {
		return 3 + 2*d
	}
	common := 0
	for _, w := range asked {
		if slices.Contains(name, w) {
			common++
		}
	}
	if 2*common >= len(asked) && common > 0 {
		return 9
	}
	if strings.HasPrefix(a, b) && len(b) >= minTypo {
		return 11
	}
	return -1
}

// distance is how many letters to add, drop, change or exchange with the next
// make b of a, each letter touched once; anything beyond most is most+1.
func distance(a, b string, most int) int {
	x, y := []rune(a), []rune(b)
	if len(x)-len(y) > most || len(y)-len(x) > most {
		return most + 1
	}
	last, row, before := make([]int, len(y)+1), make([]int, len(y)+1), make([]int, len(y)+1)
	for j := range last {
		last[j] = j
	}
	for i := range x {
		row[0] = i + 1
		best := row[0]
		for j := range y {
			cost := 1
			if x[i] == y[j] {
				cost = 0
			}
			d := min(last[j+1]+1, row[j]+1, last[j]+cost)
			if i > 0 && j > 0 && x[i] == y[j-1] && x[i-1] == y[j] {
				d = min(d, before[j-1]+1)
			}
			row[j+1] = d
			best = min(best, d)
		}
		if best > most {
			return most + 1
		}
		before, last, row = last, row, before
	}
	return min(last[len(y)], most+1)
}
